"""Work that runs by the clock."""

from celery import shared_task

from coaching import actions


@shared_task(name="coaching.tasks.clear_old_drafts")
def clear_old_drafts() -> None:
    """Weed drafts that nobody comes back to. Running twice weeds nothing more."""
    actions.clear_old_drafts()
