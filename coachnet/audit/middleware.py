"""Puts who, from where and which request on every change that a request makes."""

from typing import Any

from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware


class AuditMiddleware(HistoryMiddleware):
    """Adds the address to the history context that pghistory keeps (user and url)."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """The context stored beside each change."""
        return super().get_context(request) | {"address": request.META.get("REMOTE_ADDR", "")}
