"""Making, showing once, using and revoking a key."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coachnet.accounts.actions import token_hash
from coachnet.accounts.models import User
from coachnet.api import actions
from coachnet.api.models import ApiKey, Scope, scopes_for
from coachnet.audit.models import AccessEvent
from coachnet.audit.protection import events_of
from tests.access.scene import Scene, sign_in
from tests.conftest import ClientOf
from tests.factories.api import client_for, client_with, key_for

pytestmark = pytest.mark.django_db
COMPANIES = "/api/v1/companies/"
FORM = {"name": "Kundregistret", "scopes": ["read", "write-sessions"], "days": "90"}


@pytest.fixture
def proven(scene: Scene) -> Client:
    """The coach's browser, just after she has given her password."""
    return sign_in(scene)["coach"]


def test_a_key_is_shown_once_and_only_its_hash_is_kept(proven: Client, scene: Scene):
    response = proven.post(reverse("keys:key-create"), FORM)
    token = re.search(r"coachnet_[\w-]{43}", response.content.decode())
    assert token
    key = ApiKey.objects.get(name="Kundregistret")
    assert key.token_hash == token_hash(token[0])
    assert "no-store" in response["Cache-Control"]
    assert token[0] not in proven.get(reverse("keys:key-list")).content.decode()
    assert key.scopes == ["read", "write-sessions"]
    assert dt.timedelta(days=89) < key.expires_at - timezone.now() <= dt.timedelta(days=90)
    assert client_with(token[0]).get(COMPANIES).status_code == 200


def test_its_owner_is_told_by_mail_without_the_key(
    proven: Client, scene: Scene, mailbox: Any, django_capture_on_commit_callbacks: Any
):
    with django_capture_on_commit_callbacks(execute=True):
        response = proven.post(reverse("keys:key-create"), FORM)
    (mail,) = mailbox
    assert mail["X-Rcpt-To"] == scene.people["coach"].email
    assert mail["Subject"] == "En nyckel till gränssnittet är skapad"
    words = "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
    assert words.count("Nyckeln Kundregistret gäller till") == 2
    assert words.count(reverse("keys:key-list")) == 2
    token = re.search(r"coachnet_[\w-]{43}", response.content.decode())
    assert token
    assert token[0] not in words


def test_making_a_key_asks_for_the_password_again(coach: User, client_of: ClientOf):
    response = client_of(coach).post(reverse("keys:key-create"), FORM)
    assert response.status_code == 302
    assert "/reauthenticate/" in response["Location"]
    assert not ApiKey.objects.exists()


def test_an_official_is_not_offered_what_she_could_never_do(scene: Scene):
    official = sign_in(scene)["official"]
    page = official.get(reverse("keys:key-create")).content.decode()
    assert 'value="read"' in page
    assert "write-sessions" not in page
    assert official.post(reverse("keys:key-create"), FORM).status_code == 422
    with pytest.raises(PermissionDenied):
        actions.make_key(by=scene.people["official"], name="x", scopes=["write-sessions"], days=30)


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("coach", {"companies", "engagements", "sessions", "actions", "registrations"}),
        ("organiser", {"registrations"}),
        ("official", set()),
        ("admin", {"companies", "engagements", "registrations"}),
    ],
)
def test_each_is_offered_what_she_can_use(role: str, offered: set[str], scene: Scene):
    scopes = scopes_for(scene.people[role])
    assert {str(scope.value) for scope in scopes} == {"read", *(f"write-{name}" for name in offered)}


@pytest.mark.parametrize(("scopes", "days"), [([], 30), (["read"], 0), (["read"], 366)])
def test_a_key_without_an_aim_or_an_end_is_refused(coach: User, scopes: list[str], days: int):
    with pytest.raises(ValidationError):
        actions.make_key(by=coach, name="x", scopes=scopes, days=days)


def test_there_is_an_end_to_how_many_keys_one_has(coach: User):
    for _ in range(actions.MOST_KEYS):
        key, _token = actions.make_key(by=coach, name="x", scopes=["read"], days=30)
    with pytest.raises(ValidationError):
        actions.make_key(by=coach, name="x", scopes=["read"], days=30)
    actions.revoke_key(key=key, by=coach)
    actions.make_key(by=coach, name="x", scopes=["read"], days=30)


def test_a_revoked_key_opens_nothing_from_that_moment(proven: Client, scene: Scene):
    key, token = key_for(scene.people["coach"])
    assert client_with(token).get(COMPANIES).status_code == 200
    proven.post(reverse("keys:key-revoke", args=[key.pk]))
    assert client_with(token).get(COMPANIES).status_code == 401


def test_nobody_revokes_somebody_elses_key(proven: Client, scene: Scene):
    key, token = key_for(scene.people["colleague"])
    assert proven.post(reverse("keys:key-revoke", args=[key.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.revoke_key(key=key, by=scene.people["coach"])
    assert client_with(token).get(COMPANIES).status_code == 200


def test_a_key_ends_with_its_time_with_the_account_and_with_the_role(coach: User):
    now = timezone.now()
    past: dict[str, Any] = {
        "created_at": now - dt.timedelta(days=2),
        "expires_at": now - dt.timedelta(seconds=1),
    }
    assert client_with(key_for(coach, **past)[1]).get(COMPANIES).status_code == 401
    client = client_for(coach)
    assert client.get(COMPANIES).status_code == 200
    User.objects.filter(pk=coach.pk).update(roles=["official"])
    # The region's role demands a second step, which she has not.
    assert client.get(COMPANIES).status_code == 401
    User.objects.filter(pk=coach.pk).update(roles=["coach"], is_active=False)
    assert client.get(COMPANIES).status_code == 401


def test_a_sign_in_is_no_key_and_is_not_lost_by_trying(proven: Client, scene: Scene, client_of: ClientOf):
    signed_in = client_of(scene.people["coach"])
    response = signed_in.get(COMPANIES)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert "Clear-Site-Data" not in response
    assert signed_in.get(reverse("accounts:me")).status_code == 200


@pytest.mark.parametrize("sent", ["Bearer", "Bearer ", "Bearer x", "Basic Zm9vOmJhcg==", "Bearer \udcff"])
def test_a_wrong_key_is_refused_and_noted_without_what_was_sent(db: None, sent: str):
    response = Client(headers={"Authorization": sent.encode("utf-8", "replace").decode()}).get(COMPANIES)
    assert response.status_code == 401
    events = AccessEvent.objects.filter(kind="sign_in_failed")
    assert [event.detail for event in events] == ([{"step": "api_key"}] if sent.startswith("Bearer") else [])


def test_the_history_tells_of_keys_but_not_of_their_hash_or_use(coach: User):
    key, token = actions.make_key(by=coach, name="Rapporten", scopes=["read"], days=30)
    client_with(token).get(COMPANIES)
    key.refresh_from_db()
    assert key.last_used_at
    actions.revoke_key(key=key, by=coach)
    events = events_of(ApiKey).objects.filter(pgh_obj=key.pk).order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "update"]
    assert not {"token_hash", "last_used_at"} & {field.name for field in events_of(ApiKey)._meta.fields}


def test_scopes_are_kept_to(scene: Scene):
    only_writing = client_for(scene.people["coach"], Scope.WRITE_SESSIONS)
    refused = only_writing.get(COMPANIES)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    only_reading = client_for(scene.people["coach"], Scope.READ)
    for address in ("/api/v1/sessions/", "/api/v1/actions/"):
        sent = only_reading.post(
            address, {}, content_type="application/json", headers={"Idempotency-Key": "x"}
        )
        assert sent.status_code == 403
        assert "write-" in sent.json()["detail"]
