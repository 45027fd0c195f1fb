"""Signing in and what guards it: limits, second step, single-use codes, redirects, sessions."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from coachnet.accounts.models import User
from tests.accounts.links import link_in, text_of
from tests.factories.accounts import PASSWORD, TOTP_SECRET, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
NEW_PASSWORD = "sju-sjuka-symaskiner-4"


def code_now(offset=0):
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30 + offset))


def sign_in(client, user, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": user.email, "password": password}, **extra)


def found(pattern, page):
    match = re.search(pattern, page, re.DOTALL)
    assert match
    return match[1]


def is_signed_in(client):
    return "_auth_user_id" in client.session


def confirm_password(client):
    """Pass the question that comes before something sensitive."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


# --- Password, second step ---


def test_login_takes_any_case_of_the_address_and_a_new_session_key(coach, outsider):
    outsider.get(LOGIN)
    outsider.session["x"] = 1
    before = outsider.session.session_key
    response = outsider.post(LOGIN, {"login": coach.email.upper(), "password": PASSWORD})
    assert response["Location"] == "/"
    assert is_signed_in(outsider)
    assert outsider.session.session_key != before
    assert UserSession.objects.get(user=coach).session_key == outsider.session.session_key


def test_login_leaves_no_password_in_the_session_and_no_key_in_the_page(coach, outsider):
    sign_in(outsider, coach)
    stored = str(Session.objects.get(pk=outsider.session.session_key).get_decoded())
    assert PASSWORD not in stored
    page = outsider.get("/accounts/sessions/").content.decode()
    assert outsider.session.session_key not in page


def test_login_applies_the_persons_language(outsider):
    user = UserFactory(language="en")
    sign_in(outsider, user)
    assert 'lang="en"' in outsider.get("/people/me/", headers={"accept-language": "sv"}).content.decode()


def test_second_step_is_asked_for_and_the_code_works_once(organiser, outsider):
    assert sign_in(outsider, organiser)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(outsider)
    code = code_now()
    assert outsider.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert is_signed_in(outsider)
    replay = Client()
    sign_in(replay, organiser)
    response = replay.post("/accounts/2fa/authenticate/", {"code": code})
    assert response.status_code == 200
    assert "Koden stämmer inte" in response.content.decode()
    assert not is_signed_in(replay)


def test_recovery_code_works_once(organiser, outsider, client_of):
    own = client_of(organiser)
    confirm_password(own)
    own.post("/accounts/2fa/recovery-codes/generate/")
    codes = re.findall(r"<code>(\d{8})</code>", own.get("/accounts/2fa/recovery-codes/").content.decode())
    assert len(codes) == 10
    for client, works in ((outsider, True), (Client(), False)):
        sign_in(client, organiser)
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert is_signed_in(client) is works


def test_secrets_of_the_second_step_lie_encrypted(organiser):
    stored = Authenticator.objects.get(user=organiser).data["secret"]
    assert TOTP_SECRET not in stored
    assert stored.startswith("gAAAA")


@pytest.mark.parametrize("role", ["organiser", "official", "admin"])
def test_roles_that_demand_it_get_nowhere_without_a_second_step(role, client_of):
    client = client_of(UserFactory(roles=[role]))
    for path in ("/", "/people/", "/people/me/", "/accounts/email/", "/admin/", "/audit/"):
        assert client.get(path)["Location"] == "/people/me/start/", path
    page = client.get("/people/me/start/").content.decode()
    assert "Din roll når mycket" in page
    assert client.post("/people/me/start/").status_code == 200  # cannot be skipped
    for path in ("/accounts/2fa/", "/accounts/reauthenticate/"):
        assert client.get(path).status_code == 200


def test_role_that_demands_no_second_step_goes_on(client_of, settings):
    settings.MFA_REQUIRED_ROLES = ["admin"]
    client = client_of(UserFactory(roles=["organiser"]))
    assert client.get("/people/").status_code == 200


def test_last_second_step_stays_where_the_role_demands_one(organiser, client_of):
    client = client_of(organiser)
    confirm_password(client)
    response = client.post("/accounts/2fa/totp/deactivate/")
    assert "Din roll kräver" in response.content.decode()
    assert Authenticator.objects.filter(user=organiser, type="totp").exists()


def test_last_passkey_stays_where_the_role_demands_one(client_of):
    user = UserFactory(roles=["organiser"])
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Nyckel", "credential": {}})
    client = client_of(user)
    confirm_password(client)
    response = client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/", follow=True)
    assert "Din roll kräver" in response.content.decode()
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_nobody_removes_another_persons_passkey(coach, colleague, client_of):
    key = Authenticator.objects.create(
        user=colleague, type="webauthn", data={"name": "Nyckel", "credential": {}}
    )
    client = client_of(coach)
    confirm_password(client)
    assert client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/").status_code == 404


def test_adding_an_app_tells_by_mail(coach, client_of, mailbox, django_capture_on_commit_callbacks):
    client = client_of(coach)
    confirm_password(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = found(r'class="key">(\w+)<', page)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    (mail,) = mailbox
    assert mail["Subject"] == "En app med koder är tillagd"
    assert mail["X-Rcpt-To"] == coach.email


# --- Limits ---


def fail_to_sign_in(client, user, times, **extra):
    return [sign_in(client, user, "fel-lösenord-alltid", **extra).content.decode() for _ in range(times)]


def test_login_is_limited_for_one_account_from_any_address(coach, outsider, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        fail_to_sign_in(outsider, coach, 1, headers={"x-forwarded-for": f"192.0.2.{number}"})
    sign_in(outsider, coach, headers={"x-forwarded-for": "192.0.2.99"})
    assert not is_signed_in(outsider)


def test_login_limit_is_not_cleared_by_signing_in_to_another_account(coach, colleague):
    """Good sign-ins between the bad ones buy no new tries."""
    for _ in range(5):
        fail_to_sign_in(Client(), coach, 1)
        sign_in(Client(), colleague)
    client = Client()
    response = sign_in(client, coach)
    assert "många försök" in response.content.decode()
    assert not is_signed_in(client)


def test_login_limit_for_one_address_ignores_forged_forwarding(settings):
    """Behind one proxy only its own entry, the last, counts: what the sender writes before it is ignored."""
    settings.TRUSTED_PROXIES = 1
    people = UserFactory.create_batch(11)
    for number, person in enumerate(people[:10]):
        fail_to_sign_in(Client(), person, 1, headers={"x-forwarded-for": f"203.0.113.{number}, 192.0.2.1"})
    client = Client()
    sign_in(client, people[10], headers={"x-forwarded-for": "203.0.113.77, 192.0.2.1"})
    assert not is_signed_in(client)
    sign_in(client, people[10], headers={"x-forwarded-for": "192.0.2.1, 198.51.100.5"})
    assert is_signed_in(client)  # the control: another real address may


def test_second_step_is_limited(organiser, outsider):
    sign_in(outsider, organiser)
    for _ in range(5):
        outsider.post("/accounts/2fa/authenticate/", {"code": "000000"})
    response = outsider.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert "många försök" in response.content.decode()
    assert not is_signed_in(outsider)


def test_asking_again_is_limited(coach, client_of):
    client = client_of(coach)
    for _ in range(5):
        client.post("/accounts/reauthenticate/", {"password": "fel-lösenord-alltid"})
    response = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert response.status_code in (200, 429)


@pytest.mark.parametrize("method", ["get", "post"])
def test_django_admin_has_no_sign_in_of_its_own(method, admin, outsider):
    response = getattr(outsider, method)("/admin/login/", {"username": admin.email, "password": PASSWORD})
    assert response["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    assert not is_signed_in(outsider)


@pytest.mark.parametrize(
    ("role", "status"), [("coach", 403), ("organiser", 403), ("official", 403), ("admin", 200)]
)
def test_django_admin_is_for_admins(role, status, request, client_of):
    assert client_of(request.getfixturevalue(role)).get("/admin/").status_code == status


# --- Enumeration ---


def test_login_says_the_same_of_unknown_and_known_addresses(coach):
    words = []
    for email in (coach.email, "ingen@example.se"):
        page = Client().post(LOGIN, {"login": email, "password": "fel-lösenord-alltid"}).content.decode()
        words.append(found(r'(class="error-summary".*?</div>)', page))
    assert words[0] == words[1]


def test_login_works_as_long_for_unknown_and_known_addresses(coach, settings, monkeypatch):
    """Both hash a password once: without that, an unknown address answers many times faster."""
    settings.ACCOUNT_RATE_LIMITS = False
    hasher, hashed = type(get_hasher()), []

    def counted(deed):
        original = getattr(hasher, deed)

        def count(*told, **named):
            hashed.append(deed)
            return original(*told, **named)

        return count

    for deed in ("encode", "verify"):
        monkeypatch.setattr(hasher, deed, counted(deed))
    for email in (coach.email, "ingen@example.se"):
        Client().post(LOGIN, {"login": email, "password": "fel-lösenord-alltid"})
    assert hashed == ["verify", "encode"]


def test_password_reset_says_the_same_and_mails_both(coach, mailbox, django_capture_on_commit_callbacks):
    answers = []
    for email in (coach.email, "ingen@example.se"):
        with django_capture_on_commit_callbacks(execute=True):
            response = Client().post("/accounts/password/reset/", {"email": email})
        answers.append((response.status_code, response["Location"]))
    assert answers[0] == answers[1]
    known, unknown = mailbox
    assert "/accounts/password/reset/key/" in link_in(known)
    assert "http" not in text_of(unknown)


def test_signup_is_closed(outsider):
    before = User.objects.count()
    page = outsider.get("/accounts/signup/").content.decode()
    assert "Konto får du genom en inbjudan" in page
    outsider.post("/accounts/signup/", {"email": "ny@example.se", "password1": NEW_PASSWORD})
    assert User.objects.count() == before


# --- Password reset, change of password and address ---


def reset_link(user, mailbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/accounts/password/reset/", {"email": user.email})
    return link_in(mailbox.pop()).removeprefix("http://testserver")


def test_password_reset_keeps_the_second_step_and_works_once(
    organiser, mailbox, django_capture_on_commit_callbacks
):
    link = reset_link(organiser, mailbox, django_capture_on_commit_callbacks)
    client = Client()
    form = client.get(link)["Location"]
    assert link not in form  # the key leaves the address at once
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(form, {"password1": NEW_PASSWORD}).status_code == 302
    assert [mail["Subject"] for mail in mailbox] == ["Ditt lösenord är bytt"]
    assert not is_signed_in(client)
    assert sign_in(Client(), organiser, NEW_PASSWORD)["Location"] == "/accounts/2fa/authenticate/"
    again = Client().get(link, follow=True).content.decode()
    assert "Länken gäller inte längre" in again


@pytest.mark.parametrize(
    "password",
    [
        "kort",
        "password1234567",
        "123456789012",
        "coachnet-boras",
        "majaekdahl2026",
        "aaaaaaaaaaaaaa",
        "Sommar2026Sommar",
        "Lösenord2026!",
    ],
)
def test_weak_passwords_are_refused_everywhere(password, coach, client_of):
    client = client_of(coach)
    response = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": password})
    assert response.status_code == 200
    coach.refresh_from_db()
    assert coach.check_password(PASSWORD)


@pytest.mark.parametrize(
    "password",
    ["fyra ord hör inte ihop", NEW_PASSWORD, "x7Q!pd9%Lr2w", "å" * 3 + "tegel-moln-vante" + "z" * 90],
)
def test_strong_passwords_of_any_kind_are_taken(password, coach, client_of):
    client = client_of(coach)
    response = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": password})
    assert response["Location"] == "/people/me/"


def test_password_change_ends_other_sessions_and_tells(
    coach, client_of, mailbox, django_capture_on_commit_callbacks
):
    here, there = client_of(coach), client_of(coach)
    with django_capture_on_commit_callbacks(execute=True):
        here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW_PASSWORD})
    assert here.get("/people/me/").status_code == 200
    assert there.get("/people/me/").status_code == 302
    assert mailbox[0]["Subject"] == "Ditt lösenord är bytt"


def test_address_changes_when_the_new_one_is_proved(
    coach, client_of, mailbox, django_capture_on_commit_callbacks
):
    client = client_of(coach)
    first = client.post("/accounts/email/", {"email": "maja.ny@example.se", "action_add": ""})
    assert first["Location"].startswith("/accounts/reauthenticate/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(first["Location"], {"password": PASSWORD})
    link = link_in(mailbox[0]).removeprefix("http://testserver")
    assert mailbox[0]["X-Rcpt-To"] == "maja.ny@example.se"
    outsider = Client()
    assert "maja.ny@example.se" in outsider.get(link).content.decode()
    coach.refresh_from_db()
    assert coach.email == "maja@example.se"  # GET proves nothing
    with django_capture_on_commit_callbacks(execute=True):
        outsider.post(link)
    coach.refresh_from_db()
    assert coach.email == "maja.ny@example.se"
    assert list(EmailAddress.objects.filter(user=coach).values_list("email", flat=True)) == [
        "maja.ny@example.se"
    ]


# --- Sensitive steps ask again ---


def test_changing_roles_asks_again(admin, coach, client_of):
    client = client_of(admin)
    path = reverse("accounts:person-roles", args=[coach.pk])
    asked = client.get(path)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == path
    assert client.post(path, {"roles": ["coach", "admin"]}).status_code == 302
    coach.refresh_from_db()
    assert coach.roles == ["coach", "admin"]


def test_inviting_an_admin_asks_again_and_then_goes_through(admin, science_park, client_of):
    client = client_of(admin)
    facts = {"email": "ny@example.se", "organisation": science_park.pk, "language": "sv"}
    asked = client.post("/people/invitations/new/", facts | {"roles": ["admin"]})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == "/people/invitations/"
    assert (
        client.post(
            "/people/invitations/new/", facts | {"email": "b@example.se", "roles": ["coach"]}
        ).status_code
        == 302
    )


# --- Redirects ---

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "https:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "\thttps://evil.example",
    " //evil.example",
    "/\t/evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "//evil.example\\@testserver",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_login_never_leads_elsewhere(address, coach, outsider, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    facts = {"login": coach.email, "password": PASSWORD, "next": address}
    assert outsider.post(LOGIN, facts)["Location"] == "/"
    assert outsider.get(LOGIN, {"next": address})["Location"] == "/"
    client = Client()
    client.force_login(coach)
    assert client.post("/accounts/logout/", {"next": address})["Location"] == LOGIN


def test_login_leads_to_the_page_that_was_asked_for(coach, outsider):
    asked = outsider.get("/people/me/")
    assert asked["Location"] == "/accounts/login/?next=/people/me/"
    page = outsider.get(asked["Location"]).content.decode()
    assert 'name="next" value="/people/me/"' in page
    facts = {"login": coach.email, "password": PASSWORD, "next": "/people/me/"}
    assert outsider.post(LOGIN, facts)["Location"] == "/people/me/"


# --- Sessions ---


def test_own_sessions_are_listed_and_ended(coach):
    desk = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    phone = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/605"})
    for client in (desk, phone):
        sign_in(client, coach)
    page = desk.get("/accounts/sessions/").content.decode()
    assert "Firefox, Windows" in page
    assert "Safari, iPhone" in page
    other = UserSession.objects.get(session_key=phone.session.session_key)
    desk.post(f"/people/me/sessions/{other.pk}/end/")
    assert phone.get("/people/me/").status_code == 302
    assert desk.get("/people/me/").status_code == 200


def test_nobody_ends_another_persons_session(coach, colleague, client_of):
    client = Client()
    sign_in(client, coach)
    session = UserSession.objects.get(user=coach)
    assert client_of(colleague).post(f"/people/me/sessions/{session.pk}/end/").status_code == 404
    assert client.get("/people/me/").status_code == 200


def test_logout_ends_the_session(coach, outsider):
    sign_in(outsider, coach)
    key = outsider.session.session_key
    assert outsider.get("/accounts/logout/").status_code == 200  # asks
    outsider.post("/accounts/logout/")
    assert not Session.objects.filter(pk=key).exists()


def test_logout_empties_what_the_browser_kept(coach, client_of):
    client = client_of(coach)
    assert "Clear-Site-Data" not in client.get("/people/me/")
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/accounts/login/")


def test_forms_without_a_token_are_refused(coach):
    client = Client(enforce_csrf_checks=True)
    assert client.post(LOGIN, {"login": coach.email, "password": PASSWORD}).status_code == 403
    assert not is_signed_in(client)
    assert settings.CSRF_COOKIE_HTTPONLY


def test_closed_account_is_told_so_with_the_right_password_only(coach, outsider):
    User.objects.filter(pk=coach.pk).update(is_active=False)
    assert sign_in(outsider, coach)["Location"] == "/accounts/inactive/"
    assert "hör inte ihop" in sign_in(Client(), coach, "fel-lösenord-alltid").content.decode()
    assert not is_signed_in(outsider)


@pytest.mark.parametrize("forwarded", ["", "203.0.113.9", "nonsense, 10.0.0.1"])
def test_login_past_the_proxies_is_answered_and_limited(forwarded, coach, settings):
    """Fewer forwarded addresses than proxies: the header is not ours, and the peer's own address counts."""
    settings.TRUSTED_PROXIES = 3
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    tries = [
        Client(REMOTE_ADDR="192.0.2.7").post("/accounts/login/", wrong(number), headers=headers)
        for number in range(3)
    ]
    assert [one.status_code for one in tries] == [200, 200, 200]
    assert "många försök" in tries[-1].content.decode()


def wrong(number):
    return {"login": f"okand{number}@example.se", "password": "fel-losenord-har"}
