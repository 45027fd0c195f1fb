"""Claiming, sending and writing down, against a real Postgres and a real SMTP server."""

import datetime as dt
import socket
import threading
import time
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from coachnet.notifications import actions, delivery, tasks
from coachnet.notifications.actions import Guest
from coachnet.notifications.models import Notification
from coachnet.notifications.registry import Attachment, Letter

pytestmark = pytest.mark.django_db
State, Reason = Notification.State, Notification.Reason


def states():
    return dict(Notification.objects.values_list("occurrence", "state"))


def again():
    """Let every pause and every claim run out."""
    Notification.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))


def test_what_is_due_is_sent_once_and_what_is_not_due_waits(coach, due, mailbox):
    due(coach, "single", "1")
    actions.post(coach, [actions.Wanted("single", coach, "2", timezone.now() + dt.timedelta(hours=1))])
    tasks.send_due()
    tasks.send_due()
    (mail,) = mailbox
    row = Notification.objects.get(occurrence="1")
    assert (row.state, row.sent_to, row.subject, row.attempts) == (State.SENT, coach.email, "Påminnelse 1", 1)
    assert mail["X-Rcpt-To"] == coach.email
    assert states()["2"] == State.QUEUED


def test_the_mail_carries_what_mail_programs_look_for(coach, due, mailbox):
    (row,) = due(coach, "single", "1")
    tasks.send_due()
    (mail,) = mailbox
    text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    off = mail["List-Unsubscribe"].strip(" <>")
    assert off in text
    assert off in html
    assert "/people/me/reminders/" in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].startswith(f"<notification.{row.pk}.")
    assert mail["Message-ID"].endswith("@coachnet.example>")
    assert "Kommer när det är dags." in text


def test_the_reader_chooses_the_language_and_guests_have_theirs(coach, due, mailbox):
    coach.language = "en"
    coach.save()
    due(coach, "single", "1")
    due(Guest("Johan", "johan@foretag.example", "sv"), "single", "2", about=coach)
    tasks.send_due()
    english, swedish = (mail.get_body(("plain",)).get_content() for mail in mailbox)
    assert "Questions:" in english
    assert "Frågor:" in swedish
    assert "/people/me/reminders/" not in swedish  # a guest has no such page


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
def test_a_calendar_file_is_an_invitation_to_calendars_and_a_file_to_others(
    coach, due, probe, mailbox, method
):
    ics = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nSUMMARY:Träff i Borås\r\nEND:VCALENDAR\r\n".encode()
    file = Attachment("traff.ics", ics, f"text/calendar; method={method}")
    probe.answers["1"] = Letter("probe/letter", {"number": "1"}, (file,), reply_to=("sara@example.se",))
    due(coach, "single", "1")
    tasks.send_due()
    (mail,) = mailbox
    assert mail["Reply-To"] == "sara@example.se"
    assert mail.get_content_type() == "multipart/mixed"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "traff.ics"
    alternative = next(part for part in mail.walk() if part.get_content_type() == "multipart/alternative")
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    if method == "PUBLISH":
        assert kinds == ["text/plain", "text/html"]
        assert attached["Content-Type"].params["method"] == "PUBLISH"
        assert attached.get_content() == ics.decode()
        return
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    calendar = alternative.get_payload(2)
    assert (calendar["Content-Type"].params["method"], calendar["Content-Type"].params["charset"]) == (
        method,
        "utf-8",
    )
    assert "Träff i Borås" in calendar.get_content()
    assert attached.get_content_type() == "application/ics"
    assert attached.get_content() == ics


def test_what_the_rule_says_at_the_last_moment_decides(coach, due, probe, mailbox):
    due(coach, "single", "1", "2")
    probe.answers["1"] = Reason.WITHDRAWN
    tasks.send_due()
    assert [mail["Subject"] for mail in mailbox] == ["Påminnelse 2"]
    assert Notification.objects.get(occurrence="1").reason == Reason.WITHDRAWN
    assert states() == {"1": State.SKIPPED, "2": State.SENT}


def test_nobody_gets_what_is_turned_off_or_with_a_closed_account(coach, colleague, due, probe, mailbox):
    due(coach, "single", "1")
    due(coach, "must", "2")
    due(colleague, "single", "3")
    actions.turn(recipient=f"user:{coach.pk}", user=coach, rule="single", is_on=False)
    actions.turn(recipient=f"user:{coach.pk}", user=coach, rule="must", is_on=False)
    colleague.is_active = False
    colleague.save()
    tasks.send_due()
    reasons = dict(Notification.objects.values_list("occurrence", "reason"))
    assert reasons == {"1": Reason.TURNED_OFF, "2": "", "3": Reason.NO_ACCESS}
    assert [mail["Subject"] for mail in mailbox] == ["Påminnelse 2"]
    assert probe.seen == ["2"]


# --- Bundles -----------------------------------------------------------------------------------


def test_fifty_of_the_same_moment_are_one_mail(coach, due, mailbox):
    rows = due(coach, "bundled", *map(str, range(50)))
    tasks.send_due()
    (mail,) = mailbox
    assert mail.get_body(("plain",)).get_content().count("nummer ") == 50
    assert set(states().values()) == {State.SENT}
    assert mail["Message-ID"].startswith(f"<notification.{rows[0].pk}.")


def test_a_bundle_is_of_one_person_one_rule_and_one_moment(coach, colleague, due, mailbox):
    moment = timezone.now() - dt.timedelta(minutes=1)
    for person in (coach, colleague):
        for occurrence in ("1", "2"):
            actions.post(person, [actions.Wanted("bundled", person, occurrence, moment)])
    due(coach, "bundled", "3", ago=dt.timedelta(days=1))
    due(coach, "single", "4", "5")
    tasks.send_due()
    assert sorted(mail["Subject"] for mail in mailbox) == [
        "Påminnelse 1 2",
        "Påminnelse 1 2",
        "Påminnelse 3",
        "Påminnelse 4",
        "Påminnelse 5",
    ]


@pytest.mark.logs_errors
def test_one_poisoned_row_leaves_the_rest_of_its_bundle_and_batch_in_peace(coach, due, probe, mailbox):
    due(coach, "bundled", "1", "2", "3")
    due(coach, "single", "4", "5")
    probe.answers["2"] = probe.answers["4"] = KeyError("Kvarnåns AB")
    tasks.send_due()
    assert states() == {"1": "sent", "2": "queued", "3": "sent", "4": "queued", "5": "sent"}
    row = Notification.objects.get(occurrence="2")
    assert row.last_error == "KeyError"  # not its text, which may hold what the mail is about
    for _ in range(delivery.MOST_ATTEMPTS):
        again()
        tasks.send_due()
    row.refresh_from_db()
    assert (row.state, row.reason, row.attempts) == (State.FAILED, Reason.PARKED, delivery.MOST_ATTEMPTS)
    assert len(mailbox) == 2


def test_a_row_that_takes_its_worker_with_it_is_parked_too(coach, due, probe, mailbox):
    due(coach, "single", "1")
    for _ in range(delivery.MOST_ATTEMPTS):
        delivery.claim()  # and the worker dies
        again()
    tasks.send_due()
    row = Notification.objects.get()
    assert (row.state, row.reason) == (State.FAILED, Reason.PARKED)
    assert probe.seen == []
    assert mailbox == []


# --- The mail server ---------------------------------------------------------------------------


def test_a_temporary_refusal_waits_longer_each_time_and_is_parked_at_last(coach, due, mailbox):
    due(coach, "single", "1")
    mailbox.refuse = "451 4.7.1 <maja@example.se>: try later"
    waits = []
    for attempt in range(1, delivery.MOST_ATTEMPTS):
        tasks.send_due()
        row = Notification.objects.get()
        assert (row.state, row.attempts) == (State.QUEUED, attempt)
        assert row.claimed_until
        waits.append(round((row.claimed_until - timezone.now()).total_seconds() / 60))
        tasks.send_due()  # too early: nothing happens
        again()
    assert waits == [1, 5, 15, 60, 240, 480]
    assert row.last_error == "451 4.7.1 <…>: try later"
    tasks.send_due()
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.FAILED, Reason.PARKED)


def test_a_permanent_refusal_is_final_at_once(coach, colleague, due, mailbox):
    due(coach, "single", "1")
    mailbox.refuse = "550 5.1.1 No such person"
    tasks.send_due()
    row = Notification.objects.get()
    assert (row.state, row.reason, row.last_error) == (
        State.FAILED,
        Reason.UNKNOWN,
        "550 5.1.1 No such person",
    )
    assert row.tried_at


def test_while_the_mail_server_is_away_nothing_counts_and_nobody_runs_into_it(
    coach, due, mailbox, settings, monkeypatch
):
    asked = []
    monkeypatch.setattr(tasks.send_due, "delay", lambda: asked.append(1))
    due(coach, "single", *map(str, range(30)))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        port, settings.EMAIL_PORT = settings.EMAIL_PORT, taken.getsockname()[1]
        for _ in range(3):
            tasks.send_due()
    assert asked == []
    assert set(Notification.objects.values_list("state", "attempts")) == {(State.QUEUED, 0)}
    answer = Notification.objects.delivered_or_tried().values_list("last_error", flat=True)[0]
    assert "Connection refused" in answer
    settings.EMAIL_PORT = port
    tasks.send_due()
    assert len(mailbox) == 20
    assert asked == [1]  # seen to work: the next free worker may come


def test_a_mail_server_that_hangs_holds_nobody_for_long(coach, due, mailbox, settings, monkeypatch):
    due(coach, "single", *map(str, range(5)))
    monkeypatch.setattr(delivery, "SECONDS_PER_MAIL", 0.5)
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection and says nothing
        settings.EMAIL_PORT = silent.getsockname()[1]
        began = time.monotonic()
        tasks.send_due()
    assert time.monotonic() - began < 2
    assert set(Notification.objects.values_list("state", "attempts")) == {(State.QUEUED, 0)}


def dripping(server):
    """Greets, then answers each command with one byte of a reply that never ends."""
    peer, _address = server.accept()
    with peer:
        peer.sendall(b"220 slow\r\n")
        while peer.recv(1024):
            try:
                for _ in range(100):
                    peer.sendall(b"250-wait\r\n")
                    time.sleep(0.05)
            except OSError:
                return


def test_a_mail_server_that_drips_is_cut_off(coach, due, mailbox, settings, monkeypatch):
    due(coach, "single", "1")
    monkeypatch.setattr(delivery, "SECONDS_PER_MAIL", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_PORT = server.getsockname()[1]
        threading.Thread(target=dripping, args=(server,), daemon=True).start()
        began = time.monotonic()
        tasks.send_due()
    assert time.monotonic() - began < 3
    assert states() == {"1": State.QUEUED}


# --- Who has the row ---------------------------------------------------------------------------


def test_a_worker_whose_lease_ran_out_neither_sends_nor_overwrites(coach, due, mailbox):
    due(coach, "single", "1")
    slow = delivery.claim()
    again()
    quick = delivery.claim()
    delivery.deliver(quick)
    delivery.deliver(slow)
    assert len(mailbox) == 1
    assert states() == {"1": State.SENT}
    slow[0].mark(state=State.QUEUED)
    assert states() == {"1": State.SENT}


def test_a_mail_sent_twice_has_one_message_id(coach, due, mailbox):
    due(coach, "single", "1")
    tasks.send_due()
    # The crash between the server's 250 and our commit.
    Notification.objects.update(state=State.SENDING, claimed_until=timezone.now(), sent_at=None)
    tasks.send_due()
    first, second = mailbox
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_row_nor_split_a_bundle(coach, due):
    due(coach, "single", *map(str, range(60)))
    due(coach, "bundled", *map(str, range(100, 160)))
    claimed, barrier = [], threading.Barrier(4)

    def work():
        try:
            barrier.wait()
            while mails := delivery.claim():
                claimed.extend(mails)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    pks = [pk for mail in claimed for pk in mail.pks]
    assert len(pks) == len(set(pks)) == 120
    assert max(len(mail.pks) for mail in claimed) == 60


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_being_moved_is_left_to_whoever_moves_it(coach, due, mailbox):
    due(coach, "single", "1")

    def tick():
        try:
            tasks.send_due()
        finally:
            connections.close_all()

    with transaction.atomic():
        actions.withdraw(coach, rules=["single"])
        worker = threading.Thread(target=tick)
        worker.start()
        worker.join(5)
        assert not worker.is_alive()  # it did not wait for us
    tasks.send_due()
    assert mailbox == []
    assert states() == {"1": State.SKIPPED}


def test_claiming_needs_as_many_queries_for_one_as_for_many(coach, due, django_assert_num_queries):
    due(coach, "single", "1")
    with django_assert_num_queries(4):  # savepoint, lock, claim, release
        delivery.claim()
    due(coach, "single", *map(str, range(2, 13)))
    with django_assert_num_queries(4):
        assert len(delivery.claim()) == 11


def test_the_claim_reads_its_index(coach, due):
    Notification.objects.bulk_create(
        Notification(
            rule="single",
            about="x",
            occurrence=str(n),
            recipient="r",
            user=coach,
            due_at=timezone.now(),
            state="sent",
            sent_at=timezone.now(),
        )
        for n in range(3000)
    )
    due(coach, "single", "1")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
        values: Any = {"size": 20, "bundling": [], "lease": delivery.LEASE}
        cursor.execute("EXPLAIN " + delivery._CLAIM, values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "notification_next" in plan


# --- At once -----------------------------------------------------------------------------------


def test_what_is_due_at_once_leaves_right_after_the_commit(
    coach, probe, mailbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        actions.post(coach, [actions.Wanted("single", coach, "now", timezone.now())])
        assert mailbox == []
    assert len(mailbox) == 1
    later = timezone.now() + dt.timedelta(hours=1)
    with django_capture_on_commit_callbacks() as callbacks:
        actions.post(coach, [actions.Wanted("single", coach, "later", later)])
    assert callbacks == []


def test_a_worker_is_asked_once_until_it_looks(monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.send_due, "delay", lambda: asked.append(1))
    actions.send_soon()
    actions.send_soon()
    assert asked == [1]
    tasks.send_due()
    actions.send_soon()
    assert asked == [1, 1]


def test_without_the_broker_it_waits_for_the_tick(coach, probe, mailbox, monkeypatch):
    from kombu.exceptions import OperationalError

    def away():
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.send_due, "delay", away)
    actions.send_soon()
