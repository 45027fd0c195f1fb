"""Work that runs by the clock."""

from celery import shared_task

from coaching import actions, reminders


@shared_task(name="coaching.tasks.clear_old_drafts")
def clear_old_drafts() -> None:
    """Weed drafts that nobody comes back to. Running twice weeds nothing more."""
    actions.clear_old_drafts()


@shared_task(name="coaching.tasks.align_reminders", time_limit=1800)
def align_reminders() -> None:
    """Make every reminder follow from the facts again, whatever went round the actions."""
    reminders.align_everything()
