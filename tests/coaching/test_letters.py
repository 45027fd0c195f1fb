"""What coaching's mails say when they leave, through a real mail server, and what they must never say."""

import datetime as dt

import pytest
from django.utils import timezone

from coaching import reminders
from coaching.models import EngagementCoach, Session
from coachnet.notifications import tasks
from coachnet.notifications.actions import post
from coachnet.notifications.models import Notification
from coachnet.notifications.registry import RULES
from tests.factories.coaching import ActionFactory, EngagementFactory, SessionFactory
from tests.factories.companies import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db
Reason = Notification.Reason
NOTE = "Ägaren vill sälja bolaget"


@pytest.fixture
def tomorrow(today):
    return today + dt.timedelta(days=1)


@pytest.fixture
def session(engagement, contact, tomorrow):
    return SessionFactory(
        engagement=engagement,
        planned=True,
        date=tomorrow,
        start_time=dt.time(9),
        channel=Session.Channel.ON_SITE,
        place="Fabriksgatan 7, Skene",
        note=NOTE,
        contacts=[contact],
        reminds_contacts=True,
    )


def queue(session):
    """The session's reminders as they were queued days ago, whatever o'clock it is now."""
    fetched = reminders.sessions_for_reminders().get(pk=session.pk)
    days_ago = timezone.now() - dt.timedelta(days=3)
    post(session, reminders.wanted_of_session(fetched, days_ago))


def send(rule):
    """Let the rule's mails be due now, and send them."""
    Notification.objects.filter(rule=rule).update(due_at=timezone.now() - dt.timedelta(minutes=1))
    Notification.objects.exclude(rule=rule).filter(state="queued").update(
        due_at=timezone.now() + dt.timedelta(days=9)
    )
    tasks.send_due()


def texts(mail):
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


def reasons(rule):
    return list(Notification.objects.filter(rule=rule).values_list("state", "reason"))


def test_session_tomorrow_says_who_when_how_and_where_and_opens_the_session(session, mailbox, settings):
    queue(session)
    send("session_tomorrow")
    (mail,) = mailbox
    assert mail["Subject"] == "Tillfälle i morgon klockan 09:00"
    for text in texts(mail):
        assert "Kvarnåns Arbetsplagg AB" in text
        assert "09:00–10:00, på plats" in text
        assert "Fabriksgatan 7, Skene" in text
        assert "Johan Ståhlberg" in text
        assert f"{settings.SITE_URL}/sessions/{session.pk}/" in text
        assert NOTE not in text


def test_several_sessions_are_one_mail(coach, session, tomorrow, programme, mailbox):
    other = EngagementFactory(lead=coach, company=CompanyFactory(name="Limmabo AB"), programme=programme)
    second = SessionFactory(engagement=other, planned=True, date=tomorrow, start_time=dt.time(13))
    for one in (second, session):
        queue(one)
    send("session_tomorrow")
    (mail,) = mailbox
    assert mail["Subject"] == "2 tillfällen i morgon"
    text, html = texts(mail)
    assert text.index("Kvarnåns") < text.index("Limmabo")
    assert html.count('scope="row"') == 2


def test_the_company_gets_the_facts_and_the_coach_and_nothing_else(coach, session, contact, mailbox):
    coach.phone = "070-174 06 05"
    coach.save()
    queue(session)
    send("session_tomorrow_contact")
    (mail,) = mailbox
    assert mail["X-Rcpt-To"] == contact.email
    assert mail["Reply-To"] == coach.email
    assert mail["Subject"] == "Påminnelse: vi ses i morgon klockan 09:00"
    text, html = texts(mail)
    for body in (text, html):
        assert "Maja Ekdahl, Science Park Borås" in body
        assert "070-174 06 05" in body
        assert "Fabriksgatan 7, Skene" in body
        assert "Maja Ekdahl har planerat ett coachningstillfälle med dig" in body
        assert "/reminders/off/" in body
        assert NOTE not in body
        assert "/sessions/" not in body
        assert "/people/me/" not in body


def test_names_cannot_write_html(coach, session, contact, mailbox):
    coach.name = contact.name = "<b>Maja</b>"
    coach.save()
    contact.save()
    queue(session)
    for rule in ("session_tomorrow", "session_tomorrow_contact"):
        send(rule)
    assert len(mailbox) == 2
    for mail in mailbox:
        assert "<b>Maja" not in texts(mail)[1]


def test_to_log_leads_to_the_form(engagement, today, mailbox):
    session = SessionFactory(
        engagement=engagement, planned=True, date=today - dt.timedelta(days=1), minutes=60
    )
    queue(session)
    send("session_to_log")
    (mail,) = mailbox
    assert mail["Subject"] == "1 tillfälle att logga"
    assert f"/sessions/{session.pk}/edit/?log" in texts(mail)[0]


@pytest.mark.parametrize(
    ("rule", "days", "subject", "words"),
    [
        ("action_due", 0, "2 åtgärder ska vara klara i dag", "I dag"),
        ("action_overdue", -4, "2 åtgärder är försenade", "Försenad 4 dagar"),
    ],
)
def test_actions_of_a_morning_are_one_mail(engagement, today, mailbox, rule, days, subject, words):
    due_on = today + dt.timedelta(days=days)
    for what in ("Skicka avtalsmall", "Boka studiebesök"):
        action = ActionFactory(engagement=engagement, what=what, due_on=due_on)
        wanted = next(one for one in reminders.wanted_of_action(action, timezone.now()) if one.rule == rule)
        Notification.objects.create(
            rule=rule,
            about=f"coaching.action:{action.pk}",
            occurrence=wanted.occurrence,
            recipient=wanted.recipient,
            user=engagement.lead,
            due_at=wanted.due_at,
        )
    send(rule)
    (mail,) = mailbox
    assert mail["Subject"] == subject
    text, html = texts(mail)
    assert text.count("/actions/") == html.count("/edit/") + 1 == 3
    assert words in html
    assert "Skicka avtalsmall\n  Kvarnåns Arbetsplagg AB" in text.replace("\r\n", "\n")


def test_a_quiet_company_is_named_with_its_days(engagement, today, mailbox):
    SessionFactory(engagement=engagement, date=today - dt.timedelta(days=60))
    reminders.align_engagement(engagement)
    send("company_quiet")
    (mail,) = mailbox
    assert mail["Subject"] == "1 företag har varit tyst länge"
    text, _html = texts(mail)
    assert "60 dagar" in text
    assert f"/companies/{engagement.company_id}/" in text


def test_the_reader_may_choose_english(coach, session, mailbox):
    coach.language = "en"
    coach.save()
    queue(session)
    send("session_tomorrow")
    (mail,) = mailbox
    assert mail["Subject"] == "Session tomorrow at 09:00"
    assert "Open My day" in texts(mail)[0]


def test_a_confidential_company_leaves_the_house_in_no_mail(
    coach, other_coach, programme, tomorrow, today, mailbox
):
    secret = CompanyFactory(name="Hemliga Receptet AB", confidential=True, responsible_coach=coach)
    person = ContactFactory(company=secret, name="Sigrid Hemlig")
    engagement = EngagementFactory(lead=coach, company=secret, programme=programme)
    planned = SessionFactory(
        engagement=engagement,
        planned=True,
        date=tomorrow,
        start_time=dt.time(9),
        place="Hemliga vägen 1",
        note=NOTE,
        contacts=[person],
    )
    action = ActionFactory(engagement=engagement, due_on=tomorrow, what="Ring Sigrid om patentet")
    queue(planned)
    reminders.align_action(action)
    quiet = EngagementFactory(lead=coach, company=secret, programme__name="Ett annat")
    reminders.align_engagement(quiet)
    for rule in ("session_tomorrow", "action_due", "company_quiet"):
        send(rule)
    assert len(mailbox) == 3
    for mail in mailbox:
        whole = "".join(texts(mail)) + mail["Subject"]
        assert "Företag med sekretessmarkering" in whole
        assert not [word for word in ("Hemlig", "Sigrid", "patent") if word in whole]


def test_subjects_name_no_company(coach, session, engagement, today, mailbox):
    """Organisers and officials' neighbours read subjects in the list of what was sent."""
    queue(session)
    for rule in ("session_tomorrow", "session_tomorrow_contact"):
        send(rule)
    assert len(mailbox) == 2
    assert [mail["Subject"] for mail in mailbox if "Kvarnåns" in mail["Subject"]] == []


# --- At the last moment ------------------------------------------------------------------------


def changed(session, **facts):
    """As if it had been changed by something that told nobody."""
    Session.objects.filter(pk=session.pk).update(**facts)


@pytest.mark.parametrize(
    "facts", [{"state": "cancelled"}, {"date": dt.date(2030, 1, 1)}, {"start_time": dt.time(13)}]
)
def test_a_session_that_is_no_longer_so_is_not_told_of(session, mailbox, facts):
    queue(session)
    changed(session, **facts)
    for rule in ("session_tomorrow", "session_tomorrow_contact"):
        send(rule)
        assert reasons(rule) == [("skipped", Reason.WITHDRAWN)]
    assert mailbox == []


def test_a_coach_who_has_lost_access_gets_nothing(coach, other_coach, session, engagement, mailbox):
    session.session_coaches.create(coach=other_coach, organisation=other_coach.organisation)
    queue(session)
    send("session_tomorrow")
    assert [mail["X-Rcpt-To"] for mail in mailbox] == [coach.email]
    assert Notification.objects.get(user=other_coach, rule="session_tomorrow").reason == Reason.NO_ACCESS


def test_a_coach_who_left_a_company_that_became_confidential_gets_nothing(
    coach, engagement, session, colleague, mailbox
):
    queue(session)
    EngagementCoach.objects.filter(coach=coach).update(left_on=timezone.localdate(), is_lead=False)
    engagement.company.is_confidential = True
    engagement.company.confidential_reason = "Patent"
    engagement.company.confidential_set_at = timezone.now()
    engagement.company.confidential_set_by = colleague
    engagement.company.save()
    send("session_tomorrow")
    assert mailbox == []
    assert reasons("session_tomorrow") == [("skipped", Reason.NO_ACCESS)]


@pytest.mark.parametrize("facts", [{"email": "ny@foretag.example"}, {"left_on": dt.date(2026, 1, 1)}])
def test_a_contact_with_another_address_or_who_has_left_gets_nothing(session, contact, mailbox, facts):
    queue(session)
    type(contact).objects.filter(pk=contact.pk).update(**facts)
    send("session_tomorrow_contact")
    assert mailbox == []
    assert reasons("session_tomorrow_contact") == [("skipped", Reason.WITHDRAWN)]


def test_a_closed_or_moved_action_and_a_company_met_meanwhile_are_not_told_of(
    engagement, today, tomorrow, mailbox
):
    action = ActionFactory(engagement=engagement, due_on=tomorrow)
    reminders.align_action(action)
    reminders.align_engagement(engagement)
    type(action).objects.update(due_on=tomorrow + dt.timedelta(days=1))
    SessionFactory(engagement=engagement, date=today)
    for rule in ("action_due", "company_quiet"):
        send(rule)
        assert reasons(rule)[0] == ("skipped", Reason.WITHDRAWN)
    assert mailbox == []


def test_contacts_are_shown_to_those_who_see_the_company(coach, other_coach, organiser, session):
    rule = RULES["session_tomorrow_contact"]
    key = f"coaching.session:{session.pk}"
    assert rule.recipients_shown(organiser, [key]) == {key}
    company = session.engagement.company
    company.is_confidential, company.confidential_reason = True, "Patent"
    company.confidential_set_at, company.confidential_set_by = timezone.now(), coach
    company.save()
    assert rule.recipients_shown(organiser, [key]) == set()
    assert rule.recipients_shown(coach, [key]) == {key}
