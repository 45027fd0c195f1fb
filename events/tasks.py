"""What happens to meetings by the clock."""

from celery import shared_task
from django.utils import timezone

from events import actions
from events.models import Event


@shared_task
def settle_events() -> None:
    """Let offers of places run out, and offer free places to those in line."""
    for pk in Event.objects.with_lines(timezone.now()).values_list("pk", flat=True):
        actions.settle_event(event_id=pk)


@shared_task
def clear_diets() -> None:
    """Forget what people ate at meetings that are over."""
    actions.clear_diets()
