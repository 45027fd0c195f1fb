"""People, organisations, roles, invitations and sign-in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers people and access."""

    name = "coachnet.accounts"
    label = "accounts"
