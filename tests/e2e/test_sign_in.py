"""From the mail to signing in with a passkey: the way in, as a person walks it."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from coachnet.accounts import actions
from coachnet.accounts.models import User
from tests.accounts.links import link_in
from tests.e2e.passkeys import Device
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.plugins.mailbox import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "sju-sjuka-symaskiner-4"


def code(secret):
    """What the app shows, early enough in its half minute that a slow machine has the time to send it."""
    left = 30 - time.time() % 30
    if left < 8:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_up(visitor, mail, look):
    """Follow the link of an invitation and make the account."""
    page = visitor.visit(link_in(mail).removeprefix(visitor.home))
    visitor.check()
    assert "invitation/" in page.url
    assert link_in(mail) != page.url  # the token is out of the address
    visitor.field("Titel").fill("Affärscoach")
    visitor.field("Lösenord").fill("kort")
    visitor.press("Skapa konto")
    visitor.check()  # with its errors
    visitor.field("Lösenord").fill(PASSWORD)
    visitor.press("Skapa konto")
    page.wait_for_url("**/people/me/start/")
    visitor.check()


def test_invited_coach_signs_up_and_signs_in_with_code_and_passkey(enter, look, mailbox: Mailbox):
    organiser = UserFactory(name="Sara Holm", roles=["organiser"], second_step=True)
    visitor = enter()
    invitation = actions.invite_person(
        email="ny@example.se",
        name="Ny Coach",
        organisation=OrganisationFactory(name="Science Park Borås"),
        roles=["coach"],
        language=look.language,
        by=organiser,
    )
    assert [mail["X-Rcpt-To"] for mail in mailbox] == [invitation.email]

    sign_up(visitor, mailbox[0], look)
    page, device = visitor.page, Device(visitor.page)

    # An app with codes
    visitor.press("Använd en app med koder")
    visitor.check()
    page.locator("summary", has_text=visitor.say("Kan du inte läsa av bilden?")).click()
    secret = page.locator(".key").inner_text()
    visitor.field("Kod från appen").fill(code(secret))
    visitor.press("Lägg till appen")
    expect(page.locator(".codes li")).to_have_count(10)
    visitor.check()
    visitor.press("Jag har sparat koderna")
    page.wait_for_url("**/people/me/start/")

    # A passkey
    visitor.visit("/accounts/2fa/")
    visitor.check()
    visitor.press("Lägg till passernyckel")
    visitor.check()
    visitor.field("Namn").fill("Telefonen")
    visitor.press("Skapa passernyckel")
    page.wait_for_url("**/accounts/2fa/")
    assert device.count() == 1
    visitor.visit("/accounts/2fa/webauthn/")
    visitor.sees("Byt namn")
    visitor.check()

    # Out, and in again with the passkey alone.
    device.wait_to_be_asked()
    visitor.visit("/accounts/logout/")
    visitor.check()
    visitor.press("Logga ut")
    page.wait_for_url("**/accounts/login/")
    visitor.check()
    visitor.press("Logga in med passernyckel")
    page.wait_for_url(lambda url: "/accounts/" not in url, timeout=30_000)
    visitor.visit("/people/me/")
    visitor.check()

    # Out, and in again with password and code
    visitor.visit("/accounts/logout/")
    visitor.press("Logga ut")
    visitor.field("E-post").fill("ny@example.se")
    visitor.field("Lösenord").fill(PASSWORD)
    visitor.press("Logga in")
    page.wait_for_url("**/accounts/2fa/authenticate/")
    visitor.check()
    visitor.field("Kod").fill(code(secret))
    visitor.press("Logga in")
    if "/authenticate/" in page.url:  # the code that added the app is used up; the next one comes soon
        time.sleep(30 - time.time() % 30)
        visitor.field("Kod").fill(code(secret))
        visitor.press("Logga in")
    page.wait_for_url(lambda url: "/accounts/" not in url, timeout=30_000)
    user = User.objects.get(email="ny@example.se")
    assert set(Authenticator.objects.filter(user=user).values_list("type", flat=True)) == {
        "totp",
        "webauthn",
        "recovery_codes",
    }


def test_passkey_serves_as_second_step_and_refusal_is_said(enter, look):
    user = UserFactory(roles=["organiser"], language=look.language)
    visitor = enter(user)
    page, device = visitor.page, Device(visitor.page)
    visitor.visit("/people/")
    page.wait_for_url("**/people/me/start/")  # the role demands a second step
    visitor.check()
    visitor.press("Lägg till passernyckel")
    visitor.check()  # asks for the password first
    visitor.field("Lösenord").fill("väva-tyg-av-spill-2026")
    visitor.press("Fortsätt")
    visitor.press("Skapa passernyckel")
    page.wait_for_url("**/recovery-codes/")
    visitor.visit("/people/")
    device.wait_to_be_asked()
    visitor.visit("/accounts/logout/")
    visitor.press("Logga ut")
    visitor.field("E-post").fill(user.email)
    visitor.field("Lösenord").fill("väva-tyg-av-spill-2026")
    visitor.press("Logga in")
    page.wait_for_url("**/accounts/2fa/authenticate/")
    device.refuse()
    visitor.press("Använd passernyckeln")
    visitor.sees("Enheten lämnade ingen passernyckel. Försök igen, eller gå in på ett annat sätt.")


def test_sign_in_works_without_script(enter, coach):
    visitor = enter(java_script_enabled=False)
    page = visitor.page
    page.goto(f"{visitor.home}/people/me/")
    page.locator("input[name=login]").fill(coach.email)
    page.locator("input[name=password]").fill("väva-tyg-av-spill-2026")
    page.locator("form[action='/accounts/login/'] button[type=submit]").first.click()
    page.wait_for_url("**/people/me/")


def test_passkey_is_offered_in_the_field_itself(enter, look):
    """Where the browser can, a passkey stands in the e-mail field's own list: choosing it signs in."""
    user = UserFactory(language=look.language)
    visitor = enter(user)
    page, device = visitor.page, Device(visitor.page)
    visitor.visit("/accounts/2fa/webauthn/add/")
    visitor.field("Lösenord").fill("väva-tyg-av-spill-2026")
    visitor.press("Fortsätt")
    visitor.press("Skapa passernyckel")
    page.wait_for_url("**/recovery-codes/")
    visitor.lose_session()
    assert device.count() == 1
    page.goto(f"{visitor.home}/accounts/login/")
    page.wait_for_url(lambda url: "/accounts/" not in url, timeout=30_000)
