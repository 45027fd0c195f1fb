"""Drills: break what can break, with real servers and real workers, and see whether the promises hold."""
