"""An official opens the overview, changes period and split, reads the table behind the picture and takes a file."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from coachnet.accounts.models import User
from companies.models import Company
from dashboards.periods import Kind, period_of
from dashboards.refresh import refresh
from tests.dashboards.scene import coached
from tests.e2e.conftest import Enter
from tests.e2e.network import Network


@pytest.fixture
def region(network: Network, coach: User) -> list[Company]:
    """Enough companies for some groups to be shown, and few enough for others to be hidden."""
    today = timezone.localdate()
    companies = [
        coached(coach, [(today, 60), (today - dt.timedelta(days=150), 90)], place=place, size_class=size)
        for place, many in {"1490": 6, "1480": 6, "1496": 2, "1485": 3}.items()
        for size in (["micro", "small"] * many)[:many]
    ]
    refresh()
    return companies


def test_an_official_reads_and_takes_a_file(enter: Enter, region: list[Company], official: User) -> None:
    visitor = enter(official)
    page = visitor.visit("/")
    expect(page).to_have_url(f"{visitor.home}{reverse('dashboards:overview')}")
    visitor.field("Period").select_option("start")
    visitor.field("Dela upp efter").select_option("size")
    visitor.press("Visa")
    expect(page.get_by_role("heading", level=1)).to_contain_text("19")
    visitor.sees("färre än 5")
    page.get_by_text(visitor.say("Visa som tabell")).first.click()
    page.get_by_text(visitor.say("Definition")).first.click()
    visitor.check()
    visitor.press("Kommuner")
    visitor.sees("Coachade företag per kommun sedan start")
    visitor.check()
    page.get_by_text(visitor.say("Ladda ner"), exact=True).click()
    with page.expect_download() as loading:
        visitor.press("CSV, en rad per tal")
    text = loading.value.path().read_text(encoding="utf-8-sig")
    assert visitor.say("färre än 5") in text
    assert not any(company.name in text + page.content() for company in region)


def test_an_official_sets_a_target(enter: Enter, region: list[Company], official: User) -> None:
    """What was typed stays when it is refused; afterwards it stands beside the outcome."""
    visitor = enter(official)
    year = period_of(timezone.localdate(), Kind.YEAR)
    page = visitor.visit(reverse("dashboards:overview") + f"?period={year.key}")
    visitor.press("Målvärden")
    page.locator("#id_k01").fill("40")
    page.locator("#id_k04").fill("50")
    with visitor.tolerating("status of 422"):
        visitor.press("Spara målvärden")
        expect(page).to_have_title(re.compile(f"^{visitor.say('Fel:')}"))
    visitor.check()
    expect(page.locator("#id_k01")).to_have_value("40")
    page.locator("#id_k04").fill("49")
    visitor.press("Spara målvärden")
    expect(page).to_have_url(f"{visitor.home}/overview/?period={year.key}")
    expect(page.locator("[data-target]").first).to_contain_text("40")
    expect(page.locator("[data-target]").nth(1)).to_contain_text("49")
    visitor.check()


def test_an_organiser_follows_a_number_to_its_companies(
    enter: Enter, region: list[Company], organiser: User
) -> None:
    visitor = enter(organiser)
    page = visitor.visit(reverse("dashboards:overview") + "?period=start")
    visitor.control("Visa företagen", exact=False).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("19")
    rows = page.locator("#companies-behind tr")
    expect(rows).to_have_count(18)
    visitor.sees("%(many)s sekretessmarkerat företag räknas med men visas inte här.", many=1)
    visitor.check()


def test_the_overview_works_without_script(enter: Enter, region: list[Company], official: User) -> None:
    visitor = enter(official, java_script_enabled=False)
    page = visitor.visit(reverse("dashboards:overview") + "?period=start")
    visitor.field("Dela upp efter").select_option("strategy")
    page.get_by_role("button", name=visitor.say("Visa"), exact=True).click()
    expect(page).to_have_url(f"{visitor.home}/overview/?period=start&split=strategy")
