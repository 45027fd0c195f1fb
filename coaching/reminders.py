"""When coaching reminds: which mails are wanted of a session, an action and an engagement, from the facts alone.

`align_…` are called by the actions, in the transaction that changes the object. What the mails say, and whether they
still hold at the moment of sending, stands in `coaching.letters`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from coaching.models import Action, Engagement, EngagementCoach, Session
from coachnet.accounts.models import User
from coachnet.lib.days import (
    local_moment,
    working_day_after,
    working_day_from,
    working_morning_after,
)
from coachnet.lib.standing import Among, Standing, standing
from coachnet.notifications.actions import Guest, Wanted, align_all, withdraw
from coachnet.notifications.models import Notification, about_key
from companies.coached import QUIET_DAYS

SESSION_TOMORROW, SESSION_TOMORROW_CONTACT = "session_tomorrow", "session_tomorrow_contact"
SESSION_TO_LOG = "session_to_log"
ACTION_DUE, ACTION_OVERDUE = "action_due", "action_overdue"
COMPANY_QUIET = "company_quiet"
SESSION_RULES = (SESSION_TOMORROW, SESSION_TOMORROW_CONTACT, SESSION_TO_LOG)
ACTION_RULES = (ACTION_DUE, ACTION_OVERDUE)
ENGAGEMENT_RULES = (COMPANY_QUIET,)

AFTERNOON_BEFORE = dt.time(15)
MORNING = dt.time(8, 30)
EARLY_MORNING = dt.time(7, 30)
# Days after which an action that nobody has closed is asked about, once.
OVERDUE_DAYS = 3
# Somebody at the company who is told later than this cannot plan by it.
SHORTEST_NOTICE = dt.timedelta(hours=2)
CHUNK = 200


def day_and_time(session: Session) -> str:
    """Which of a session's times a reminder is about: one that moves after a reminder gets another."""
    return f"{session.date:%Y-%m-%d}" + (f"T{session.start_time:%H:%M}" if session.start_time else "")


def reminded_coach(session: Session) -> User | None:
    """Who is asked to log a session: whoever planned it, if she takes part, or else the first coach on it."""
    coaches = [row.coach for row in session.session_coaches.all()]
    return next((coach for coach in coaches if coach.pk == session.created_by_id), next(iter(coaches), None))


# --- What is wanted ----------------------------------------------------------------------------


def wanted_of_session(session: Session, now: dt.datetime) -> list[Wanted]:
    """The afternoon before to everyone who comes; the next working morning to the coach, if it is not logged."""
    if session.state != Session.State.PLANNED or session.removed_at:
        return []
    last_day = timezone.localdate(session.ends_at - dt.timedelta(seconds=1))
    morning = _morning(local_moment(working_day_after(last_day), MORNING), now)
    coach = reminded_coach(session)
    wanted = [Wanted(SESSION_TO_LOG, coach, day_and_time(session), morning)] if coach else []
    if session.ends_at <= now:
        return wanted
    occurrence = day_and_time(session)
    before = local_moment(session.date - dt.timedelta(days=1), AFTERNOON_BEFORE)
    # Coaches who plan after that hour know of it: they have just planned it, or see it in their day.
    wanted += [
        Wanted(SESSION_TOMORROW, row.coach, occurrence, before, only_ahead=True)
        for row in session.session_coaches.all()
    ]
    if session.reminds_contacts:
        begins = local_moment(session.date, session.start_time or MORNING)
        is_short = begins - now < SHORTEST_NOTICE
        for contact in session.contacts.all():
            if contact.email and contact.left_on is None:
                guest = Guest(contact.name, contact.email)
                rule = SESSION_TOMORROW_CONTACT
                wanted.append(Wanted(rule, guest, occurrence, before, only_ahead=is_short))
    return wanted


def wanted_of_action(action: Action, now: dt.datetime) -> list[Wanted]:
    """The morning of the due day, and once when it is overdue, to the coach who has promised it."""
    owner, due_on = action.owner_coach, action.due_on
    if not action.is_open or owner is None or due_on is None:
        return []
    late = working_day_from(due_on + dt.timedelta(days=OVERDUE_DAYS))
    occurrence = due_on.isoformat()
    return [
        Wanted(ACTION_DUE, owner, occurrence, local_moment(due_on, EARLY_MORNING), only_ahead=True),
        Wanted(ACTION_OVERDUE, owner, occurrence, local_moment(late, EARLY_MORNING), only_ahead=True),
    ]


def wanted_of_engagement(engagement: Engagement, now: dt.datetime) -> list[Wanted]:
    """The lead coach is told when a company has been quiet for QUIET_DAYS and nothing is planned with it."""
    since = quiet_since(engagement)
    lead = engagement.lead
    if since is None or lead is None:
        return []
    day = working_day_from(since + dt.timedelta(days=QUIET_DAYS))
    return [Wanted(COMPANY_QUIET, lead, since.isoformat(), _morning(local_moment(day, MORNING), now))]


def quiet_since(engagement: Engagement) -> dt.date | None:
    """The day since which nothing has been heard; None while something is planned, or when it has ended.

    Expects `last_held_on` and `is_planned` as `engagements_for_reminders` gives them.
    """
    facts: Any = engagement
    if not engagement.is_open or facts.is_planned:
        return None
    return facts.last_held_on or engagement.started_on


def _morning(moment: dt.datetime, now: dt.datetime) -> dt.datetime:
    """The moment, or the next working morning when it has passed: what is still true is never said at night."""
    return moment if moment > now else working_morning_after(now, MORNING)


def contact_reminders(session: Session) -> list[Notification]:
    """What is sent to those from the company about the session's present time, for the session's own page."""
    rows = Notification.objects.about(session).filter(rule=SESSION_TOMORROW_CONTACT)
    return list(rows.filter(occurrence=day_and_time(session)).order_by("name", "pk"))


# --- Fetching ----------------------------------------------------------------------------------


def sessions_for_reminders() -> models.QuerySet[Session]:
    """Sessions with everything their reminders depend on, at a fixed number of queries."""
    return Session.objects.prefetch_related("session_coaches__coach", "contacts").order_by("pk")


def actions_for_reminders() -> models.QuerySet[Action]:
    """Actions with their owners."""
    return Action.objects.select_related("owner_coach").order_by("pk")


def engagements_for_reminders() -> models.QuerySet[Engagement]:
    """Engagements with their coaches, their last session and whether something is planned."""
    planned = Session.objects.planned().filter(engagement=models.OuterRef("pk"))
    memberships = EngagementCoach.objects.filter(left_on=None).select_related("coach")
    people = models.Prefetch("memberships", memberships, to_attr="present_memberships")
    engagements: Any = Engagement.objects.with_last_held().annotate(is_planned=models.Exists(planned))
    return engagements.prefetch_related(people).order_by("pk")


# --- Keeping in step ---------------------------------------------------------------------------


def _of_keys(things: Callable[[], models.QuerySet[Any]]) -> Standing[Any]:
    return standing(lambda: things().filter(Among("pk", "keys")))


# Every save asks one of them or two.
_SESSIONS = _of_keys(sessions_for_reminders)
_ACTIONS = _of_keys(actions_for_reminders)
_ENGAGEMENTS = _of_keys(engagements_for_reminders)


def align_session(session: Session) -> None:
    """Make the reminders of a session, and of its quiet company, be those that the facts ask for."""
    if session.state == Session.State.PLANNED and session.removed_at is None:
        _align(_SESSIONS, [session.pk], wanted_of_session, SESSION_RULES)
    else:
        withdraw(session, rules=SESSION_RULES)
    align_engagement(session.engagement)


def align_action(action: Action) -> None:
    """Make the reminders of an action be those that the facts ask for."""
    _align(_ACTIONS, [action.pk], wanted_of_action, ACTION_RULES)


def align_engagement(engagement: Engagement) -> None:
    """Make the reminder of a quiet company be the one that the facts ask for."""
    _align(_ENGAGEMENTS, [engagement.pk], wanted_of_engagement, ENGAGEMENT_RULES)


def align_everything() -> int:
    """Make every reminder follow from the facts again: after an import, a restored backup, and each night.

    Idempotent; a transaction for each CHUNK of objects, whose rows are locked so that nobody moves them meanwhile.
    Returns how many objects were looked at.
    """
    planned = Session.objects.planned()
    open_actions = Action.objects.open().exclude(owner_coach=None).exclude(due_on=None)
    return (
        _align_kind(_SESSIONS, planned, wanted_of_session, SESSION_RULES)
        + _align_kind(_ACTIONS, open_actions, wanted_of_action, ACTION_RULES)
        + _align_kind(_ENGAGEMENTS, Engagement.objects.open(), wanted_of_engagement, ENGAGEMENT_RULES)
    )


WantedOf = Callable[[Any, dt.datetime], list[Wanted]]


def _align(things: Standing[Any], keys: Iterable[Any], wanted_of: WantedOf, rules: tuple[str, ...]) -> None:
    now = timezone.now()
    align_all({about_key(thing): wanted_of(thing, now) for thing in things(keys=[*keys])}, rules=rules)


def _align_kind(
    things: Standing[Any],
    candidates: models.QuerySet[Any],
    wanted_of: WantedOf,
    rules: tuple[str, ...],
) -> int:
    """Align those that may want reminders, and those that have some waiting."""
    waiting = Notification.objects.waiting().filter(rule__in=rules).values_list("about", flat=True).distinct()
    keys = {str(pk) for pk in candidates.values_list("pk", flat=True)}
    keys |= {about.partition(":")[2] for about in waiting}
    for chunk in _chunks(sorted(keys)):
        with transaction.atomic():
            # Locked by a query of its own: rows with aggregates cannot be.
            locked = candidates.model._default_manager.filter(pk__in=chunk).order_by("pk")
            found = locked.select_for_update(of=("self",)).values_list("pk", flat=True)
            _align(things, found, wanted_of, rules)
    return len(keys)


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
