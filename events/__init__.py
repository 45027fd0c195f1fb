"""Network and topic meetings: the room is kept for the Network milestone, which furnishes it."""
