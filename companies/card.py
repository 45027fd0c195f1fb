"""What a company's own pages show of it and of its coaching. Standing questions: each page asks a dozen of them.

The company is found among those the reader may see; whether she may read its coaching is decided once, for each
engagement. What belongs to them is then asked for by their keys.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Subquery, Sum, TextField, Value, When
from django.utils import timezone
from django.utils.translation import gettext

from coachnet.accounts.models import User
from coachnet.accounts.readers import May, reader, told_of
from coachnet.lib import markdown
from coachnet.lib.standing import Among, Given, standing
from coachnet.lib.subqueries import CountOf
from coachnet.lib.templatetags.formats import iso_day
from companies import coached
from companies.models import CircularStrategy, Company, Contact

RECENT = 6
# The columns of a session that its knot on the thread shows.
_IN_THREAD = ("engagement", "state", "date", "start_time", "minutes", "channel")
AROUND = (
    "municipality__sub_region",
    "sni",
    "main_strategy",
    "responsible_coach",
    "responsible_organisation",
)
# What head and facts show. Who marked it confidential is asked for where it is.
_SHOWN = (
    *("name", "legal_form", "organisation_number", "personal_number", "size_class", "website", "description"),
    *("is_confidential", "confidential_reason", "confidential_provision", "confidential_set_by"),
    *("confidential_set_at", "municipality__name", "municipality__sub_region__name"),
    *("sni__name_sv", "sni__name_en", "sni__version", "sni__code"),
    *("main_strategy__name_sv", "main_strategy__name_en", "responsible_organisation__name"),
    *("responsible_coach__name", "responsible_coach__email"),
)


def company_for(user: User, pk: int) -> Company | None:
    """The company with what its pages show, or None for whoever may not know of it."""
    return _company.first(user.permissions, company=pk, **told_of(user))


@standing
def _company(may: May) -> Any:
    found = Company.objects.visible_to(reader(may)).filter(pk=Given("company"))
    return found.select_related(*AROUND).only(*_SHOWN)


def strategies_of(company: Company) -> list[CircularStrategy]:
    """The strategies beside the main one, in order, with their names."""
    found: list[CircularStrategy] = _strategies(company=company.pk)
    return [one for one in found if one.pk != company.main_strategy_id]


@standing
def _strategies() -> Any:
    return CircularStrategy.objects.filter(companies=Given("company")).only("name_sv", "name_en")


def contacts_of(company: Company) -> list[Contact]:
    """Everybody at the company, those who left too."""
    return _contacts(company=company.pk)


@standing
def _contacts() -> Any:
    return Contact.objects.filter(company=Given("company"))


def engagements_of(company: Company, user: User) -> list[Any]:
    """The engagements of the company, with their coaches' names: open ones first, then the latest.

    `is_read` says whether the person may read its goals, notes and actions. `session_count`, `minutes` and
    `open_actions`, `done_actions`, `all_actions` are counted for each. Two queries.
    """
    found = _engagements(user.permissions, company=company.pk, **told_of(user))
    present: dict[int, list[Any]] = defaultdict(list)
    for member in _present(engagements=[one.pk for one in found]):
        present[member.engagement_id].append(member)
    for one in found:
        one.present_memberships = present[one.pk]
    return found


@standing
def _engagements(may: May) -> Any:
    found = coached.engagement_model().objects.filter(company=Given("company")).with_is_read(reader(may))
    sessions = coached.sessions().present().filter(engagement=OuterRef("pk"))
    held = sessions.held().order_by().values("engagement")
    steps = coached.actions().filter(engagement=OuterRef("pk"))
    counted = {
        "session_count": CountOf(sessions),
        "minutes": Subquery(held.annotate(sum=Sum("minutes")).values("sum"), output_field=IntegerField()),
        "open_actions": CountOf(steps.open()),
        "done_actions": CountOf(steps.done()),
        "all_actions": CountOf(steps.exclude(status="cancelled")),
    }
    found = found.annotate(**counted).only("stage", "started_on", "ended_on")
    return found.order_by(F("ended_on").desc(nulls_first=True), "-started_on", "-id")


@standing
def _present() -> Any:
    """Who is on the engagements now, the lead first."""
    members = coached.part_of(coached.engagement_model(), "memberships").filter(
        Among("engagement", "engagements"), left_on=None
    )
    return members.select_related("coach").only(
        "engagement", "coach", "is_lead", "coach__name", "coach__email"
    )


def recent_sessions(engagements: list[int], read: list[int]) -> list[Any]:
    """The latest, planned ones included, with `note_read`: the note where the person may read it."""
    return _recent(engagements=engagements, read=read)


@standing
def _recent() -> Any:
    # The note of a session that she may not read never leaves the database.
    nothing = Value(None, output_field=TextField())
    note = Case(When(Among("engagement", "read"), then="note"), default=nothing, output_field=TextField())
    found = _sessions().newest_first().annotate(note_read=note)
    return found.only(*_IN_THREAD)[:RECENT]


def last_held(engagements: list[int]) -> Any:
    """The latest session that took place, or None."""
    return _last_held.first(engagements=engagements)


@standing
def _last_held() -> Any:
    return _sessions().held().newest_first().only("date", "start_time")[:1]


def next_planned(engagements: list[int]) -> Any:
    """The next session ahead, or None."""
    return _next_planned.first(engagements=engagements, now=timezone.now())


@standing
def _next_planned() -> Any:
    return _sessions().upcoming(Given("now")).only("date", "start_time")[:1]


def _sessions() -> Any:
    return coached.sessions().present().filter(Among("engagement", "engagements"))


def next_steps(read: list[int]) -> list[Any]:
    """The open steps that are due first, with their owners' names."""
    return _next_steps(engagements=read)


@standing
def _next_steps() -> Any:
    found = coached.actions().open().filter(Among("engagement", "engagements")).soonest_first()
    owners = ("owner_coach__name", "owner_coach__email", "owner_contact__name")
    return found.select_related("owner_coach", "owner_contact").only("what", "due_on", *owners)[:RECENT]


@dataclass(frozen=True)
class Knot:
    """One session on a company's thread, with who coached and the beginning of the note where it may be read."""

    session: Any
    coaches: list[str]
    note: str | None

    @property
    def day(self) -> str:
        """When, as 2026-11-23."""
        return iso_day(self.session.date)


def knots_of(found: list[Any]) -> list[Knot]:
    """The sessions (annotated with `note_read`) as knots, at one query however many they are."""
    names: dict[Any, list[str]] = defaultdict(list)
    for session, name, email in _took_part(sessions=[one.pk for one in found]):
        names[session].append(name or email)
    plain = (None if one.note_read is None else markdown.plain(one.note_read) for one in found)
    return [Knot(one, names[one.pk], note) for one, note in zip(found, plain, strict=True)]


@standing
def _took_part() -> Any:
    taken = coached.part_of(coached.sessions().model, "session_coaches").filter(Among("session", "sessions"))
    return taken.values_list("session", "coach__name", "coach__email")


def stages_of(engagement: Any) -> list[dict[str, Any]]:
    """The six stages as the ring's list shows them: which are done, where it is now, and since when."""
    if engagement is None:
        return []
    entered = dict(_entered(engagement=engagement.pk))
    now = engagement.current_stage.number
    stages = []
    for step, (stage, name) in enumerate(coached.stage_choices(), start=1):
        state = "now" if step == now else "done" if step < now else "todo"
        stages.append({"step": step, "name": name, "state": state, "note": _since(entered.get(stage), state)})
    return stages


@standing
def _entered() -> Any:
    """Each stage with the day it was entered, the latest last."""
    changes = coached.part_of(coached.engagement_model(), "stage_changes")
    return changes.filter(engagement=Given("engagement")).values_list("stage", "entered_on")


def _since(day: dt.date | None, state: str) -> str:
    if day is None or state == "todo":
        return ""
    return gettext("sedan %(day)s") % {"day": day} if state == "now" else str(day)
