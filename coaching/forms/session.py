"""The session form: fields in the order memory keeps after a visit.

One form serves a new session, a draft, a planned session, a held one and a resolved conflict. What a field
offers follows the chosen company, so the form is made again whenever that changes.
"""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from coaching import form_questions, rules
from coaching.actions import NewContact, NextMeeting, NextStep, SessionEntry, refuse_future
from coaching.forms.fields import MinutesField
from coaching.forms.rows import (
    CoachChoice,
    CompanyChoice,
    ContactChoice,
    Quietly,
    StrategyChoice,
    person_rows,
    step_rows,
)
from coaching.forms.words import meeting_text, who_coaches
from coaching.models import Action, Engagement, Session, Stage
from coachnet.accounts.models import User
from coachnet.lib.forms import DateInput, TimeInput
from companies.models import CircularStrategy, Company, Contact

OTHER = "other"
LENGTHS = (30, 45, 60, 90, 120)
LENGTH_CHOICES = [
    ("30", _("30 min")),
    ("45", _("45 min")),
    ("60", _("1 h")),
    ("90", _("1 h 30 min")),
    ("120", _("2 h")),
    (OTHER, _("Annan tid")),
]
MOST_VERSIONS = 1_000_000
MOST_OFFERED = 200
LONGEST_NAME = 200

Typed = MultiValueDict[str, str]


class StageChoices(forms.RadioSelect):
    """The stages as radios; the template draws the ring beside each."""


class SessionForm(Quietly, forms.Form):
    """Everything about one session. Only company and date are required."""

    company = CompanyChoice(
        Company.objects.none(),
        label=_("Företag"),
        error_messages={
            "required": _("Välj ett företag i listan"),
            "invalid_choice": _("Välj ett företag i listan"),
        },
    )
    date = forms.DateField(
        label=_("Datum"),
        widget=DateInput,
        error_messages={
            "required": _("Skriv datumet så här: 2026-11-23"),
            "invalid": _("Skriv datumet så här: 2026-11-23"),
        },
    )
    start_time = forms.TimeField(
        label=_("Började"),
        required=False,
        widget=TimeInput,
        error_messages={"invalid": _("Skriv tiden så här: 09:00")},
    )
    minutes = forms.ChoiceField(
        label=_("Hur länge"), required=False, choices=LENGTH_CHOICES, widget=forms.RadioSelect
    )
    minutes_other = MinutesField(label=_("Annan tid, i minuter"), required=False)
    channel = forms.ChoiceField(
        label=_("Hur möttes ni"), required=False, choices=Session.Channel.choices, widget=forms.RadioSelect
    )
    place = forms.CharField(label=_("Plats eller länk"), required=False, max_length=300)
    reminds_contacts = forms.BooleanField(label=_("Påminn deltagarna från företaget"), required=False)
    contacts = ContactChoice(
        Contact.objects.none(),
        label=_("Deltagare från företaget"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Välj personer från företaget")},
    )
    coaches = CoachChoice(
        User.objects.none(),
        label=_("Coacher"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Välj bland coacherna i uppdraget")},
    )
    strategies = StrategyChoice(
        CircularStrategy.objects.none(),
        label=_("Cirkulära strategier"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Anteckning"),
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"max_length": _("Anteckningen är för lång. Korta den till högst 20 000 tecken.")},
    )
    preparation_minutes = MinutesField(label=_("Förberedelse, i minuter"), required=False)
    travel_minutes = MinutesField(label=_("Resa, i minuter"), required=False)
    stage = forms.ChoiceField(label=_("Omställningssteg"), required=False, widget=StageChoices)
    next_date = forms.DateField(
        label=_("Datum"),
        required=False,
        widget=DateInput,
        error_messages={"invalid": _("Skriv datumet så här: 2026-11-23")},
    )
    next_time = forms.TimeField(
        label=_("Tid"),
        required=False,
        widget=TimeInput,
        error_messages={"invalid": _("Skriv tiden så här: 09:00")},
    )
    # When the next meeting was when the form was opened: only a change made here moves it.
    next_was = forms.CharField(required=False, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        choices=[(Session.State.HELD, ""), (Session.State.PLANNED, "")], widget=forms.HiddenInput
    )
    version = forms.IntegerField(min_value=0, max_value=MOST_VERSIONS, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Typed | None = None,
        *,
        user: User,
        key: uuid.UUID,
        company: Company | None,
        session: Session | None = None,
        initial: dict[str, Any] | None = None,
        quiet: bool = False,
    ) -> None:
        """`company` is the one whose people and strategies are offered; `session` the saved row, if any."""
        super().__init__(data, initial=initial, auto_id="id_%s")
        self.user, self.key, self.chosen, self.session, self.quiet = user, key, company, session, quiet
        self.engagement = session.engagement if session else self._engagement()
        self._offer_companies()
        self._offer_people()
        self._offer_strategies()
        self._offer_stages()
        for name in ("minutes_other", "preparation_minutes", "travel_minutes"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"
        self.steps = step_rows(data, owners=self.owners, quiet=quiet)
        self.people = person_rows(data, quiet=quiet)

    @property
    def sent(self) -> Typed:
        """What the browser sent; nothing for a form that only shows."""
        return self.data if isinstance(self.data, MultiValueDict) else MultiValueDict()

    @property
    def typed_company(self) -> str:
        """The company's name as typed without network (see ShortLogForm): to be chosen now."""
        return self.sent.get("company_name", "")[:LONGEST_NAME]

    def _engagement(self) -> Engagement | None:
        if self.chosen is None:
            return None
        return rules.engagement_for_logging(self.user, self.chosen, timezone.localdate())

    def _offer_companies(self) -> None:
        """Validates against every company she sees; offers her own, since the picker finds the rest."""
        field = self.fields["company"]
        if self.is_bound:
            field.queryset = Company.objects.visible_to(self.user)  # type: ignore[attr-defined]
        field.chosen = self.chosen  # type: ignore[attr-defined]
        # Asked for when the form is drawn: one that is sent needs no list.
        field.choices = lambda: [("", _("Välj företag")), *self._offered_companies]  # type: ignore[attr-defined]

    @cached_property
    def _offered_companies(self) -> list[tuple[int, str]]:
        offered = [] if self.session else form_questions.own_companies(self.user)[:MOST_OFFERED]
        if self.chosen and self.chosen.pk not in [pk for pk, _name in offered]:
            offered.insert(0, (self.chosen.pk, self.chosen.name))
        return offered

    @property
    def confidential_companies(self) -> str:
        """Which of the companies that can be chosen here have texts that must never stay on the device: their ids."""
        if self.chosen and not self["company"].errors:
            return ""  # of the one that is chosen the form itself says so; another is chosen on another page
        return ",".join(map(str, form_questions.own_confidential(self.user)))

    def _offer_people(self) -> None:
        contacts, coaches = self.fields["contacts"], self.fields["coaches"]
        coaches.me = self.user  # type: ignore[attr-defined]
        if self.is_bound or self.session:
            contacts.queryset = form_questions.contacts_for(self.chosen, self.session)  # type: ignore[attr-defined]
            coaches.queryset = form_questions.coaches_for(self.user, self.engagement, self.session)  # type: ignore[attr-defined]
        self.coach_rows, contact_rows = self._people()
        if len(contact_rows) == 1:
            self.initial.setdefault("contacts", [contact_rows[0].pk])
        # As choices too: the fields would fetch them a second time when they are drawn.
        for offered, people in ((coaches, self.coach_rows), (contacts, contact_rows)):
            offered.choices = [(one.pk, offered.label_from_instance(one)) for one in people]  # type: ignore[attr-defined]
        self.owner_by_key: dict[str, User | Contact] = {f"coach:{one.pk}": one for one in self.coach_rows}
        self.owner_by_key |= {f"contact:{one.pk}": one for one in contact_rows}
        # Oneself first: most promises are one's own.
        me = f"coach:{self.user.pk}"
        self.owners = [(me, str(_("Du")))] if me in self.owner_by_key else []
        self.owners += [(key, str(one)) for key, one in self.owner_by_key.items() if key != me]

    def _people(self) -> tuple[list[User], list[Contact]]:
        """Coaches and contacts to choose from. What a saved session has beside today's is the rare case."""
        if self.session:
            shown = (self.fields[name].queryset for name in ("coaches", "contacts"))  # type: ignore[attr-defined]
            coaches, contacts = map(list, shown)
            return coaches, contacts
        return (
            form_questions.coaches_on(engagement=self.engagement.pk) if self.engagement else [self.user],
            form_questions.contacts_at(company=self.chosen.pk) if self.chosen else [],
        )

    def _offer_strategies(self) -> None:
        """The company's own first; energy recovery is recorded on flows, not coached."""
        field = self.fields["strategies"]
        field.queryset = CircularStrategy.objects.filter(is_credited=True)  # type: ignore[attr-defined]
        field.choices = lambda: [  # type: ignore[attr-defined]
            (one.pk, field.label_from_instance(one))  # type: ignore[attr-defined]
            for one in [*self._strategies[0], *self._strategies[1]]
        ]

    @cached_property
    def _strategies(self) -> tuple[list[CircularStrategy], list[CircularStrategy]]:
        """The company's own, and the others."""
        # No company has the key 0.
        rows: list[Any] = form_questions.strategies_for(company=self.chosen.pk if self.chosen else 0)
        return [one for one in rows if one.is_own], [one for one in rows if not one.is_own]

    @property
    def strategy_count(self) -> int:
        """How many strategies there are to choose from."""
        return sum(map(len, self._strategies))

    @property
    def own_strategies(self) -> int:
        """How many of them are the company's own."""
        return len(self._strategies[0])

    def _offer_stages(self) -> None:
        self.current_stage = self.engagement.current_stage if self.engagement else Stage.CONTACT
        following = self.current_stage.next
        near = [("", _("Kvar i %(stage)s") % {"stage": self.current_stage.label})]
        if following:
            near.append((following.value, _("Vidare till %(stage)s") % {"stage": following.label}))
        taken = {self.current_stage, following}
        far = [(stage.value, stage.label) for stage in Stage if stage not in taken]
        self.fields["stage"].choices = [*near, *far]  # type: ignore[attr-defined]

    @property
    def is_new(self) -> bool:
        """Whether the session has not been saved yet."""
        return self.session is None

    @property
    def is_planning(self) -> bool:
        """Whether the form is about a session to come."""
        return self["state"].value() == Session.State.PLANNED

    @cached_property
    def stage_options(self) -> list[dict[str, Any]]:
        """The stages with the ring to draw; `near` are staying and moving one step on."""
        near = {"", str(self.current_stage.next or ""), str(self["stage"].value() or "")}
        return [
            {
                "widget": widget,
                "step": Stage(value).number if (value := widget.data["value"]) else self.current_stage.number,
                "near": value in near,
            }
            for widget in self["stage"].subwidgets
        ]

    @property
    def saved_steps(self) -> list[Action]:
        """Next steps that an earlier save has made into actions."""
        if self.session is None:
            return []
        return list(
            self.session.actions.select_related("engagement__company", "owner_coach", "owner_contact")
        )

    @property
    def has_other_time(self) -> str:
        """Whether the fold with preparation and travel must stand open: something is in it."""
        return "open" if any(self[name].value() for name in ("preparation_minutes", "travel_minutes")) else ""

    @property
    def has_new_people(self) -> bool:
        """Whether the fold for new people must stand open: somebody is in it."""
        return self.is_bound and any(row[name].value() for row in self.people for name in ("name", "title"))

    def is_valid(self) -> bool:
        """Whether form, steps and people can all be understood."""
        return all([super().is_valid(), self.steps.is_valid(), self.people.is_valid()])

    def clean_note(self) -> str:
        """Line ends as the database keeps them; blank lines at the end go."""
        return self.cleaned_data["note"].replace("\r\n", "\n").rstrip()

    def clean(self) -> dict[str, Any]:
        """What several fields say together."""
        values = super().clean() or {}
        self._clean_company(values)
        self._clean_minutes(values)
        if values.get("date") and values.get("state") == Session.State.HELD:
            try:
                refuse_future(values["date"])
            except ValidationError as refused:
                self.add_error("date", refused)
        date, next_date = values.get("date"), values.get("next_date")
        if values.get("next_time") and not next_date and not self.has_error("next_date"):
            self.add_error("next_date", _("Skriv också vilken dag ni ses nästa gång"))
        if date and next_date and next_date < date:
            self.add_error("next_date", _("Nästa tillfälle ska ligga efter det här"))
        return values

    def _clean_company(self, values: dict[str, Any]) -> None:
        company = values.get("company")
        own = self.engagement if company == self.chosen else None
        if company and not self.session and not rules.can_log_for(self.user, company, own=own):
            self.add_error("company", who_coaches(company))

    def _clean_minutes(self, values: dict[str, Any]) -> None:
        chosen, other = values.get("minutes"), values.get("minutes_other")
        if chosen and chosen != OTHER:
            values["minutes"] = int(chosen)
        elif other:
            values["minutes"] = other
        elif chosen == OTHER and not self.has_error("minutes_other"):
            self.add_error("minutes_other", _("Skriv hur länge, till exempel 75"))
            values["minutes"] = None
        else:
            values["minutes"] = None

    def entry(self) -> SessionEntry:
        """What the form says. Only after `is_valid`."""
        values = self.cleaned_data
        meeting = None
        if values["next_date"]:
            meeting = NextMeeting(values["next_date"], values["next_time"])
        plain = (
            "date",
            "start_time",
            "minutes",
            "preparation_minutes",
            "travel_minutes",
            "channel",
            "place",
            "reminds_contacts",
            "note",
        )
        return SessionEntry(
            **{name: values[name] for name in plain},
            coaches=tuple(values["coaches"]),
            contacts=tuple(values["contacts"]),
            strategies=tuple(values["strategies"]),
            new_contacts=tuple(
                NewContact(row["name"], row["title"]) for row in self.people.cleaned_data if row.get("name")
            ),
            next_steps=tuple(self._next_steps()),
            stage=Stage(values["stage"]) if values["stage"] else None,
            next_meeting=meeting,
            plans_next_meeting=meeting_text(meeting) != values["next_was"],
        )

    def _next_steps(self) -> list[NextStep]:
        """Rows with words. A new row's id follows from the form's, so that a form sent twice makes it once."""
        steps = []
        for index, row in enumerate(self.steps.cleaned_data):
            if not row.get("what"):
                continue
            made = uuid.uuid5(self.key, f"{self.cleaned_data['version']}:{index}")
            owner = self.owner_by_key.get(row["owner"]) or self.user
            steps.append(NextStep(row["id"] or made, row["what"], owner, row["due_on"]))
        return steps

    def add_refusal(self, refused: ValidationError) -> None:
        """Put what an action refused where the form's reader finds it."""
        for name, errors in (
            refused.message_dict.items() if hasattr(refused, "error_dict") else [(None, refused)]
        ):
            self.add_error(name if name in self.fields else None, errors)
