"""The open interface under /api/v1/, and the keys that open it."""
