"""Companies, contacts and classifications."""
