"""Every request: the reader's language, the second step of sign-in, and the role guard."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from coachnet.accounts.guards import FOREIGN_GUARDS, Guard

GetResponse = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """A signed-in person's own language wins over the browser's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language  # type: ignore[attr-defined]
        return self.get_response(request)


class MfaRequiredMiddleware:
    """Sends people whose role demands a second step to set one up before anything else opens."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class RoleGuardMiddleware:
    """Refuses every view whose guard the person does not pass, and every view without a guard."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """Runs after LoginRequiredMiddleware: whoever comes here is signed in, or the view is public."""
        guard = guard_of(view, request)
        if guard is None:
            raise PermissionDenied("The view declares no guard.")
        if guard.permission and not (request.user.is_authenticated and request.user.may(guard.permission)):
            raise PermissionDenied


def guard_of(view: Callable[..., Any], request: HttpRequest) -> Guard | None:
    """The guard a view declares, or the one we keep for another package's view."""
    match = request.resolver_match
    declared: Guard | None = getattr(view, "guard", None)
    if declared or match is None:
        return declared
    return FOREIGN_GUARDS.get(match.view_name) or FOREIGN_GUARDS.get(match.namespace)
