"""The health endpoints: open to all, quiet about why."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from redis.exceptions import ConnectionError as RedisConnectionError

from coachnet.operations.health import SWEEP_MAY_BE
from coachnet.operations.models import Pulse

LIVE, SERVING, READY = "/health/", "/health/serving/", "/health/ready/"


@pytest.mark.django_db
def test_health_answers_outsiders(client):
    Pulse.objects.beat(Pulse.SWEEP)
    for path in (LIVE, SERVING, READY):
        response = client.get(path)
        assert (response.status_code, response.content) == (200, b"ok")
        assert "no-store" in response["Cache-Control"]


def test_health_lives_without_a_query(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get(LIVE).status_code == 200


def broken(error):
    def fail(*args, **kwargs):
        raise error

    return fail


@pytest.mark.logs_errors
@pytest.mark.django_db
@pytest.mark.parametrize("path", [SERVING, READY])
@pytest.mark.parametrize(
    ("thing", "name", "error"),
    [
        (connection, "cursor", OperationalError("password authentication failed for user coachnet")),
        (cache, "get", RedisConnectionError("Error 111 connecting to valkey:6379")),
    ],
    ids=["postgres", "valkey"],
)
def test_health_is_not_ready_and_says_no_more(client, monkeypatch, thing, name, error, path):
    Pulse.objects.beat(Pulse.SWEEP)
    with monkeypatch.context() as broken_thing:
        broken_thing.setattr(thing, name, broken(error))
        response = client.get(path)
    assert (response.status_code, response.content) == (503, b"not ready")
    assert client.get(path).status_code == 200


@pytest.mark.logs_errors
@pytest.mark.django_db
def test_health_is_not_ready_while_reminders_stand_still_but_pages_are_served(client):
    def asked():
        return client.get(READY).status_code, client.get(SERVING).status_code

    assert asked() == (503, 200)  # never yet
    Pulse.objects.beat(Pulse.SWEEP)
    assert asked() == (200, 200)
    for late, status in ((-5, 200), (5, 503)):
        Pulse.objects.update(at=Pulse.objects.get().at - SWEEP_MAY_BE - dt.timedelta(seconds=late))
        assert asked() == (status, 200)
        Pulse.objects.beat(Pulse.SWEEP)
