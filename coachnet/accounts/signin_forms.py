"""allauth's forms in our words: label above, rule beneath, one password field with a button that shows it."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PASSWORD_RULE = _("Minst 12 tecken. Fyra ord som inte hör ihop är lätta att minnas och svåra att gissa.")


def new_password_field(**options: Any) -> forms.CharField:
    """A field for choosing a password: it may be pasted and is written once, since it can be shown."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": 12})
    return forms.CharField(strip=False, widget=widget, help_text=PASSWORD_RULE, **options)


class _OnePassword:
    """Drops the second password field; what is typed can be shown instead."""

    fields: dict[str, forms.Field]

    def use_one_password(self, label: str | Promise) -> None:
        """Keep the first field, with our label, rule and controls."""
        del self.fields["password2"]
        field = self.fields["password1"]
        field.label, field.help_text = label, PASSWORD_RULE  # type: ignore[assignment]
        field.widget.attrs |= {"autocomplete": "new-password", "minlength": 12}


class LoginForm(account_forms.LoginForm):
    """E-mail and password. A browser that has a passkey offers it in the e-mail field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("E-post"), _("Lösenord")
        login.help_text = _("Använd adressen som du fick inbjudan till.")
        login.widget.attrs["autocomplete"] = "username webauthn"
        password.help_text = ""


class ReauthenticateForm(account_forms.ReauthenticateForm):
    """The password once more, before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Lösenord")
        self.fields["password"].help_text = ""


class ChangePasswordForm(_OnePassword, account_forms.ChangePasswordForm):
    """The present password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Lösenord nu")
        self.fields["oldpassword"].help_text = ""
        self.use_one_password(_("Nytt lösenord"))


class SetPasswordForm(_OnePassword, account_forms.SetPasswordForm):
    """A first password for someone who has only signed in otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_one_password(_("Lösenord"))


class ResetPasswordForm(account_forms.ResetPasswordForm):
    """Where to send the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-post")


class ResetPasswordKeyForm(_OnePassword, account_forms.ResetPasswordKeyForm):
    """The new password, behind the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_one_password(_("Nytt lösenord"))


class AddEmailForm(account_forms.AddEmailForm):
    """The address to change to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Ny e-postadress")
        self.fields["email"].help_text = _("Adressen byts när du har öppnat länken i mejlet som skickas dit.")


class _Code:
    """A code from an app, as its own keyboard and autofill expect it."""

    fields: dict[str, forms.Field]

    def use_code_field(self, label: str | Promise) -> None:
        """Numbers first, no corrections."""
        field = self.fields["code"]
        field.label = label  # type: ignore[assignment]
        field.widget.attrs = {
            "autocomplete": "one-time-code",
            "autocapitalize": "none",
            "spellcheck": "false",
            "inputmode": "numeric",
        }


class CodeForm(_Code, mfa_forms.AuthenticateForm):
    """The second step with a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_code_field(_("Kod"))
        self.fields["code"].help_text = _("Sex siffror från appen, eller en av dina reservkoder.")


class ReauthenticateCodeForm(_Code, mfa_forms.ReauthenticateForm):
    """A code once more, before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_code_field(_("Kod"))
        self.fields["code"].help_text = _("Sex siffror från appen, eller en av dina reservkoder.")


class ActivateAppForm(_Code, totp_forms.ActivateTOTPForm):
    """The first code, which proves that the app has the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_code_field(_("Kod från appen"))
        self.fields["code"].help_text = _("Sex siffror. De byts var trettionde sekund.")


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):
    """A new passkey. It always replaces the password, so the device must check who holds it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["name"].label = _("Namn")
        self.fields["name"].help_text = _("Så att du känner igen den, till exempel Telefonen.")
        self.fields["name"].max_length = 100

    def clean(self) -> dict[str, Any]:
        """Refuse a device that asked for neither finger, face nor code."""
        self.cleaned_data["passwordless"] = True
        return super().clean()


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Namn")
