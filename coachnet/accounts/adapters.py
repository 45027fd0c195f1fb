"""How allauth behaves here: nobody signs up without an invitation."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: people come in by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: see the invitation flow."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An organisation's sign-in opens existing accounts; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        """Never: see the invitation flow."""
        return False
