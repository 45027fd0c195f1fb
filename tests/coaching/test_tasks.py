"""Weeding drafts by the clock."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone

from coaching.actions.drafts import DISCARDED_DAYS, DRAFT_DAYS
from coaching.models import SessionDraft
from coaching.tasks import clear_old_drafts
from coachnet.celery import app
from tests.factories.coaching import SessionDraftFactory

pytestmark = pytest.mark.django_db


def ago(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def test_clear_old_drafts_weeds_the_untouched_and_the_thrown_away(coach):
    fresh = SessionDraftFactory(coach=coach, updated_at=ago(DRAFT_DAYS - 1))
    thrown = SessionDraftFactory(coach=coach, discarded_at=ago(DISCARDED_DAYS - 1))
    SessionDraftFactory(coach=coach, updated_at=ago(DRAFT_DAYS + 1))
    SessionDraftFactory(coach=coach, discarded_at=ago(DISCARDED_DAYS + 1))
    for _ in range(2):
        clear_old_drafts.delay()
    assert set(SessionDraft.objects.all()) == {fresh, thrown}


def test_clear_old_drafts_stands_in_the_schedule():
    app.loader.import_default_modules()
    scheduled = settings.CELERY_BEAT_SCHEDULE["clear-old-drafts"]["task"]
    assert scheduled == clear_old_drafts.name
    assert scheduled in app.tasks
