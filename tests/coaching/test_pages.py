"""Every page of the coaching log: who gets in and who does not, and how many queries it costs."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from coaching import actions
from coaching.models import Action, Engagement, Session, SessionDraft
from tests.factories.coaching import (
    ActionFactory,
    EngagementFactory,
    SessionDraftFactory,
    SessionFactory,
)
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(engagement, contact):
    return SessionFactory(engagement=engagement, complete=True, note="Ett **fynd**", contacts=[contact])


@pytest.fixture
def planned(engagement):
    return SessionFactory(engagement=engagement, planned=True, date=timezone.localdate())


@pytest.fixture
def action(engagement, session):
    return ActionFactory(engagement=engagement, session=session, what="Skicka avtalsmall")


@pytest.fixture
def sworn(coach, programme):
    """A session with a company marked confidential."""
    company = CompanyFactory(name="Hemliga AB", confidential=True, responsible_coach=coach)
    engagement = EngagementFactory(company=company, programme=programme, lead=coach)
    return SessionFactory(engagement=engagement, complete=True, note="Patentet")


@pytest.fixture
def status(client_of, coach, colleague, other_coach, organiser, official, admin, outsider):
    """What each of the cast gets: `status("get", "/today/")`."""
    cast = {
        "coach": client_of(coach),
        "colleague": client_of(colleague),
        "other_coach": client_of(other_coach),
        "organiser": client_of(organiser),
        "official": client_of(official),
        "admin": client_of(admin),
        "outsider": outsider,
    }

    def ask(method, url, **data):
        return {name: getattr(client, method)(url, data).status_code for name, client in cast.items()}

    return ask


ONLY_COACHES = {
    "coach": 200,
    "colleague": 200,
    "other_coach": 200,
    "organiser": 403,
    "official": 403,
    "admin": 403,
    "outsider": 302,
}


@pytest.mark.parametrize("name", ["today", "action-list", "session-bin"])
def test_pages_for_coaches_only(status, name):
    assert status("get", reverse(f"coaching:{name}")) == ONLY_COACHES


def test_session_list_is_for_all_but_officials(status):
    assert status("get", reverse("coaching:session-list")) == ONLY_COACHES | {"organiser": 200, "admin": 200}


def test_session_create_leads_coaches_to_a_form_of_its_own(status, client_of, coach):
    allowed = {name: 302 for name, code in ONLY_COACHES.items() if code != 403}
    assert status("get", reverse("coaching:session-create")) == ONLY_COACHES | allowed
    first, second = (client_of(coach).get(reverse("coaching:session-create"))["Location"] for _ in range(2))
    assert first != second


def test_session_detail_is_for_those_who_may_read_the_note(status, session):
    url = reverse("coaching:session-detail", args=[session.pk])
    expected = {"coach": 200, "colleague": 200, "other_coach": 404, "organiser": 404, "official": 403}
    assert status("get", url) == expected | {"admin": 200, "outsider": 302}


def test_session_detail_of_a_confidential_company_is_for_its_coaches_and_admins(status, sworn):
    url = reverse("coaching:session-detail", args=[sworn.pk])
    expected = {"coach": 200, "colleague": 404, "other_coach": 404, "organiser": 404, "official": 403}
    assert status("get", url) == expected | {"admin": 200, "outsider": 302}


def test_session_edit_is_for_the_coaches_on_the_engagement(status, session):
    url = reverse("coaching:session-edit", args=[session.pk])
    expected = {"coach": 200, "colleague": 403, "other_coach": 404, "organiser": 403, "official": 403}
    assert status("get", url) == expected | {"admin": 403, "outsider": 302}


def test_session_history_is_for_those_who_may_edit(status, session):
    url = reverse("coaching:session-history", args=[session.pk])
    expected = {"coach": 200, "colleague": 403, "other_coach": 404, "organiser": 403, "official": 403}
    assert status("get", url) == expected | {"admin": 403, "outsider": 302}


@pytest.mark.parametrize("name", ["cancel", "no-show", "remove", "replan"])
def test_session_changes_are_for_the_coaches_on_the_engagement(status, planned, name):
    url = reverse(f"coaching:session-{name}", args=[planned.pk])
    before = Session.objects.filter(pk=planned.pk).values().get()
    refused = status("post", url)
    assert refused.pop("coach") == 302
    expected = {
        "colleague": 404 if name == "remove" else 403,
        "other_coach": 404,
        "organiser": 403,
        "official": 403,
    }
    assert refused == expected | {"admin": 403, "outsider": 302}
    changed = Session.objects.filter(pk=planned.pk).values().get() != before
    assert changed == (name != "replan")


def test_engagement_detail_is_for_those_who_may_read_the_goals(status, engagement):
    url = reverse("coaching:engagement-detail", args=[engagement.pk])
    expected = {"coach": 200, "colleague": 200, "other_coach": 404, "organiser": 404, "official": 403}
    assert status("get", url) == expected | {"admin": 200, "outsider": 302}


def test_engagement_history_is_for_those_who_may_edit(status, engagement):
    url = reverse("coaching:engagement-history", args=[engagement.pk])
    expected = {"coach": 200, "colleague": 403, "other_coach": 404, "organiser": 404, "official": 403}
    assert status("get", url) == expected | {"admin": 200, "outsider": 302}


def test_engagement_changes_are_for_its_coaches_and_admins(status, engagement):
    url = reverse("coaching:engagement-goals", args=[engagement.pk])
    expected = {"coach": 302, "colleague": 403, "other_coach": 404, "organiser": 404, "official": 403}
    assert status("post", url, goals="Hyra i stället för sälja") == expected | {"admin": 302, "outsider": 302}
    engagement.refresh_from_db()
    assert engagement.goals == "Hyra i stället för sälja"


@pytest.mark.parametrize("name", ["action-done", "action-reopen", "action-cancel"])
def test_action_changes_are_for_the_coaches_on_the_engagement(status, action, name):
    expected = {"coach": 302, "colleague": 403, "other_coach": 404, "organiser": 403, "official": 403}
    url = reverse(f"coaching:{name}", args=[action.pk])
    assert status("post", url, done="1") == expected | {"admin": 403, "outsider": 302}


def test_action_edit_and_create_are_for_the_coaches_on_the_engagement(status, action, engagement):
    expected = {"coach": 200, "colleague": 403, "other_coach": 404, "organiser": 403, "official": 403}
    expected |= {"admin": 403, "outsider": 302}
    assert status("get", reverse("coaching:action-edit", args=[action.pk])) == expected
    assert status("get", reverse("coaching:action-create", args=[engagement.pk])) == expected


def test_engagement_create_says_who_coaches_the_company(client_of, coach, other_coach, engagement, company):
    url = f"{reverse('coaching:engagement-create')}?company={company.pk}"
    page = client_of(other_coach).get(url)
    assert page.status_code == 200
    assert "Maja Ekdahl" in page.content.decode()
    refused = client_of(other_coach).post(reverse("coaching:engagement-create"), {"company": company.pk})
    assert refused.status_code == 403
    assert Engagement.objects.count() == 1


def test_engagement_create_starts_one(client_of, coach, company, programme):
    values = {
        "company": company.pk,
        "programme": programme.pk,
        "stage": "baseline",
        "started_on": timezone.localdate().isoformat(),
        "goals": "Hyra",
    }
    response = client_of(coach).post(reverse("coaching:engagement-create"), values)
    engagement = Engagement.objects.get()
    assert response["Location"] == reverse("coaching:engagement-detail", args=[engagement.pk])
    assert (engagement.lead, engagement.stage, engagement.goals) == (coach, "baseline", "Hyra")


@pytest.mark.parametrize("number", ["", "x", "²", "999999"])
def test_engagement_create_needs_a_company_that_is_seen(client_of, coach, number):
    assert (
        client_of(coach).get(f"{reverse('coaching:engagement-create')}?company={number}").status_code == 404
    )


def test_session_list_shows_rows_without_notes_to_others(client_of, organiser, other_coach, session, sworn):
    for person in (organiser, other_coach):
        page = client_of(person).get(f"{reverse('coaching:session-list')}?scope=all").content.decode()
        assert "Kvarnåns Arbetsplagg AB" in page
        assert "fynd" not in page
        assert reverse("coaching:session-detail", args=[session.pk]) not in page
        assert "Hemliga AB" not in page


def test_session_detail_renders_the_note_safely(client_of, coach, engagement):
    session = SessionFactory(
        engagement=engagement, note="**Hyra** <script>alert(1)</script> [x](javascript:alert(1))"
    )
    page = client_of(coach).get(reverse("coaching:session-detail", args=[session.pk])).content.decode()
    assert "<strong>Hyra</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_session_detail_warns_about_a_personnummer(client_of, coach, engagement):
    url = reverse(
        "coaching:session-detail", args=[SessionFactory(engagement=engagement, note="811218-9876").pk]
    )
    assert "personnummer" in client_of(coach).get(url).content.decode()
    url = reverse(
        "coaching:session-detail", args=[SessionFactory(engagement=engagement, note="556012-5790").pk]
    )
    assert "personnummer" not in client_of(coach).get(url).content.decode()


def test_session_remove_can_be_taken_back(client_of, coach, session):
    client = client_of(coach)
    page = client.post(reverse("coaching:session-remove", args=[session.pk]), follow=True).content.decode()
    undo = reverse("coaching:session-restore", args=[session.pk])
    assert undo in page
    assert client.get(reverse("coaching:session-detail", args=[session.pk])).status_code == 404
    assert "Kvarnåns Arbetsplagg AB" in client.get(reverse("coaching:session-bin")).content.decode()

    assert client.post(undo).status_code == 302
    assert client.get(reverse("coaching:session-detail", args=[session.pk])).status_code == 200


def test_session_restore_is_for_the_coaches_on_the_engagement(
    client_of, coach, colleague, other_coach, session
):
    actions.remove_session(by=coach, session=session)
    for person in (colleague, other_coach):
        url = reverse("coaching:session-restore", args=[session.pk])
        assert client_of(person).post(url).status_code == 404
    session.refresh_from_db()
    assert session.removed_at is not None


def test_action_done_by_one_tap_and_back(client_of, coach, action):
    client = client_of(coach)
    url = reverse("coaching:action-done", args=[action.pk])
    assert client.post(url, {"done": "1"}, headers={"HX-Request": "true"}).status_code == 204
    action.refresh_from_db()
    assert (action.status, action.closed_by) == ("done", coach)
    client.post(url, {"done": "0"}, headers={"HX-Request": "true"})
    action.refresh_from_db()
    assert (action.status, action.closed_by) == ("open", None)


def test_action_edit_changes_it_and_returns(client_of, coach, action, contact, today):
    values = {
        "what": "Skicka mallen",
        "owner": f"contact:{contact.pk}",
        "due_on": today.isoformat(),
        "next": "/today/",
    }
    response = client_of(coach).post(reverse("coaching:action-edit", args=[action.pk]), values)
    assert response["Location"] == "/today/"
    action.refresh_from_db()
    assert (action.what, action.owner, action.due_on) == ("Skicka mallen", contact, today)


@pytest.mark.parametrize("address", ["https://elak.example/", "//elak.example", "javascript:alert(1)"])
def test_action_edit_returns_only_to_our_own_pages(client_of, coach, action, address):
    values = {"what": "Skicka", "owner": f"coach:{coach.pk}", "next": address}
    response = client_of(coach).post(reverse("coaching:action-edit", args=[action.pk]), values)
    assert response["Location"] == reverse("coaching:action-list")


def test_action_edit_leads_nowhere_foreign_and_shows_its_history(client_of, coach, action):
    client = client_of(coach)
    page = client.post(f"/actions/{action.pk}/edit/", {"what": "", "next": "javascript:alert(1)"})
    assert page.status_code == 422
    assert "javascript:" not in page.content.decode()
    client.post(f"/actions/{action.pk}/done/", {"done": "1"})
    assert "Genomförd" in client.get(f"/actions/{action.pk}/edit/").content.decode().partition("Historik")[2]


def test_action_create_twice_makes_one(client_of, coach, engagement):
    values = {"what": "Ring", "owner": f"coach:{coach.pk}", "key": str(uuid.uuid4())}
    for _ in range(2):
        client_of(coach).post(reverse("coaching:action-create", args=[engagement.pk]), values)
    assert Action.objects.count() == 1


def test_action_list_puts_the_overdue_first_and_counts_them(client_of, coach, engagement, today):
    ActionFactory(engagement=engagement, what="Utan dag", due_on=None)
    ActionFactory(engagement=engagement, what="Sen", due_on=today - dt.timedelta(days=3))
    ActionFactory(engagement=engagement, what="Snart", due_on=today + dt.timedelta(days=3))
    page = client_of(coach).get(reverse("coaching:action-list")).content.decode()
    assert page.index(">Sen<") < page.index(">Snart<") < page.index(">Utan dag<")
    assert "1 åtgärd är försenad" in page


def test_lists_page_by_key_without_repeating_or_losing_rows(client_of, coach, engagement, today):
    for number in range(60):
        SessionFactory(engagement=engagement, date=today - dt.timedelta(days=number // 3))
        ActionFactory(
            engagement=engagement, due_on=today + dt.timedelta(days=number // 3) if number % 4 else None
        )
    client = client_of(coach)
    for name in ("session-list", "action-list"):
        url, seen, pages = reverse(f"coaching:{name}"), [], 0
        while url:
            page = client.get(url).context["page"]
            seen += [row.pk for row in page.rows]
            url, pages = page.next_url, pages + 1
        assert (len(seen), len(set(seen)), pages) == (60, 60, 3)


@pytest.mark.parametrize(
    "after",
    ["x", "2026-11-23", "2026-13-45_x", "_", "2026-11-23_" + "0" * 32, "2026-11-23T09:00_" + "0" * 32],
)
def test_lists_ignore_a_cursor_that_makes_no_sense(client_of, coach, session, after):
    for name in ("session-list", "action-list"):
        assert client_of(coach).get(reverse(f"coaching:{name}"), {"after": after}).status_code == 200


def test_session_list_filters_stand_in_the_address(client_of, coach, session, planned):
    client = client_of(coach)

    def shown(**query):
        return {row.pk for row in client.get(reverse("coaching:session-list"), query).context["page"].rows}

    assert shown() == {session.pk, planned.pk}
    assert shown(state="planned") == {planned.pk}
    assert shown(state="held") == {session.pk}
    assert shown(incomplete="1") == set()
    assert shown(state="nonsense") == {session.pk, planned.pk}


def _many(engagement, programme, count):
    """As much again as one of everything that Min dag and the lists show."""
    today, lead = timezone.localdate(), engagement.lead
    for number in range(count):
        company = CompanyFactory()
        contact = ContactFactory(company=company)
        other = EngagementFactory(company=company, programme=programme, lead=lead)
        quiet = EngagementFactory(programme=programme, lead=lead)
        SessionFactory(engagement=quiet, complete=True, date=today - dt.timedelta(days=90))
        SessionFactory(
            engagement=other, planned=True, date=today, start_time=dt.time(0, 5), contacts=[contact]
        )
        SessionFactory(engagement=other, planned=True, date=today, start_time=dt.time(23, 5))
        SessionFactory(engagement=other, planned=True, date=today - dt.timedelta(days=2))
        SessionFactory(engagement=other, contacts=[contact])
        SessionFactory(engagement=other, planned=True, date=today + dt.timedelta(days=3 + number))
        ActionFactory(engagement=other, due_on=today)
        SessionDraftFactory(coach=lead, company=company)
        SessionFactory(engagement=other, removed_at=timezone.now(), removed_by=lead)


QUERIES = {"today": 11, "session-list": 5, "action-list": 4, "session-bin": 6}


@pytest.mark.parametrize("name", list(QUERIES))
def test_queries_do_not_grow_with_rows(
    client_of, coach, engagement, programme, name, django_assert_num_queries
):
    client, url = client_of(coach), reverse(f"coaching:{name}")
    _many(engagement, programme, 1)
    client.get(url)
    with django_assert_num_queries(QUERIES[name]):
        client.get(url)
    _many(engagement, programme, 10)
    with django_assert_num_queries(QUERIES[name]):
        page = client.get(url)
    assert page.status_code == 200


def test_no_page_changes_anything_when_it_is_read(client_of, coach, engagement, session, planned, action):
    draft = SessionDraftFactory(coach=coach)
    pages = [reverse(f"coaching:{name}") for name in ("today", "session-list", "session-bin", "action-list")]
    pages += [reverse(f"coaching:{name}", args=[session.pk]) for name in ("session-detail", "session-edit")]
    pages += [reverse("coaching:session-edit", args=[pk]) for pk in (planned.pk, draft.key, uuid.uuid4())]
    pages += [reverse("coaching:engagement-detail", args=[engagement.pk]), reverse("coaching:session-create")]
    models = (Session, Action, Engagement, SessionDraft)

    def contents():
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = contents()
    client = client_of(coach)
    for page in pages:
        assert client.get(page).status_code in (200, 302)
    posts = ["cancel", "no-show", "remove", "restore", "replan", "autosave", "parts"]
    for name in posts:
        assert client.get(reverse(f"coaching:session-{name}", args=[planned.pk])).status_code == 405
    assert contents() == before


HOSTILE = '<img src=x onerror=alert(1)>"\'{{ 7|add:1 }}{% now "Y" %}</title><script>alert(1)</script>'


def test_hostile_names_and_texts_stay_text_everywhere(client_of, coach, colleague, programme, today):
    """In rows, attributes, titles, options and the conflict page; and no template runs inside a value."""
    company = CompanyFactory(name=HOSTILE)
    contact = ContactFactory(company=company, name=HOSTILE[:120], title=HOSTILE[:120])
    engagement = EngagementFactory(
        company=company, programme=programme, lead=coach, goals=HOSTILE, co_coaches=[colleague]
    )
    facts = {"engagement": engagement, "note": HOSTILE, "place": HOSTILE, "contacts": [contact]}
    held = SessionFactory(**facts)
    planned = SessionFactory(planned=True, date=today, start_time=dt.time(0, 5), **facts)
    SessionFactory(planned=True, **facts)
    removed = SessionFactory(removed_at=timezone.now(), removed_by=coach, **facts)
    action = ActionFactory(engagement=engagement, session=held, what=HOSTILE, due_on=today)
    ActionFactory(engagement=engagement, what=HOSTILE, owner_contact=contact)
    draft = SessionDraftFactory(coach=coach, company=company, data={"note": [HOSTILE], "place": [HOSTILE]})
    pages = [reverse(f"coaching:{name}") for name in ("today", "session-list", "session-bin", "action-list")]
    for name in ("session-detail", "session-edit", "session-history"):
        pages += [reverse(f"coaching:{name}", args=[pk]) for pk in (held.pk, planned.pk)]
    pages += [reverse(f"coaching:engagement-{name}", args=[engagement.pk]) for name in ("detail", "history")]
    pages += [
        reverse("coaching:action-edit", args=[action.pk]),
        reverse("coaching:session-edit", args=[draft.key]),
    ]
    pages.append(f"{reverse('coaching:engagement-create')}?company={company.pk}")
    client = client_of(coach)
    answers = [client.get(page) for page in pages]
    stale = {"company": company.pk, "date": today, "state": "held", "version": "0", "note": HOSTILE + "!"}
    answers.append(client.post(reverse("coaching:session-edit", args=[held.pk]), stale))
    assert answers[-1].status_code == 409
    for answer in answers:
        page = answer.content.decode()
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert "8{%" not in page
        assert answer.status_code in (200, 409)
    assert removed.pk
