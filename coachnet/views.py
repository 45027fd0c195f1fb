"""Home, theme and language, errors, and the component gallery."""

import datetime as dt
import sys
from typing import cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError
from structlog.contextvars import get_contextvars

from coachnet.accounts.guards import public, signed_in
from coachnet.accounts.models import User
from coachnet.accounts.roles import ROLES, Permission
from coachnet.api import problems
from coachnet.context import THEME_COOKIE, THEMES, gallery_is_open, theme_of
from coachnet.gallery import example_context
from coachnet.lib.addresses import own_address
from coachnet.navigation import OVERVIEW, menu, start_of

ONE_YEAR = 365 * 24 * 3600


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The start page of the person's role: a coach's day, the overview, or what the role can do here."""
    user = cast(User, request.user)
    if user.may(Permission.LOG_SESSIONS):
        return redirect("coaching:today")
    if start_of(user) is OVERVIEW:
        return redirect(OVERVIEW.route)
    roles = [ROLES[key] for key in user.roles if key in ROLES]
    return render(request, "home.html", {"roles": roles, "places": menu(request, user)[1:]})


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the person came from, if it is one of ours."""
    return HttpResponseRedirect(own_address(request, request.POST.get("next", "")) or reverse("home"))


@public("A device's theme can be chosen before signing in.")
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or the system's theme on this device."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=ONE_YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@public("The language can be chosen before signing in.")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language on this device and, for those signed in, on the account."""
    response = _back(request)
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return response
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=ONE_YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    if request.user.is_authenticated and request.user.language != chosen:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return response


@public("The law asks for an accessibility statement that everybody can read.")
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible the service is, what is known to be wrong, and how to tell us."""
    return render(request, "about/accessibility.html")


@public("Guests and people at companies must be able to read what is kept about them.")
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    """What is kept about whom, and who sees it."""
    return render(request, "about/personal_data.html")


@public("Cookies are set before anybody has signed in.")
@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """What the service keeps in the browser."""
    return render(request, "about/cookies.html")


@public("Whoever has found a weakness must be able to tell us.")
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116). It expires half a year ahead, so it is true as long as it is served."""
    expires = timezone.now().replace(microsecond=0) + dt.timedelta(days=180)
    lines = (
        f"Contact: mailto:{settings.SUPPORT_EMAIL}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: sv, en",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@signed_in
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state; this page is the components' documentation."""
    if not gallery_is_open(request):
        raise PermissionDenied
    return render(request, "gallery/gallery.html", example_context(request))


def _error(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    """An error page with as little around it as possible: no database, no session, no context processors.

    A program, which reads no pages, gets problem details.
    """
    if request.path.startswith(problems.ROOT):
        return problems.elsewhere(status)
    values = {
        "theme": theme_of(request),
        "LANGUAGE_CODE": translation.get_language(),
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        # What the support needs to find a failure in the log.
        "request_id": get_contextvars().get("request_id", "")[:8] if status >= 500 else "",
        "was_sending": request.method not in ("GET", "HEAD"),
        "path": request.path,
    }
    page = get_template(template or f"{status}.html").render(values)
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read."""
    return _error(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but this page is for others."""
    return _error(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old or came from elsewhere."""
    return _error(request, 403, "403_csrf.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing this person may see."""
    return _error(request, 404)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: too many tries in a short time."""
    return _error(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 when the reason is a database or a cache that does not answer."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError, RedisError)):
        return unavailable(request)
    return _error(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database or the cache does not answer."""
    response = _error(request, 503)
    response["Retry-After"] = "30"
    return response
