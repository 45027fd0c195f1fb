import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.utils import timezone

from coachnet.accounts import actions, tasks
from coachnet.accounts.models import Invitation, PastEmployment, User
from tests.accounts.links import link_in
from tests.factories.accounts import InvitationFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "sju-sjuka-symaskiner-4"


def invite(by, organisation, **facts):
    facts = {"email": "Ny.Coach@Example.se", "roles": ["coach"]} | facts
    return actions.invite_person(organisation=organisation, by=by, **facts)


# --- Inviting ---


def test_invite_person_sends_a_mail_on_commit(
    organiser, science_park, mailbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(organiser, science_park, name="Nya Coachen", message="Välkommen hit")
        assert mailbox == []
    (mail,) = mailbox
    assert mail["X-Rcpt-To"] == invitation.email == "ny.coach@example.se"
    assert mail["Subject"] == "Sara Holm bjuder in dig till Coachnet"
    text = mail.get_body(("plain",)).get_content()
    for words in (
        "Hej Nya Coachen",
        "Science Park Borås",
        "Affärscoach",
        "Välkommen hit",
        "/people/invitation/",
    ):
        assert words in text
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.SENT


def test_invite_person_writes_in_the_chosen_language_and_harmless_html(
    organiser, science_park, mailbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invite(organiser, science_park, language="en", name="<b>Eva</b>\r\nBcc: x@example.se")
    (mail,) = mailbox
    html = mail.get_body(("html",)).get_content()
    assert 'lang="en"' in html
    assert "<b>Eva</b>" not in html
    assert "Bcc" not in mail


def test_invite_person_keeps_the_token_out_of_the_database(
    organiser, science_park, mailbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(organiser, science_park)
    token = link_in(mailbox[0]).rstrip("/").rpartition("/")[2]
    assert len(token) >= 43  # 256 bits
    invitation.refresh_from_db()
    assert invitation.token_hash == actions.token_hash(token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_invitation i WHERE i::text LIKE %s", [f"%{token}%"])
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(("role", "may"), [("organiser", False), ("admin", True)])
def test_invite_person_only_admins_make_admins(role, may, request, science_park):
    by = request.getfixturevalue(role)
    if may:
        assert invite(by, science_park, roles=["admin"]).roles == ["admin"]
    else:
        with pytest.raises(PermissionDenied):
            invite(by, science_park, roles=["coach", "admin"])


@pytest.mark.parametrize("role", ["coach", "official"])
def test_invite_person_is_not_for_coaches_and_officials(role, request, science_park):
    with pytest.raises(PermissionDenied):
        invite(request.getfixturevalue(role), science_park)


def test_invite_person_refuses_known_and_waiting_addresses(organiser, science_park, coach):
    with pytest.raises(ValidationError, match="redan ett konto"):
        invite(organiser, science_park, email=coach.email.upper())
    invite(organiser, science_park)
    with pytest.raises(ValidationError, match="väntar på svar"):
        invite(organiser, science_park)


def test_invite_person_again_after_the_time_ran_out(organiser, science_park):
    old = invite(organiser, science_park)
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    new = invite(organiser, science_park)
    old.refresh_from_db()
    assert (old.state, new.state) == (Invitation.State.WITHDRAWN, Invitation.State.WAITING)


def test_resend_invitation_replaces_the_link(
    organiser, science_park, mailbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(organiser, science_park)
    with django_capture_on_commit_callbacks(execute=True):
        actions.resend_invitation(invitation=invitation, by=organiser)
    first, second = map(link_in, mailbox)
    assert first != second
    invitation.refresh_from_db()
    assert invitation.token_hash == actions.token_hash(second.rstrip("/").rpartition("/")[2])


def test_withdraw_invitation_closes_it_for_good(organiser, science_park):
    invitation = invite(organiser, science_park)
    actions.withdraw_invitation(invitation=invitation, by=organiser)
    with pytest.raises(ValidationError, match="redan besvarad"):
        actions.resend_invitation(invitation=invitation, by=organiser)
    assert not Invitation.objects.open().exists()


def test_organiser_touches_no_invitation_to_admin(organiser, admin, science_park):
    invitation = invite(admin, science_park, roles=["admin"])
    for action in (actions.resend_invitation, actions.withdraw_invitation):
        with pytest.raises(PermissionDenied):
            action(invitation=invitation, by=organiser)


def test_send_invitation_happens_once(organiser, science_park, mailbox):
    invitation = invite(organiser, science_park)
    assert actions.send_invitation(invitation_id=invitation.pk)
    assert not actions.send_invitation(invitation_id=invitation.pk)
    assert len(mailbox) == 1


def test_send_invitation_tells_of_an_address_that_refuses(organiser, science_park, mailbox):
    invitation = invite(organiser, science_park)
    mailbox.refuse = "550 No such person"
    assert not actions.send_invitation(invitation_id=invitation.pk)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.REFUSED
    assert invitation.token_hash is None


def test_send_invitation_waits_for_a_mail_server_that_is_down(organiser, science_park, mailbox):
    invitation = invite(organiser, science_park)
    mailbox.refuse = "451 Try later"
    with pytest.raises(OSError, match="451"):
        actions.send_invitation(invitation_id=invitation.pk)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.WAITING
    mailbox.refuse = None
    tasks.send_waiting_invitations()
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.SENT


# --- Accepting ---


def accept(hashed, **facts):
    facts = {"name": "Ny Coach", "password": NEW_PASSWORD, "language": "sv"} | facts
    return actions.accept_invitation(hashed=hashed, **facts)


def test_accept_invitation_makes_the_account_that_was_promised():
    invitation = InvitationFactory(roles=["coach", "organiser"], token_hash=actions.token_hash("token"))
    user = accept(actions.token_hash("token"), phone="070", title="Coach", language="en")
    assert (user.email, user.roles, user.organisation) == (
        invitation.email,
        ["coach", "organiser"],
        invitation.organisation,
    )
    assert user.check_password(NEW_PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    invitation.refresh_from_db()
    assert invitation.accepted_by == user
    assert invitation.token_hash is None


@pytest.mark.parametrize(
    "facts",
    [
        {"withdrawn_at": timezone.now()},
        {"expires_at": timezone.now() - dt.timedelta(seconds=1)},
    ],
    ids=["withdrawn", "expired"],
)
def test_accept_invitation_refuses_closed_ones(facts):
    InvitationFactory(token_hash=actions.token_hash("token"), **facts)
    with pytest.raises(actions.InvitationClosedError):
        accept(actions.token_hash("token"))
    assert not User.objects.filter(name="Ny Coach").exists()


def test_accept_invitation_refuses_unknown_and_empty_links():
    InvitationFactory(token_hash=None)
    for hashed in ("", actions.token_hash("invented")):
        with pytest.raises(actions.InvitationClosedError):
            accept(hashed)


def accept_twice_at_once():
    """Both start together; each gives the user or the kind of error it got."""
    InvitationFactory(token_hash=actions.token_hash("token"))
    barrier = threading.Barrier(2)

    def run(number):
        barrier.wait()
        try:
            return accept(actions.token_hash("token"), name=f"Person {number}")
        except (actions.InvitationClosedError, IntegrityError) as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, range(2)))


@pytest.mark.django_db(transaction=True)
def test_accept_invitation_twice_at_once_gives_one_account():
    outcomes = accept_twice_at_once()
    assert sum(isinstance(outcome, User) for outcome in outcomes) == 1
    assert actions.InvitationClosedError in outcomes
    assert User.objects.filter(name__startswith="Person ", invitation__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_accept_invitation_without_the_lock_runs_into_the_race(monkeypatch):
    """The control: with the lock off and both past the look, the last line of defence stops the second."""
    from coachnet.accounts.models import InvitationQuerySet

    both_have_looked, look = threading.Barrier(2), actions._address_is_taken

    def slow_look(email):
        found = look(email)
        both_have_looked.wait(5)
        return found

    monkeypatch.setattr(InvitationQuerySet, "select_for_update", lambda self, **kwargs: self)
    monkeypatch.setattr(actions, "_address_is_taken", slow_look)
    assert IntegrityError in accept_twice_at_once()


# --- People ---


def test_change_employer_keeps_history(admin, coach, science_park):
    to = OrganisationFactory()
    since = dt.date(2026, 12, 1)
    User.objects.filter(pk=coach.pk).update(organisation_since=dt.date(2025, 1, 1), title="Coach")
    user = actions.change_employer(user=coach, organisation=to, since=since, title="Affärscoach", by=admin)
    assert (user.organisation, user.organisation_since, user.title) == (to, since, "Affärscoach")
    past = PastEmployment.objects.get(user=coach)
    assert (past.organisation, past.title, past.started_on, past.ended_on) == (
        science_park,
        "Coach",
        dt.date(2025, 1, 1),
        since,
    )


def test_change_employer_refuses_the_same_and_the_impossible(admin, coach, science_park):
    with pytest.raises(ValidationError, match="redan anställd"):
        actions.change_employer(user=coach, organisation=science_park, since=timezone.localdate(), by=admin)
    with pytest.raises(ValidationError, match="senare dag"):
        actions.change_employer(
            user=coach, organisation=OrganisationFactory(), since=dt.date(2020, 1, 1), by=admin
        )
    assert not PastEmployment.objects.exists()


@pytest.mark.parametrize("role", ["coach", "organiser", "official"])
def test_only_admins_manage_people(role, request, other_coach):
    by = request.getfixturevalue(role)
    today, where = timezone.localdate(), OrganisationFactory()
    for attempt in (
        lambda: actions.change_employer(user=other_coach, organisation=where, since=today, by=by),
        lambda: actions.change_roles(user=other_coach, roles=["coach"], by=by),
        lambda: actions.close_account(user=other_coach, by=by),
        lambda: actions.reopen_account(user=other_coach, by=by),
        lambda: actions.end_sessions(user=other_coach, by=by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_change_roles_holds_at_once(admin, coach, client_of):
    client = client_of(coach)
    assert client.get("/people/").status_code == 403
    actions.change_roles(user=coach, roles=["organiser", "coach"], by=admin)
    assert User.objects.get(pk=coach.pk).roles == ["coach", "organiser"]
    # The new role demands a second step, which the coach has not: she is sent to add one.
    assert client.get("/people/")["Location"] == "/people/me/start/"


@pytest.mark.parametrize("roles", [[], ["superuser"]])
def test_change_roles_refuses_none_and_unknown(roles, admin, coach):
    with pytest.raises(ValidationError):
        actions.change_roles(user=coach, roles=roles, by=admin)


def test_last_admin_stays(admin):
    other = UserFactory(roles=["admin"])
    with pytest.raises(PermissionDenied):
        actions.close_account(user=admin, by=admin)
    actions.close_account(user=other, by=admin)
    with pytest.raises(ValidationError, match="minst en administratör"):
        actions.change_roles(user=admin, roles=["coach"], by=admin)


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_remove_each_other_cannot_both_succeed():
    one, two = UserFactory.create_batch(2, roles=["admin"])
    barrier = threading.Barrier(2)

    def remove(pair):
        user, by = (User.objects.get(pk=person.pk) for person in pair)
        barrier.wait()
        try:
            actions.change_roles(user=user, roles=["coach"], by=by)
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(remove, [(one, two), (two, one)]))
    assert sorted(outcomes) == [False, True]
    assert User.objects.filter(roles__contains=["admin"]).count() == 1


def test_close_account_ends_every_session_at_once(admin, coach, client_of):
    phone, desk = client_of(coach), client_of(coach)
    for client in (phone, desk):
        assert client.get("/people/me/").status_code == 200
    actions.close_account(user=coach, by=admin)
    for client in (phone, desk):
        assert client.get("/people/me/")["Location"].startswith("/accounts/login/")
    actions.reopen_account(user=coach, by=admin)
    for client in (phone, desk):  # the old sessions do not come to life again
        assert client.get("/people/me/").status_code == 302


def test_end_session_is_for_ones_own_only(coach, colleague):
    session = UserSession.objects.create(user=coach, ip="127.0.0.1", session_key="k", user_agent="x")
    with pytest.raises(PermissionDenied):
        actions.end_session(session=session, by=colleague)
    actions.end_session(session=session, by=coach)
    assert not UserSession.objects.exists()


def test_update_profile_is_ones_own_or_an_admins(coach, colleague, admin):
    facts: dict[str, Any] = {
        "name": "Maja E",
        "phone": "",
        "title": "",
        "language": "en",
        "shortcuts_on": False,
    }
    with pytest.raises(PermissionDenied):
        actions.update_profile(user=coach, by=colleague, **facts)
    for by in (coach, admin):
        assert actions.update_profile(user=coach, by=by, **facts).language == "en"
