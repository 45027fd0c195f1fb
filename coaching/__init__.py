"""The coaching log: programmes, engagements, sessions and actions."""
