"""Around every request: one line in the log, the history's context, and a note of what was refused."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from coachnet.audit.access import record_refusal
from coachnet.audit.context import acting, client_address, request_facts
from coachnet.audit.masking import masked_path

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestLogMiddleware(RequestMiddleware):
    """One line per request: id, person, route, status, time. Never a query string, a form or a header."""

    def prepare(self, request: HttpRequest) -> None:
        """Give the request the id that its log lines, audit rows and tasks share."""
        structlog.contextvars.clear_contextvars()
        request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        request.log_started = time.monotonic()  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request.request_id, address=client_address(request))  # type: ignore[attr-defined]

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path, without secrets."""
        return f"{request.method} {masked_path(request)}"


def describe_request(request: HttpRequest, log_kwargs: dict[str, Any], **kwargs: Any) -> None:
    """Add route, status and time to the line that tells of a finished or failed request."""
    match = request.resolver_match
    log_kwargs["status"] = log_kwargs.pop("code")
    log_kwargs["route"] = match.view_name if match else ""
    log_kwargs["ms"] = round((time.monotonic() - request.log_started) * 1000)  # type: ignore[attr-defined]


class AuditMiddleware:
    """Puts who, from where and which request beside every change, and records refusals."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Open the context, answer, and note a refusal."""
        facts = request_facts(request)
        structlog.contextvars.bind_contextvars(user_id=facts["user"])
        with acting(**facts) as context:
            request.audit_context = context  # type: ignore[attr-defined]
            response = self.get_response(request)
        record_refusal(request, response)
        return response

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """The route is known now, and with it which of its arguments are secret."""
        request.audit_context.metadata["url"] = masked_path(request)  # type: ignore[attr-defined]


def remember_person(request: HttpRequest | None, user: Any) -> None:
    """Name the person who has just signed in beside the changes of the request that signs her in."""
    context = getattr(request, "audit_context", None)
    if context and context.metadata["user"] is None:
        context.metadata["user"] = user.pk
        structlog.contextvars.bind_contextvars(user_id=user.pk)
