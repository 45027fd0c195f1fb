"""The health endpoints: open to all, quiet about why. With Postgres or Valkey away: test_probes.py."""

import datetime as dt

import pytest
from django.db import connection, transaction

from coachnet.operations import probes
from coachnet.operations.health import SWEEP_MAY_BE
from coachnet.operations.models import Pulse

# Probes ask over a connection of their own, which sees what was committed.
pytestmark = pytest.mark.django_db(transaction=True)
LIVE, SERVING, READY = "/health/", "/health/serving/", "/health/ready/"


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch):
    monkeypatch.setattr(probes, "KEPT", 0)


def test_health_answers_outsiders(client):
    Pulse.objects.beat(Pulse.SWEEP)
    for path in (LIVE, SERVING, READY):
        response = client.get(path)
        assert (response.status_code, response.content) == (200, b"ok")
        assert "no-store" in response["Cache-Control"]


def test_health_lives_without_a_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(LIVE).status_code == 200


@pytest.mark.logs_errors
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


@pytest.mark.logs_errors
def test_a_table_that_is_being_altered_takes_no_pages_away(client):
    """A migration, say: the sweep cannot be asked after, and Postgres answers all the same."""
    Pulse.objects.beat(Pulse.SWEEP)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE operations_pulse")
        assert (client.get(READY).status_code, client.get(SERVING).status_code) == (503, 200)
    assert client.get(READY).status_code == 200
