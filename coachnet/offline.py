"""The page that opens without network, and the service worker that keeps it on the device (ADR 0041).

Both are the same for everybody who reads a language and hold nothing of anybody. The worker's address names the
release: pages are never kept, so the next page with network brings the next release's worker.
"""

import hashlib
import uuid
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from coaching.forms.short import ShortLogForm
from coachnet.accounts.guards import public

# What the offline page is drawn with.
FILES = (
    "css/index.css",
    "js/offline.js",
    "icons.svg",
    "favicon.svg",
    "fonts/hanken-grotesk.woff2",
    "fonts/familjen-grotesk.woff2",
)
# How long one bar of coverage is given to begin its answer. A reload waits for as long as the browser does.
PATIENCE_MS = 10_000
A_DAY = 24 * 3600


def worker_address(language: str) -> str:
    """Where the worker of this release is, for a reader of the language. None while developing: files change there."""
    if settings.DEBUG:
        return ""
    return f"{reverse('worker', args=[language])}?{_release(language)}"


@public("The worker is the same for everybody and holds nothing of anybody.")
@require_safe
def worker(request: HttpRequest, language: str) -> HttpResponse:
    """The service worker, at the root so that it answers for every page."""
    _demand_this_release(request, language)
    values = {
        "release": _release(language),
        "page": f"{reverse('offline', args=[language])}?{_release(language)}",
        "files": [static(name) for name in FILES],
        "patience": PATIENCE_MS,
    }
    script = get_template("worker.js").render(values)
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    # The release stands in the address, so that a browser need not ask at every page whether there is another.
    patch_cache_control(response, public=True, max_age=A_DAY)
    return response


@public("It must be kept before anybody knows that the network will go, and holds nothing of anybody.")
@require_safe
def page(request: HttpRequest, language: str) -> HttpResponse:
    """What opens without network: a short log, and what waits on the device to be sent."""
    _demand_this_release(request, language)
    response = HttpResponse(_drawn(language))
    response["Content-Language"] = language
    patch_cache_control(response, no_cache=True)
    return response


def _demand_this_release(request: HttpRequest, language: str) -> None:
    """While a release is rolled out, no worker may keep the page of one release and the files of another."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if request.META["QUERY_STRING"] not in ("", _release(language)):
        raise Http404


@cache
def _release(language: str) -> str:
    """A name for what the worker and its page are, files included: in production their names follow their contents."""
    parts = (_drawn(language), get_template("worker.js").template.source, *map(static, FILES))  # type: ignore[attr-defined]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _drawn(language: str) -> str:
    """The page, without request and user: nothing personal can come in."""
    with translation.override(language):
        values = {
            "LANGUAGE_CODE": language,
            "form": ShortLogForm(),
            "home": reverse("offline", args=[language]),
            # The device puts its own id in the place of this one.
            "autosave_url": reverse("coaching:session-autosave", args=[uuid.UUID(int=0)]),
        }
        return get_template("offline.html").render(values)
