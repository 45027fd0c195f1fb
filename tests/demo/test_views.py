"""The demo's door and its mails: open in the demo, and closed everywhere else."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.handlers import Mailbox as Keeper
from django.test import Client
from django.urls import reverse

from coachnet.accounts.models import User
from coachnet.demo import views
from coachnet.demo.cast import CAST
from coachnet.demo.mails import make_folder
from tests.factories.accounts import UserFactory
from tests.plugins.mailbox import Server

PAGES = ("/demo/", "/demo/mail/", "/demo/mail/1.x/", "/demo/mail/1.x/html/")


@pytest.fixture
def demo(settings) -> None:
    settings.DEMO = True
    settings.MFA_REQUIRED_ROLES = []
    settings.ROOT_URLCONF = "tests.demo.urls"


@pytest.fixture
def cast(db: None) -> dict[str, User]:
    return {member.key: UserFactory(email=member.email, roles=[member.role.key]) for member in CAST}


@pytest.fixture
def caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a running mail catcher, as the views see it."""
    folder = tmp_path / "mail"
    monkeypatch.setattr(views, "MAIL", folder)
    make_folder(folder)
    server = Server(Keeper(folder), hostname="127.0.0.1", port=0)
    server.start()
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        "Välkommen",
        "no-reply@coachnet.example",
        "ny@coachnet.example",
    )
    message.set_content("Skapa ditt konto: http://localhost:8000/i/abc.\nHälsningar")
    message.add_alternative(
        "<html><head><style>p { color: teal }</style></head><body><script>alert(1)</script>"
        '<p style="color: red"><a href="http://localhost:8000/i/abc">Skapa</a></p></body></html>',
        subtype="html",
    )
    with smtplib.SMTP("127.0.0.1", server.port) as connection:
        connection.send_message(message)
    yield folder
    server.stop()


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.django_db
def test_pages_do_not_exist_outside_the_demo(address: str, settings, client: Client):
    assert client.get(address).status_code == 404  # not in the URL map
    settings.ROOT_URLCONF = "tests.demo.urls"
    assert client.get(address).status_code == 404  # and the views refuse on their own


@pytest.mark.django_db
def test_sign_in_does_not_exist_outside_the_demo(settings, client: Client, cast: dict[str, User]):
    settings.ROOT_URLCONF = "tests.demo.urls"
    assert client.post("/demo/sign-in/coach/").status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("member", CAST, ids=lambda member: member.key)
def test_index_signs_in_with_one_click(member, demo: None, client: Client, cast: dict[str, User]):
    page = client.get("/demo/").content.decode()
    assert reverse("demo:sign-in", args=[member.key]) in page
    response = client.post(f"/demo/sign-in/{member.key}/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(cast[member.key].pk)


def test_sign_in_changes_person_and_session(demo: None, client: Client, cast: dict[str, User]):
    client.post("/demo/sign-in/coach/")
    first = client.session.session_key
    client.post("/demo/sign-in/official/")
    assert client.session.session_key != first
    assert client.session["_auth_user_id"] == str(cast["official"].pk)


def test_sign_in_needs_post_and_a_known_key(demo: None, client: Client, cast: dict[str, User]):
    assert client.get("/demo/sign-in/coach/").status_code == 405
    assert client.post("/demo/sign-in/nobody/").status_code == 404
    cast["coach"].is_active = False
    cast["coach"].save()
    assert client.post("/demo/sign-in/coach/").status_code == 404


def test_sign_in_demands_a_csrf_token(demo: None, cast: dict[str, User]):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/demo/sign-in/coach/").status_code == 403


@pytest.mark.django_db
def test_index_says_when_nobody_is_there(demo: None, client: Client):
    assert "make demo-reset" in client.get("/demo/").content.decode()


@pytest.mark.django_db
def test_mail_list_is_empty_at_first(
    demo: None, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(views, "MAIL", tmp_path / "none")
    assert "Inga mejl än" in client.get("/demo/mail/").content.decode()


@pytest.mark.django_db
def test_mail_list_and_detail_show_what_came_by_smtp(demo: None, client: Client, caught: Path):
    listed = client.get("/demo/mail/")
    (mail,) = listed.context["mails"]
    assert (mail.subject, mail.recipients) == ("Välkommen", "ny@coachnet.example")
    page = client.get(f"/demo/mail/{mail.key}/").content.decode()
    assert '<a href="http://localhost:8000/i/abc">' in page  # without the full stop
    assert 'sandbox="allow-popups' in page
    assert "allow-scripts" not in page


@pytest.mark.django_db
def test_mail_html_runs_no_script_and_only_its_own_styles(demo: None, client: Client, caught: Path):
    (mail,) = client.get("/demo/mail/").context["mails"]
    response = client.get(f"/demo/mail/{mail.key}/html/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert policy.count("'sha256-") == 1
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["1.unknown", "..%2F..%2Fpasswd", "new"])
def test_mail_detail_of_unknown_mail_is_404(demo: None, client: Client, caught: Path, key: str):
    assert client.get(f"/demo/mail/{key}/").status_code == 404
