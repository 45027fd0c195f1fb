"""What runs outside the request: mail about accounts, and tidying away what has expired."""

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from coachnet.accounts import actions, mail
from coachnet.accounts.models import Invitation

# Half a minute, one, two … then hourly: together somewhat more than half a day of a mail server that is down.
RETRYING = {"autoretry_for": (OSError,), "retry_backoff": 30, "retry_backoff_max": 3600, "max_retries": 20}


@shared_task(**RETRYING)
def send_invitation(invitation_id: int) -> None:
    """Send one invitation, if nobody has sent it."""
    actions.send_invitation(invitation_id=invitation_id)


@shared_task
def send_waiting_invitations() -> None:
    """Send those whose own task was lost."""
    for pk in Invitation.objects.unsent().values_list("pk", flat=True)[:50]:
        send_invitation.delay(pk)


@shared_task(**RETRYING)
def send_sealed_mail(token: str) -> None:
    """Send a mail that a request has written."""
    try:
        mail.unsealed(token).send()
    except OSError as error:
        # An address that refuses for good is not tried again.
        if not mail.is_permanent(error):
            raise


@shared_task
def clear_expired() -> None:
    """Forget sessions that are over."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
