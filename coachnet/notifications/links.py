"""Addresses that mails lead to: signed, so that nobody can turn off another's reminders by counting upwards."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from coachnet.notifications.models import Notification

_SIGNER = signing.Signer(salt="coachnet.notifications.off")


def off_token(row: Notification) -> str:
    """What stands in the link that turns this mail's rule off. It does not expire: old mails are read, too."""
    return _SIGNER.sign(str(row.pk))


def row_of(token: str) -> Notification | None:
    """The notification whose mail the link stood in, or None for a token that is not ours."""
    try:
        pk = int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Notification.objects.select_related("user").filter(pk=pk).first()


def absolute(route: str, *args: object) -> str:
    """The whole address of a route, as it must stand in a mail."""
    return settings.SITE_URL + reverse(route, args=args)
