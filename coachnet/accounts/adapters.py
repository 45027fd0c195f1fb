"""How allauth behaves here: nobody signs up uninvited, mail leaves through Celery, words are ours."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coachnet.accounts import tasks
from coachnet.accounts.mail import sealed
from coachnet.accounts.models import User
from coachnet.audit.context import client_address
from coachnet.lib.encrypted import Sealed


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: people come in by invitation."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Kontot är stängt."),
        "cannot_remove_primary_email": _("Den här adressen används för att logga in och kan inte tas bort."),
        "duplicate_email": _("Adressen finns redan på ditt konto."),
        "email_password_mismatch": _("E-postadressen och lösenordet hör inte ihop. Försök igen."),
        "email_taken": _("Ett annat konto använder redan den här adressen."),
        "enter_current_password": _("Skriv lösenordet som du har nu."),
        "incorrect_code": _("Koden stämmer inte. Vänta på nästa kod i appen och försök igen."),
        "incorrect_password": _("Lösenordet stämmer inte."),
        "invalid_or_expired_key": _("Länken gäller inte längre."),
        "invalid_login": _("Det gick inte att logga in. Försök igen."),
        "invalid_password_reset": _("Länken gäller inte längre. Be om en ny."),
        "rate_limited": _("Det blev många försök på kort tid. Vänta fem minuter."),
        "same_as_current": _("Det är den adress du har nu. Skriv en ny."),
        "too_many_login_attempts": _("Det blev många försök på kort tid. Vänta fem minuter och försök igen."),
        "unverified_primary_email": _("Bekräfta adressen först. Länken finns i mejlet."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: see the invitation flow."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail now, in the receiver's language, and hand it to Celery when the data are saved.

        The mail may hold a link that opens an account, so it travels through the broker sealed.
        """
        receiver = User.objects.filter(email__iexact=email).only("language").first()
        context = {
            "email": email,
            "SITE_URL": settings.SITE_URL,
            "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        } | context
        with translation.override(receiver.language if receiver else translation.get_language()):
            token = sealed(self.render_mail(template_prefix, email, context))
        transaction.on_commit(lambda: tasks.send_sealed_mail.delay(token))

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that sign-in limits count by: the same that the audit believes."""
        # allauth's own way answers 500 when a request comes past the proxies.
        return client_address(request) or super().get_client_ip(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's own page, where the receipt is shown."""
        return reverse("accounts:me")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """To one's own page, or to sign-in on another device."""
        return reverse("accounts:me" if self.request.user.is_authenticated else "account_login")

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to prove oneself again, in our words."""
        words = {
            "reauthenticate": gettext("Använd lösenordet"),
            "mfa_reauthenticate": gettext("Använd en kod från appen"),
            "mfa_reauthenticate:webauthn": gettext("Använd passernyckeln"),
        }
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": words[method["id"]]} for method in methods]


class SecondStepAdapter(DefaultMFAAdapter):
    """Authenticator apps and passkeys."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Din roll kräver ett andra steg. Lägg till ett annat innan du tar bort det här."
        ),
        "cannot_generate_recovery_codes": _("Lägg till en app eller en passernyckel först."),
        "incorrect_code": _("Koden stämmer inte. Vänta på nästa kod i appen och försök igen."),
        "unverified_email": _("Bekräfta din e-postadress först."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets lie encrypted: a copy of the database makes no codes."""
        return Sealed.of(text).token

    def decrypt(self, encrypted_text: str) -> str:
        """The secret in the clear."""
        return Sealed(encrypted_text).reveal()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last step stays where the role demands one. Recovery codes are no step of their own."""
        user = authenticator.user
        steps = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return not user.must_have_second_step or steps.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        """The name a new passkey gets when the person gives none."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return (
            gettext("Passernyckel")
            if not count
            else gettext("Passernyckel %(number)s") % {"number": count + 1}
        )

    def _get_site_name(self) -> str:
        return "Coachnet"


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An organisation's sign-in opens existing accounts; it makes none."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The provider of the settings. A row in the database adds none, and the sign-in page costs no query."""
        apps = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for group in apps.values() for app in group]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: see the invitation flow."""
        return False
