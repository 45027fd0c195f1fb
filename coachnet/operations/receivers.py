"""What operations hears of from Celery."""

from typing import Any

from celery.signals import task_failure, task_success
from django.conf import settings

from coachnet.operations.models import Pulse, Stumble


def tasks_of_the_clock() -> set[str]:
    """The names of the tasks that beat asks for."""
    return {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def task_done(sender: Any, **kwargs: Any) -> None:
    """A task of the clock was done: not only asked for, and not only begun."""
    if sender.name in tasks_of_the_clock() and not sender.request.is_eager:
        Pulse.objects.beat(sender.name)


def task_failed(sender: Any, exception: BaseException, **kwargs: Any) -> None:
    """A task of the clock failed. If Postgres is why, this fails as well, and Celery writes that into the log."""
    if sender.name in tasks_of_the_clock() and not sender.request.is_eager:
        Stumble.objects.note(sender.name, exception)


def connect() -> None:
    """Listen. Called once, when the apps are ready."""
    task_success.connect(task_done, dispatch_uid="operations")
    task_failure.connect(task_failed, dispatch_uid="operations")
