"""One line per request, and over a whole working day no secret, note, name or personal number in it."""

import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from coachnet.accounts.models import User
from coachnet.audit.models import AccessEvent
from coachnet.audit.protection import events_of
from companies.models import Company
from tests.conftest import ClientOf
from tests.factories.accounts import PASSWORD
from tests.factories.coaching import EngagementFactory

pytestmark = pytest.mark.django_db
NOTE = "Ägaren är sjuk och vill sälja före sommaren"
PERSONAL_NUMBER = "811218-9876"


class Lines(logging.Handler):
    """Every line as the console would write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        console = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
        self.setFormatter(console.formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def requests(self) -> list[str]:
        return [line for line in self.lines if "request_finished" in line]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


def test_one_line_per_request_with_id_person_route_status_and_time(
    coach: User, client_of: ClientOf, lines: Lines
):
    client = client_of(coach)
    lines.lines.clear()
    client.get("/companies/?q=Hemliga+Verkstaden")
    (line,) = lines.lines
    for part in (
        "route=companies:company-list",
        "status=200",
        f"user_id={coach.pk}",
        "ms=",
        "request_id=",
        "address=127.0.0.1",
    ):
        assert part in line
    assert "'GET /companies/'" in line
    assert "Hemliga" not in line


def test_the_audit_row_and_the_log_line_share_the_id_of_the_request(
    official: User, client_of: ClientOf, lines: Lines
):
    client = client_of(official)
    lines.lines.clear()
    client.get("/audit/")
    event = AccessEvent.objects.get(kind=AccessEvent.Kind.DENIED)
    assert event.request_id
    assert all(event.request_id in line for line in lines.lines)


def test_a_change_carries_the_id_of_its_request(coach: User, client_of: ClientOf, lines: Lines):
    client_of(coach).post(reverse("language"), {"language": "en"})
    event = events_of(User).objects.filter(pgh_obj=coach, pgh_label="update").get()
    facts = event.pgh_context.metadata
    assert facts["request_id"] in lines.requests()[-1]
    assert (facts["user"], facts["method"], facts["url"]) == (coach.pk, "POST", "/language/")


def test_the_person_who_signs_in_stands_on_the_line_and_beside_the_changes_of_that_request(
    coach: User, client: Client, lines: Lines
):
    client.post("/accounts/login/", {"login": coach.email, "password": PASSWORD})
    assert f"user_id={coach.pk}" in lines.requests()[-1]


def test_a_forged_line_stays_inside_its_own(client: Client, db: None, lines: Lines):
    client.get(
        "/no-such-page/%0d%0a2026-11-23T09:00:00Z [info] request_finished forged",
        headers={"x-request-id": "forged\n"},
    )
    assert len(lines.requests()) == 1
    assert all("\n" not in line and "\r" not in line for line in lines.lines)
    assert r"\r" in lines.requests()[0]
    assert "request_id=forged" not in lines.requests()[0]


@pytest.mark.logs_errors
def test_a_failure_is_one_record_with_its_traceback_and_without_the_row(
    coach: User, client_of: ClientOf, lines: Lines, monkeypatch: pytest.MonkeyPatch
):
    def fail(*args: Any, **values: Any) -> None:
        raise ValueError(f"violates\nDETAIL:  Failing row contains ({NOTE}, {PERSONAL_NUMBER}).")

    monkeypatch.setattr("coachnet.context.shell_of", fail)
    client = client_of(coach)
    client.raise_request_exception = False
    lines.lines.clear()
    assert client.get("/companies/").status_code == 500
    failed = [line for line in lines.lines if "Traceback" in line]
    assert len(failed) == 1
    assert "status=500" in failed[0]
    assert NOTE not in failed[0]
    assert PERSONAL_NUMBER not in failed[0]


def test_a_working_day_leaves_no_secret_in_the_log(
    coach: User,
    admin: User,
    client: Client,
    client_of: ClientOf,
    lines: Lines,
    reference: None,
    settings: Any,
    django_capture_on_commit_callbacks: Any,
):
    secrets = [PASSWORD, NOTE, PERSONAL_NUMBER, PERSONAL_NUMBER.replace("-", ""), "fel-lösenord", coach.email]
    client.post("/accounts/login/", {"login": coach.email, "password": "fel-lösenord"})
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/password/reset/", {"email": coach.email})
    (reset,) = [
        word
        for message in mail.outbox
        for word in str(message.body).split()
        if "/password/reset/key/" in word
    ]
    secrets.append(reset.rstrip("/").rpartition("/")[2])
    client.get(reset.removeprefix(settings.SITE_URL).removeprefix("http://testserver"))
    token = "Zm9yLWFuLWludml0YXRpb24tdGhhdC1uZXZlci13YXM1"
    client.get(f"/people/invitation/{token}/")
    secrets.append(token)
    client.post("/accounts/login/", {"login": coach.email, "password": PASSWORD})
    secrets.append(client.cookies["session"].value)

    client.get("/companies/", {"q": PERSONAL_NUMBER})
    trader = {"name": "Ek Snickeri", "legal_form": "sole_trader", "written_personal_number": PERSONAL_NUMBER}
    client.post("/companies/new/", trader)
    assert Company.objects.filter(name="Ek Snickeri").exists()
    secrets.append("Ek Snickeri")
    company = EngagementFactory(lead=coach).company
    address = reverse("coaching:session-edit", args=[uuid.uuid4()])
    page = client.get(address, {"company": company.pk})
    assert page.status_code == 200
    form = page.context["form"]
    typed = {name: value for name, value in form.initial.items() if value not in (None, "")}
    client.post(address, typed | {"company": company.pk, "date": "2026-11-20", "note": NOTE})
    client.post(address.replace("edit", "autosave"), {"company": company.pk, "note": NOTE})
    client_of(admin).get("/audit/")

    assert len(lines.requests()) > 8
    log = "\n".join(lines.lines)
    assert [secret for secret in secrets if secret in log] == []
    rows = " ".join(str(vars(event)) for event in AccessEvent.objects.all())
    assert [secret for secret in secrets if secret in rows] == []
