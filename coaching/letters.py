"""What coaching's reminders say, and whether they still hold when they are about to be sent.

No mail holds a note, and none names a company with a sekretessmarkering: mail leaves the house. Subjects name no
company at all, since organisers read them in the list of what was sent.
"""

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coaching import reminders
from coaching.models import Action, Engagement, Session
from coachnet.accounts.models import User
from coachnet.accounts.readers import standing_for_reader
from coachnet.accounts.roles import Permission
from coachnet.lib.standing import Among
from coachnet.notifications.links import absolute
from coachnet.notifications.models import Notification
from coachnet.notifications.registry import Letter, Rule, register
from companies.models import Company

Reason = Notification.Reason
Answer = Letter | Notification.Reason


def company_words(company: Company) -> str:
    """The company's name, unless it must not leave the house."""
    return gettext("Företag med sekretessmarkering") if company.is_confidential else company.name


def _planned_session(row: Notification) -> Session | None:
    """The session a row is about, if it is still planned for that day and time."""
    sessions = Session.objects.planned().select_related("engagement__company")
    session = sessions.filter(pk=row.about_pk).first()
    return session if session and reminders.day_and_time(session) == row.occurrence else None


def _may_read(row: Notification, session: Session) -> bool:
    assert row.user
    return Session.objects.visible_to(row.user).filter(pk=session.pk).exists()


def _session_values(session: Session) -> dict[str, Any]:
    return {"session": session, "company": company_words(session.engagement.company)}


def session_tomorrow(row: Notification) -> Answer:
    """To a coach: whom she meets, when, how and where."""
    session = _planned_session(row)
    if session is None or session.ends_at <= timezone.now():
        return Reason.WITHDRAWN
    if not session.coaches.filter(pk=row.user_id).exists():
        return Reason.WITHDRAWN
    if not _may_read(row, session):
        return Reason.NO_ACCESS
    is_open = not session.engagement.company.is_confidential
    values = _session_values(session) | {
        "contacts": ", ".join(contact.name for contact in session.contacts.all()) if is_open else "",
        "place": session.place if is_open else "",
        "url": absolute("coaching:session-detail", session.pk),
    }
    return Letter("coaching/emails/session_tomorrow", values, order=row.occurrence)


def session_tomorrow_contact(row: Notification) -> Answer:
    """To somebody at the company: when, how, where and with whom. Nothing of what was said before."""
    session = _planned_session(row)
    if session is None or not session.reminds_contacts or session.ends_at <= timezone.now():
        return Reason.WITHDRAWN
    if not session.contacts.filter(email__iexact=row.email, left_on=None).exists():
        return Reason.WITHDRAWN
    coaches = [member.coach for member in session.session_coaches.select_related("coach__organisation")]
    values = {"session": session, "coaches": coaches, "name": row.name}
    answer_to = tuple(coach.email for coach in coaches if coach.is_active)
    return Letter("coaching/emails/session_tomorrow_contact", values, reply_to=answer_to)


def session_to_log(row: Notification) -> Answer:
    """To the coach: it has been, and nobody has written it down."""
    session = _planned_session(row)
    if session is None or session.ends_at > timezone.now():
        return Reason.WITHDRAWN
    if not _may_read(row, session):
        return Reason.NO_ACCESS
    url = absolute("coaching:session-edit", session.pk) + "?log"
    values = _session_values(session) | {"url": url}
    return Letter("coaching/emails/session_to_log", values, order=row.occurrence)


def _action(row: Notification, template: str) -> Answer:
    actions = Action.objects.open().select_related("engagement__company")
    action = actions.filter(pk=row.about_pk, owner_coach=row.user_id).first()
    if action is None or action.due_on is None or action.due_on.isoformat() != row.occurrence:
        return Reason.WITHDRAWN
    assert row.user
    is_hers = Action.objects.visible_to(row.user).filter(pk=action.pk).exists()
    if not is_hers:
        return Reason.NO_ACCESS
    company = action.engagement.company
    values = {
        "what": gettext("En åtgärd") if company.is_confidential else action.what,
        "due_on": action.due_on,
        "company": company_words(company),
        "url": absolute("coaching:action-edit", action.pk),
        "list_url": absolute("coaching:action-list"),
    }
    return Letter(template, values, order=f"{row.occurrence} {action.what}")


def action_due(row: Notification) -> Answer:
    """To the coach who has promised it, the same morning."""
    return _action(row, "coaching/emails/action_due")


def action_overdue(row: Notification) -> Answer:
    """To the coach who promised it, when it is late."""
    return _action(row, "coaching/emails/action_overdue")


def company_quiet(row: Notification) -> Answer:
    """To the lead coach: nothing has been heard for long and nothing is planned."""
    engagements = reminders.engagements_for_reminders().select_related("company")
    engagement = engagements.filter(pk=row.about_pk).first()
    since = reminders.quiet_since(engagement) if engagement else None
    if engagement is None or since is None or since.isoformat() != row.occurrence:
        return Reason.WITHDRAWN
    if engagement.lead != row.user:
        return Reason.WITHDRAWN
    assert row.user
    if not Engagement.objects.visible_to(row.user).filter(pk=engagement.pk).exists():
        return Reason.NO_ACCESS
    values = {
        "company": company_words(engagement.company),
        "since": since,
        "days": (timezone.localdate() - since).days,
        "has_met": engagement.last_held_on is not None,  # type: ignore[attr-defined]
        "url": absolute("companies:company-detail", engagement.company_id),
    }
    return Letter("coaching/emails/company_quiet", values, order=row.occurrence)


# --- Rules -------------------------------------------------------------------------------------


def coaches(person: User) -> bool:
    """These are reminders for those who log sessions."""
    return person.may(Permission.LOG_SESSIONS)


def nobody(person: User) -> bool:
    """Goes to people without an account, who are not asked on this page."""
    return False


def sessions_of_visible_companies(viewer: User, about: Collection[str]) -> set[str]:
    """Whom the company sent is shown to those who see the company."""
    keys = {uuid.UUID(key.partition(":")[2]): key for key in about}
    return {keys[pk] for pk in _at_visible_companies(viewer, sessions=list(keys))}


@standing_for_reader
def _at_visible_companies(viewer: User) -> QuerySet[Session, uuid.UUID]:
    companies = Company.objects.visible_to(viewer)
    found = Session.objects.filter(Among("pk", "sessions"), engagement__company__in=companies)
    return found.order_by().values_list("pk", flat=True)


RULES = (
    Rule(
        reminders.SESSION_TOMORROW,
        _("Tillfälle i morgon"),
        _("Dagen före klockan 15, när du har tillfällen inplanerade."),
        session_tomorrow,
        bundles=True,
        audience=coaches,
    ),
    Rule(
        reminders.SESSION_TOMORROW_CONTACT,
        _("Tillfälle i morgon, till företaget"),
        _("Dagen före klockan 15, till dem som ska vara med från företaget."),
        session_tomorrow_contact,
        audience=nobody,
        recipients_shown=sessions_of_visible_companies,
    ),
    Rule(
        reminders.SESSION_TO_LOG,
        _("Tillfälle att logga"),
        _("Nästa arbetsdag klockan 08:30, om ett tillfälle har varit men inte är loggat."),
        session_to_log,
        bundles=True,
        audience=coaches,
    ),
    Rule(
        reminders.ACTION_DUE,
        _("Åtgärd i dag"),
        _("Klockan 07:30 den dag en åtgärd som du har lovat ska vara klar."),
        action_due,
        bundles=True,
        audience=coaches,
    ),
    Rule(
        reminders.ACTION_OVERDUE,
        _("Försenad åtgärd"),
        _("En gång, tre dagar efter slutdatum, om åtgärden inte är klar."),
        action_overdue,
        bundles=True,
        audience=coaches,
    ),
    Rule(
        reminders.COMPANY_QUIET,
        _("Tyst företag"),
        _("När det har gått 45 dagar sedan ni sågs och inget är planerat, för företag där du är huvudcoach."),
        company_quiet,
        bundles=True,
        audience=coaches,
    ),
)


def register_rules() -> None:
    """Add coaching's rules to those by which mail is sent."""
    register(*RULES)
