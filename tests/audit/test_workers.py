"""Changes made outside a request: by a task, by a command, by hand."""

from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from celery.signals import task_postrun, task_prerun
from django.apps import apps
from django.core.management import call_command, get_commands, load_command_class
from django.test import Client
from django_structlog.celery.receivers import CeleryReceiver

from coachnet.accounts.models import Organisation, User
from coachnet.audit.commands import AuditedCommand
from coachnet.audit.context import acting
from coachnet.audit.protection import events_of
from coachnet.celery import app
from tests.factories.accounts import OrganisationFactory

pytestmark = pytest.mark.django_db


def facts_of_last_change() -> dict[str, Any] | None:
    event = events_of(Organisation).objects.select_related("pgh_context").latest("pgh_id")
    return event.pgh_context.metadata if event.pgh_context else None


@app.task(name="tests.change")
def change() -> None:
    OrganisationFactory()


def worked_off(name: str, headers: dict[str, Any]) -> dict[str, Any] | None:
    """What is recorded of a change that a worker makes, going through the signals that a worker sends."""
    task = app.tasks[name]
    task.push_request(is_eager=False, __django_structlog__=headers)
    task_prerun.send(sender=task, task_id="1", task=task)
    OrganisationFactory()
    task_postrun.send(sender=task, task_id="1", task=task)
    task.pop_request()
    return facts_of_last_change()


def test_a_task_carries_its_name_and_the_person_and_request_that_asked_for_it():
    facts = worked_off("tests.change", {"user_id": 7, "request_id": "r-7"})
    assert facts == {
        "task": "tests.change",
        "user": 7,
        "request_id": "r-7",
        "address": "",
    }


def test_a_task_of_the_clock_names_itself_only():
    facts = worked_off("tests.change", {})
    assert facts == {"task": "tests.change", "user": None, "request_id": "", "address": ""}


def test_a_task_run_inside_the_request_keeps_the_requests_context(coach: User, client: Client):
    with acting(user=coach.pk, url="/x/"):
        change.delay()
    assert facts_of_last_change() == {"user": coach.pk, "url": "/x/"}


def test_the_id_of_a_request_travels_with_the_task():
    """What django-structlog puts into a message's headers, and binds again in the worker."""
    headers: dict[str, Any] = {}
    receiver = CeleryReceiver()
    with structlog.contextvars.bound_contextvars(request_id="r-1", user_id=7):
        receiver.receiver_before_task_publish(headers=headers, body={}, properties={})
    assert headers["__django_structlog__"] == {"request_id": "r-1", "user_id": 7}
    structlog.contextvars.clear_contextvars()
    request = SimpleNamespace()
    request.__django_structlog__ = headers["__django_structlog__"]
    receiver.receiver_task_prerun("1", SimpleNamespace(name="x", request=request))
    assert structlog.contextvars.get_contextvars()["request_id"] == "r-1"
    structlog.contextvars.clear_contextvars()


def test_a_worker_binds_the_id_of_the_request():
    assert "DjangoStructLogInitStep" in {step.__name__ for step in app.steps["worker"]}


def test_a_command_carries_its_name(reference: None):
    class Command(AuditedCommand):
        def handle(self, *args: Any, **options: Any) -> None:
            OrganisationFactory()

    call_command(Command())
    facts = facts_of_last_change()
    assert facts
    assert facts["command"] == "test_workers"
    assert facts["user"] is None


def test_every_command_of_ours_that_may_write_is_audited():
    """A command inherits AuditedCommand, or stands here with its reason."""
    exempt = {
        "prepare_demo": "runs the commands that write, one after the other",
        "seed_demo": "each change carries the invented person who made it",
    }
    ours = {
        config.name
        for config in apps.get_app_configs()
        if config.name.startswith(("coachnet", "companies", "coaching", "events", "dashboards"))
    }
    found = {name: app_name for name, app_name in get_commands().items() if app_name in ours}
    assert found
    missing = [
        name
        for name, app_name in found.items()
        if name not in exempt and not isinstance(load_command_class(str(app_name), name), AuditedCommand)
    ]
    assert missing == []
