"""The way in: an invitation's page, from the link in the mail to being signed in."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from coachnet.accounts import actions
from coachnet.accounts.models import Invitation, User
from tests.accounts.links import link_in
from tests.factories.accounts import InvitationFactory

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-forty-three-signs-or-thereabout-0"
OPEN, ACCEPT = f"/people/invitation/{TOKEN}/", "/people/invitation/"
FACTS = {"name": "Ny Coach", "title": "Coach", "phone": "070-123 45 67", "language": "sv"}
FACTS |= {"password": "sju-sjuka-symaskiner-4"}


@pytest.fixture
def invitation(organiser):
    return InvitationFactory(
        email="ny@example.se", name="Ny Coach", token_hash=actions.token_hash(TOKEN), invited_by=organiser
    )


def test_opening_the_link_uses_nothing_up(invitation, outsider):
    for _ in range(3):
        response = outsider.get(OPEN)
        assert response["Location"] == ACCEPT
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
    assert outsider.head(OPEN).status_code == 302
    assert not User.objects.filter(email="ny@example.se").exists()
    invitation.refresh_from_db()
    assert invitation.is_unanswered


def test_page_says_who_invites_to_what(invitation, outsider):
    outsider.get(OPEN)
    page = outsider.get(ACCEPT).content.decode()
    for words in ("Sara Holm", str(invitation.organisation), "Affärscoach", "ny@example.se"):
        assert words in page
    assert TOKEN not in page
    assert 'autocomplete="new-password"' in page
    assert "data-reveal" in page


def test_accepting_signs_in_and_leads_to_the_first_steps(invitation, outsider):
    outsider.get(OPEN)
    before = outsider.session.session_key
    response = outsider.post(ACCEPT, FACTS)
    assert response["Location"] == "/people/me/start/"
    assert outsider.session.session_key != before
    user = User.objects.get(email="ny@example.se")
    assert (user.name, user.title, user.phone, user.roles) == (
        "Ny Coach",
        "Coach",
        "070-123 45 67",
        ["coach"],
    )
    page = outsider.get("/people/me/start/").content.decode()
    assert "Gör det senare" in page
    assert outsider.get("/accounts/2fa/totp/activate/").status_code == 200  # not asked for the password again
    assert outsider.post("/people/me/start/")["Location"] == "/"


def test_accepting_needs_a_good_password_and_keeps_what_was_written(invitation, outsider):
    outsider.get(OPEN)
    response = outsider.post(ACCEPT, FACTS | {"password": "nycoach12345"})
    page = response.content.decode()
    assert "svårare att gissa" in page
    assert 'value="070-123 45 67"' in page
    assert "nycoach12345" not in page
    assert not User.objects.filter(email="ny@example.se").exists()


def test_accepting_gives_no_more_than_was_promised(invitation, outsider):
    outsider.get(OPEN)
    extra = {"roles": ["admin"], "email": "annan@example.se", "is_active": "1", "organisation": "1"}
    outsider.post(ACCEPT, FACTS | extra)
    user = User.objects.get(name="Ny Coach")
    assert (user.email, user.roles, user.organisation) == (
        "ny@example.se",
        ["coach"],
        invitation.organisation,
    )


def closed_pages():
    """What each kind of dead link shows."""
    now = timezone.now()
    Invitation.objects.all().delete()
    for facts in ({"withdrawn_at": now}, {"expires_at": now - dt.timedelta(seconds=1)}, None):
        client = Client()
        if facts:
            InvitationFactory(token_hash=actions.token_hash(TOKEN), **facts)
        client.get(OPEN)
        for response in (client.get(ACCEPT), client.post(ACCEPT, FACTS)):
            yield response.status_code, response.content.decode().split("<h1>")[1].split("<footer")[0]
        Invitation.objects.all().delete()


def test_dead_links_all_say_the_same(organiser):
    answers = set(closed_pages())
    assert len(answers) == 1
    ((status, page),) = answers
    assert status == 410
    assert "be den som bjöd in dig" in page


def test_used_link_says_the_same_as_other_dead_ones(invitation, outsider):
    outsider.get(OPEN)
    outsider.post(ACCEPT, FACTS)
    late = Client()
    late.get(OPEN)
    assert late.post(ACCEPT, FACTS | {"name": "Någon annan"}).status_code == 410
    assert not User.objects.filter(name="Någon annan").exists()


def test_without_a_link_there_is_no_form(outsider):
    assert outsider.get(ACCEPT).status_code == 410


def test_someone_signed_in_is_told_so(invitation, coach, client_of):
    client = client_of(coach)
    client.get(OPEN)
    assert "Du är redan inloggad" in client.get(ACCEPT).content.decode()
    client.post(ACCEPT, FACTS)
    assert not User.objects.filter(email="ny@example.se").exists()


def test_page_is_in_the_language_of_the_invitation(organiser, outsider):
    InvitationFactory(token_hash=actions.token_hash(TOKEN), language="en")
    outsider.get(OPEN)
    page = outsider.get(ACCEPT, headers={"accept-language": "sv"}).content.decode()
    assert '<html lang="en"' in page


def test_token_stays_out_of_the_log(invitation, outsider, caplog):
    outsider.get(OPEN)
    outsider.get(f"/people/invitation/{TOKEN}x/borta/")
    assert caplog.text
    assert TOKEN not in caplog.text


def test_role_that_demands_it_must_add_a_second_step(organiser, outsider):
    InvitationFactory(token_hash=actions.token_hash(TOKEN), roles=["organiser"])
    outsider.get(OPEN)
    outsider.post(ACCEPT, FACTS)
    assert outsider.get("/people/")["Location"] == "/people/me/start/"


# --- Sending from the page ---


def test_invitation_create_sends_mail(
    organiser, science_park, client_of, mailbox, django_capture_on_commit_callbacks
):
    client = client_of(organiser)
    facts = {"email": "ny@example.se", "organisation": science_park.pk, "roles": ["coach"], "language": "sv"}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/people/invitations/new/", facts)
    assert response["Location"] == "/people/invitations/"
    assert link_in(mailbox[0]).startswith("http://localhost:8000/people/invitation/")
    page = client.get("/people/invitations/").content.decode()
    assert "ny@example.se" in page
    assert "Skickad" in page


def test_invitation_create_offers_admin_to_admins_only(organiser, admin, science_park, client_of):
    page = client_of(organiser).get("/people/invitations/new/").content.decode()
    assert 'value="admin"' not in page
    assert 'value="admin"' in client_of(admin).get("/people/invitations/new/").content.decode()


def test_invitation_create_refuses_a_role_that_was_not_offered(organiser, science_park, client_of):
    client = client_of(organiser)
    client.post("/accounts/reauthenticate/", {"password": "väva-tyg-av-spill-2026"})
    facts = {"email": "ny@example.se", "organisation": science_park.pk, "roles": ["admin"], "language": "sv"}
    assert client.post("/people/invitations/new/", facts).status_code == 200
    assert not Invitation.objects.exists()


def test_invitation_create_says_when_the_person_is_there(organiser, coach, client_of):
    facts = {
        "email": coach.email,
        "organisation": coach.organisation_id,
        "roles": ["coach"],
        "language": "sv",
    }
    page = client_of(organiser).post("/people/invitations/new/", facts).content.decode()
    assert "Fel:" in page
    assert "redan ett konto" in page


def test_inviting_is_limited(organiser, science_park, client_of, settings):
    settings.ACCOUNT_RATE_LIMITS = {"invite": "2/h/user"}
    client = client_of(organiser)
    facts = {"organisation": science_park.pk, "roles": ["coach"], "language": "sv"}
    answers = [
        client.post("/people/invitations/new/", facts | {"email": f"ny{n}@example.se"}).status_code
        for n in range(3)
    ]
    assert answers == [302, 302, 429]


def test_invitation_resend_and_withdraw(organiser, client_of, mailbox, django_capture_on_commit_callbacks):
    invitation = InvitationFactory(invited_by=organiser)
    client = client_of(organiser)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/people/invitations/{invitation.pk}/resend/")
    assert len(mailbox) == 1
    client.post(f"/people/invitations/{invitation.pk}/withdraw/")
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.WITHDRAWN
    page = client.post(f"/people/invitations/{invitation.pk}/withdraw/", follow=True).content.decode()
    assert "redan besvarad" in page
