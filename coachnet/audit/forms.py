"""Which part of the log to show."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pghistory.models import Context

from coachnet.audit.models import AccessEvent
from coachnet.audit.protection import event_models, tracked_by
from coachnet.audit.timeline import Source, tracked_model
from coachnet.lib.forms import DateInput

_PERIOD = {"since": _("från %(day)s"), "until": _("till %(day)s")}
CHANGES = {"insert": _("Skapat"), "update": _("Ändrat"), "delete": _("Borttaget")}


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("Allt som hänt")), *CHANGES.items(), *AccessEvent.Kind.choices]


def _things() -> Iterator[tuple[str, Any]]:
    """The models that people know by name, by the alphabet; rows between two models go with their owner."""
    named = [model for events in event_models() if not (model := _model_of(events))._meta.auto_created]
    yield ("", _("Alla slag"))
    yield from sorted(
        ((m._meta.label_lower, capfirst(m._meta.verbose_name)) for m in named), key=lambda pair: str(pair[1])
    )


def _model_of(events: Any) -> Any:
    return tracked_model(tracked_by(events)._meta.label_lower)


class LogFilter(forms.Form):
    """Person, kind of event, kind of thing and period; all optional, all in the address."""

    # Written, not chosen: a list of everybody grows with the network.
    person = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=100,
        help_text=_("Namn eller e-postadress, eller en del av den."),
    )
    kind = forms.ChoiceField(label=_("Händelse"), required=False, choices=_kinds)
    thing = forms.ChoiceField(label=_("Vad det gäller"), required=False, choices=_things)
    since = forms.DateField(label=_("Från och med"), required=False, widget=DateInput)
    until = forms.DateField(label=_("Till och med"), required=False, widget=DateInput)

    def clean(self) -> dict[str, Any]:
        """A period ends after it begins."""
        chosen: dict[str, Any] = super().clean() or {}
        if chosen.get("since") and chosen.get("until") and chosen["until"] < chosen["since"]:
            self.add_error("until", gettext("Välj en dag som inte ligger före den första."))
        return chosen

    def sources(self) -> list[Source]:
        """The tables and rows that the filter lets through. The form must be valid."""
        kind, thing = self.cleaned_data["kind"], self.cleaned_data["thing"]
        sources: list[Source] = []
        if self.cleaned_data["person"] and not self._people:
            return sources
        if not thing and kind not in CHANGES:
            access = self._period("at") & (Q(kind=kind) if kind else Q())
            sources.append(Source(AccessEvent, access & self._person_of_access()))
        if not kind or kind in CHANGES:
            where = (
                self._period("pgh_created_at")
                & self._person_of_change()
                & (Q(pgh_label=kind) if kind else Q())
            )
            sources += [Source(events, where) for events in event_models() if self._wants(events, thing)]
        return sources

    def chips(self) -> list[tuple[str, str]]:
        """What is chosen, as the name of the parameter and the words on the chip."""
        words = []
        for name, value in self.cleaned_data.items():
            if value not in (None, ""):
                choices = dict(getattr(self.fields[name], "choices", ())) if isinstance(value, str) else {}
                text = str(choices.get(value, value))
                words.append((name, _PERIOD[name] % {"day": text} if name in _PERIOD else text))
        return words

    @staticmethod
    def _wants(events: Any, thing: str) -> bool:
        model = _model_of(events)
        owner = model._meta.auto_created or model
        return not thing or owner._meta.label_lower == thing

    @cached_property
    def _people(self) -> list[int]:
        """Who is meant by what was written."""
        everybody: Any = get_user_model()._default_manager
        return list(everybody.matching(self.cleaned_data["person"]).values_list("pk", flat=True))

    def _person_of_change(self) -> Q:
        if not self.cleaned_data["person"]:
            return Q()
        return Q(pgh_context__in=Context.objects.filter(metadata__user__in=self._people).values("pk"))

    def _person_of_access(self) -> Q:
        if not self.cleaned_data["person"]:
            return Q()
        return Q(user__in=self._people) | Q(detail__by__in=self._people)

    def _period(self, column: str) -> Q:
        period = Q()
        if since := self.cleaned_data["since"]:
            period &= Q(**{f"{column}__gte": _start_of(since)})
        if until := self.cleaned_data["until"]:
            period &= Q(**{f"{column}__lt": _start_of(until + dt.timedelta(days=1))})
        return period


def _start_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
