"""What never stands in a log, a history or an audit row."""

import json
import logging

import pytest
from django.test import RequestFactory
from django.urls import ResolverMatch

from coachnet.audit.masking import MASK, masked_path, masked_text

TOKEN = "dGhpcy1pcy1hLXRva2VuLW9mLWFuLWludml0YXRpb24"
SESSION = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"/people/join/{TOKEN}/", "/people/join/…/"),
        (
            "/accounts/password/reset/key/1-cxyz12-0123456789abcdef0123456789abcdef/",
            "/accounts/password/reset/key/…/",
        ),
        (
            "/accounts/confirm-email/Mg:1vNabc:AbCd-efGhijklmnopqrstuvwxyz0123456789/",
            "/accounts/confirm-email/…/",
        ),
        (f"/callback/?code={TOKEN}&state=short", "/callback/?code=…&state=short"),
        (f"/sessions/{SESSION}/edit/", f"/sessions/{SESSION}/edit/"),
        ("/companies/1234/", "/companies/1234/"),
        (
            "/static/css/components/error-summary-of-a-form.css",
            "/static/css/components/error-summary-of-a-form.css",
        ),
        ("personnummer 811218-9876", "personnummer …"),
        ("19811218-9876", MASK),
        ("8112189876.", f"{MASK}."),
        ("samordningsnummer 811278-9873", "samordningsnummer …"),
        ("organisationsnummer 556012-5790", "organisationsnummer 556012-5790"),
        ("two\r\nlines", r"two\r\nlines"),
        ("session=abcdef123456; theme=dark", "session=…; theme=dark"),
        (
            "violates check constraint\nDETAIL:  Failing row contains (7, En hemlig anteckning).",
            r"violates check constraint\nDETAIL: …",
        ),
    ],
)
def test_masked_text(text: str, masked: str):
    assert masked_text(text) == masked


def test_masked_path_leaves_out_the_query_and_the_secret_arguments_of_the_route():
    request = RequestFactory().get("/reset/kort/nyckel/?q=8112189876")
    request.resolver_match = ResolverMatch(
        lambda: None, (), {"uidb36": "kort", "key": "nyckel"}, route="reset/<uidb36>/<key>/"
    )
    assert masked_path(request) == "/reset/…/…/"


def test_masked_path_is_one_short_line():
    request = RequestFactory().get("/x%0d%0aINFO forged" + "/a" * 1000)
    path = masked_path(request)
    assert path.startswith(r"/x\r\nINFO forged/a")
    assert len(path) == 500


def formatted(**record: object) -> str:
    """A line as the configured handler writes it, whoever logs."""
    handler = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    return handler.format(logging.LogRecord("someone", logging.WARNING, __file__, 1, **record))  # type: ignore[arg-type]


def test_every_logger_is_masked_also_those_of_other_packages():
    line = formatted(msg="Not Found: %s", args=(f"/people/join/{TOKEN}/\nforged 811218-9876",), exc_info=None)
    assert TOKEN not in line
    assert "811218" not in line
    assert "\n" not in line


def test_a_traceback_keeps_its_lines_but_not_the_row():
    try:
        raise ValueError("new row violates\nDETAIL:  Failing row contains (hemlig anteckning, 811218-9876)")
    except ValueError as error:
        line = formatted(msg="failed", args=(), exc_info=(ValueError, error, error.__traceback__))
    assert "Traceback" in line
    assert "hemlig anteckning" not in line


def test_production_writes_one_json_object_per_line():
    """The settings are read in another process, since a mode is chosen once."""
    import os
    import subprocess
    import sys

    program = (
        "import django, logging, structlog; django.setup();"
        "structlog.get_logger('x').info('hej\\nforged', path='/å', session='hemlig');"
        "logging.getLogger('y').warning('annat %s', '811218-9876')"
    )
    known = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "PYTHONPATH", "LANG")
    }
    settings = {
        "COACHNET_MODE": "production",
        "DJANGO_SETTINGS_MODULE": "coachnet.settings",
        "SECRET_KEY": "x1" * 40,
        "FIELD_ENCRYPTION_KEYS": "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",
        "SITE_URL": "https://coachnet.example.se",
        "ALLOWED_HOSTS": "coachnet.example.se",
        "DATABASE_URL": "postgresql://u:p@localhost/x",
        "REDIS_URL": "redis://localhost/0",
        "EMAIL_URL": "smtp://localhost",
        "DEFAULT_FROM_EMAIL": "Coachnet <a@example.se>",
        "SUPPORT_EMAIL": "b@example.se",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=known | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, second = [json.loads(line) for line in done.stderr.splitlines()]
    assert first["event"] == r"hej\nforged"
    assert (first["path"], first["level"], first["logger"]) == ("/å", "info", "x")
    assert second["event"] == "annat …"
