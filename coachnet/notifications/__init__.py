"""Reminders and messages: due times, delivery, preferences."""
