"""Every request: the reader's language, the second step of sign-in, and the role guard."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from coachnet.accounts.guards import FOREIGN_GUARDS, Guard
from coachnet.accounts.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., Any]

SEEN_SECONDS = 300


class LanguageMiddleware:
    """A signed-in person's own language wins over the browser's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Switch before the view runs."""
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


class SeenMiddleware:
    """Keeps "last seen" of each session for the person's own list, at most every five minutes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the session, unless signing in or an earlier request has just done so."""
        user, key = request.user, request.session.session_key
        if (
            user.is_authenticated
            and key
            and not just_signed_in(user)
            and cache.add(f"seen:{key}", 1, SEEN_SECONDS)
        ):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)


def just_signed_in(user: User) -> bool:
    """Whether the person's newest sign-in, which notes the session, is fresh."""
    return user.last_login is not None and timezone.now() - user.last_login < dt.timedelta(
        seconds=SEEN_SECONDS
    )


class NoStoreMiddleware:
    """What a signed-in person reads stays out of caches, and signing out empties them: the next may be another."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forbid storing, unless the view has said otherwise."""
        came_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            add_never_cache_headers(response)
        # The open interface takes no notice of a sign-in: nobody on its answers does not mean signed out.
        if came_signed_in and SESSION_KEY not in request.session:
            # What the browser kept for the person goes with her, the local copy of unsaved text included.
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class MfaRequiredMiddleware:
    """Sends people whose role demands a second step to set one up before anything else opens."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseRedirect | None:
        """Let through what is public and what the set-up needs."""
        user = request.user
        if not user.is_authenticated or not user.must_have_second_step or user.has_second_step:
            return None
        guard = guard_of(view, request)
        if guard and (guard.sets_up or guard.public or guard.by_key):
            return None
        return redirect("accounts:start")


class RoleGuardMiddleware:
    """Refuses every view whose guard the person does not pass, and every view without a guard."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Runs after LoginRequiredMiddleware, but trusts it no further than this.

        Raises PermissionDenied or, for what is closed to everybody, Http404.
        """
        guard = guard_of(view, request)
        if guard is None:
            raise PermissionDenied("The view declares no guard.")
        if guard.closed:
            raise Http404
        if guard.public or guard.by_key:
            return
        if not request.user.is_authenticated:
            raise PermissionDenied
        if guard.permission and not request.user.may(guard.permission):
            raise PermissionDenied


def guard_of(view: View, request: HttpRequest) -> Guard | None:
    """The guard a view declares, or the one we keep for another package's view."""
    match = request.resolver_match
    declared: Guard | None = getattr(view, "guard", None)
    if declared or match is None:
        return declared
    return FOREIGN_GUARDS.get(match.view_name) or FOREIGN_GUARDS.get(match.namespace)
