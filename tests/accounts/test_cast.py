import pytest

from coachnet.accounts.models import User

pytestmark = pytest.mark.django_db


def test_cast_is_who_it_says(coach, colleague, other_coach, organiser, official, admin):
    assert coach.organisation == colleague.organisation != other_coach.organisation
    assert [user.roles for user in (coach, organiser, official, admin)] == [
        ["coach"],
        ["organiser"],
        ["official"],
        ["admin"],
    ]
    assert User.objects.count() == 6
