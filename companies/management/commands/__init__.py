"""Commands of the companies."""
