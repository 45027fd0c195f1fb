"""Mail that comes back later: whose it is, what it says, and who is believed."""

import datetime as dt
import io
import logging
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from coachnet.lib.embedded import PROJECT
from coachnet.notifications import actions, bounces, tasks
from coachnet.notifications.actions import Guest
from coachnet.notifications.bounces import Kind
from coachnet.notifications.models import CLOSED_FOR, Notification
from tests.access.fingerprint import fingerprint

pytestmark = pytest.mark.django_db
State, Reason = Notification.State, Notification.Reason
DSN = Path(__file__).parent / "dsn"
JOHAN = Guest("Johan", "johan@foretag.example")
UNKNOWN = "postfix-unknown"


def dsn(name: str) -> bytes:
    """A message as a mail server would write it; they are invented."""
    return (DSN / f"{name}.eml").read_bytes()


@pytest.fixture(autouse=True)
def reads_bounces(settings):
    settings.BOUNCE_ADDRESS = "bounces@coachnet.example"


@pytest.fixture
def send(coach, due, mailbox):
    """Send what is due to a person, and give its row and the envelope's sender."""

    def sent(occurrence="1", to=JOHAN, rule="single"):
        due(to, rule, occurrence, about=coach)
        tasks.send_due()
        row = Notification.objects.get(occurrence=occurrence)
        return row, mailbox[-1]["X-Mail-From"] if mailbox else ""

    return sent


def standing() -> dict[str, tuple[str, str]]:
    return {
        one: (state, reason)
        for one, state, reason in Notification.objects.values_list("occurrence", "state", "reason")
    }


# --- The envelope ------------------------------------------------------------------------------


def test_each_mail_has_an_envelope_sender_of_its_own_and_the_same_from(send, mailbox):
    first, one = send("1")
    _second, other = send("2")
    assert re.fullmatch(rf"bounces\+{first.pk}\.[0-9a-f]{{20}}@coachnet\.example", one)
    assert one.partition(".")[2] != other.partition(".")[2]
    for mail in mailbox:
        assert mail["From"] == "Coachnet <no-reply@coachnet.example>"
        assert "bounces" not in "".join(value for key, value in mail.items() if key != "X-Mail-From")


def test_without_the_setting_the_envelope_is_as_it_was(send, settings):
    settings.BOUNCE_ADDRESS = ""
    assert send()[1] == "no-reply@coachnet.example"


def test_the_longest_address_is_still_an_address(settings, coach, due):
    (row,) = due(coach, "single", "1")
    row.pk = 2**63 - 1
    settings.BOUNCE_ADDRESS = f"{'b' * 23}@coachnet.example"
    assert len(bounces.return_path(row).partition("@")[0]) == 64


@pytest.mark.parametrize(
    ("address", "starts"),
    [
        ("bounces@coachnet.example", True),
        ("bounces+x@coachnet.example", False),
        (f"{'b' * 24}@coachnet.example", False),
        ("Coachnet <bounces@coachnet.example>", False),
    ],
)
def test_an_address_that_would_not_work_stops_the_start(address, starts):
    environment = {"PATH": os.environ["PATH"], "COACHNET_MODE": "test", "BOUNCE_ADDRESS": address}
    command = [sys.executable, "-c", "import coachnet.settings"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert ("BOUNCE_ADDRESS is" not in done.stderr) == starts


# --- What is believed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "state", "reason", "says"),
    [
        (
            UNKNOWN,
            Kind.FAILED,
            State.FAILED,
            Reason.UNKNOWN,
            "550 5.1.1 <…>: Recipient address rejected: User unknown in virtual mailbox table",
        ),
        (
            "exim-unknown",
            Kind.FAILED,
            State.FAILED,
            Reason.UNKNOWN,
            "550 5.1.1 <…>: Recipient address rejected: User unknown",
        ),
        ("exim-unrouteable", Kind.FAILED, State.FAILED, Reason.REFUSED, "5.0.0"),
        (
            "microsoft365-unknown",
            Kind.FAILED,
            State.FAILED,
            Reason.UNKNOWN,
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient … not found by SMTP address lookup",
        ),
        (
            "microsoft365-denied",
            Kind.FAILED,
            State.FAILED,
            Reason.UNKNOWN,
            "550 5.4.1 Recipient address rejected: Access denied. [EUR01.prod.protection.outlook.example]",
        ),
        (
            "exchange-full",
            Kind.FAILED,
            State.FAILED,
            Reason.REFUSED,
            '550 5.2.2 STOREDRV.Deliver; mailbox full. Cause of this error: "MapiExceptionShutoffQuotaExceeded"',
        ),
        (
            "postfix-expired",
            Kind.FAILED,
            State.FAILED,
            Reason.PARKED,
            "connect to mail.foretag.example[192.0.2.25]:25: Connection timed out",
        ),
        (
            "postfix-delayed",
            Kind.DELAYED,
            State.SENT,
            "",
            "connect to mail.foretag.example[192.0.2.25]:25: Connection timed out",
        ),
        ("postfix-receipt", Kind.OTHER, State.SENT, "", ""),
        ("holiday", Kind.OTHER, State.SENT, "", ""),
        ("reading-receipt", Kind.OTHER, State.SENT, "", ""),
    ],
)
def test_what_mail_servers_write_is_understood(send, name, kind, state, reason, says):
    row, to = send()
    assert bounces.receive(to, dsn(name)) == kind
    row.refresh_from_db()
    assert (row.state, row.reason, row.last_error) == (state, reason, says)
    assert row.sent_to == JOHAN.email


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_relay_may_fold_case_and_endings(send, ending):
    row, to = send()
    assert bounces.receive(to.upper(), dsn(UNKNOWN).replace(b"\n", ending)) == Kind.FAILED
    row.refresh_from_db()
    assert row.reason == Reason.UNKNOWN


def forged(to: str) -> list[str]:
    name, _, domain = to.partition("@")
    number, _, signature = name.partition("+")[2].partition(".")
    flipped = "0" if signature[-1] != "0" else "1"
    return [
        "",
        "bounces@coachnet.example",
        f"bounces+{number}@{domain}",
        f"bounces+{number}.@{domain}",
        f"bounces+{int(number) + 1}.{signature}@{domain}",
        f"bounces+{number}.{signature[:-1]}@{domain}",
        f"bounces+{number}.{signature[:-1]}{flipped}@{domain}",
        f"bounces+{'9' * 19}.{signature}@{domain}",
        f"bounces+{number}.{signature}å@{domain}",
        f"bounces+٣.{signature}@{domain}",
        f"{'+' * 5000}@{domain}",
    ]


def test_nothing_forged_changes_anything(send, caplog):
    _row, to = send()
    send("2")
    before = fingerprint()
    caplog.clear()
    for address in forged(to):
        assert bounces.receive(address, dsn(UNKNOWN)) == Kind.FORGED, address
    assert fingerprint() == before
    assert bounces.receive(to, dsn(UNKNOWN)) == Kind.FAILED  # the control
    assert fingerprint() != before


def test_a_signature_of_a_former_key_is_believed_while_the_key_is(send, settings):
    _row, to = send()
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    assert bounces.receive(to, dsn(UNKNOWN)) == Kind.FORGED
    settings.SECRET_KEY_FALLBACKS = [former]
    assert bounces.receive(to, dsn(UNKNOWN)) == Kind.FAILED


def test_the_same_one_twice_is_the_same_once(send):
    _row, to = send()
    bounces.receive(to, dsn(UNKNOWN))
    before = fingerprint()
    assert bounces.receive(to, dsn(UNKNOWN)) == Kind.REPEATED
    assert bounces.receive(to, dsn("postfix-delayed")) == Kind.REPEATED  # overtaken
    assert fingerprint() == before


def test_one_that_is_kept_and_shown_again_says_nothing_of_the_next_mail(send, organiser, mailbox):
    row, to = send()
    bounces.receive(to, dsn(UNKNOWN))
    actions.retry(by=organiser, notification=row)
    tasks.send_due()
    assert len(mailbox) == 2
    assert bounces.receive(to, dsn(UNKNOWN)) == Kind.FORGED
    assert standing() == {"1": (State.SENT, "")}
    assert bounces.receive(mailbox[-1]["X-Mail-From"], dsn(UNKNOWN)) == Kind.FAILED


def test_one_of_long_ago_says_nothing(send):
    _row, to = send()
    for age, kind in (
        (bounces.LATEST + dt.timedelta(minutes=1), Kind.REPEATED),
        (dt.timedelta(), Kind.FAILED),
    ):
        Notification.objects.update(sent_at=timezone.now() - age)
        assert bounces.receive(to, dsn(UNKNOWN)) == kind


def test_one_that_is_quicker_than_the_worker_is_to_come_again(send):
    _row, to = send()
    Notification.objects.update(state=State.SENDING, sent_at=None, claimed_until=timezone.now())
    assert bounces.receive(to, dsn(UNKNOWN)) == Kind.EARLY
    assert standing() == {"1": (State.SENDING, "")}


def test_all_rows_of_a_mail_come_back_with_it(coach, due, mailbox):
    due(coach, "bundled", "1", "2")
    due(coach, "bundled", "3", ago=dt.timedelta(days=1))
    tasks.send_due()
    to = next(mail["X-Mail-From"] for mail in mailbox if mail["Subject"] == "Påminnelse 1 2")
    assert bounces.receive(to, dsn("exchange-full")) == Kind.FAILED
    failed = (State.FAILED, Reason.REFUSED)
    assert standing() == {"1": failed, "2": failed, "3": (State.SENT, "")}


# --- What is broken ----------------------------------------------------------------------------


def broken() -> dict[str, bytes]:
    whole = dsn(UNKNOWN)
    part = b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n"
    nested = b"".join(part % (n, n) for n in range(2000))
    slow = b"".join(part % (n, n) for n in range(300))
    return {
        "nothing": b"",
        "zeros": bytes(1000),
        "no status": whole.replace(b"\nStatus: 5.1.1", b""),
        "status of another kind": whole.replace(b"\nStatus: 5.1.1", b"\nStatus: bad"),
        "a success that failed": whole.replace(b"\nStatus: 5.1.1", b"\nStatus: 2.0.0"),
        "no action": whole.replace(b"\nAction: failed", b""),
        "an unknown action": whole.replace(b"\nAction: failed", b"\nAction: exploded"),
        "no boundary": whole.replace(b"boundary=", b"bound="),
        "no report": whole.replace(b"multipart/report", b"multipart/mixed"),
        "cut before the report": whole[: whole.index(b"Reporting-MTA")],
        "nested": nested,
        "slow": slow + b"x\n" * ((bounces.MOST_BYTES - len(slow)) // 2),
        "a report in an answer": b"Content-Type: multipart/report; boundary=outer\n\n--outer\n"
        b"Content-Type: message/rfc822\n\n" + whole + b"\n--outer--\n",
    }


# The alarm may ring while Python clears up, where it is swallowed and told as a warning; it rings again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", broken())
def test_what_is_broken_changes_nothing_and_holds_nobody_up(send, name, monkeypatch):
    monkeypatch.setattr(bounces, "SECONDS", 0.5)
    _row, to = send()
    before, began = fingerprint(), time.monotonic()
    assert bounces.receive(to, broken()[name]) == Kind.OTHER
    assert time.monotonic() - began < 3
    assert fingerprint() == before


def test_what_is_huge_is_not_read(send):
    _row, to = send()
    before = fingerprint()
    padding = b"x" * (bounces.MOST_BYTES - len(dsn(UNKNOWN)))
    assert bounces.receive(to, dsn(UNKNOWN) + padding + b"x") == Kind.TOO_LARGE
    assert fingerprint() == before
    assert bounces.receive(to, dsn(UNKNOWN) + padding) == Kind.FAILED  # the control


@pytest.mark.parametrize(
    "words", [b"\0", "Användaren är okänd \ud83d".encode(errors="replace"), b"\xff\xfe", b"a" * 100_000]
)
def test_words_of_any_kind_can_be_kept(send, words):
    row, to = send()
    said = dsn(UNKNOWN).replace(b"smtp; 550", b"smtp; " + words + b" 550")
    assert bounces.receive(to, said) == Kind.FAILED
    row.refresh_from_db()
    assert row.reason == Reason.UNKNOWN
    assert "foretag" not in row.last_error
    assert len(row.last_error) <= 300


@given(
    name=st.sampled_from([UNKNOWN, "exim-unknown", "microsoft365-unknown"]),
    cuts=st.lists(st.tuples(st.integers(0, 2500), st.integers(0, 40), st.binary(max_size=20)), max_size=8),
)
@seed(20261126)
@settings(
    max_examples=200,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_message_is_too_broken_to_be_read(name, cuts):
    content = dsn(name)
    for at, length, other in cuts:
        content = content[:at] + other + content[at + length :]
    report = bounces.read(content)
    if report:
        bounces.without_addresses(report.words).encode()
        report.reason(JOHAN.email)


# --- What follows ------------------------------------------------------------------------------


@pytest.fixture
def closed(send):
    """Johan's address, which does not exist, and the row that told."""
    row, to = send("closed")
    bounces.receive(to, dsn(UNKNOWN))
    row.refresh_from_db()
    return row


def test_an_address_that_does_not_exist_gets_no_more_until_somebody_sends_again(
    send, closed, organiser, mailbox
):
    send("2")
    send("3", to=Guest("Johan", "JOHAN@foretag.example"))
    send("4", to=Guest("Karin", "karin@foretag.example"))
    gone = (State.FAILED, Reason.UNKNOWN)
    assert standing() == {"closed": gone, "2": gone, "3": gone, "4": (State.SENT, "")}
    assert len(mailbox) == 2
    actions.retry(by=organiser, notification=Notification.objects.get(occurrence="2"))
    tasks.send_due()
    send("5")
    assert standing() == {
        "closed": (State.FAILED, Reason.REFUSED),
        "2": (State.SENT, ""),
        "3": gone,  # waits for somebody to send it again
        "4": (State.SENT, ""),
        "5": (State.SENT, ""),
    }


def test_what_is_not_wanted_any_more_is_no_failure(send, closed, probe):
    probe.answers["2"] = Reason.WITHDRAWN
    send("2")
    assert standing()["2"] == (State.SKIPPED, Reason.WITHDRAWN)


def test_after_a_month_the_next_one_tries(send, closed):
    Notification.objects.update(tried_at=timezone.now() - CLOSED_FOR)
    send("2")
    assert standing()["2"] == (State.SENT, "")


@pytest.mark.parametrize("name", ["exchange-full", "postfix-expired", "postfix-delayed", "exim-unrouteable"])
def test_what_is_about_one_mail_closes_nothing(send, name):
    _row, to = send()
    bounces.receive(to, dsn(name))
    send("2")
    assert standing()["2"] == (State.SENT, "")


def test_an_address_that_mail_is_forwarded_to_closes_nothing(send):
    _row, to = send()
    elsewhere = dsn(UNKNOWN).replace(b"johan@foretag.example", b"johan@annat.example")
    assert bounces.receive(to, elsewhere) == Kind.FAILED
    assert standing() == {"1": (State.FAILED, Reason.REFUSED)}


def test_an_old_address_that_fails_says_nothing_of_the_new_one(coach, send):
    coach.email = JOHAN.email
    coach.save()
    row, to = send("1", to=coach)
    coach.email = "johan.berg@foretag.example"
    coach.save()
    assert bounces.receive(to, dsn(UNKNOWN)) == Kind.FAILED
    row.refresh_from_db()
    assert row.reason == Reason.UNKNOWN
    send("2", to=coach)
    assert standing()["2"] == (State.SENT, "")
    coach.email = JOHAN.email
    coach.save()
    send("3", to=coach)  # the control
    assert standing()["3"] == (State.FAILED, Reason.UNKNOWN)


def test_a_refusal_in_the_conversation_closes_the_address_too(send, mailbox):
    mailbox.refuse = "550 5.1.1 No such person"
    send("1")
    mailbox.refuse = None
    send("2")
    assert mailbox == []
    assert set(standing().values()) == {(State.FAILED, Reason.UNKNOWN)}


def test_the_question_whether_an_address_is_closed_reads_its_index(closed):
    facts = {
        "recipient": "r",
        "user": None,
        "email": "karin@foretag.example",
        "sent_to": "karin@foretag.example",
    }
    Notification.objects.bulk_create(
        Notification(rule="x", about="x", occurrence=f"{n}", due_at=timezone.now(), state="failed", **facts)
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
    assert "notification_closing" in Notification.objects.closing(JOHAN.email).explain()


def test_what_came_back_is_shown(send, organiser, client_of):
    _row, to = send("1")
    _row, late = send("2", to=Guest("Karin", "karin@foretag.example"))
    bounces.receive(to, dsn(UNKNOWN))
    bounces.receive(late, dsn("postfix-delayed"))
    page = client_of(organiser).get("/delivery/").content.decode()
    assert "E-postadressen finns inte" in page
    assert "Recipient address rejected" in page
    assert "Connection timed out" in page  # of the one that is held as sent


# --- The command -------------------------------------------------------------------------------


@pytest.fixture
def hand_over(monkeypatch):
    """Hand a message to the command as a mail server does; the exit code it ends with."""

    def given_to(to: str, content: bytes) -> int:
        incoming = io.TextIOWrapper(io.BytesIO(content))
        monkeypatch.setattr(sys, "stdin", incoming)
        try:
            call_command("receive_bounce", to)
        except SystemExit as end:
            return int(end.code or 0)
        finally:
            assert incoming.buffer.read() == b""  # all of it was taken
        return 0

    return given_to


def test_the_command_ends_as_mail_servers_understand(send, hand_over, monkeypatch):
    _row, to = send()
    assert hand_over("bounces+1.0@coachnet.example", dsn(UNKNOWN)) == 0
    assert hand_over(to, b"x" * (2 * bounces.MOST_BYTES)) == 0
    assert hand_over(to, dsn("holiday")) == 0
    assert standing() == {"1": (State.SENT, "")}
    Notification.objects.update(state=State.SENDING, sent_at=None, claimed_until=timezone.now())
    assert hand_over(to, dsn(UNKNOWN)) == 75
    Notification.objects.update(state=State.SENT, sent_at=timezone.now(), claimed_until=None)
    with monkeypatch.context() as away:
        away.setattr(bounces, "receive", lambda *args: (_ for _ in ()).throw(OperationalError("away")))
        assert hand_over(to, dsn(UNKNOWN)) == 75
    assert hand_over(to, dsn(UNKNOWN)) == 0
    assert standing() == {"1": (State.FAILED, Reason.UNKNOWN)}


def test_the_log_tells_the_kind_and_nothing_that_was_written(send, hand_over, caplog):
    _row, to = send()
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    for address in (to, *forged(to)):
        for name in (UNKNOWN, "holiday"):
            hand_over(address, dsn(name))
    text = caplog.text
    assert "bounce_received" in text
    assert "forged" in text
    for secret in ("foretag", "johan", "rejected", "semester", to.partition(".")[2][:20]):
        assert secret not in text.lower()


def test_kinds_are_counted_and_an_emptied_valkey_begins_anew(send):
    _row, to = send()
    for address in (to, to, "forged@coachnet.example"):
        bounces.receive(address, dsn(UNKNOWN))
    told: dict[Any, int] = dict.fromkeys(Kind, 0)
    assert bounces.counts() == told | {Kind.FAILED: 1, Kind.REPEATED: 1, Kind.FORGED: 1}
    cache.clear()
    assert bounces.counts() == told
