"""People, organisations, roles, invitations and sign-in."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers people and access."""

    name = "coachnet.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Make our Celery application the one that tasks are sent through."""
        import_module("coachnet.celery")
