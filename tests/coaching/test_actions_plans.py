"""The action plan: one owner, one tap, and a way back."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from coaching import actions
from coaching.models import Action
from tests.factories.coaching import ActionFactory
from tests.factories.companies import ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(engagement):
    return ActionFactory(engagement=engagement)


def test_add_action_with_the_same_key_is_one_action(coach, engagement, contact):
    key = uuid.uuid4()
    for owner in (coach, contact):
        actions.add_action(by=coach, engagement=engagement, what="Ring", owner=owner, key=key)
    assert Action.objects.get().owner == coach


def test_add_action_with_a_key_from_another_engagement_is_refused(coach, engagement):
    foreign = ActionFactory()
    with pytest.raises(PermissionDenied):
        actions.add_action(by=coach, engagement=engagement, what="x", owner=coach, key=foreign.pk)


def test_add_action_is_owned_by_somebody_in_it(coach, colleague, engagement):
    for stranger in (colleague, ContactFactory()):
        with pytest.raises(ValidationError):
            actions.add_action(by=coach, engagement=engagement, what="Ring", owner=stranger)
    assert not Action.objects.exists()


def test_update_action_lets_the_owner_stay_after_leaving(coach, colleague, engagement):
    actions.add_coach(by=coach, engagement=engagement, coach=colleague)
    action = ActionFactory(engagement=engagement, owner_coach=colleague)
    actions.remove_coach(by=coach, engagement=engagement, coach=colleague)
    assert actions.update_action(by=coach, action=action, what="Ny", owner=colleague).what == "Ny"


def test_complete_action_twice_keeps_the_first_time(coach, action):
    first = actions.complete_action(by=coach, action=action)
    assert actions.complete_action(by=coach, action=action).closed_at == first.closed_at
    assert actions.cancel_action(by=coach, action=action).status == "done"
    reopened = actions.reopen_action(by=coach, action=action)
    assert (reopened.status, reopened.closed_at, reopened.closed_by) == ("open", None, None)


def test_action_of_a_coach_who_promised_it_can_be_done_by_her_after_leaving(coach, colleague, engagement):
    actions.add_coach(by=coach, engagement=engagement, coach=colleague)
    action = ActionFactory(engagement=engagement, owner_coach=colleague)
    actions.remove_coach(by=coach, engagement=engagement, coach=colleague)
    assert actions.complete_action(by=colleague, action=action).status == "done"


@pytest.mark.parametrize("who", ["colleague", "other_coach", "organiser", "official", "admin"])
def test_action_deeds_are_for_the_coaches_on_the_engagement(request, who, engagement, action):
    person = request.getfixturevalue(who)
    deeds = [
        lambda: actions.complete_action(by=person, action=action),
        lambda: actions.cancel_action(by=person, action=action),
        lambda: actions.reopen_action(by=person, action=action),
        lambda: actions.update_action(by=person, action=action, what="x", owner=action.owner),
    ]
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()
    action.refresh_from_db()
    assert action.is_open


def test_database_holds_that_an_action_has_one_owner(engagement, contact, coach):
    for owners in ({"owner_coach": None}, {"owner_coach": coach, "owner_contact": contact}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Action.objects.create(engagement=engagement, what="x", **owners)
