"""How much one person may ask within a minute, counted in the cache that all web processes share."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from coachnet.lib.counting import count_in_window

SECONDS = 60


class PersonThrottle(BaseThrottle):
    """One count for each person: more keys do not give more. Without the cache nothing is counted."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count one more; False once there are too many."""
        asked = count_in_window(f"limit:api:{request.user.pk}", SECONDS)
        return asked <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> float:
        """Seconds until it is worth trying again: at the latest then, the window has closed."""
        return SECONDS
