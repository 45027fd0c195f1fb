"""Network and topic meetings: invitations, answers, attendance, feedback."""
