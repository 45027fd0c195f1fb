"""The description of the interface: for programs, and as a page to read and try it on. Neither holds any data."""

from functools import cache
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_page
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from coachnet.accounts.guards import public
from coachnet.api import problems

SECONDS = 600


@cache
def _described() -> Any:
    """What makes the description, loaded when it is first asked for: megabytes that few web processes need."""
    from drf_spectacular.views import SpectacularJSONAPIView

    view = SpectacularJSONAPIView.as_view(
        authentication_classes=[], permission_classes=[], throttle_classes=[]
    )
    # Takes a good while to make and is the same for everybody.
    return cache_page(SECONDS)(view)


@public("Describes the interface and holds no data")
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1."""
    return cast(HttpResponse, _described()(request))


@public("Shows the description of the interface")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every endpoint, readable, and a place to try it with one's own key."""
    return render(request, "api/page.html")


@public("Says that there is no such address")
@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """A program that asks for what is not there gets a problem, not a page."""
    return problems.elsewhere(404)
