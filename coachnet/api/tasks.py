"""What the open interface does outside its requests."""

from celery import shared_task

from coachnet.api.models import StoredAnswer


@shared_task
def forget_answers() -> None:
    """Remove answers that nobody can ask for again."""
    StoredAnswer.objects.outlived().delete()
