"""Forms about meetings. Times are entered on the clock in Sweden and handed on as moments."""

import datetime as dt
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import Organisation, User
from coachnet.accounts.roles import ROLES
from coachnet.lib.forms import DateInput, TimeInput
from events import guest_lines
from events.guest_lines import Guests
from events.models import Event, Feedback


class EventForm(forms.Form):
    """A meeting. `facts` is what the actions take."""

    kind = forms.ChoiceField(label=_("Slag"), choices=Event.Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Rubrik"), max_length=120, error_messages={"required": _("Skriv en rubrik")}
    )
    date = forms.DateField(
        label=_("Dag"),
        widget=DateInput,
        error_messages={
            "required": _("Välj vilken dag"),
            "invalid": _("Skriv datumet så här: 2026-11-23"),
        },
    )
    start_time = forms.TimeField(
        label=_("Börjar"), widget=TimeInput, error_messages={"required": _("Skriv när träffen börjar")}
    )
    end_time = forms.TimeField(
        label=_("Slutar"), widget=TimeInput, error_messages={"required": _("Skriv när träffen slutar")}
    )
    place = forms.CharField(
        label=_("Plats"),
        max_length=200,
        required=False,
        help_text=_("Till exempel Science Park Borås, sal Varpen"),
    )
    link = forms.URLField(
        label=_("Länk till digital träff"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Skriv hela länken, till exempel https://mote.example/123")},
    )
    hosts = forms.ModelMultipleChoiceField(
        label=_("Värdar"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    capacity = forms.IntegerField(
        label=_("Antal platser"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Tomt betyder att alla får plats. När det är fullt öppnas en väntelista."),
    )
    answer_by = forms.DateField(label=_("Sista svarsdag"), required=False, widget=DateInput)
    description = forms.CharField(
        label=_("Om träffen"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Står i inbjudan. Du kan skriva listor och **fet text** med Markdown."),
    )
    programme = forms.CharField(
        label=_("Program"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("En punkt på varje rad: 09:30 Så prissätter du återtag | Karin Wetterlund, RISE"),
    )
    notify = forms.BooleanField(
        label=_("Mejla de inbjudna om ändringen"),
        required=False,
        help_text=_(
            "Ny tid eller plats mejlas alltid. Kryssa här om de ska få veta något annat som har ändrats."
        ),
    )

    def __init__(self, *args: Any, event: Event | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts: Any = self.fields["hosts"]
        hosts.queryset = Organisation.objects.filter(closed_on=None)
        if event is None or not event.is_published:
            del self.fields["notify"]

    @staticmethod
    def initial_of(event: Event) -> dict[str, Any]:
        """A meeting as the form shows it."""
        start, end = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
        same = ("kind", "title", "place", "link", "capacity", "answer_by", "description", "programme")
        return {name: getattr(event, name) for name in same} | {
            "date": start.date(),
            "start_time": start.time(),
            "end_time": end.time(),
            "hosts": list(event.hosts.values_list("pk", flat=True)),
        }

    def clean(self) -> dict[str, Any]:
        """Make moments of the day and the clock."""
        values: dict[str, Any] = super().clean() or {}
        day = values.get("date")
        for name, moment in (("start_time", "starts_at"), ("end_time", "ends_at")):
            if day and (clock := values.get(name)):
                try:
                    values[moment] = _moment(day, clock)
                except ValidationError as error:
                    self.add_error(name, error)
        return values

    @property
    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        left_out = ("date", "start_time", "end_time", "notify")
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}


def _moment(day: dt.date, clock: dt.time) -> dt.datetime:
    """The moment of a day and a time in Sweden. Raises ValidationError for one that summer time leaves out."""
    naive = dt.datetime.combine(day, clock)
    moment = timezone.make_aware(naive)
    if timezone.localtime(moment.astimezone(dt.UTC)).replace(tzinfo=None) != naive:
        raise ValidationError(gettext("Klockan ställs om den natten och den tiden finns inte."))
    return moment


class AnswerForm(forms.Form):
    """Kommer, or kommer inte."""

    answer = forms.ChoiceField(
        label=_("Kommer du?"),
        choices=[("yes", _("Ja, jag kommer")), ("no", _("Nej, jag kan inte"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Välj om du kommer eller inte")},
    )
    diet = forms.CharField(
        label=_("Specialkost"),
        required=False,
        max_length=200,
        help_text=_("Skriv bara vad du äter, inte varför. Uppgiften tas bort dagen efter träffen."),
    )

    @property
    def is_coming(self) -> bool:
        """Whether the answer is yes."""
        return bool(self.cleaned_data["answer"] == "yes")

    @property
    def common(self) -> "AnswerForm | None":
        """The one form that all share whose form says the same; None for one with mistakes or words of somebody's."""
        says = self.initial.get("answer", "")
        return None if self.is_bound or self.initial.get("diet") else _saying(says)


@cache
def _saying(answer: str) -> AnswerForm:
    return AnswerForm(initial={"answer": answer})


class FeedbackForm(forms.Form):
    """What one thought of a meeting."""

    rating = forms.TypedChoiceField(
        label=_("Hur nyttig var träffen?"),
        coerce=int,
        choices=Feedback.Rating.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Välj hur nyttig träffen var")},
    )
    text = forms.CharField(
        label=_("Vad tar du med dig, och vad kan bli bättre?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PeopleFilterForm(forms.Form):
    """Which members of the network to choose among; kept in the address."""

    role = forms.ChoiceField(label=_("Roll"), required=False)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Alla organisationer"),
    )
    sub_region = forms.ChoiceField(label=_("Delregion"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [("", _("Alla roller")), *((key, each.name) for key, each in ROLES.items())]
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.filter(closed_on=None)
        sub_region: Any = self.fields["sub_region"]
        sub_region.choices = [("", _("Alla delregioner")), *Organisation.SubRegion.choices]

    def people(self) -> Any:
        """The active members who fit, in Swedish order."""
        wanted = self.cleaned_data if self.is_valid() else {}
        people = User.objects.active().select_related("organisation").in_swedish_order()
        if wanted.get("role"):
            people = people.holding(ROLES[wanted["role"]])
        if wanted.get("organisation"):
            people = people.filter(organisation=wanted["organisation"])
        if wanted.get("sub_region"):
            people = people.filter(organisation__sub_region=wanted["sub_region"])
        return people


class InviteForm(forms.Form):
    """Members chosen among those that a filter found, and pasted guests."""

    scope = forms.ChoiceField(
        label=_("Medlemmar"),
        choices=[
            ("none", _("Inga medlemmar")),
            ("all", _("Alla i urvalet")),
            ("some", _("De jag kryssar för")),
        ],
        widget=forms.RadioSelect,
        initial="none",
    )
    people = forms.ModelMultipleChoiceField(
        label=_("Personer"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    guests = forms.CharField(
        label=_("Gäster utan konto"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("En på varje rad: Johan Ståhlberg <johan@foretag.se>. Gäster svarar utan konto."),
    )
    language = forms.ChoiceField(
        label=_("Språk i gästernas mejl"),
        choices=User.Language.choices,
        widget=forms.RadioSelect,
        initial="sv",
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.selection = people
        field: Any = self.fields["people"]
        field.queryset = people
        field.label_from_instance = _with_organisation

    def clean_guests(self) -> Guests:
        """The guests; every line that cannot be read is an error of its own."""
        found = guest_lines.read(self.cleaned_data["guests"])
        if found.errors:
            raise ValidationError(found.errors)
        return found

    def clean(self) -> dict[str, Any]:
        """Somebody must be chosen."""
        values: dict[str, Any] = super().clean() or {}
        guests = values.get("guests")
        if not self.errors and not self.members() and not (guests and guests.entries):
            raise ValidationError(gettext("Välj någon medlem eller skriv någon gäst."))
        return values

    def members(self) -> list[User]:
        """The members chosen."""
        scope = self.cleaned_data.get("scope")
        if scope == "all":
            return list(self.selection)
        return list(self.cleaned_data.get("people", ())) if scope == "some" else []


def _with_organisation(user: User) -> str:
    return f"{user.name}, {user.organisation}" if user.organisation else user.name


class CancelForm(forms.Form):
    """Calling a meeting off."""

    words = forms.CharField(
        label=_("Varför"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Står i mejlet till dem som är anmälda eller inte har svarat."),
    )


class GuestForm(forms.Form):
    """A guest's name and address: mended, or written at the door."""

    name = forms.CharField(label=_("Namn"), max_length=120)
    email = forms.EmailField(
        label=_("E-post"), error_messages={"invalid": _("Skriv adressen så här: namn@foretag.se")}
    )

    def __init__(self, *args: Any, at_the_door: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = not at_the_door

    def clean_name(self) -> str:
        """A name that may stand in a mail."""
        return guest_lines.check_name(self.cleaned_data["name"])


class TapForm(forms.Form):
    """A tap at the door: in, or back with done=0; and how many milliseconds ago, when a phone sends it late.

    How long ago, and not when: the clock of the phone may be wrong, and two phones must agree on which tap was last.
    """

    done = forms.CharField(required=False)
    ago = forms.IntegerField(required=False, min_value=0, max_value=8 * 24 * 3600 * 1000)

    @property
    def is_here(self) -> bool:
        """Whether the person is here, and not: not here after all."""
        return self.cleaned_data.get("done") != "0"

    @property
    def tapped_at(self) -> dt.datetime | None:
        """When; None for now, also where what was sent cannot be understood."""
        ago = self.cleaned_data.get("ago")
        return timezone.now() - dt.timedelta(milliseconds=ago) if ago else None
