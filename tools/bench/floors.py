"""The floors: what Django itself takes here, with the middleware that `startproject` gives and nothing of ours.

Never served to people: only `tools.bench.served` knows these addresses.
"""

from collections.abc import Callable

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.test import override_settings
from django.urls import path

from companies.models import Company, Municipality

MIDDLEWARE = [
    "tools.bench.floors.OwnAddresses",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
ROWS = 50
PAGE = """<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><title>Företag</title></head>
<body><p>{{ user.name }}</p><table>
{% for company in companies %}<tr><td><a href="/companies/{{ company.pk }}/">{{ company.name }}</a></td>
<td>{{ company.organisation_number }}</td><td>{{ company.municipality.name }}</td>
<td>{{ company.created_at|date:"Y-m-d" }}</td></tr>
{% endfor %}</table></body></html>"""


class OwnAddresses:
    """Sends every request to the addresses of this module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the URL map."""
        request.urlconf = "tools.bench.floors"
        return self.get_response(request)


def bare(request: HttpRequest) -> HttpResponse:
    """Nothing."""
    return HttpResponse("ok")


def one_row(request: HttpRequest) -> HttpResponse:
    """One row of one table."""
    return HttpResponse(Municipality.objects.get(pk="1490").name)


def fifty_rows(request: HttpRequest) -> HttpResponse:
    """Fifty rows in a template, for somebody who is signed in."""
    assert request.user.is_authenticated
    companies = Company.objects.select_related("municipality").order_by("sort_key", "id")[:ROWS]
    return HttpResponse(_page.render({"companies": companies}, request))


_options = {"NAME": "floors", "DIRS": [], "APP_DIRS": False, "OPTIONS": {"context_processors": PROCESSORS}}
_page = DjangoTemplates(_options).from_string(PAGE)
urlpatterns = [
    path("bench/bare/", bare),
    path("bench/one/", one_row),
    path("bench/fifty/", fifty_rows),
]


def handler() -> WSGIHandler:
    """A second Django on the same process and database, without our middleware and with its own sessions."""
    with override_settings(MIDDLEWARE=MIDDLEWARE, SESSION_ENGINE="django.contrib.sessions.backends.db"):
        return WSGIHandler()
