"""Template tags and filters; loaded for every template by the settings."""
