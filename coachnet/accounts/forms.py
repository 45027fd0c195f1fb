"""What people fill in about themselves and each other. Each form ends in an action."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coachnet.accounts import actions, rules
from coachnet.accounts.models import Invitation, Organisation, User
from coachnet.accounts.roles import ROLES
from coachnet.accounts.signin_forms import new_password_field
from coachnet.lib.forms import DateInput

PHONE = _("Med landsnummer om det inte är svenskt, till exempel 070-123 45 67.")


class RolesField(forms.MultipleChoiceField):
    """Roles as check boxes."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, keys: list[str]) -> None:
        """Offer these roles, in the order of the roles page."""
        self.choices = [(key, role.name) for key, role in ROLES.items() if key in keys]


class PersonFilterForm(forms.Form):
    """What to look for in the list of people; lives in the address."""

    q = forms.CharField(label=_("Sök person"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Roll"), required=False)
    closed = forms.BooleanField(label=_("Visa stängda konton"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(key, role.name) for key, role in ROLES.items()]
        self.fields["role"].choices = [("", _("Alla roller")), *roles]  # type: ignore[attr-defined]


class ProfileForm(forms.ModelForm):
    """One's own name and habits."""

    class Meta:
        model = User
        fields = ("name", "title", "phone", "language", "shortcuts_on")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "language": forms.RadioSelect,
        }
        help_texts = {
            "phone": PHONE,
            "shortcuts_on": _(
                "En bokstav tar dig till en sida, till exempel C för att logga ett tillfälle. Tryck ? för att se alla."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = User.Language.choices  # type: ignore[attr-defined]

    def save_by(self, by: User) -> User:
        """Call the action."""
        return actions.update_profile(user=self.instance, by=by, **self.cleaned_data)


class EmployerForm(forms.Form):
    """Where someone works from a day on."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(closed_on=None),
        label=_("Ny arbetsgivare"),
        empty_label=_("Välj organisation"),
    )
    since = forms.DateField(label=_("Från och med"), widget=DateInput, initial=timezone.localdate)
    title = forms.CharField(label=_("Titel"), max_length=120, required=False)

    def save_by(self, by: User, user: User) -> User:
        """Call the action."""
        return actions.change_employer(user=user, by=by, **self.cleaned_data)


class RolesForm(forms.Form):
    """Which roles someone has."""

    roles = RolesField(label=_("Roller"), error_messages={"required": _("Välj minst en roll.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].offer(list(ROLES))  # type: ignore[attr-defined]

    def save_by(self, by: User, user: User) -> User:
        """Call the action."""
        return actions.change_roles(user=user, by=by, **self.cleaned_data)


class InvitationForm(forms.ModelForm):
    """Whom to invite, and to what."""

    roles = RolesField(label=_("Roller"), error_messages={"required": _("Välj minst en roll.")})

    class Meta:
        model = Invitation
        fields = ("email", "name", "organisation", "roles", "language", "message")
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "language": forms.RadioSelect,
            "message": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "email": _("Den blir personens inloggning."),
            "language": _("På det språket skrivs mejlet."),
            "message": _("Några egna ord i mejlet."),
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["roles"].offer(rules.roles_to_invite(by))  # type: ignore[attr-defined]
        self.fields["language"].choices = User.Language.choices  # type: ignore[attr-defined]
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.filter(closed_on=None)
        organisation.empty_label = _("Välj organisation")

    def _post_clean(self) -> None:
        """Leave the whole-row checks to the action: a half-filled invitation is no row yet."""

    def save_by(self) -> Invitation:
        """Call the action."""
        return actions.invite_person(by=self.by, **self.cleaned_data)


class AcceptForm(forms.Form):
    """What someone who was invited tells about herself."""

    name = forms.CharField(
        label=_("Namn"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    title = forms.CharField(
        label=_("Titel"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    phone = forms.CharField(
        label=_("Telefon"),
        max_length=40,
        required=False,
        help_text=PHONE,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    language = forms.ChoiceField(label=_("Språk"), choices=User.Language.choices, widget=forms.RadioSelect)
    password = new_password_field(label=_("Lösenord"))

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        """Check the password against what we now know of the person."""
        cleaned: dict[str, Any] = super().clean() or {}
        if password := cleaned.get("password"):
            person = User(
                email=self.invitation.email, name=cleaned.get("name", ""), phone=cleaned.get("phone", "")
            )
            try:
                password_validation.validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def save_by(self, hashed: str) -> User:
        """Call the action."""
        return actions.accept_invitation(hashed=hashed, **self.cleaned_data)


class OrganisationForm(forms.ModelForm):
    """One of the network's actors."""

    website = forms.URLField(
        label=_("Webbplats"), required=False, assume_scheme="https", help_text=_("Börjar med https://")
    )

    class Meta:
        model = Organisation
        fields = ("name", "kind", "access_regime", "sub_region", "website", "closed_on")
        widgets = {"closed_on": DateInput}
        help_texts = {
            "access_regime": _("Avgör om anteckningar kan bli allmän handling hos organisationen."),
            "sub_region": _("Lämna tomt om den arbetar i hela Västra Götaland."),
            "closed_on": _("Fyll i när organisationen har upphört. Den kan sedan inte väljas."),
        }

    def clean_closed_on(self) -> Any:
        """An organisation where people work has not ended."""
        closed_on = self.cleaned_data["closed_on"]
        if closed_on and self.instance.pk and self.instance.people.filter(is_active=True).exists():
            raise ValidationError(
                gettext("Personer med öppna konton är anställda här. Byt deras arbetsgivare först.")
            )
        return closed_on
