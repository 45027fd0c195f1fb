"""People, organisations, roles, invitations and sign-in."""
