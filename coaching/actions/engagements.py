"""Taking a company on, sharing the work, moving through the stages, ending."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coaching import reminders, rules
from coaching.models import Engagement, EngagementCoach, Programme, Stage, StageChange
from coachnet.accounts.models import Organisation, User
from coachnet.lib.locks import lock_for_transaction
from companies.models import Company


def _locked(engagement: Engagement, *, by: User) -> Engagement:
    """The engagement's row, held for this transaction, if the person may change it."""
    row = Engagement.objects.select_for_update(of=("self",)).get(pk=engagement.pk)
    if not rules.can_edit_engagement(by, row):
        raise PermissionDenied
    return row


def employer_of(coach: User) -> Organisation:
    """The organisation a coach works for now. Raises ValidationError for somebody without one."""
    if coach.organisation is None:
        raise ValidationError(_("%(name)s saknar organisation.") % {"name": coach}, code="no_organisation")
    return coach.organisation


def _demand_coach(person: User) -> None:
    if not rules.can_be_on_engagement(person):
        raise ValidationError(_("%(name)s är inte coach i nätverket.") % {"name": person}, code="not_a_coach")


def _demand_open(engagement: Engagement) -> None:
    if not engagement.is_open:
        raise ValidationError(_("Uppdraget är avslutat."), code="ended")


def _demand_past(day: dt.date) -> None:
    if day > timezone.localdate():
        raise ValidationError(_("Datumet ska vara i dag eller tidigare."), code="future")


@transaction.atomic
def start_engagement(
    *,
    by: User,
    company: Company,
    programme: Programme,
    lead: User | None = None,
    stage: Stage = Stage.CONTACT,
    goals: str = "",
    started_on: dt.date | None = None,
) -> Engagement:
    """Take a company on, with `lead` (or `by`) as lead coach, whose organisation owns the documents.

    Raises ValidationError if the company already has an open engagement in the programme.
    """
    lock_for_transaction(f"engagements of company {company.pk}")
    if not rules.can_start_engagement(by, company):
        raise PermissionDenied
    lead = lead or by
    _demand_coach(lead)
    started_on = started_on or timezone.localdate()
    _demand_past(started_on)
    if Engagement.objects.open().filter(company=company, programme=programme).exists():
        raise ValidationError(_("Företaget coachas redan i programmet."), code="already_open")
    engagement = Engagement.objects.create(
        company=company,
        programme=programme,
        organisation=employer_of(lead),
        stage=stage,
        goals=goals,
        started_on=started_on,
    )
    EngagementCoach.objects.create(engagement=engagement, coach=lead, is_lead=True, joined_on=started_on)
    StageChange.objects.create(engagement=engagement, stage=stage, entered_on=started_on, set_by=by)
    reminders.align_engagement(engagement)
    return engagement


@transaction.atomic
def add_coach(*, by: User, engagement: Engagement, coach: User) -> EngagementCoach:
    """Share the engagement with one more coach. Adding somebody twice changes nothing."""
    engagement = _locked(engagement, by=by)
    _demand_open(engagement)
    _demand_coach(coach)
    membership, _created = EngagementCoach.objects.get_or_create(
        engagement=engagement, coach=coach, left_on=None, defaults={"joined_on": timezone.localdate()}
    )
    return membership


@transaction.atomic
def remove_coach(*, by: User, engagement: Engagement, coach: User) -> None:
    """End a coach's part in an engagement; what she logged stays hers. The lead must be changed first."""
    engagement = _locked(engagement, by=by)
    membership = engagement.memberships.filter(coach=coach, left_on=None).first()
    if membership is None:
        return
    if membership.is_lead:
        raise ValidationError(_("Byt huvudcoach först."), code="is_lead")
    membership.left_on = timezone.localdate()
    membership.save(update_fields=["left_on"])


@transaction.atomic
def change_lead(*, by: User, engagement: Engagement, coach: User) -> None:
    """Hand the lead to another coach; the former lead stays as co-coach."""
    engagement = _locked(engagement, by=by)
    _demand_open(engagement)
    _demand_coach(coach)
    engagement.memberships.filter(is_lead=True, left_on=None).exclude(coach=coach).update(is_lead=False)
    membership = add_coach(by=by, engagement=engagement, coach=coach)
    membership.is_lead = True
    membership.save(update_fields=["is_lead"])
    reminders.align_engagement(engagement)


@transaction.atomic
def change_stage(
    *, by: User, engagement: Engagement, stage: Stage, on: dt.date | None = None
) -> StageChange | None:
    """Move the company to a stage, today or on an earlier day. The stage it already has changes nothing."""
    engagement = _locked(engagement, by=by)
    _demand_open(engagement)
    if engagement.stage == stage:
        return None
    entered_on = on or timezone.localdate()
    _demand_past(entered_on)
    engagement.stage = stage
    engagement.save(update_fields=["stage"])
    return StageChange.objects.create(engagement=engagement, stage=stage, entered_on=entered_on, set_by=by)


@transaction.atomic
def set_goals(*, by: User, engagement: Engagement, goals: str) -> None:
    """Write down where the company wants to be."""
    engagement = _locked(engagement, by=by)
    engagement.goals = goals
    engagement.save(update_fields=["goals"])


@transaction.atomic
def end_engagement(*, by: User, engagement: Engagement, on: dt.date | None = None) -> None:
    """Close an engagement. Its coaches keep reading what they wrote; planned sessions stay planned."""
    engagement = _locked(engagement, by=by)
    _demand_open(engagement)
    day = on or timezone.localdate()
    _demand_past(day)
    if day < engagement.started_on:
        raise ValidationError(_("Uppdraget kan inte sluta innan det började."), code="before_start")
    engagement.ended_on = day
    engagement.save(update_fields=["ended_on"])
    reminders.align_engagement(engagement)


@transaction.atomic
def reopen_engagement(*, by: User, engagement: Engagement) -> None:
    """Take back an ending, unless the company has been taken on again in the same programme since."""
    lock_for_transaction(f"engagements of company {engagement.company_id}")
    engagement = _locked(engagement, by=by)
    others = Engagement.objects.open().filter(
        company=engagement.company_id, programme=engagement.programme_id
    )
    if others.exclude(pk=engagement.pk).exists():
        raise ValidationError(_("Företaget coachas redan i programmet."), code="already_open")
    engagement.ended_on = None
    engagement.save(update_fields=["ended_on"])
    reminders.align_engagement(engagement)
