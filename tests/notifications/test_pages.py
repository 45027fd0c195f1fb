"""One's own reminders, the way out in every mail, and the list of what is sent."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from coachnet.notifications import links, tasks
from coachnet.notifications.actions import Guest
from coachnet.notifications.models import Notification, NotificationPreference
from coachnet.notifications.registry import RULES, Rule
from tests.access.fingerprint import fingerprint

pytestmark = pytest.mark.django_db
CHOICES, DELIVERY = "/people/me/reminders/", "/delivery/"
State, Reason = Notification.State, Notification.Reason


def off(row):
    return f"/reminders/off/{links.off_token(row)}/"


# --- One's own ---------------------------------------------------------------------------------


def test_each_rule_has_a_sentence_and_a_switch(coach, organiser, client_of, probe):
    page = client_of(coach).get(CHOICES).content.decode()
    assert "Tillfälle i morgon" in page
    assert "Dagen före klockan 15, när du har tillfällen inplanerade." in page
    assert "till företaget" not in page  # goes to people without an account
    assert page.index("Regel single") < page.index("Kommer alltid") < page.index("Regel must")
    assert 'name="single"' in page
    assert 'name="must"' not in page
    assert "Tillfälle i morgon" not in client_of(organiser).get(CHOICES).content.decode()


def test_choices_are_saved_without_script_and_are_ones_own(coach, colleague, client_of, probe):
    client = client_of(coach)
    response = client.post(CHOICES, {"single": "on", "must": ""}, follow=True)
    assert "Dina val av påminnelser är sparade" in response.content.decode()
    chosen = dict(NotificationPreference.objects.values_list("rule", "is_on"))
    assert chosen["single"] is True
    assert chosen["session_to_log"] is False
    assert "must" not in chosen
    assert set(NotificationPreference.objects.values_list("user", flat=True)) == {coach.pk}
    page = client.get(CHOICES).content.decode()
    assert page.count(" checked") == 1


def test_settings_lead_to_the_reminders(coach, client_of):
    assert f'href="{CHOICES}"' in client_of(coach).get("/people/me/").content.decode()


# --- The way out -------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["person", "guest"])
def test_opening_the_way_out_changes_nothing_and_posting_turns_off(coach, due, outsider, mailbox, who):
    to = coach if who == "person" else Guest("Johan", "johan@foretag.example")
    (row,) = due(to, "single", "1", about=coach)
    before = fingerprint()
    for _ in range(2):
        page = outsider.get(off(row))
        assert page.status_code == 200
        assert "Stäng av ”Regel single”?" in page.content.decode()
    assert fingerprint() == before
    assert page["Referrer-Policy"] == "no-referrer"
    done = outsider.post(
        off(row), {"List-Unsubscribe": "One-Click"}
    )  # as mail programs do: no cookie, no token
    assert "Påminnelsen är avstängd" in done.content.decode()
    tasks.send_due()
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.SKIPPED, Reason.TURNED_OFF)
    assert mailbox == []
    assert "är avstängd" in outsider.get(off(row)).content.decode()
    outsider.post(off(row), {"turn": "on"})
    due(to, "single", "2", about=coach)
    tasks.send_due()
    assert len(mailbox) == 1


def test_the_way_out_speaks_the_readers_language(coach, due, outsider):
    coach.language = "en"
    coach.save()
    (row,) = due(coach, "single", "1")
    page = outsider.get(off(row)).content.decode()
    assert '<html lang="en"' in page
    assert "Turn off" in page


@pytest.mark.parametrize("change", ["tamper", "counted", "must", "gone"])
def test_no_other_way_out(coach, due, outsider, change):
    (row,) = due(coach, "must" if change == "must" else "single", "1")
    token = links.off_token(row)
    if change == "tamper":
        token = token[:-2] + ("aa" if token[-2:] != "aa" else "bb")
    elif change == "counted":
        token = f"{row.pk + 1}:{token.partition(':')[2]}"
    elif change == "gone":
        row.delete()
    for answer in (outsider.get(f"/reminders/off/{token}/"), outsider.post(f"/reminders/off/{token}/")):
        assert answer.status_code == 404
    assert not NotificationPreference.objects.exists()


# --- What is sent ------------------------------------------------------------------------------


@pytest.fixture
def sent(coach, organiser, due):
    """Rows in every state."""
    now = timezone.now()
    rows = due(coach, "single", *"123456")
    facts: dict[str, Any] = {
        "1": {"state": State.SENT, "sent_at": now, "subject": "Påminnelse 1", "tried_at": now},
        "2": {"state": State.FAILED, "reason": Reason.PARKED, "last_error": "451 later", "attempts": 7},
        "3": {"state": State.FAILED, "reason": Reason.REFUSED, "last_error": "550 unknown"},
        "4": {"state": State.SKIPPED, "reason": Reason.WITHDRAWN},
        "5": {"state": State.SENDING, "claimed_until": now + dt.timedelta(minutes=5)},
    }
    for row in rows:
        Notification.objects.filter(pk=row.pk).update(**facts.get(row.occurrence, {}))
    return {row.occurrence: row for row in rows}


def test_who_sees_what_is_sent(coach, official, organiser, admin, outsider, client_of, sent):
    for person in (organiser, admin):
        assert client_of(person).get(DELIVERY).status_code == 200
    for person in (coach, official):
        client = client_of(person)
        assert client.get(DELIVERY).status_code == 403
        for deed in ("retry", "stop"):
            assert client.post(f"{DELIVERY}{sent['2'].pk}/{deed}/").status_code == 403
        assert client.post(f"{DELIVERY}retry/").status_code == 403
    assert outsider.get(DELIVERY).status_code == 302
    sent["2"].refresh_from_db()
    assert sent["2"].state == State.FAILED


def test_states_and_rules_are_chosen_in_the_address(organiser, coach, due, client_of, sent):
    client = client_of(organiser)
    page = client.get(f"{DELIVERY}?state=failed").content.decode()
    assert "451 later" in page
    assert "550 unknown" in page
    assert "Påminnelse 1" not in page
    assert "Försök igen med dem som gavs upp" in page
    assert "Inga utskick passar valen" in client.get(f"{DELIVERY}?state=sent&rule=must").content.decode()
    assert "Påminnelse 1" in client.get(f"{DELIVERY}?state=sent&rule=single").content.decode()
    assert client.get(f"{DELIVERY}?state=nonsense&rule=x").status_code == 200


@pytest.mark.parametrize("asked", ["", "state=queued", "rule=single", "state=queued&rule=single"])
def test_each_mail_stands_on_one_page_of_the_list(organiser, coach, due, client_of, asked):
    """Also those of the same moment, where the page ends among them."""
    rows = due(coach, "single", *map(str, range(60)))
    client, seen, more = client_of(organiser), [], f"?{asked}"
    while more:
        answer = client.get(DELIVERY + more)
        seen += [line.row.pk for line in answer.context["lines"]]
        more = answer.context["more"]
    assert sorted(seen) == [row.pk for row in rows]
    assert len({row.due_at for row in rows}) == 1


def test_a_failed_one_is_sent_again_and_a_waiting_one_stopped_each_with_a_way_back(
    organiser, client_of, sent, monkeypatch
):
    client = client_of(organiser)
    page = client.post(f"{DELIVERY}{sent['2'].pk}/retry/", follow=True).content.decode()
    assert "Utskicket skickas igen" in page
    assert f"{DELIVERY}{sent['2'].pk}/stop/" in page
    row = Notification.objects.get(pk=sent["2"].pk)
    assert (row.state, row.attempts, row.decided_by) == (State.QUEUED, 0, organiser)
    assert "Utskicket är stoppat" in client.post(f"{DELIVERY}{row.pk}/stop/", follow=True).content.decode()
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.SKIPPED, Reason.STOPPED)
    assert "Stoppad för hand" in client.get(f"{DELIVERY}?state=skipped").content.decode()
    for occurrence in "145":  # sent, withdrawn, being sent
        pk = sent[occurrence].pk
        before = Notification.objects.filter(pk=pk).values().get()
        client.post(f"{DELIVERY}{pk}/stop/")
        client.post(f"{DELIVERY}{pk}/retry/")
        assert Notification.objects.filter(pk=pk).values().get() == before


def test_everything_that_was_given_up_is_sent_again(organiser, client_of, sent):
    page = client_of(organiser).post(f"{DELIVERY}retry/", follow=True).content.decode()
    assert "1 utskick skickas igen" in page
    assert Notification.objects.get(pk=sent["3"].pk).state == State.FAILED  # refused for good


def test_a_mail_server_in_trouble_is_told_of(organiser, coach, due, client_of, sent, mailbox):
    client = client_of(organiser)
    assert "tar inte emot" not in client.get(DELIVERY).content.decode()
    mailbox.refuse = "451 4.3.2 System not accepting messages"
    tasks.send_due()
    page = client.get(DELIVERY).content.decode()
    assert "E-postservern tar inte emot." in page
    assert "451 4.3.2 System not accepting messages" in page
    assert "försök 1 misslyckades" in client.get(f"{DELIVERY}?state=queued").content.decode()


def test_people_at_a_company_that_the_viewer_may_not_see_are_not_named(
    organiser, admin, coach, due, client_of, probe, monkeypatch
):
    def shown(viewer, about):
        return set(about) if viewer == admin else set()

    rule = Rule("secretive", "Till företaget", "…", probe.prepare, recipients_shown=shown)
    monkeypatch.setitem(RULES, "secretive", rule)
    due(Guest("Sigrid Hemlig", "sigrid@hemliga.example"), "secretive", "1", about=coach)
    page = client_of(organiser).get(DELIVERY).content.decode()
    assert "Någon på ett företag med sekretessmarkering" in page
    assert "igrid" not in page
    assert "hemliga" not in page
    assert "Sigrid Hemlig" in client_of(admin).get(DELIVERY).content.decode()


def test_one_row_or_eleven_cost_the_same(organiser, coach, due, client_of, django_assert_num_queries):
    client = client_of(organiser)
    due(coach, "single", "1")
    client.get(DELIVERY)
    with django_assert_num_queries(5):
        client.get(DELIVERY)
    due(coach, "single", *map(str, range(2, 12)))
    with django_assert_num_queries(5):
        client.get(DELIVERY)


def test_pages_follow_each_other_by_key(organiser, coach, due, client_of):
    due(coach, "single", *map(str, range(30)))
    client = client_of(organiser)
    first = client.get(DELIVERY)
    second = client.get(DELIVERY + first.context["more"])
    rows = [line.row.pk for page in (first, second) for line in page.context["lines"]]
    assert len(rows) == len(set(rows)) == 30
