"""Reminders and messages: due times, delivery, preferences."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Registers the app."""

    name = "coachnet.notifications"
    label = "notifications"
