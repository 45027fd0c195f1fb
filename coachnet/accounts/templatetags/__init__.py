"""Template filters about people."""
