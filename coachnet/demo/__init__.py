"""The demo: the whole platform on one machine, with invented people and companies."""
