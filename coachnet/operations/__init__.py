"""Running Coachnet: copies and their way back, what is measured, whether it can work."""
