"""Forms of the action plan and of engagements."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coaching import rules
from coaching.models import Action, Engagement, Programme, Stage
from coachnet.accounts.models import User
from coachnet.accounts.roles import Coach
from coachnet.lib.forms import DateInput
from companies.models import Company, Contact


class Refusable(forms.Form):
    """A form that can show what its action refused."""

    def add_refusal(self, refused: ValidationError) -> None:
        """Put the refusal above the form."""
        self.add_error(None, refused)


class ActionForm(Refusable):
    """What, who, when."""

    what = forms.CharField(
        label=_("Vad"), max_length=300, error_messages={"required": _("Skriv vad som ska göras")}
    )
    owner = forms.ChoiceField(label=_("Vem"))
    due_on = forms.DateField(
        label=_("Senast"),
        required=False,
        widget=DateInput,
        error_messages={"invalid": _("Skriv datumet så här: 2026-11-23")},
    )

    def __init__(
        self, *args: Any, user: User, engagement: Engagement, action: Action | None = None, **kwargs: Any
    ) -> None:
        if action:
            kwargs["initial"] = {"what": action.what, "owner": _key(action.owner), "due_on": action.due_on}
        super().__init__(*args, **kwargs)
        people: list[User | Contact] = [membership.coach for membership in engagement.present()]
        people += engagement.company.contacts.filter(left_on=None).order_by("id")
        if action and action.owner not in people:
            people.append(action.owner)
        self.owner_by_key = {_key(person): person for person in people}
        ranked = sorted(people, key=lambda person: person != user)
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            (_key(person), _now("Du") if person == user else str(person)) for person in ranked
        ]

    @property
    def promised_by(self) -> User | Contact:
        """Whom the form names. Only after `is_valid`."""
        return self.owner_by_key[self.cleaned_data["owner"]]


def _key(person: User | Contact) -> str:
    return f"{'coach' if isinstance(person, User) else 'contact'}:{person.pk}"


class EngagementForm(Refusable):
    """Taking a company on."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        label=_("Program"),
        empty_label=None,
        error_messages={"required": _("Välj ett program")},
    )
    stage = forms.ChoiceField(label=_("Steg"), choices=Stage.choices, initial=Stage.CONTACT)
    started_on = forms.DateField(label=_("Började"), widget=DateInput, initial=timezone.localdate)
    goals = forms.CharField(
        label=_("Mål"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = Engagement.objects.open().filter(company=company).values("programme")
        running = Programme.objects.on(timezone.localdate()).exclude(pk__in=taken)
        self.fields["programme"].queryset = running  # type: ignore[attr-defined]


class StageForm(Refusable):
    """Moving to a stage, today or on an earlier day."""

    stage = forms.ChoiceField(label=_("Steg"), choices=Stage.choices, widget=forms.RadioSelect)
    entered_on = forms.DateField(label=_("Sedan"), widget=DateInput, initial=timezone.localdate)


class GoalsForm(Refusable):
    """Where the company wants to be."""

    goals = forms.CharField(
        label=_("Mål"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )


class EndForm(Refusable):
    """When an engagement ended."""

    ended_on = forms.DateField(label=_("Slutade"), widget=DateInput, initial=timezone.localdate)

    def clean_ended_on(self) -> dt.date:
        """Not ahead of time."""
        day: dt.date = self.cleaned_data["ended_on"]
        if day > timezone.localdate():
            raise ValidationError(_now("Datumet ska vara i dag eller tidigare."))
        return day


class CoachForm(Refusable):
    """Choosing a coach of the network who is not on the engagement yet."""

    coach = forms.ModelChoiceField(
        User.objects.none(), label=_("Coach"), error_messages={"required": _("Välj en coach i listan")}
    )

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = [membership.coach_id for membership in engagement.present()]
        coaches = User.objects.filter(is_active=True, roles__contains=[Coach.key], organisation__isnull=False)
        field = self.fields["coach"]
        field.queryset = coaches.exclude(pk__in=present).order_by("name")  # type: ignore[attr-defined]

    def clean_coach(self) -> User:
        """Somebody who can coach."""
        coach: User = self.cleaned_data["coach"]
        if not rules.can_be_on_engagement(coach):
            raise ValidationError(_now("Välj en coach i listan"))
        return coach
