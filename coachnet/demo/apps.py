"""The demo: its runner, logins, mail catcher and invented network."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Only installed in demo and test mode."""

    name = "coachnet.demo"
    label = "demo"
