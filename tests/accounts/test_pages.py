"""Every page about people and signing in opens for those it is for, in one design, and for nobody else."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests.factories.accounts import InvitationFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

CAST = ("coach", "organiser", "official", "admin")
PEOPLE = {"organiser", "admin"}
MANAGERS = {"admin"}
EVERYBODY = set(CAST)

PAGES = [
    ("accounts:person-list", PEOPLE),
    ("accounts:person-detail", PEOPLE),
    ("accounts:person-employer", MANAGERS),
    ("accounts:person-close", MANAGERS),
    ("accounts:role-list", EVERYBODY),
    ("accounts:me", EVERYBODY),
    ("accounts:start", EVERYBODY),
    ("accounts:organisation-list", PEOPLE),
    ("accounts:organisation-create", MANAGERS),
    ("accounts:organisation-edit", MANAGERS),
    ("accounts:invitation-list", PEOPLE),
    ("accounts:invitation-create", PEOPLE),
    ("account_email", EVERYBODY),
    ("account_change_password", EVERYBODY),
    ("account_logout", EVERYBODY),
    ("account_reauthenticate", EVERYBODY),
    ("mfa_index", EVERYBODY),
    ("mfa_list_webauthn", EVERYBODY),
    ("usersessions_list", EVERYBODY),
    ("socialaccount_connections", EVERYBODY),
]
ENTRANCES = [
    "account_login",
    "account_inactive",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "socialaccount_login_cancelled",
]


def address(route, person, organisation):
    if route.startswith("accounts:person-") and route != "accounts:person-list":
        return reverse(route, args=[person.pk])
    if route == "accounts:organisation-edit":
        return reverse(route, args=[organisation.pk])
    return reverse(route)


@pytest.mark.parametrize("role", CAST)
@pytest.mark.parametrize(("route", "welcome"), PAGES)
def test_pages_open_for_those_they_are_for(route, welcome, role, request, client_of):
    user = request.getfixturevalue(role)
    person = UserFactory()
    InvitationFactory()
    response = client_of(user).get(address(route, person, person.organisation))
    assert response.status_code == (200 if role in welcome else 403)
    page = response.content.decode()
    assert "<!doctype html>" in page
    assert "<h1>" in page
    assert "Sign In" not in page


@pytest.mark.parametrize(("route", "welcome"), PAGES)
def test_pages_send_outsiders_to_sign_in(route, welcome, outsider):
    person = UserFactory()
    response = outsider.get(address(route, person, person.organisation))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("route", ENTRANCES)
def test_entrances_open_for_outsiders_in_our_design(route, outsider):
    response = outsider.get(reverse(route))
    assert response.status_code == 200
    page = response.content.decode()
    assert '<body class="login"' in page
    assert 'lang="sv"' in page


POSTS = ["person-reopen", "person-sign-out", "invitation-resend", "invitation-withdraw", "session-end"]


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_never_done_by_get(name, admin, client_of):
    assert client_of(admin).get(reverse(f"accounts:{name}", args=[1])).status_code == 405


@pytest.mark.parametrize("name", POSTS[:4])
def test_coach_changes_nobody(name, coach, client_of):
    assert client_of(coach).post(reverse(f"accounts:{name}", args=[1])).status_code == 403


def test_role_page_is_generated_from_the_roles(coach, client_of):
    page = client_of(coach).get(reverse("accounts:role-list")).content.decode()
    for words in ("Affärscoach", "Nätverksledare", "Regionföreträdare", "Administratör", "Når långt."):
        assert words in page


def test_second_step_pages_ask_for_the_password_first(coach, client_of):
    response = client_of(coach).get(reverse("mfa_activate_totp"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not Authenticator.objects.exists()


def test_person_list_says_what_to_do_when_nobody_fits(organiser, client_of):
    page = client_of(organiser).get(reverse("accounts:person-list"), {"q": "finns inte"}).content.decode()
    assert "Ingen passar valen" in page


@pytest.mark.parametrize("count", [1, 11])
def test_person_list_costs_the_same_queries_for_one_and_eleven(
    count, organiser, client_of, django_assert_num_queries
):
    UserFactory.create_batch(count)
    client = client_of(organiser)
    with django_assert_num_queries(3):
        assert client.get(reverse("accounts:person-list")).status_code == 200


@pytest.mark.parametrize("count", [1, 11])
def test_invitation_list_costs_the_same_queries_for_one_and_eleven(
    count, organiser, client_of, django_assert_num_queries
):
    InvitationFactory.create_batch(count)
    client = client_of(organiser)
    with django_assert_num_queries(3):
        assert client.get(reverse("accounts:invitation-list")).status_code == 200


@pytest.mark.parametrize("count", [1, 11])
def test_organisation_list_costs_the_same_queries_for_one_and_eleven(
    count, organiser, client_of, django_assert_num_queries
):
    OrganisationFactory.create_batch(count)
    client = client_of(organiser)
    with django_assert_num_queries(3):
        assert client.get(reverse("accounts:organisation-list")).status_code == 200
