"""Turning what people write into values, and back."""
