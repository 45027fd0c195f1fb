"""A coach adds a company, is told of the one that exists, and finds it again as she types."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from coachnet.accounts.models import User
from companies.models import Company
from tests.e2e.conftest import Enter
from tests.e2e.network import Network
from tests.factories.companies import CompanyFactory


def test_a_company_is_added_after_a_warning(enter: Enter, network: Network, coach: User) -> None:
    visitor = enter(coach)
    page = visitor.visit(reverse("companies:company-create"))
    visitor.field("Företagsnamn").fill(network.company.name.replace("å", "a"))
    visitor.field("Företagsnamn").press("Tab")
    # Told while she types, before anything is sent …
    expect(page.locator("#duplicates").get_by_role("link", name=network.company.name)).to_be_visible()
    visitor.check()
    # … and asked again, since without script she would not have been told.
    page.locator("main form").get_by_role("button", name=visitor.say("Lägg till företag")).click()
    visitor.sees("Inget är sparat än. Det här liknar ett företag som redan finns:")
    before = Company.objects.count()
    visitor.press("Det är ett annat företag, lägg till ändå")
    expect(page).to_have_url(re.compile(r"/companies/\d+/$"))
    assert Company.objects.count() == before + 1


def test_only_one_number_is_asked_for(enter: Enter, network: Network, coach: User) -> None:
    visitor = enter(coach)
    page = visitor.visit(reverse("companies:company-create"))
    expect(visitor.field("Ägarens personnummer")).to_have_count(0)
    page.get_by_label(visitor.say("Företagsform")).select_option("sole_trader")
    expect(visitor.field("Ägarens personnummer")).to_be_visible()
    expect(visitor.field("Organisationsnummer")).to_have_count(0)


def test_the_list_follows_what_is_typed_and_the_back_button(
    enter: Enter, network: Network, coach: User
) -> None:
    for number in range(26):
        CompanyFactory(name=f"Spillro Plast {number} AB")
    visitor = enter(coach)
    page = visitor.visit(reverse("companies:company-list") + "?view=network")
    rows = page.locator("#company-rows tr")
    expect(rows).to_have_count(25)
    visitor.press("Visa fler")
    total = Company.objects.visible_to(coach).count()
    expect(rows).to_have_count(total)
    page.locator("#id_q").fill(network.company.name[:6].lower().replace("å", "a"))
    expect(page.locator("#company-rows").get_by_role("link", name=network.company.name)).to_be_visible()
    expect(page.locator("#company-hits")).to_have_text(re.compile(r"^1 "))
    expect(page).to_have_url(re.compile(r"\?view=network&q=\w+$"))
    visitor.check()
    page.go_back()
    expect(page.locator("#company-hits")).to_have_text(re.compile(rf"^{total} "))
