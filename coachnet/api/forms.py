"""What a person says when she makes a key."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.api import actions
from coachnet.api.models import ApiKey, scopes_for

DAYS = [("30", _("30 dagar")), ("90", _("90 dagar")), ("365", _("Ett år"))]


class KeyForm(forms.Form):
    """A new key: for what, how far it reaches, and how long."""

    name = forms.CharField(
        label=_("Vad ska nyckeln användas till?"),
        max_length=80,
        help_text=_("Till exempel vårt kundregister eller rapporten till styrelsen."),
        error_messages={"required": _("Skriv vad nyckeln ska användas till")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("Nyckeln får"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Välj minst en sak som nyckeln får göra.")},
    )
    days = forms.TypedChoiceField(
        label=_("Gäller i"), choices=DAYS, coerce=int, initial="90", widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = scopes_for(person)
        self.fields["scopes"].choices = [(scope.value, scope.label) for scope in scopes]  # type: ignore[attr-defined]
        self.fields["scopes"].initial = [scopes[0].value]

    def save_by(self, by: User) -> tuple[ApiKey, str]:
        """Call the action."""
        return actions.make_key(by=by, **self.cleaned_data)
