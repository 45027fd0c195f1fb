"""What opens from a mail without an account, and what does not."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from coachnet.accounts.models import User
from events import actions, links
from events.links import Purpose
from events.models import Event, EventInvitation, Feedback, Registration
from tests.access.fingerprint import fingerprint
from tests.conftest import ClientOf
from tests.factories.events import EventFactory, GuestFactory, MemberFactory, in_days

pytestmark = pytest.mark.django_db


def link_of(guest: EventInvitation, purpose: Purpose = Purpose.ANSWER) -> str:
    return links.address_of(guest, purpose).partition("/meetings")[2].join(["/meetings", ""])


def opened(guest: EventInvitation, purpose: Purpose = Purpose.ANSWER) -> Client:
    """A browser in which the guest has pressed the link in her mail."""
    client = Client()
    response = client.get(link_of(guest, purpose))
    assert response.status_code == 302, response.content
    return client


@pytest.fixture
def guest() -> EventInvitation:
    return GuestFactory(name="Johan Ståhlberg", event=EventFactory(title="Återtag som affär"))


def test_answer_link_leaves_the_address_and_tells_nobody_where_it_came_from(guest: EventInvitation):
    response = Client().get(link_of(guest))
    assert response["Location"] == f"/meetings/answer/{guest.pk}/"
    assert response["Referrer-Policy"] == "no-referrer"
    assert guest.link_key not in response["Location"]


def test_answer_page_shows_the_meeting_and_a_get_changes_nothing(guest: EventInvitation):
    before = fingerprint()
    client = opened(guest)
    for address in (
        link_of(guest),
        f"/meetings/answer/{guest.pk}/",
        f"/meetings/answer/{guest.pk}/download.ics",
    ):
        assert client.get(address, follow=True).status_code == 200
    page = client.get(f"/meetings/answer/{guest.pk}/").content.decode()
    assert "Återtag som affär" in page
    assert "10 platser kvar av 10" in page
    assert fingerprint() == before


def test_answer_yes_then_no_with_the_same_link(guest: EventInvitation):
    client = opened(guest)
    address = f"/meetings/answer/{guest.pk}/"
    page = client.post(address, {"answer": "yes", "diet": "Vegetarisk"}, follow=True)
    assert "Du är anmäld" in page.content.decode()
    assert Registration.objects.get().diet == "Vegetarisk"
    again = opened(guest)
    page = again.post(address, {"answer": "no"}, follow=True)
    assert "Tack för ditt svar" in page.content.decode()
    assert Registration.objects.get().state == "cancelled"


def test_answer_without_a_choice_says_so_and_keeps_what_was_written(guest: EventInvitation):
    page = opened(guest).post(f"/meetings/answer/{guest.pk}/", {"diet": "Glutenfri"}).content.decode()
    assert "Välj om du kommer eller inte" in page
    assert "Glutenfri" in page
    assert "<title>Fel: " in page


def test_the_form_that_many_share_holds_their_answers_and_nobodys_diet():
    """What is drawn once for many is drawn right for each of them, the second time too."""
    event = EventFactory()
    for _twice in range(2):
        for answer, diet in (("", ""), ("yes", ""), ("no", ""), ("yes", "Vegan")):
            guest = GuestFactory(event=event)
            client = opened(guest)
            if answer:
                client.post(f"/meetings/answer/{guest.pk}/", {"answer": answer, "diet": diet})
            page = client.get(f"/meetings/answer/{guest.pk}/").content.decode()
            checked = re.findall(r'value="(yes|no)"[^>]* checked', page)
            assert checked == ([answer] if answer else []), (answer, diet)
            assert ('value="Vegan"' in page) == bool(diet)


def test_what_a_link_opens_is_what_the_orm_would_find(guest: EventInvitation, coach: User):
    """The page's one query holds every column of the invitation and its meeting, and of people what is shown."""
    for invitation in (guest, MemberFactory(event=guest.event, user=coach)):
        found = links.opened(invitation.link_key, Purpose.ANSWER)
        whole = EventInvitation.objects.select_related("event__created_by", "invited_by", "user").get(
            pk=invitation.pk
        )
        assert found
        for mine, its in ((found, whole), (found.event, whole.event)):
            for field in mine._meta.concrete_fields:
                assert getattr(mine, field.attname) == getattr(its, field.attname), field
        for person, itself in (
            (found.invited_by, whole.invited_by),
            (found.event.created_by, whole.event.created_by),
        ):
            assert (person.pk, person.name, person.email) == (itself.pk, itself.name, itself.email)
        assert (found.person_name, found.address, found.reads) == (
            whole.person_name,
            whole.address,
            whole.reads,
        )


def test_answer_in_line_says_so(guest: EventInvitation):
    Event.objects.update(capacity=1)
    actions.answer(invitation=GuestFactory(event=guest.event), coming=True)
    page = opened(guest).post(f"/meetings/answer/{guest.pk}/", {"answer": "yes"}, follow=True)
    assert "Du står på väntelistan" in page.content.decode()


def test_answer_is_refused_after_the_last_day_and_says_what_to_do(guest: EventInvitation):
    client = opened(guest)
    Event.objects.update(answer_by=timezone.localdate() - dt.timedelta(days=1))
    page = client.post(f"/meetings/answer/{guest.pk}/", {"answer": "yes"})
    assert page.status_code == 409
    assert "Sista svarsdag har passerat" in page.content.decode()
    assert not Registration.objects.exists()


def test_another_guests_address_does_not_open(guest: EventInvitation):
    other = GuestFactory(event=guest.event, name="Linnea Qvist")
    client = opened(guest)
    for address in (
        f"/meetings/answer/{other.pk}/",
        f"/meetings/answer/{other.pk}/done/",
        f"/meetings/answer/{other.pk}/download.ics",
        f"/meetings/feedback/{guest.pk}/",
    ):
        response = client.get(address)
        assert response.status_code == 410, address
        assert "Linnea" not in response.content.decode()
    assert client.post(f"/meetings/answer/{other.pk}/", {"answer": "no"}).status_code == 410
    assert not Registration.objects.exists()


@pytest.mark.parametrize("how", ["signature", "key", "purpose", "nonsense"])
def test_a_changed_link_does_not_open(guest: EventInvitation, how: str):
    token = links.token_for(guest, Purpose.ANSWER)
    key, _, signature = token.partition(":")
    other = GuestFactory(event=guest.event)
    changed = {
        "signature": f"{key}:{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "key": f"{other.link_key}:{signature}",
        "purpose": links.token_for(guest, Purpose.FEEDBACK),
        "nonsense": "x" * 43,
    }[how]
    client = Client()
    response = client.get(f"/meetings/answer/open/{changed}/")
    assert response.status_code == 410
    assert "Återtag" not in response.content.decode()
    assert client.get(f"/meetings/answer/{guest.pk}/").status_code == 410


@pytest.mark.parametrize("why", ["expired", "removed", "renewed", "draft"])
def test_a_link_whose_time_is_over_does_not_open_nor_does_the_page_that_was_open(
    guest: EventInvitation, organiser: User, why: str
):
    client, old = opened(guest), link_of(guest)
    if why == "expired":
        Event.objects.update(starts_at=in_days(-16), ends_at=in_days(-15))
    elif why == "removed":
        actions.remove_invitation(invitation=guest, by=organiser)
    elif why == "renewed":
        actions.renew_link(invitation=guest, by=organiser)
    else:
        Event.objects.update(state="draft", published_at=None)
    assert Client().get(old).status_code == 410
    assert client.get(f"/meetings/answer/{guest.pk}/").status_code == 410


def test_the_page_speaks_the_guests_language_unless_the_device_has_chosen():
    guest = GuestFactory(language="en")
    client = opened(guest)
    assert "Are you coming?" in client.get(f"/meetings/answer/{guest.pk}/").content.decode()
    client.cookies["django_language"] = "sv"
    assert "Kommer du?" in client.get(f"/meetings/answer/{guest.pk}/").content.decode()


def test_the_calendar_file_is_the_guests_own(guest: EventInvitation):
    response = opened(guest).get(f"/meetings/answer/{guest.pk}/download.ics")
    assert response["Content-Type"].startswith("text/calendar")
    assert "METHOD:PUBLISH" in response.content.decode()


def test_feedback_once_and_again_replaces():
    guest = GuestFactory(event=EventFactory(past=True), answered="coming")
    client = opened(guest, Purpose.FEEDBACK)
    address = f"/meetings/feedback/{guest.pk}/"
    assert "Välj hur nyttig" in client.post(address, {}).content.decode()
    assert "Tack för ditt omdöme" in client.post(address, {"rating": 5, "text": "Guld"}).content.decode()
    client.post(address, {"rating": 3, "text": "Lagom"})
    feedback = Feedback.objects.get()
    assert (feedback.rating, feedback.text) == (3, "Lagom")


def test_feedback_before_the_meeting_does_not_open(guest: EventInvitation):
    assert opened(guest, Purpose.FEEDBACK).get(f"/meetings/feedback/{guest.pk}/").status_code == 410


def test_member_answers_signed_in_without_the_link(coach: User, other_coach: User, client_of: ClientOf):
    member = MemberFactory(user=coach)
    client = client_of(coach)
    address = f"/meetings/{member.event_id}/"
    assert "Kommer du?" in client.get(address).content.decode()
    client.post(f"{address}answer/", {"answer": "yes"})
    assert Registration.objects.get().invitation == member
    assert "Du är anmäld" in client.get(address).content.decode()
    assert client.get(f"{address}download.ics").status_code == 200
    # Somebody who is not invited sees the meeting, and has no answer to give.
    page = client_of(other_coach).get(address).content.decode()
    assert "Du är inte bjuden" in page
    assert client_of(other_coach).post(f"{address}answer/", {"answer": "yes"}).status_code == 404


def test_a_member_sees_nobody_elses_answer(coach: User, client_of: ClientOf):
    event = MemberFactory(user=coach).event
    GuestFactory(event=event, name="Linnea Qvist", answered="coming", answered__diet="Nötallergi")
    page = client_of(coach).get(f"/meetings/{event.pk}/").content.decode()
    assert not re.search("Linnea|Nötallergi", page)
