"""Who did what: every change, sign-in, export and refusal, append-only."""
