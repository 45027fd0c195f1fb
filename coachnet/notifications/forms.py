"""A person's choices, and the filter of the list of what is sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.notifications import actions
from coachnet.notifications.models import Notification, NotificationPreference, recipient_key
from coachnet.notifications.registry import RULES, Rule


class ChoicesForm(forms.Form):
    """One switch for each rule that may send the person mail and can be turned off."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        mine = NotificationPreference.objects.filter(recipient=recipient_key(person))
        chosen = dict(mine.values_list("rule", "is_on"))
        for_person = [rule for rule in RULES.values() if rule.audience(person)]
        self.always = [rule for rule in for_person if not rule.can_turn_off]
        self.rules: list[Rule] = [rule for rule in for_person if rule.can_turn_off]
        for rule in self.rules:
            self.fields[rule.key] = forms.BooleanField(
                label=str(rule.name),
                help_text=str(rule.sentence),
                required=False,
                widget=forms.CheckboxInput(attrs={"role": "switch"}),
                initial=chosen.get(rule.key, rule.is_on),
            )

    def save(self) -> None:
        """Keep what was chosen."""
        wanted = [key for key, is_on in self.cleaned_data.items() if is_on]
        actions.set_choices(by=self.person, offered=[rule.key for rule in self.rules], wanted=wanted)


class DeliveryFilterForm(forms.Form):
    """The choice of state and rule in the address of the list of what is sent."""

    state = forms.ChoiceField(
        required=False, choices=[("", ""), *Notification.State.choices], widget=forms.HiddenInput
    )
    rule = forms.ChoiceField(label=_("Vilka utskick"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = [(key, rule.name) for key, rule in RULES.items()]
        self.fields["rule"].choices = [("", _("Alla utskick")), *rules]  # type: ignore[attr-defined]
