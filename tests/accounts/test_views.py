"""What happens on the pages about people: each form ends in its action, and says so."""

import pytest
from django.urls import reverse

from coachnet.accounts.models import Organisation, PastEmployment, User
from tests.factories.accounts import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def page_of(client, name, *args, **query):
    return client.get(reverse(f"accounts:{name}", args=args), query).content.decode()


# --- People ---


def test_person_list_finds_without_accents_and_case(organiser, client_of):
    UserFactory(name="Örjan Ånäs", organisation__name="Högskolan i Borås")
    client = client_of(organiser)
    for words in ("orjan", "ÅNÄS", "hogskolan boras", "örjan borås"):
        page = page_of(client, "person-list", q=words)
        assert "Örjan Ånäs" in page, words
        assert "Sara Holm" not in page.split('id="people"')[1], words


@pytest.mark.parametrize("words", ["\0", "%", "_", "'; drop table", "a" * 100, "<script>alert(1)</script>"])
def test_person_list_takes_any_search_words(words, organiser, client_of):
    page = page_of(client_of(organiser), "person-list", q=words)
    assert "<script>alert" not in page


def test_person_list_filters_by_role_and_hides_closed_accounts(organiser, coach, client_of):
    UserFactory(name="Stängda Kontot", is_active=False)
    client = client_of(organiser)
    assert "Stängda Kontot" not in page_of(client, "person-list")
    assert "Stängda Kontot" in page_of(client, "person-list", closed="on")
    page = page_of(client, "person-list", role="organiser").split('id="people"')[1]
    assert "Sara Holm" in page
    assert coach.name not in page


def test_person_list_goes_on_in_swedish_order(organiser, client_of):
    for name in ("Ärla", "Adam", "Zeb", "Åsa"):
        UserFactory(name=name)
    UserFactory.create_batch(25, name="Mitten")
    client = client_of(organiser)
    first = page_of(client, "person-list")
    assert first.index("Adam") < first.index("Mitten")
    assert "Ärla" not in first
    after = first.split('href="?after=')[1].split('"')[0]
    second = client.get(f"{reverse('accounts:person-list')}?after={after}").content.decode()
    assert second.index("Zeb") < second.index("Åsa") < second.index("Ärla")


def test_person_detail_shows_history_to_admins_only(admin, organiser, coach, client_of):
    assert 'id="history"' in page_of(client_of(admin), "person-detail", coach.pk)
    assert 'id="history"' not in page_of(client_of(organiser), "person-detail", coach.pk)


def test_person_detail_hides_what_the_reader_may_not_do(admin, organiser, coach, client_of):
    address = reverse("accounts:person-roles", args=[coach.pk])
    assert address in page_of(client_of(admin), "person-detail", coach.pk)
    assert address not in page_of(client_of(organiser), "person-detail", coach.pk)


def test_person_employer_moves_the_person(admin, coach, client_of):
    to = OrganisationFactory(name="Inkubatorn")
    client = client_of(admin)
    address = reverse("accounts:person-employer", args=[coach.pk])
    response = client.post(address, {"organisation": to.pk, "since": "2027-01-01", "title": "Coach"})
    assert response.status_code == 302
    assert PastEmployment.objects.get(user=coach).organisation == coach.organisation
    page = page_of(client, "person-detail", coach.pk)
    assert "Inkubatorn" in page
    assert "Science Park Borås" in page


def test_person_employer_says_what_is_wrong(admin, coach, client_of):
    client = client_of(admin)
    address = reverse("accounts:person-employer", args=[coach.pk])
    for facts in ({}, {"organisation": coach.organisation_id, "since": "2027-01-01"}, {"since": "i går"}):
        page = client.post(address, facts).content.decode()
        assert "Fel:" in page
        assert "error-summary" in page
    assert not PastEmployment.objects.exists()


def test_person_employer_offers_no_ended_organisation(admin, coach, client_of):
    OrganisationFactory(name="Nedlagda", closed_on="2026-01-01")
    assert "Nedlagda" not in page_of(client_of(admin), "person-employer", coach.pk)


def test_person_close_and_undo(admin, coach, client_of):
    client = client_of(admin)
    response = client.post(reverse("accounts:person-close", args=[coach.pk]), follow=True)
    assert not User.objects.get(pk=coach.pk).is_active
    page = response.content.decode()
    undo = reverse("accounts:person-reopen", args=[coach.pk])
    assert "Kontot är stängt" in page
    assert undo in page
    client.post(undo)
    assert User.objects.get(pk=coach.pk).is_active


def test_person_close_is_not_for_oneself(admin, client_of):
    assert client_of(admin).post(reverse("accounts:person-close", args=[admin.pk])).status_code == 403


def test_person_sign_out_ends_the_persons_sessions(admin, coach, client_of):
    phone = client_of(coach)
    client_of(admin).post(reverse("accounts:person-sign-out", args=[coach.pk]))
    assert phone.get("/people/me/").status_code == 302


def test_names_are_shown_as_text(organiser, client_of):
    person = UserFactory(name='<img src=x onerror="alert(1)">', title="<b>x</b>")
    for page in (
        page_of(client_of(organiser), "person-list"),
        page_of(client_of(organiser), "person-detail", person.pk),
    ):
        assert "<img src=x" not in page
        assert "<b>x</b>" not in page


# --- Oneself ---


def test_me_saves_the_profile_and_changes_language(coach, client_of):
    client = client_of(coach)
    facts = {"name": "Maja E", "title": "Coach", "phone": "070", "language": "en"}
    page = client.post("/people/me/", facts, follow=True).content.decode()
    coach.refresh_from_db()
    assert (coach.name, coach.title, coach.language, coach.shortcuts_on) == ("Maja E", "Coach", "en", False)
    assert '<html lang="en"' in page


def test_me_takes_no_field_that_is_not_ones_own_to_change(coach, other_coach, client_of):
    facts = {"name": "Maja", "language": "sv", "roles": "admin", "email": "x@example.se", "is_active": ""}
    client_of(coach).post("/people/me/", facts | {"organisation": other_coach.organisation_id})
    fresh = User.objects.get(pk=coach.pk)
    assert (fresh.roles, fresh.email, fresh.is_active) == (["coach"], coach.email, True)
    assert fresh.organisation == coach.organisation


def test_me_says_what_is_wrong_and_keeps_the_rest(coach, client_of):
    page = (
        client_of(coach)
        .post("/people/me/", {"name": "", "language": "sv", "title": "Ny titel"})
        .content.decode()
    )
    assert "Fel:" in page
    assert 'value="Ny titel"' in page


# --- Organisations ---


def test_organisation_create_and_edit(admin, client_of):
    client = client_of(admin)
    facts = {"name": "IUC Väst", "kind": "industry", "access_regime": "private", "sub_region": "FYR"}
    client.post(reverse("accounts:organisation-create"), facts)
    organisation = Organisation.objects.get(name="IUC Väst")
    address = reverse("accounts:organisation-edit", args=[organisation.pk])
    client.post(address, facts | {"website": "https://iucvast.example"})
    organisation.refresh_from_db()
    assert organisation.website == "https://iucvast.example"
    assert "IUC Väst" in page_of(client, "organisation-list")


def test_organisation_with_people_cannot_end(admin, coach, client_of):
    address = reverse("accounts:organisation-edit", args=[coach.organisation_id])
    facts = {"name": "X", "kind": "other", "access_regime": "private", "closed_on": "2026-11-01"}
    assert "Byt deras arbetsgivare" in client_of(admin).post(address, facts).content.decode()
    assert Organisation.objects.get(pk=coach.organisation_id).closed_on is None


def test_organisation_list_is_in_swedish_order(organiser, client_of):
    for name in ("Öst", "Ask", "Åker", "Äng"):
        OrganisationFactory(name=name)
    page = page_of(client_of(organiser), "organisation-list")
    places = [page.index(f"{name}</th>") for name in ("Ask", "Åker", "Äng", "Öst")]
    assert places == sorted(places)
