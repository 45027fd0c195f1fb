"""What the session form asks, by SQL that is written once: it is opened after every visit (ADR 0035)."""

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from coaching.models import Action, Engagement, EngagementCoach, Session, SessionDraft
from coachnet.accounts.models import User
from coachnet.accounts.readers import standing_for_reader
from coachnet.lib.standing import standing
from companies.models import CircularStrategy, Company, Contact

MOST_ACTIONS = 8


@standing
def sessions_of_key(*, key: uuid.UUID) -> QuerySet[Session]:
    """The saved session behind a form, if there is one, with what its rows show. Not yet asked who may see it."""
    return Session.objects.with_rows().filter(pk=key)


@standing_for_reader
def own_drafts(user: User, *, key: uuid.UUID) -> QuerySet[SessionDraft]:
    """What the person has typed into a form, at most one."""
    return SessionDraft.objects.of(user).filter(key=key)


@standing_for_reader
def companies_of_key(user: User, *, company: int) -> QuerySet[Company]:
    """The company, if the person may see it."""
    return Company.objects.visible_to(user).filter(pk=company)


@standing_for_reader
def own_companies(user: User) -> QuerySet[Company, tuple[int, str]]:
    """The coach's own companies as key and name, å ä ö last."""
    return Company.objects.visible_to(user).of(user).in_swedish_order().values_list("pk", "name")


@standing_for_reader
def own_confidential(user: User) -> QuerySet[Company, int]:
    """The keys of those of the coach's own companies that are confidential."""
    own = Company.objects.visible_to(user).of(user).filter(is_confidential=True)
    return own.order_by("pk").values_list("pk", flat=True)


@standing_for_reader
def engagements_of_own(user: User, *, company: int) -> QuerySet[Engagement]:
    """The coach's own open engagements with a company, with their programmes."""
    return Engagement.objects.open().of(user).filter(company=company).select_related("programme")


@standing
def memberships_of(*, coach: int, engagement: int) -> QuerySet[EngagementCoach, int]:
    """The coach's part in an engagement, while she has not left it: its key, at most one."""
    part = EngagementCoach.objects.filter(engagement=engagement, coach=coach, left_on=None)
    return part.order_by().values_list("pk", flat=True)


@standing
def coaches_on(*, engagement: int) -> QuerySet[User]:
    """The coaches who work on an engagement now: name and organisation."""
    return _as_choices(_coaches_on(engagement))


@standing
def contacts_at(*, company: int) -> QuerySet[Contact]:
    """Those who work at a company."""
    return Contact.objects.filter(company=company, left_on=None).order_by("id")


def coaches_for(user: User, engagement: Engagement | None, session: Session | None) -> QuerySet[User]:
    """The coaches that a session can have had: those on the engagement, and those that it has."""
    coaches = _coaches_on(engagement.pk) if engagement else User.objects.filter(pk=user.pk)
    return _as_choices(coaches | User.objects.filter(sessions=session) if session else coaches)


def _coaches_on(engagement: int) -> QuerySet[User]:
    return User.objects.filter(memberships__engagement=engagement, memberships__left_on=None)


def _as_choices(coaches: QuerySet[User]) -> QuerySet[User]:
    return coaches.only("name", "organisation").distinct().order_by("id")


def contacts_for(company: Company | None, session: Session | None) -> QuerySet[Contact]:
    """The contacts that a session can have had: those at the company, and those that it has."""
    contacts = contacts_at.build(company=company.pk) if company else Contact.objects.none()
    if session:
        contacts |= Contact.objects.filter(sessions=session)
    return contacts.distinct().order_by("id")


@standing
def strategies_for(*, company: int) -> QuerySet[CircularStrategy]:
    """What can be coached, with `is_own`: whether the company follows it. Energy recovery is recorded on flows."""
    through: Any = Company.strategies.through
    follows = Exists(through.objects.filter(company=company, circularstrategy=OuterRef("pk")))
    leads = Exists(Company.objects.filter(pk=company, main_strategy=OuterRef("pk")))
    every = CircularStrategy.objects.filter(is_credited=True).annotate(is_own=Q(follows) | Q(leads))
    return every.order_by("pk").only("code", "name_sv", "name_en")


@standing_for_reader
def last_held(user: User, *, company: int, but: uuid.UUID) -> QuerySet[Session]:
    """The latest session with a company that the person may read: day and note."""
    sessions = Session.objects.visible_to(user).filter(engagement__company=company).exclude(pk=but)
    return sessions.held().newest_first().only("date", "note")[:1]


@standing_for_reader
def open_actions(user: User, *, company: int) -> QuerySet[Action]:
    """What is still to be done at a company, the soonest first."""
    actions = Action.objects.visible_to(user).open().filter(engagement__company=company)
    return actions.as_rows().soonest_first()[:MOST_ACTIONS]
