"""Work that runs by the clock."""

from celery import shared_task

from dashboards.refresh import refresh


@shared_task(name="dashboards.tasks.refresh_figures")
def refresh_figures() -> None:
    """Take in everything that waits. Twice at once is safe: the second leaves."""
    while refresh():
        pass
