"""The health endpoints: open to all, quiet about why."""

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from redis.exceptions import ConnectionError as RedisConnectionError


@pytest.mark.django_db
def test_health_answers_outsiders(client):
    for path in ("/health/", "/health/ready/"):
        response = client.get(path)
        assert (response.status_code, response.content) == (200, b"ok")
        assert "no-store" in response["Cache-Control"]


def test_health_lives_without_a_query(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/health/").status_code == 200


def broken(error):
    def fail(*args, **kwargs):
        raise error

    return fail


@pytest.mark.logs_errors
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("thing", "name", "error"),
    [
        (connection, "cursor", OperationalError("password authentication failed for user coachnet")),
        (cache, "get", RedisConnectionError("Error 111 connecting to valkey:6379")),
    ],
    ids=["postgres", "valkey"],
)
def test_health_is_not_ready_and_says_no_more(client, monkeypatch, thing, name, error):
    with monkeypatch.context() as broken_thing:
        broken_thing.setattr(thing, name, broken(error))
        response = client.get("/health/ready/")
    assert (response.status_code, response.content) == (503, b"not ready")
