"""What operations hears of from Celery."""

from typing import Any

from celery.signals import task_success
from django.conf import settings

from coachnet.operations.models import Pulse


def task_done(sender: Any, **kwargs: Any) -> None:
    """A task of the clock was done: not only asked for, and not only begun."""
    of_the_clock = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    if sender.name in of_the_clock and not sender.request.is_eager:
        Pulse.objects.beat(sender.name)


def connect() -> None:
    """Listen. Called once, when the apps are ready."""
    task_success.connect(task_done, dispatch_uid="operations")
