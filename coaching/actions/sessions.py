"""Planning, logging, calling off and removing sessions.

`log_session` and `plan_session` are one road with two ends:
1. Hold the session's id, so that equal requests come one after the other.
2. A form seen before (same fingerprint) answers as it did the first time and writes nothing.
3. A form that was opened before somebody else saved is refused with SessionConflict.
4. Write the session and its people; what is missing decides whether it is complete.
5. New people, next steps, stage, next meeting and reminders follow in the same transaction; the draft is gone.
"""

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coaching import reminders, rules
from coaching.actions.drafts import session_lock
from coaching.actions.engagements import change_stage, employer_of, start_engagement
from coaching.actions.entries import SessionEntry
from coaching.actions.plans import add_action, update_action
from coaching.models import Action, Engagement, Programme, Session, SessionCoach, SessionDraft
from coachnet.accounts.models import User
from coachnet.lib.locks import lock_for_transaction
from companies.models import Company, Contact

State = Session.State
FACTS = (
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


class SessionConflict(Exception):  # noqa: N818 (a conflict is an answer, not an error)
    """Somebody saved the session after this form was opened. Carries the session as it now stands."""

    def __init__(self, session: Session) -> None:
        super().__init__(f"session {session.pk} is at version {session.version}")
        self.session = session


def refuse_future(day: dt.date) -> None:
    """What has been held was held today or earlier. Raises ValidationError."""
    today = timezone.localdate()
    if day > today:
        words = _("Datumet ska vara i dag eller tidigare, till exempel %(date)s") % {
            "date": today.isoformat()
        }
        raise ValidationError(words, code="future")


@transaction.atomic
def log_session(
    *, by: User, company: Company, entry: SessionEntry, key: uuid.UUID | None = None, version: int = 0
) -> Session:
    """Save a session that has taken place. `version` is the one the form was opened on, 0 for a new session.

    Raises SessionConflict, PermissionDenied, or ValidationError with a dict of the form's fields.
    """
    try:
        refuse_future(entry.date)
    except ValidationError as refused:
        raise ValidationError({"date": refused}) from refused
    return _save(
        by=by, company=company, entry=entry, key=key or uuid.uuid4(), version=version, state=State.HELD
    )


@transaction.atomic
def plan_session(
    *, by: User, company: Company, entry: SessionEntry, key: uuid.UUID | None = None, version: int = 0
) -> Session:
    """Save a session that is to take place. A session that has already been held cannot be planned again."""
    return _save(
        by=by, company=company, entry=entry, key=key or uuid.uuid4(), version=version, state=State.PLANNED
    )


def _save(
    *, by: User, company: Company, entry: SessionEntry, key: uuid.UUID, version: int, state: Session.State
) -> Session:
    session_lock(key)
    fingerprint = entry.fingerprint(company=company, state=state)
    session = Session.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if session:
        _demand_editable(session, by=by)
        # With the present version and another state it is no repeat but a wish: plan again what was off.
        if session.fingerprint == fingerprint and (version != session.version or session.state == state):
            _drop_draft(by=by, key=key)
            return session
        _demand_fitting(session, company=company, state=state, version=version)
        session.version += 1
    else:
        session = Session(id=key, engagement=_engagement_for(by, company, entry), created_by=by, version=1)
    is_new = session._state.adding
    engagement = session.engagement
    # Asked for several times below, and nothing here changes them.
    engagement.company = company
    engagement.present_memberships = engagement.present()  # type: ignore[attr-defined]
    first_time_held = state == State.HELD and (session._state.adding or session.state != State.HELD)
    session.state, session.fingerprint = state, fingerprint
    for fact in FACTS:
        setattr(session, fact, getattr(entry, fact))
    session.completeness = _completeness(session, entry)
    session.save()
    _write_people(session, entry, by=by, is_new=is_new, refreeze=first_time_held)
    if entry.strategies or not is_new:
        session.strategies.set(entry.strategies)
    _write_consequences(session, entry, by=by)
    _drop_draft(by=by, key=key)
    if is_new and state == State.HELD:
        reminders.align_engagement(engagement)  # of the session itself nothing can be waiting
    else:
        reminders.align_session(session)
    return session


def _completeness(session: Session, entry: SessionEntry) -> Session.Completeness:
    """Whether a session will be complete with the people and strategies of its form."""
    has_contacts = bool(entry.contacts or entry.new_contacts)
    lacks = session.lacks(has_contacts=has_contacts, has_strategies=bool(entry.strategies))
    is_whole = session.state == State.HELD and not lacks
    return Session.Completeness.COMPLETE if is_whole else Session.Completeness.DRAFT


def _demand_editable(session: Session, *, by: User) -> None:
    if not rules.can_edit_session(by, session):
        raise PermissionDenied


def _demand_fitting(session: Session, *, company: Company, state: Session.State, version: int) -> None:
    if session.engagement.company_id != company.pk:
        words = _(
            "Tillfället är redan sparat hos %(company)s. Ta bort det och logga på nytt om företaget är fel."
        )
        raise ValidationError({"company": words % {"company": session.engagement.company}})
    if session.version != version:
        raise SessionConflict(session)
    if session.state == State.HELD and state == State.PLANNED:
        raise ValidationError({"date": _("Tillfället har redan ägt rum.")})


def _engagement_for(by: User, company: Company, entry: SessionEntry) -> Engagement:
    """The coach's engagement with the company; if nobody coaches it, a new one with her as lead."""
    lock_for_transaction(f"engagements of company {company.pk}")
    engagement = rules.engagement_for_logging(by, company, entry.date)
    if not rules.can_log_for(by, company, own=engagement):
        raise PermissionDenied
    if engagement:
        return engagement
    today = timezone.localdate()
    programme = Programme.objects.on(entry.date).first() or Programme.objects.on(today).first()
    if programme is None:
        raise ValidationError(
            {"company": _("Inget program pågår. Be en administratör lägga upp programmet, så kan du spara.")}
        )
    return start_engagement(by=by, company=company, programme=programme, started_on=min(entry.date, today))


def _write_people(session: Session, entry: SessionEntry, *, by: User, is_new: bool, refreeze: bool) -> None:
    """Coaches with the organisation they have now, and contacts. `refreeze` when a plan becomes a fact."""
    engagement, company = session.engagement, session.engagement.company
    chosen = {coach.pk: coach for coach in (entry.coaches or (by,))}
    rows = () if is_new else session.session_coaches.select_related("coach")
    present = {row.coach_id: row for row in rows}
    members = {membership.coach_id: membership.coach for membership in engagement.present()}
    if not set(chosen) <= set(members) | set(present):
        raise ValidationError({"coaches": _("Välj bland coacherna i uppdraget.")})
    for pk, row in present.items():
        if pk not in chosen:
            row.delete()
        elif refreeze and row.organisation_id != row.coach.organisation_id and row.coach.organisation_id:
            row.organisation_id = row.coach.organisation_id
            row.save(update_fields=["organisation"])
    for pk in chosen:
        if pk not in present:
            SessionCoach.objects.create(
                session=session, coach=members[pk], organisation=employer_of(members[pk])
            )
    if any(contact.company_id != company.pk for contact in entry.contacts):
        raise ValidationError({"contacts": _("Välj personer från företaget.")})
    contacts = [*entry.contacts, *_new_contacts(company, entry)]
    if contacts or not is_new:
        session.contacts.set(contacts)


def _new_contacts(company: Company, entry: SessionEntry) -> list[Contact]:
    """People the form adds; one with a name the company already has is that person."""
    if not entry.new_contacts:
        return []
    known = {contact.name.casefold(): contact for contact in company.contacts.filter(left_on=None)}
    for person in entry.new_contacts:
        if person.name.casefold() not in known:
            known[person.name.casefold()] = Contact.objects.create(
                company=company, name=person.name, title=person.title
            )
    return [known[person.name.casefold()] for person in entry.new_contacts]


def _write_consequences(session: Session, entry: SessionEntry, *, by: User) -> None:
    """Next steps, stage and next meeting."""
    for step in entry.next_steps:
        action = Action.objects.filter(pk=step.id).first()
        if action is None:
            add_action(
                by=by,
                engagement=session.engagement,
                session=session,
                key=step.id,
                what=step.what,
                owner=step.owner,
                due_on=step.due_on,
            )
        elif action.session_id == session.pk:
            update_action(by=by, action=action, what=step.what, owner=step.owner, due_on=step.due_on)
        else:
            raise PermissionDenied
    if entry.stage and session.engagement.is_open:
        entered_on = min(session.date, timezone.localdate())
        change_stage(by=by, engagement=session.engagement, stage=entry.stage, on=entered_on)
    if entry.plans_next_meeting:
        _plan_next(session, entry, by=by)


def _plan_next(session: Session, entry: SessionEntry, *, by: User) -> None:
    """Make, move or call off the one session that this form plans. One already held is left alone."""
    planned = Session.objects.select_for_update(of=("self",)).filter(planned_in=session).first()
    meeting = entry.next_meeting
    if planned and (planned.state in (State.HELD, State.NO_SHOW) or planned.removed_at):
        return
    if meeting is None:
        if planned:
            cancel_session(by=by, session=planned)
        return
    if planned is None:
        planned = Session(engagement=session.engagement, created_by=by, planned_in=session, version=0)
    is_new = planned._state.adding
    planned.state, planned.date, planned.start_time = State.PLANNED, meeting.date, meeting.start_time
    planned.version += 1
    planned.fingerprint = ""
    planned.save()
    if is_new:
        for row in session.session_coaches.all():
            SessionCoach.objects.create(session=planned, coach=row.coach, organisation=row.organisation)
        planned.contacts.set(session.contacts.all())
    reminders.align_session(planned)


def _drop_draft(*, by: User, key: uuid.UUID) -> None:
    SessionDraft.objects.filter(coach=by, key=key).delete()


def _locked(session: Session, *, by: User) -> Session:
    session_lock(session.pk)
    row = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    _demand_editable(row, by=by)
    return row


def _close(session: Session, state: Session.State, *, by: User) -> Session:
    session = _locked(session, by=by)
    if session.state == state:
        return session
    if session.state != State.PLANNED:
        raise ValidationError(_("Bara ett planerat tillfälle kan ställas in."), code="not_planned")
    session.state = state
    session.version += 1
    session.save(update_fields=["state", "version"])
    reminders.align_session(session)
    return session


@transaction.atomic
def cancel_session(*, by: User, session: Session) -> Session:
    """Call a planned session off."""
    return _close(session, State.CANCELLED, by=by)


@transaction.atomic
def mark_no_show(*, by: User, session: Session) -> Session:
    """Note that the company did not come. Only after the session should have begun."""
    if session.date > timezone.localdate():
        raise ValidationError(_("Tillfället har inte varit än."), code="future")
    return _close(session, State.NO_SHOW, by=by)


@transaction.atomic
def undo_closing(*, by: User, session: Session) -> Session:
    """Take back that a session was called off or missed: it is planned again."""
    session = _locked(session, by=by)
    if session.state in (State.CANCELLED, State.NO_SHOW):
        session.state = State.PLANNED
        session.version += 1
        session.save(update_fields=["state", "version"])
        reminders.align_session(session)
    return session


@transaction.atomic
def remove_session(*, by: User, session: Session) -> Session:
    """Put a session in the bin. Its actions and its next meeting stay. `restore_session` takes it back."""
    session_lock(session.pk)
    row = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if row.removed_at is None:
        _demand_editable(row, by=by)
        row.removed_at, row.removed_by = timezone.now(), by
        row.save(update_fields=["removed_at", "removed_by"])
        reminders.align_session(row)
    return row


@transaction.atomic
def restore_session(*, by: User, session: Session) -> Session:
    """Take a session back from the bin, exactly as it was."""
    session_lock(session.pk)
    row = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if row.removed_at is None:
        return row
    if not rules.can_restore_session(by, row):
        raise PermissionDenied
    row.removed_at, row.removed_by = None, None
    row.save(update_fields=["removed_at", "removed_by"])
    reminders.align_session(row)
    return row
