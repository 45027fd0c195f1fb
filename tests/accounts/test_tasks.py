import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from coachnet.accounts import mail, tasks
from coachnet.accounts.models import User

pytestmark = pytest.mark.django_db


def letter():
    message = EmailMultiAlternatives("Ämne", "Hemlig länk", to=["maja@example.se"])
    message.attach_alternative("<p>Hemlig länk</p>", "text/html")
    return message


def test_sealed_mail_cannot_be_read_on_the_way_and_arrives_whole(mailbox):
    token = mail.sealed(letter())
    assert "Hemlig" not in token
    tasks.send_sealed_mail(token)
    tasks.send_sealed_mail(token)  # a second delivery is recognised as the same mail
    first, second = mailbox
    assert first["Subject"] == "Ämne"
    assert "Hemlig länk" in first.get_body(("html",)).get_content()
    assert first["Message-ID"] == second["Message-ID"]


def test_sealed_mail_is_tried_again_unless_the_address_refuses_for_good(mailbox):
    token = mail.sealed(letter())
    mailbox.refuse = "451 Try later"
    with pytest.raises(OSError, match="451"):
        tasks.send_sealed_mail.run(token)
    mailbox.refuse = "550 No such person"
    tasks.send_sealed_mail.run(token)
    assert mailbox == []


def test_clear_expired_forgets_sessions_that_are_over(coach, client_of):
    old, new = client_of(coach), client_of(coach)
    for client in (old, new):
        key = client.session.session_key
        UserSession.objects.create(user=coach, ip="127.0.0.1", session_key=key, user_agent="x")
    Session.objects.filter(pk=old.session.session_key).update(
        expire_date=timezone.now() - dt.timedelta(days=1)
    )
    tasks.clear_expired()
    assert Session.objects.get().pk == new.session.session_key
    assert UserSession.objects.get().session_key == new.session.session_key


def test_last_seen_is_noted_at_most_every_five_minutes(coach, client_of):
    client = client_of(coach)
    client.get("/people/me/")
    assert not UserSession.objects.exists()  # signing in notes the session; this one was made without
    User.objects.update(last_login=timezone.now() - dt.timedelta(hours=1))
    client.get("/people/me/")
    first = UserSession.objects.get().last_seen_at
    client.get("/people/me/")
    assert UserSession.objects.get().last_seen_at == first
    cache.clear()
    client.get("/people/me/")
    assert UserSession.objects.get().last_seen_at > first
