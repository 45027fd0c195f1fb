"""The organiser's pages: what they show, what they do, and who is kept out."""

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from coachnet.accounts.models import User
from coachnet.audit.models import AccessEvent
from coachnet.notifications.models import Notification
from events import actions, console, notices
from events.models import Event, EventInvitation, Registration
from tests.conftest import ClientOf
from tests.factories.companies import CompanyFactory, ContactFactory
from tests.factories.events import EventFactory, GuestFactory, MemberFactory, in_days

pytestmark = pytest.mark.django_db

FACTS = {
    "kind": "topic",
    "title": "Spårbarhet i praktiken",
    "start_time": "09:00",
    "end_time": "12:00",
    "place": "Sal Varpen",
    "capacity": "10",
    "programme": "09:00 Välkommen | Sara Holm\n10.15 Fika",
}


def facts(**changes: str) -> dict[str, str]:
    return FACTS | {"date": str(timezone.localdate() + dt.timedelta(days=20))} | changes


def page(client, name: str, *args: object, query: str = "") -> str:
    response = client.get(reverse(f"events:{name}", args=args) + query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


def test_a_meeting_is_made_and_read_back_in_swedish_time(organiser: User, client_of: ClientOf):
    client = client_of(organiser)
    response = client.post(reverse("events:event-create"), facts())
    event = Event.objects.get()
    assert response["Location"] == event.get_absolute_url()
    assert timezone.localtime(event.starts_at).hour == 9
    assert event.is_draft
    shown = page(client, "event-detail", event.pk)
    assert "10:15" in shown
    assert "Sara Holm" in shown
    assert 'value="09:00"' in page(client, "event-edit", event.pk)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Skriv en rubrik"),
        ({"end_time": "08:00"}, "sluta efter"),
        ({"capacity": "0"}, "större än eller lika med 1"),
        ({"link": "inte en länk"}, "Skriv hela länken"),
        ({"answer_by": "2999-01-01"}, "senast samma dag"),
        ({"date": "2027-03-28", "start_time": "02:30"}, "tiden finns inte"),
    ],
)
def test_what_is_wrong_is_said_and_kept(changes: dict, words: str, organiser: User, client_of: ClientOf):
    response = client_of(organiser).post(reverse("events:event-create"), facts(**changes))
    shown = response.content.decode()
    assert words in shown
    assert "Sal Varpen" in shown
    assert not Event.objects.exists()


def test_publish_needs_a_place_and_a_time_ahead(organiser: User, client_of: ClientOf):
    client = client_of(organiser)
    event = EventFactory(draft=True, place="")
    response = client.post(reverse("events:event-publish", args=[event.pk]), follow=True)
    assert "Skriv en plats eller en länk" in response.content.decode()
    Event.objects.update(place="Sal Varpen", starts_at=in_days(-1), ends_at=in_days(1))
    response = client.post(reverse("events:event-publish", args=[event.pk]), follow=True)
    assert "Tiden har passerat" in response.content.decode()
    assert Event.objects.get().is_draft


def test_the_database_raises_the_sequence_with_every_move():
    """In the same UPDATE, whoever writes it; other changes leave it alone."""
    event = EventFactory()

    def sequence() -> int:
        return Event.objects.values_list("sequence", flat=True).get()

    start = sequence()
    Event.objects.update(starts_at=in_days(19))
    assert sequence() == start + 1
    Event.objects.update(place="Sal Inslaget")
    assert sequence() == start + 2
    Event.objects.update(title="Annan rubrik", capacity=4)
    assert sequence() == start + 2
    actions.cancel_event(event=event, by=event.created_by)
    assert sequence() == start + 3


def test_two_who_edit_at_once_lose_nothing(organiser: User, client_of: ClientOf):
    event = EventFactory(title="Återtag")
    client, address = client_of(organiser), reverse("events:event-edit", args=[event.pk])
    client.post(address, facts(version="1", title="Den första"))
    response = client.post(address, facts(version="1", title="Den andra"))
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Den första" in shown
    assert "Den andra" in shown
    assert Event.objects.get().title == "Den första"
    client.post(address, facts(version="2", title="Den andra"))
    assert Event.objects.get().title == "Den andra"


def test_a_moved_time_is_always_told_and_a_title_only_on_request(organiser: User):
    event: Event = EventFactory()
    coming = GuestFactory(event=event, answered="coming")
    GuestFactory(event=event, answered="declined")
    unanswered = GuestFactory(event=event)

    def told() -> set[str]:
        return set(Notification.objects.filter(rule=notices.CHANGE).values_list("email", flat=True))

    event = actions.update_event(event=event, version=1, facts={"title": "Ny rubrik"}, by=organiser)
    assert told() == set()
    event = actions.update_event(event=event, version=2, facts={}, by=organiser, notify=True)
    assert told() == {coming.email, unanswered.email}
    actions.update_event(event=event, version=3, facts={"starts_at": in_days(19)}, by=organiser)
    assert Notification.objects.filter(rule=notices.CHANGE).count() == 4
    week = Notification.objects.get(rule=notices.WEEK_BEFORE, state="queued")
    assert timezone.localtime(week.due_at).date() == timezone.localdate() + dt.timedelta(days=12)


INVITED = {
    "scope": "all",
    "language": "en",
    "guests": "Johan Ståhlberg <johan@kvarnan.example>\n\nlinnea.qvist@gronbo.example\nMaja <MAJA@example.se>",
}


def test_invite_shows_everybody_before_anything_is_saved(
    organiser: User, coach: User, colleague: User, client_of: ClientOf
):
    event = EventFactory(created_by=organiser)
    ContactFactory(email="johan@kvarnan.example", company=CompanyFactory(name="Kvarnåns Arbetsplagg AB"))
    client, address = client_of(organiser), reverse("events:event-invite", args=[event.pk]) + "?role=coach"
    shown = client.post(address, INVITED).content.decode()
    assert "Johan Ståhlberg" in shown
    assert "Linnea Qvist" in shown
    assert not EventInvitation.objects.exists()
    response = client.post(address, INVITED | {"confirmed": "1"})
    assert response.status_code == 302
    invited = EventInvitation.objects.all()
    assert set(invited.values_list("user", flat=True)) == {coach.pk, colleague.pk, None}
    assert set(invited.exclude(email="").values_list("email", "language")) == {
        ("johan@kvarnan.example", "en"),
        ("linnea.qvist@gronbo.example", "en"),
    }
    assert Notification.objects.filter(rule=notices.INVITATION).count() == 4
    client.post(address, INVITED | {"confirmed": "1"})
    assert invited.count() == 4
    assert Notification.objects.filter(rule=notices.INVITATION).count() == 4
    assert "Kvarnåns Arbetsplagg AB" in page(client, "event-detail", event.pk, query="?answer=all")


@pytest.mark.parametrize(
    "line", ["bara ett namn", "a@b.example, c@d.example", "Vinn på http://x.example <a@b.example>", "x@y"]
)
def test_a_line_that_is_no_guest_is_named(line: str, organiser: User, client_of: ClientOf):
    event = EventFactory()
    address = reverse("events:event-invite", args=[event.pk])
    data = {"scope": "none", "language": "sv", "guests": f"Rätt <ratt@x.example>\n{line}"}
    shown = client_of(organiser).post(address, data | {"confirmed": "1"}).content.decode()
    assert "Rad 2" in shown
    assert not EventInvitation.objects.exists()


def test_a_contact_of_a_company_that_one_may_not_see_is_not_named(organiser: User, coach: User):
    secret = CompanyFactory(name="Grannäs Tvätteri AB", responsible_coach=coach, confidential=True)
    ContactFactory(email="hemlig@grannas.example", company=secret)
    outcome = actions.invite(
        event=EventFactory(), by=organiser, guests=[actions.GuestEntry("Någon", "hemlig@grannas.example")]
    )
    assert outcome.new[0].contact is None


def test_a_company_that_is_marked_later_is_not_named_either(
    organiser: User, coach: User, client_of: ClientOf
):
    company = CompanyFactory(name="Grannäs Tvätteri AB", responsible_coach=coach)
    guest = GuestFactory(contact=ContactFactory(company=company), answered="coming")
    client = client_of(organiser)
    pages = (("event-detail", ""), ("event-check-in", ""), ("event-print", ""), ("event-print", "?badges"))
    assert all("Grannäs" in page(client, name, guest.event_id, query=query) for name, query in pages)
    company.is_confidential, company.confidential_reason = True, "Patent"
    company.confidential_set_by, company.confidential_set_at = coach, timezone.now()
    company.save()
    assert not any("Grannäs" in page(client, name, guest.event_id, query=query) for name, query in pages)


def test_the_tabs_count_what_they_list(organiser: User):
    event = EventFactory(capacity=2)
    taken_away = GuestFactory(event=event, answered="declined")
    taken_away.removed_at, taken_away.removed_by = timezone.now(), organiser
    taken_away.save()
    back = GuestFactory(event=event, answered="declined")
    actions.answer(invitation=back, coming=True)
    MemberFactory(event=event, answered="coming")
    for state in ("declined", "declined", "waiting"):
        GuestFactory(event=event, answered=state)
    GuestFactory(event=event)
    tally = console.tally_of(event, organiser)
    listed = {group.key: group.chosen(event.invitations.all()).count() for group in console.GROUPS}
    assert {group.key: count for group, count in tally.tabs} == listed
    assert listed == {"coming": 2, "waiting": 1, "unanswered": 1, "away": 2, "all": 6, "attended": 0}
    assert (tally.places.members, tally.places.guests, tally.is_invited) == (1, 1, False)


def test_rows_of_one_shape_hold_each_their_own(organiser: User, client_of: ClientOf):
    """Rows and buttons are drawn once for many; names, addresses and tokens are each person's and meeting's."""
    tokens = set()
    for event in (EventFactory(title="Ett"), EventFactory(title="Två")):
        guests = [
            GuestFactory(event=event, name=name, answered="offered") for name in ("Åsa <b>", "Örjan & Co")
        ]
        shown = page(client_of(organiser), "event-detail", event.pk, query="?answer=all")
        rows = re.findall(r'<tr id="person-row-.*?</tr>', shown, re.DOTALL)
        for guest, row in zip(guests, rows, strict=True):
            assert row.count(escape(guest.name)) == 2
            assert f"mailto:{guest.email}" in row
            for name in ("person-move", "person-link", "person-remove"):
                assert f'"{reverse(f"events:{name}", args=[event.pk, guest.pk])}"' in row
        assert f'href="{reverse("events:event-print", args=[event.pk])}?badges"' in shown
        found = set(re.findall(r'csrfmiddlewaretoken" value="(\w+)"', shown))
        assert len(found) == 1
        tokens |= found
        assert "\x02" not in shown
    assert len(tokens) == 2


@pytest.mark.parametrize("event", [{"past": True}, {"going_on": True}, {}, {"draft": True}], ids=str)
def test_each_answer_is_shown_at_each_time(event: dict[str, bool], organiser: User, client_of: ClientOf):
    meeting = EventFactory(**event)
    words = {
        "coming": "Kommer",
        "waiting": "Väntar på plats",
        "offered": "Erbjuden plats",
        "declined": "Kommer inte",
        "cancelled": "Lämnade återbud",
        "expired": "Svarade inte på erbjudandet",
        None: "Har inte svarat",
    }
    guests = {state: GuestFactory(event=meeting, answered=state) for state in words}
    here = GuestFactory(
        event=meeting,
        answered="coming",
        answered__attended_at=timezone.now(),
        answered__attended_by=organiser,
    )
    shown = page(client_of(organiser), "event-detail", meeting.pk, query="?answer=all")
    rows = dict(re.findall(r'<tr id="person-row-(\d+)">(.*?)</tr>', shown, re.DOTALL))
    for state, text in words.items():
        row = rows[str(guests[state].pk)]
        assert text in row
        assert ("till 2" in row) == (state == "offered")
        assert ("Ge plats" in row) == (state != "coming" and "draft" not in event)
        assert ("Uteblev" in row) == (state == "coming" and "past" in event)
    assert "Var där" in rows[str(here.pk)]
    assert "Uteblev" not in rows[str(here.pk)]


def test_console_costs_the_same_for_one_and_eleven(
    organiser: User, client_of: ClientOf, django_assert_num_queries
):
    client = client_of(organiser)
    for count in (1, 11):
        event = EventFactory(capacity=count)
        company = CompanyFactory()
        for number in range(count):
            contact = ContactFactory(company=company)
            GuestFactory(event=event, answered="coming", contact=contact, answered__diet=f"Kost {number}")
            guest = GuestFactory(event=event)
            actions.answer(invitation=guest, coming=True)
            MemberFactory(event=event, answered="declined")
        address = event.get_absolute_url()
        client.get(address)
        with django_assert_num_queries(10):
            client.get(address)
        with django_assert_num_queries(8):
            client.get(address + "check-in/")
        with django_assert_num_queries(4):
            client.get("/meetings/")


def test_undo_of_a_move_and_of_a_removal(organiser: User, client_of: ClientOf):
    event = EventFactory(capacity=1)
    first, second = GuestFactory.create_batch(2, event=event)
    for guest in (first, second):
        actions.answer(invitation=guest, coming=True)
    client = client_of(organiser)
    response = client.post(
        reverse("events:person-move", args=[event.pk, second.pk]), {"to": "coming"}, follow=True
    )
    undo = reverse("events:person-move", args=[event.pk, second.pk]) + "?to=waiting"
    assert undo in response.content.decode()
    client.post(undo)
    assert Registration.objects.get(invitation=second).state == "waiting"
    response = client.post(reverse("events:person-remove", args=[event.pk, first.pk]), follow=True)
    undo = reverse("events:person-restore", args=[event.pk, first.pk]) + "?to=coming"
    assert undo in response.content.decode()
    client.post(undo)
    assert EventInvitation.objects.coming().filter(pk=first.pk).exists()


def test_check_in_one_tap_walk_in_and_undo(organiser: User, client_of: ClientOf):
    event = EventFactory(going_on=True)
    guest = GuestFactory(event=event, name="Johan Ståhlberg", answered="coming")
    late = GuestFactory(event=event, name="Linnea Qvist")
    client = client_of(organiser)
    here = reverse("events:person-here", args=[event.pk, guest.pk])
    client.post(here, {"done": "1"})
    client.post(here, {"done": "1"})
    assert Registration.objects.get().attended_by == organiser
    assert client.post(here, {"done": "0"}, headers={"HX-Request": "true"}).status_code == 200
    assert Registration.objects.get().attended_at is None
    # Somebody who has not answered is found by a search and has a place once she stands there.
    assert "Linnea" not in page(client, "event-check-in", event.pk)
    assert "Linnea" in page(client, "event-check-in", event.pk, query="?q=linnea")
    client.post(reverse("events:person-here", args=[event.pk, late.pk]), {"done": "1"})
    client.post(reverse("events:event-walk-in", args=[event.pk]), {"name": "Petra Lindh", "email": ""})
    attended = {one.person_name for one in event.invitations.attended()}
    assert attended == {"Linnea Qvist", "Petra Lindh"}


def test_the_same_diet_stands_once_with_how_many_asked_for_it(organiser: User, client_of: ClientOf):
    event = EventFactory()
    for diet in ("Glutenfri", "Vegan", "Glutenfri", ""):
        GuestFactory(event=event, answered="coming", answered__diet=diet)
    GuestFactory(event=event, answered="declined", answered__diet="Vegan")
    page = client_of(organiser).get(event.get_absolute_url()).content.decode()
    assert "<li>Glutenfri × 2</li><li>Vegan</li>" in page


def test_diets_are_deleted_the_day_after_and_never_in_the_history(organiser: User):
    past = GuestFactory(event=EventFactory(past=True), answered="coming", answered__diet="Vegetarisk")
    ahead = GuestFactory(answered="coming", answered__diet="Vegan")
    assert actions.clear_diets() == 1
    assert past.registrations.get().diet == ""
    assert ahead.registrations.get().diet == "Vegan"
    history = Registration._meta.get_field("events").related_model
    assert "diet" not in {field.name for field in history._meta.get_fields()}


def test_export_is_safe_whole_and_noted(organiser: User, client_of: ClientOf):
    event = EventFactory()
    GuestFactory(event=event, name="=HYPERLINK(1)", answered="coming", answered__diet="Nötter")
    GuestFactory(event=event, name="Åsa Öst")
    response: Any = client_of(organiser).get(reverse("events:event-export", args=[event.pk]))
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "'=HYPERLINK(1)" in lines[1]
    assert "Nötter" not in lines[1]
    assert AccessEvent.objects.get(kind="export").detail["rows"] == 2


def test_ask_again_reaches_those_who_have_not_answered_once_a_day(organiser: User, client_of: ClientOf):
    event = EventFactory()
    GuestFactory(event=event, answered="coming")
    silent = GuestFactory(event=event)
    for _ in range(2):
        client_of(organiser).post(reverse("events:event-ask", args=[event.pk]))
    asked = Notification.objects.filter(rule=notices.ASKED, occurrence__startswith="by-hand")
    assert [row.email for row in asked] == [silent.email]


def test_cancel_withdraws_reminders_and_tells_those_concerned(organiser: User, client_of: ClientOf):
    event = EventFactory()
    coming, away = GuestFactory(event=event), GuestFactory(event=event)
    actions.answer(invitation=coming, coming=True)
    actions.answer(invitation=away, coming=False)
    client = client_of(organiser)
    for _ in range(2):
        client.post(reverse("events:event-cancel", args=[event.pk]), {"words": "Talaren är sjuk"})
    rows = Notification.objects.exclude(state="skipped")
    assert [(row.rule, row.email) for row in rows] == [(notices.CANCELLATION, coming.email)]
    assert "Talaren är sjuk" in page(client, "event-detail", event.pk)


def test_copy_is_a_draft_with_nobody_invited(organiser: User, client_of: ClientOf):
    event = GuestFactory(event=EventFactory(past=True)).event
    client_of(organiser).post(reverse("events:event-copy", args=[event.pk]))
    copy = Event.objects.exclude(pk=event.pk).get()
    assert copy.is_draft
    assert copy.starts_at > timezone.now()
    assert timezone.localtime(copy.starts_at).hour == timezone.localtime(event.starts_at).hour
    assert not copy.invitations.exists()


def test_every_page_of_a_meeting_opens(organiser: User, client_of: ClientOf):
    event = EventFactory(past=True, description="**Viktigt**")
    guest = GuestFactory(event=event, answered="coming")
    actions.mark_attendance(invitation=guest, is_here=True, by=organiser)
    actions.give_feedback(invitation=guest, rating=5, text="Mer tid för egna fall")
    client = client_of(organiser)
    assert "Mer tid för egna fall" in page(client, "event-detail", event.pk)
    for name in ("event-messages", "event-print", "event-history"):
        page(client, name, event.pk)
    page(client, "event-list", query="?view=past")
    history = page(client, "event-history", event.pk)
    assert "inbjudan" in history.lower()


@pytest.mark.parametrize("role", ["coach", "official"])
def test_others_are_kept_out_of_the_console(role: str, client_of: ClientOf, request: pytest.FixtureRequest):
    guest = GuestFactory(name="Linnea Qvist", answered="coming")
    client = client_of(request.getfixturevalue(role))
    event = guest.event_id
    for name in (
        "event-edit",
        "event-invite",
        "event-messages",
        "event-check-in",
        "event-export",
        "event-history",
    ):
        assert client.get(reverse(f"events:{name}", args=[event])).status_code == 403
    assert client.get("/meetings/").status_code == (200 if role == "coach" else 403)
    for where in ("?answer=coming", "?answer=all"):
        assert "Linnea" not in client.get(f"/meetings/{event}/{where}").content.decode()


def test_a_draft_is_seen_by_those_who_plan_only(organiser: User, coach: User, client_of: ClientOf):
    event = EventFactory(draft=True, title="Inte klar än")
    assert "Inte klar än" in page(client_of(organiser), "event-list")
    assert "Inte klar än" not in page(client_of(coach), "event-list")
    assert client_of(coach).get(event.get_absolute_url()).status_code == 404


def test_min_dag_shows_what_is_ahead_and_ones_own_answer(
    coach: User, client_of: ClientOf, django_assert_num_queries
):
    MemberFactory(event=EventFactory(title="Svara på den här"), user=coach)
    MemberFactory(event=EventFactory(title="Den kommer jag till"), user=coach, answered="coming")
    MemberFactory(event=EventFactory(title="Ännu ett hemligt", draft=True), user=coach)
    MemberFactory(event=EventFactory(title="Den har varit", past=True), user=coach, answered="coming")
    GuestFactory(event=EventFactory(title="Inte bjuden"))
    shown = client_of(coach).get("/today/").content.decode()
    assert "Svara på den här" in shown
    assert "Den kommer jag till" in shown
    assert "Du kommer" in shown
    for title in ("Ännu ett hemligt", "Den har varit", "Inte bjuden"):
        assert title not in shown
    for more in (0, 10):
        for _ in range(more):
            MemberFactory(user=coach, answered="coming")
        with django_assert_num_queries(1):
            assert len(list(coach.event_invitations.ahead())) == 2 + more


def test_the_list_tells_ones_own_answer(coach: User, client_of: ClientOf):
    # Answers of others first, so that the key of hers is not by chance that of the meeting.
    past = EventFactory(past=True)
    for _ in range(3):
        GuestFactory(event=past, answered="coming")
    MemberFactory(event=EventFactory(title="Dit kommer jag"), user=coach, answered="coming")
    MemberFactory(event=EventFactory(title="Svara på den här"), user=coach)
    EventFactory(title="Inte bjuden")
    shown = page(client_of(coach), "event-list")
    rows = {
        title: shown.partition(f">{title}</a>")[2].partition("</li>")[0]
        for title in ("Dit kommer jag", "Svara på den här", "Inte bjuden")
    }
    assert ["Du kommer" in row for row in rows.values()] == [True, False, False]
    assert [">Svara" in row or " Svara<" in row for row in rows.values()] == [False, True, False]


def test_the_list_shows_a_dozen_and_leads_on(organiser: User, client_of: ClientOf):
    titles = [f"Träff nummer {number:02}" for number in range(13)]
    for days, title in enumerate(titles, start=1):
        EventFactory(title=title, starts_at=in_days(days))
    first = page(client_of(organiser), "event-list")
    assert [title in first for title in titles] == [True] * 12 + [False]
    href = first.partition('href="?view=ahead&amp;after=')[2].partition('"')[0]
    assert titles[12] in page(client_of(organiser), "event-list", query=f"?view=ahead&after={href}")
