"""The session form through the browser's eyes: nothing typed is ever lost, nothing is saved twice."""

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching import actions
from coaching.actions import sessions as session_actions
from coaching.models import Action, Session, SessionDraft
from coaching.views import keeping
from tests.factories.accounts import UserFactory
from tests.factories.coaching import EngagementFactory, SessionDraftFactory, SessionFactory
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    return uuid.uuid4()


@pytest.fixture
def url(key):
    return reverse("coaching:session-edit", args=[key])


@pytest.fixture
def typed(company, engagement, coach, yesterday):
    """What the smallest useful form sends."""
    return {
        "company": str(company.pk),
        "date": yesterday.isoformat(),
        "coaches": [str(coach.pk)],
        "note": "Sorteringen är på plats.",
        "state": "held",
        "version": "0",
        "next_was": "",
        "steps-TOTAL_FORMS": "1",
        "steps-INITIAL_FORMS": "0",
        "steps-0-id": "",
        "steps-0-what": "",
        "steps-0-owner": f"coach:{coach.pk}",
        "steps-0-due_on": "",
        "people-TOTAL_FORMS": "1",
        "people-INITIAL_FORMS": "0",
        "people-0-name": "",
        "people-0-title": "",
    }


def test_form_opens_with_today_and_me(client_of, coach, url, engagement, company, contact, today):
    form = client_of(coach).get(f"{url}?company={company.pk}").context["form"]
    assert form["date"].value() == today
    assert form["coaches"].value() == [coach.pk]
    assert form["contacts"].value() == [contact.pk]
    assert form.chosen == company


def test_form_saves_company_and_date_alone(client_of, coach, url, key, typed):
    for name in ("note", "coaches", "steps-0-owner"):
        del typed[name]
    response = client_of(coach).post(url, typed)
    assert response["Location"] == reverse("coaching:session-detail", args=[key]) + "?saved"
    session = Session.objects.get(pk=key)
    assert (session.completeness, list(session.coaches.all())) == ("draft", [coach])
    page = client_of(coach).get(response["Location"]).content.decode()
    assert "Tillfället är sparat" in page
    assert reverse("coaching:today") in page


def test_form_saves_everything_it_holds(
    client_of, coach, url, key, typed, contact, company, today, reference
):
    typed |= {
        "start_time": "08:30",
        "minutes": "other",
        "minutes_other": "1 200",
        "channel": "on_site",
        "contacts": [str(contact.pk)],
        "strategies": ["C05", "C11"],
        "preparation_minutes": "1 h 15",
        "travel_minutes": "45",
        "stage": "plan",
        "next_date": (today + dt.timedelta(days=14)).isoformat(),
        "next_time": "13:00",
        "steps-TOTAL_FORMS": "2",
        "steps-0-what": "Skicka avtalsmall",
        "steps-0-due_on": today.isoformat(),
        "steps-1-what": "Räkna på tvätt",
        "steps-1-owner": f"contact:{contact.pk}",
        "people-0-name": "Tove Brandt",
        "people-0-title": "ekonomi",
    }
    assert client_of(coach).post(url, typed).status_code == 302

    session = Session.objects.get(pk=key)
    assert (session.minutes, session.preparation_minutes, session.travel_minutes) == (1200, 75, 45)
    assert {person.name for person in session.contacts.all()} == {"Johan Ståhlberg", "Tove Brandt"}
    assert {one.code for one in session.strategies.all()} == {"C05", "C11"}
    assert (session.completeness, session.engagement.stage) == ("complete", "plan")
    assert {(one.what, str(one.owner)) for one in session.actions.all()} == {
        ("Skicka avtalsmall", "Maja Ekdahl"),
        ("Räkna på tvätt", "Johan Ståhlberg"),
    }
    assert session.next_session.start_time == dt.time(13)


def test_form_with_errors_keeps_every_value_and_the_draft(client_of, coach, url, key, typed, today):
    typed |= {
        "company": "",
        "date": (today + dt.timedelta(days=1)).isoformat(),
        "minutes": "other",
        "minutes_other": "länge",
        "steps-0-due_on": "2026-13-01",
        "next_time": "13:00",
    }
    response = client_of(coach).post(url, typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("Välj ett företag i listan") == 2  # in the summary and at the field
    assert "<title>Fel: " in page
    for value in ("länge", "2026-13-01", "Sorteringen är på plats.", typed["date"]):
        assert value in page
    draft = SessionDraft.objects.get(coach=coach, key=key)
    assert {name: values[-1] for name, values in draft.data.items()} == {
        name: values[-1] if isinstance(values, list) else values for name, values in typed.items()
    }
    assert not Session.objects.exists()


def test_form_links_each_error_to_its_field(client_of, coach, url, typed, today):
    typed |= {"date": (today + dt.timedelta(days=1)).isoformat(), "steps-0-due_on": today.isoformat()}
    page = client_of(coach).post(url, typed).content.decode()
    for target in ("id_date", "id_steps-0-what"):
        assert f'href="#{target}"' in page
        assert f'id="{target}"' in page


def test_form_planned_may_lie_ahead(client_of, coach, url, key, typed, today):
    typed |= {"state": "planned", "date": (today + dt.timedelta(days=30)).isoformat(), "place": "Fabriken"}
    assert client_of(coach).post(url, typed).status_code == 302
    assert (Session.objects.get(pk=key).state, Session.objects.get(pk=key).place) == ("planned", "Fabriken")


def test_form_of_a_planned_session_logs_it_with_what_was_planned(
    client_of, coach, engagement, contact, yesterday
):
    planned = SessionFactory(engagement=engagement, planned=True, date=yesterday, contacts=[contact])
    url = reverse("coaching:session-edit", args=[planned.pk])
    form = client_of(coach).get(url).context["form"]
    assert form["state"].value() == "held"
    assert (form["date"].value(), form["minutes"].value(), form["contacts"].value()) == (
        yesterday,
        60,
        [contact.pk],
    )
    ahead = SessionFactory(engagement=engagement, planned=True)
    url = reverse("coaching:session-edit", args=[ahead.pk])
    assert client_of(coach).get(url).context["form"]["state"].value() == "planned"
    assert client_of(coach).get(f"{url}?log").context["form"]["state"].value() == "held"


def test_form_says_who_coaches_a_company(client_of, other_coach, url, key, typed):
    page = client_of(other_coach).post(url, typed).content.decode()
    assert "coachas av Maja Ekdahl" in page
    assert not Session.objects.exists()
    page = client_of(other_coach).get(f"{url}?company={typed['company']}").content.decode()
    assert "coachas av Maja Ekdahl" in page


def test_form_does_not_name_a_confidential_company_to_others(client_of, coach, other_coach, url, programme):
    company = CompanyFactory(name="Hemliga AB", confidential=True, responsible_coach=coach)
    EngagementFactory(company=company, programme=programme, lead=coach)
    client = client_of(other_coach)
    assert "Hemliga AB" not in client.get(f"{url}?company={company.pk}").content.decode()
    assert "Hemliga AB" not in client.post(url, {"company": company.pk, "version": "0"}).content.decode()
    assert not SessionDraft.objects.filter(company=company).exists()


def test_form_of_a_confidential_company_keeps_no_copy_on_the_device(client_of, coach, url, programme):
    company = CompanyFactory(name="Hemliga AB", confidential=True, responsible_coach=coach)
    EngagementFactory(company=company, programme=programme, lead=coach)
    page = client_of(coach).get(f"{url}?company={company.pk}").content.decode()
    assert "data-confidential " in page or "data-confidential>" in page
    assert f'data-confidential-companies="{company.pk}"' in client_of(coach).get(url).content.decode()


def test_form_back_button_shows_the_saved_session_and_a_second_save_makes_no_row(
    client_of, coach, url, key, typed
):
    client = client_of(coach)
    client.post(url, typed)
    assert client.post(url, typed).status_code == 302  # the same again: the same answer
    form = client.get(url).context["form"]
    assert (form.session.pk, form["version"].value(), form["note"].value()) == (key, 1, typed["note"])
    assert Session.objects.count() == 1


def test_form_changed_body_with_the_same_key_shows_both_texts(client_of, coach, url, key, typed):
    client = client_of(coach)
    client.post(url, typed)
    typed |= {"note": "En <b>annan</b> text", "channel": "phone"}
    response = client.post(url, typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Sorteringen är på plats." in page
    assert "En &lt;b&gt;annan&lt;/b&gt; text" in page
    assert [one.name for one in response.context["differences"]] == ["channel", "note"]
    assert Session.objects.get().note == "Sorteringen är på plats."
    assert SessionDraft.objects.get(key=key).data["note"] == ["En <b>annan</b> text"]


@pytest.mark.parametrize(
    ("keep", "note"),
    [("mine", "Min text"), ("theirs", "Sparad text"), ("both", "Sparad text\n\nMin text")],
)
def test_form_conflict_is_resolved_as_chosen(
    client_of, coach, colleague, engagement, company, url, key, typed, keep, note
):
    actions.add_coach(by=coach, engagement=engagement, coach=colleague)
    client_of(colleague).post(url, typed | {"note": "Sparad text", "channel": "online"})
    mine = typed | {"note": "Min text", "channel": "phone"}
    shown = client_of(coach).post(url, mine)
    sent: dict[str, Any] = {}
    for name, value in shown.context["sent"]:
        sent.setdefault(name, []).append(value)
    sent |= {
        "resolve": "1",
        "version": "1",
        "keep-note": keep,
        "keep-channel": "theirs",
        "keep-coaches": "mine",
    }
    assert client_of(coach).post(url, sent).status_code == 302

    session = Session.objects.get(pk=key)
    assert (session.note, session.channel, session.version) == (note, "online", 1 if keep == "theirs" else 2)
    assert not SessionDraft.objects.filter(coach=coach).exists()


def test_form_conflict_again_while_choosing_is_shown_again(client_of, coach, engagement, url, key, typed):
    client = client_of(coach)
    client.post(url, typed)
    client.post(url, typed | {"version": "1", "note": "Tredje"})
    response = client.post(url, typed | {"version": "1", "note": "Min", "resolve": "1", "keep-note": "mine"})
    assert response.status_code == 409
    assert Session.objects.get().note == "Tredje"


def test_form_steps_sent_twice_make_one_action_and_a_changed_row_changes_it(
    client_of, coach, url, key, typed
):
    client = client_of(coach)
    typed["steps-0-what"] = "Skicka avtalsmall"
    client.post(url, typed)
    client.post(url, typed)
    typed["steps-0-what"] = "Skicka rätt avtalsmall"
    client.post(url, typed | {"resolve": "1", "version": "1"})
    # A later save of the form with a new first row is a new step.
    client.post(url, typed | {"version": "2", "steps-0-what": "Ring"})
    assert sorted(Action.objects.values_list("what", flat=True)) == [
        "Ring",
        "Skicka avtalsmall",
        "Skicka rätt avtalsmall",
    ]


@pytest.mark.parametrize("broken", ["", "x", "99", "-1", "1e9"])
def test_form_survives_broken_row_counts(client_of, coach, url, typed, broken):
    typed["steps-TOTAL_FORMS"] = broken
    assert client_of(coach).post(url, typed).status_code in (302, 422)


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "²"])
def test_form_survives_a_broken_version(client_of, coach, url, typed, version):
    assert client_of(coach).post(url, typed | {"version": version}).status_code == 422


# --- Autosave ----------------------------------------------------------------------------------


@pytest.fixture
def autosave_url(key):
    return reverse("coaching:session-autosave", args=[key])


def test_autosave_keeps_the_form_exactly_as_typed(client_of, coach, url, key, autosave_url, typed):
    typed |= {
        "date": "i går",
        "minutes_other": " en stund ",
        "note": "Två\r\nrader  ",
        "contacts": ["999", "x"],
    }
    answer = client_of(coach).post(autosave_url, typed)
    assert answer.status_code == 200
    assert answer.json()["conflict"] is False
    draft = SessionDraft.objects.get(coach=coach, key=key)
    assert draft.data["note"] == ["Två\r\nrader  "]
    assert draft.data["date"] == ["i går"]
    assert draft.data["contacts"] == ["999", "x"]
    assert not Session.objects.exists()

    response = client_of(coach).get(url)
    page = response.content.decode()
    assert 'value="i går"' in page
    assert 'value=" en stund "' in page
    assert "field--error" not in page
    assert response.context["form"].chosen.pk == int(typed["company"])


def test_autosave_twenty_times_is_one_draft_and_no_history(client_of, coach, autosave_url, typed):
    from pghistory.models import Events

    before = Events.objects.count()
    for number in range(20):
        client_of(coach).post(autosave_url, typed | {"note": f"Text {number}"})
    assert SessionDraft.objects.count() == 1
    assert SessionDraft.objects.get().data["note"] == ["Text 19"]
    assert Events.objects.count() == before


def test_autosave_answers_401_when_signed_out(outsider, autosave_url, typed):
    answer = outsider.post(autosave_url, typed)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")
    assert not SessionDraft.objects.exists()


def test_autosave_is_for_coaches_and_their_own_drafts(
    client_of, coach, colleague, other_coach, organiser, official, admin, engagement, typed
):
    session = SessionFactory(engagement=engagement)
    url = reverse("coaching:session-autosave", args=[session.pk])
    people = (colleague, other_coach, organiser, official, admin)
    codes = [client_of(person).post(url, typed).status_code for person in people]
    assert codes == [403, 404, 403, 403, 403]
    assert not SessionDraft.objects.exists()
    assert client_of(coach).post(url, typed | {"version": "1"}).status_code == 200


def test_draft_is_read_by_nobody_else(client_of, coach, colleague, other_coach, key, url):
    SessionDraftFactory(key=key, coach=coach, data={"note": ["Påbörjad"]})
    for person in (colleague, other_coach):
        assert "Påbörjad" not in client_of(person).get(url).content.decode()
        assert "Utkast sparat" not in client_of(person).get(reverse("coaching:today")).content.decode()
        assert client_of(person).post(reverse("coaching:draft-discard", args=[key])).status_code == 404
    assert "Påbörjad" in client_of(coach).get(url).content.decode()


def test_autosave_tells_of_a_newer_version(
    client_of, coach, colleague, engagement, company, key, url, autosave_url, typed
):
    actions.add_coach(by=coach, engagement=engagement, coach=colleague)
    client_of(colleague).post(url, typed | {"note": "Hans"})
    answer = client_of(coach).post(autosave_url, typed | {"note": "Hennes"})
    assert answer.json()["conflict"] is True
    assert SessionDraft.objects.get(coach=coach).data["note"] == ["Hennes"]
    assert "jämföra texterna" in client_of(coach).get(url).content.decode()


def test_autosave_that_comes_after_the_save_leaves_no_ghost(client_of, coach, url, autosave_url, typed):
    client_of(coach).post(url, typed)
    assert client_of(coach).post(autosave_url, typed).json()["conflict"] is False
    assert not SessionDraft.objects.exists()
    client_of(coach).post(autosave_url, typed | {"note": "Mer text"})
    assert SessionDraft.objects.count() == 1


def test_autosave_says_when_no_copy_may_stay_on_the_device(client_of, coach, autosave_url, typed, company):
    assert client_of(coach).post(autosave_url, typed).json()["local_copy"] is True
    company.responsible_coach = coach
    company.is_confidential, company.confidential_reason = True, "Patent"
    company.confidential_set_by, company.confidential_set_at = coach, timezone.now()
    company.save()
    assert client_of(coach).post(autosave_url, typed).json()["local_copy"] is False


def test_draft_can_be_thrown_away_and_taken_back(client_of, coach, key, url):
    SessionDraftFactory(key=key, coach=coach, data={"note": ["Påbörjad"]})
    client = client_of(coach)
    page = client.post(reverse("coaching:draft-discard", args=[key]), follow=True).content.decode()
    assert reverse("coaching:draft-restore", args=[key]) in page
    assert "Påbörjad" not in client.get(url).content.decode()
    client.post(reverse("coaching:draft-restore", args=[key]))
    assert "Påbörjad" in client.get(url).content.decode()


def test_drafts_are_listed_on_min_dag(client_of, coach, company):
    for _ in range(3):
        SessionDraftFactory(coach=coach, company=company)
    page = client_of(coach).get(reverse("coaching:today")).content.decode()
    assert page.count("Utkast sparat") == SessionDraft.objects.of(coach).count() == 3


def test_draft_does_not_name_a_company_that_has_become_confidential(client_of, coach, other_coach):
    company = CompanyFactory(name="Hemliga AB", confidential=True, responsible_coach=coach)
    SessionDraftFactory(coach=other_coach, company=company)
    assert "Hemliga AB" not in client_of(other_coach).get(reverse("coaching:today")).content.decode()


# --- Signed out, old tokens ----------------------------------------------------------------------


def _form_of(client, url):
    """Open the form; the tokens it carries."""
    response = client.get(url)
    return {
        "owner_token": response.context["owner_token"],
        "csrfmiddlewaretoken": response.cookies["csrftoken"].value,
    }


@pytest.fixture
def browser(coach):
    client = Client(enforce_csrf_checks=True)
    client.force_login(coach)
    return client


def test_form_sent_after_the_sign_in_ran_out_becomes_a_draft(browser, coach, url, key, typed):
    tokens = _form_of(browser, url)
    del browser.cookies["session"]
    response = browser.post(url, typed | tokens)
    page = response.content.decode()
    assert response.status_code == 401
    assert "Texten är sparad" in page
    assert f"next={url}" in page
    assert not Session.objects.exists()
    assert SessionDraft.objects.get(coach=coach).data["note"] == [typed["note"]]
    assert "owner_token" not in SessionDraft.objects.get().data

    browser.force_login(coach)
    assert browser.get(url).context["form"]["note"].value() == typed["note"]


def test_form_sent_signed_out_without_a_valid_token_is_shown_and_stored_nowhere(
    outsider, coach, url, key, typed
):
    other = keeping.owner_token(coach, uuid.uuid4())
    gone = UserFactory(is_active=False)
    for token in ("", "x", other, other[:-2] + "xx", keeping.owner_token(gone, key)):
        response = outsider.post(url, typed | {"owner_token": token})
        assert response.status_code == 401
        assert typed["note"] in response.content.decode()
    assert not SessionDraft.objects.exists()


def test_form_token_expires_with_the_session_cookie(outsider, coach, url, key, typed, settings):
    token = keeping.owner_token(coach, key)
    settings.SESSION_COOKIE_AGE = -1
    outsider.post(url, typed | {"owner_token": token})
    assert not SessionDraft.objects.exists()


def test_form_token_cannot_write_a_draft_for_a_session_that_is_not_hers(
    outsider, other_coach, engagement, typed
):
    session = SessionFactory(engagement=engagement)
    url = reverse("coaching:session-edit", args=[session.pk])
    outsider.post(url, typed | {"owner_token": keeping.owner_token(other_coach, session.pk)})
    assert not SessionDraft.objects.exists()


def test_form_opened_before_signing_in_again_keeps_its_text(browser, coach, url, key, typed):
    tokens = _form_of(browser, url)
    browser.cookies["csrftoken"] = "b" * 32  # signing in gives a new token
    response = browser.post(url, typed | tokens)
    assert response["Location"] == url
    assert not Session.objects.exists()
    assert SessionDraft.objects.get(coach=coach).data["note"] == [typed["note"]]


def test_form_from_elsewhere_is_refused(browser, coach, other_coach, url, key, typed):
    browser.get(url)
    tokens = ("", keeping.owner_token(other_coach, key), keeping.owner_token(coach, uuid.uuid4()))
    for token in tokens:
        assert browser.post(url, typed | {"owner_token": token}).status_code == 403
    assert not Session.objects.exists()
    assert not SessionDraft.objects.exists()


def test_form_with_its_csrf_token_is_saved(browser, url, key, typed):
    assert browser.post(url, typed | _form_of(browser, url)).status_code == 302
    assert Session.objects.filter(pk=key).exists()


# --- Parts and preview ---------------------------------------------------------------------------


def test_parts_follow_the_company_and_write_nothing(client_of, coach, key, typed, programme, reference):
    company = CompanyFactory(name="Andra AB")
    ContactFactory(company=company, name="Mirela Kovač")
    url = reverse("coaching:session-parts", args=[key])
    page = client_of(coach).post(url, typed | {"company": company.pk}, headers={"HX-Request": "true"})
    assert "Mirela Kovač" in page.content.decode()
    assert not SessionDraft.objects.exists()


def test_parts_without_script_keep_what_is_typed(client_of, coach, key, url, typed):
    response = client_of(coach).post(reverse("coaching:session-parts", args=[key]), typed | {"company": ""})
    assert response["Location"] == url
    assert client_of(coach).get(url).context["form"]["note"].value() == typed["note"]


def test_preview_is_safe_and_for_coaches(client_of, coach, organiser, official, outsider):
    url = reverse("coaching:note-preview")
    page = client_of(coach).post(url, {"note": "**Hyra** <img src=x onerror=alert(1)>"}).content.decode()
    assert "<strong>Hyra</strong>" in page
    assert "<img" not in page
    codes = [client.post(url).status_code for client in (client_of(organiser), client_of(official), outsider)]
    assert codes == [403, 403, 302]


# --- At once -------------------------------------------------------------------------------------


def _post_at_once(coach, url, *bodies):
    """Send the bodies at the same moment from clients of the same person; their answers."""
    clients = [Client() for _ in bodies]
    for client in clients:
        client.force_login(coach)
    barrier, answers = threading.Barrier(len(bodies)), [None] * len(bodies)

    def send(place):
        barrier.wait(5)
        try:
            answers[place] = clients[place].post(url, bodies[place])
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[place]) for place in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.django_db(transaction=True)
def test_form_double_tap_makes_one_row_and_one_answer(coach, url, typed):
    typed["steps-0-what"] = "Skicka avtalsmall"
    first, second = _post_at_once(coach, url, typed, typed)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert (Session.objects.count(), Action.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_form_two_texts_at_once_make_one_row_and_one_conflict(coach, url, typed):
    answers = _post_at_once(coach, url, typed, typed | {"note": "En annan text"})
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.logs_errors
def test_form_double_tap_fails_without_the_lock(coach, url, typed, monkeypatch):
    """Negative control: with the lock off and both past the look, one of the two requests breaks."""
    both_have_looked = threading.Barrier(2)
    look = session_actions._engagement_for

    def slow_look(*args):
        both_have_looked.wait(5)
        return look(*args)

    monkeypatch.setattr(session_actions, "session_lock", lambda key: None)
    monkeypatch.setattr(session_actions, "_engagement_for", slow_look)
    monkeypatch.setattr(Client, "store_exc_info", lambda self, **kwargs: None)
    answers = _post_at_once(coach, url, typed, typed)
    assert sorted(answer.status_code for answer in answers) == [302, 500]


def test_form_holds_no_form_within_itself(client_of, coach, url, key, typed):
    """A form in a form ends the outer one: what follows would not be sent."""
    client = client_of(coach)
    client.post(url, typed | {"steps-0-what": "Skicka avtalsmall"})
    page = client.get(url).content.decode()
    start = page.index('class="form session"')
    assert "Skicka avtalsmall" in page[start:]
    assert page.index("<form", start) > page.index("</form>", start) > page.index("data-save-state", start)


def test_form_of_a_passed_plan_can_still_be_moved(client_of, coach, engagement, yesterday):
    planned = SessionFactory(engagement=engagement, planned=True, date=yesterday)
    url = reverse("coaching:session-edit", args=[planned.pk])
    assert client_of(coach).get(f"{url}?planned").context["form"]["state"].value() == "planned"


def test_form_and_autosave_ask_for_the_second_step_that_a_role_demands(
    client_of, science_park, key, url, typed, programme
):
    """These two views are open to signed-out people, so the middleware does not ask for them."""
    both = UserFactory(organisation=science_park, roles=["coach", "organiser"])
    company = CompanyFactory()
    EngagementFactory(company=company, programme=programme, lead=both)
    client = client_of(both)
    typed |= {"company": company.pk, "coaches": [both.pk]}
    autosave = reverse("coaching:session-autosave", args=[key])
    codes = [
        client.get(url).status_code,
        client.post(url, typed).status_code,
        client.post(autosave, typed).status_code,
    ]
    assert codes == [403, 403, 403]
    assert not Session.objects.exists()
    assert not SessionDraft.objects.exists()
