"""The description of the interface: for programs, and as a page to read and try it on. Neither holds any data."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_page
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView

from coachnet.accounts.guards import public

SECONDS = 600
_described: Any = SpectacularJSONAPIView.as_view(
    authentication_classes=[], permission_classes=[], throttle_classes=[]
)
# Takes a good while to make and is the same for everybody.
_kept: Any = cache_page(SECONDS)(_described)


@public("Describes the interface and holds no data")
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1."""
    return cast(HttpResponse, _kept(request))


@public("Shows the description of the interface")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every endpoint, readable, and a place to try it with one's own key."""
    return render(request, "api/page.html")
