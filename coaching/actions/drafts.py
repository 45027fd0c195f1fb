"""Drafts: kept as typed, thrown away, taken back, weeded."""

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coaching import rules
from coaching.models import Session, SessionDraft
from coachnet.accounts.models import User
from coachnet.lib.locks import lock_for_transaction
from companies.models import Company

# A draft nobody has touched for so long is not coming back (rensning: it never became a record).
DRAFT_DAYS = 90
# One thrown away can be fetched back for as long as a removed session.
DISCARDED_DAYS = 30


def session_lock(key: uuid.UUID) -> None:
    """Hold everything about one session form: its draft and its session."""
    lock_for_transaction(f"session {key}")


@transaction.atomic
def save_draft(
    *,
    by: User,
    key: uuid.UUID,
    data: dict[str, list[str]],
    base_version: int = 0,
    company: Company | None = None,
) -> SessionDraft:
    """Keep what is typed, as typed, until it is sent. Raises PermissionDenied for others' sessions."""
    session_lock(key)
    session = Session.objects.select_related("engagement").filter(pk=key).first()
    if session and not rules.can_edit_session(by, session):
        raise PermissionDenied
    draft, _created = SessionDraft.objects.update_or_create(
        coach=by,
        key=key,
        defaults={
            "session": session,
            "company": company,
            "base_version": base_version,
            "data": data,
            "updated_at": timezone.now(),
            "discarded_at": None,
        },
    )
    return draft


@transaction.atomic
def discard_draft(*, by: User, draft: SessionDraft) -> None:
    """Throw a draft away; `restore_draft` takes it back."""
    SessionDraft.objects.of(by).filter(pk=draft.pk).update(discarded_at=timezone.now())


@transaction.atomic
def restore_draft(*, by: User, draft: SessionDraft) -> None:
    """Take a thrown-away draft back."""
    SessionDraft.objects.filter(pk=draft.pk, coach=by).update(discarded_at=None, updated_at=timezone.now())


@transaction.atomic
def clear_old_drafts(*, now: dt.datetime | None = None) -> int:
    """Weed drafts untouched for DRAFT_DAYS and those thrown away DISCARDED_DAYS ago. Returns how many."""
    moment = now or timezone.now()
    old = Q(updated_at__lt=moment - dt.timedelta(days=DRAFT_DAYS))
    thrown = Q(discarded_at__lt=moment - dt.timedelta(days=DISCARDED_DAYS))
    removed, _by_model = SessionDraft.objects.filter(old | thrown).delete()
    return removed
