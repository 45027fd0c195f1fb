"""Work that runs by the clock, or right after something was queued that is due at once."""

from celery import shared_task

from coachnet.notifications import actions, delivery


# Longer than a batch may take, shorter than the lease.
@shared_task(time_limit=delivery.SECONDS_PER_BATCH + 2 * delivery.SECONDS_PER_MAIL)
def send_due() -> None:
    """Send a batch of what is due. When there is more, the next free worker takes the next batch meanwhile."""
    actions.begin_to_look()
    mails = delivery.claim()
    is_full = sum(len(mail.pks) for mail in mails) >= delivery.BATCH
    delivery.deliver(mails, ask_for_more=send_due.delay if is_full else bool)
