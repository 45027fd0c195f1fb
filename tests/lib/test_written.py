"""Questions written once: Django's own SQL and rows, each asker's own keys, and loud about what cannot be kept."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coachnet.accounts.asking import written_for_reader
from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.lib.written import Written, written
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def same_as_django(question: Any, *keys: Any) -> list[Any]:
    """The rows of a written question, after holding them and what it asked against the QuerySet itself."""
    question(*keys)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rows = question(*keys)
    with CaptureQueriesContext(connection) as django:
        expected = list(question.django(*keys))
    assert [one["sql"] for one in asked] == [one["sql"] for one in django]
    assert rows == expected
    return rows


def by_key(name: str, key: int) -> QuerySet[User]:
    return (
        User.objects.filter(pk=key, name=name)
        .select_related("organisation")
        .only("name", "organisation__name")
    )


def test_rows_and_sql_are_django_s_for_each_key() -> None:
    question, asked = written(by_key), []
    for name in ("Maja Ek", "Ali O'Brien %s %"):
        person = UserFactory(name=name)
        (found,) = same_as_django(question, name, person.pk)
        asked.append((found.pk, found.name, found.organisation.name))
        assert asked[-1] == (person.pk, name, person.organisation.name)
    assert same_as_django(question, "Maja Ek", 0) == []


def test_sql_is_written_once_for_each_kind_of_key() -> None:
    times = []

    def everybody(*keys: Any) -> QuerySet[User]:
        times.append(keys)
        return User.objects.filter(pk__in=keys).order_by("pk")

    question: Written[User] = written(everybody)
    people = UserFactory.create_batch(3)
    assert question(people[0].pk, people[1].pk) == people[:2]
    assert question(people[1].pk, people[2].pk) == people[1:]
    assert len(times) == 1
    assert question(people[2].pk) == people[2:]
    assert len(times) == 2


def test_what_django_knows_to_be_empty_is_not_asked(django_assert_num_queries: Any) -> None:
    question = written(lambda key: User.objects.none().filter(pk=key))
    with django_assert_num_queries(0):
        assert question(1) == question(2) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda key: User.objects.filter(pk=key, joined_at__lt=timezone.now()),
        lambda key: User.objects.filter(name=f"Person {key}"),
        lambda key: User.objects.filter(name=str(key)),
        lambda key: User.objects.filter(pk=key).order_by("pk")[:key],
    ],
    ids=["a moment", "a key in a text", "a key as text", "a key in the SQL"],
)
def test_what_would_stay_as_it_was_the_first_time_is_refused(ask: Any) -> None:
    with pytest.raises(ValueError, match=r"kept|hidden"):
        written(ask)(1)


@pytest.mark.parametrize("key", [None, True, 1.5, [1]])
def test_only_keys_are_taken(key: Any) -> None:
    with pytest.raises(TypeError):
        written(lambda pk: User.objects.filter(pk=pk))(key)


def test_a_reader_is_asked_for_as_herself_and_by_what_she_may(coach: User, admin: User) -> None:
    def colleagues(user: User) -> QuerySet[User]:
        shown = User.objects.order_by("pk").exclude(pk=user.pk)
        return shown if user.may(Permission.ADMINISTER) else shown.filter(organisation=user.organisation_id)

    question = written_for_reader(colleagues)
    alone = UserFactory(organisation=None)
    for reader in (coach, admin, UserFactory(organisation=coach.organisation), alone, coach):
        same_as_django(question, reader)


def test_a_reader_s_other_traits_cannot_get_into_the_sql(coach: User) -> None:
    question = written_for_reader(lambda user: User.objects.filter(pk=user.pk, name=user.name))
    with pytest.raises(User.DoesNotExist):
        question(coach)


def test_a_question_is_told_apart_by_the_type_of_its_keys() -> None:
    question = written(
        lambda key: User.objects.filter(email=key) if isinstance(key, str) else User.objects.none()
    )
    person = UserFactory()
    assert question(person.email) == [person]
    assert question(uuid.uuid4()) == []
