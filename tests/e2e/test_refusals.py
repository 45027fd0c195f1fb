"""Nobody sees what is not theirs: not by address, by list, by search, by palette or by typing ahead.

Every refusal has its counterpart: the coach it belongs to sees it on the very same address.
"""

import re

import pytest
from playwright.sync_api import expect

from coachnet.accounts.models import User
from tests.e2e.conftest import Enter
from tests.e2e.network import Network
from tests.e2e.visitor import Visitor

# Addresses are asked, nothing is looked at.
once = pytest.mark.parametrize("look", ["phone-sv"], indirect=True)
SECRET = "Grannäs Tvätteri AB"
SECRET_WORDS = re.compile(r"Grannäs|Tvätteri AB|patentet", re.IGNORECASE)


def secret_addresses(network: Network) -> list[str]:
    """Every page about the company that is marked as secret."""
    company, session = network.secret_company.pk, network.secret_session.pk
    pages = [
        "",
        "sessions/",
        "plan/",
        "history/",
        "edit/",
        "confidentiality/",
        "responsible/",
        "contacts/new/",
    ]
    return [
        *(f"/companies/{company}/{page}" for page in pages),
        *(f"/sessions/{session}/{page}" for page in ("", "edit/", "history/")),
        f"/engagements/{network.secret_engagement.pk}/",
        f"/engagements/{network.secret_engagement.pk}/actions/new/",
    ]


def company_addresses(network: Network) -> list[str]:
    """Pages about companies and coaching that only some roles may open."""
    return [
        "/companies/",
        "/companies/new/",
        "/companies/palette/?q=kvarn",
        "/companies/options/?q=kvarn",
        "/companies/export/",
        f"/companies/{network.company.pk}/",
        f"/companies/{network.company.pk}/sessions/",
        "/today/",
        "/sessions/",
        "/sessions/new/",
        f"/sessions/{network.held.pk}/",
        f"/sessions/{network.held.pk}/edit/",
        "/actions/",
        f"/engagements/{network.engagement.pk}/",
    ]


def status_of(visitor: Visitor, path: str) -> tuple[int, str]:
    """How an address answers this person when redirects are followed, and the words of the answer."""
    answer = visitor.context.request.get(visitor.home + path)
    return answer.status, answer.text()


@once
def test_the_coach_of_a_secret_company_sees_it(enter: Enter, network: Network, other_coach: User) -> None:
    """The counterpart: without it, a wrong address would pass for a refusal."""
    visitor = enter(other_coach)
    answers = {path: status_of(visitor, path)[0] for path in secret_addresses(network)}
    assert set(answers.values()) == {200}, answers


@once
@pytest.mark.parametrize("role", ["coach", "colleague", "organiser"])
def test_a_secret_company_does_not_exist_for_others(
    role: str, enter: Enter, network: Network, request: pytest.FixtureRequest
) -> None:
    """404 or 403 by address, and no trace in lists, search and files."""
    visitor = enter(request.getfixturevalue(role))
    for path in secret_addresses(network):
        status, words = status_of(visitor, path)
        assert status in (403, 404), f"{path} answered {status}"
        assert not SECRET_WORDS.search(words), path
    for path in (
        "/companies/",
        "/companies/?q=grannas",
        "/sessions/",
        "/sessions/?who=all",
        "/companies/export/",
    ):
        assert not SECRET_WORDS.search(re.sub(r'value="[^"]*"|q=[^"&]*', "", status_of(visitor, path)[1])), (
            path
        )


def test_a_secret_company_is_not_found_by_searching(enter: Enter, network: Network, coach: User) -> None:
    """List, palette and the field of the session form, as one uses them."""
    visitor = enter(coach)
    page = visitor.visit("/companies/?q=grannas")
    expect(page.get_by_role("main")).not_to_contain_text(SECRET)
    visitor.check()
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill("grannas")
    expect(page.locator("#palette [role=status]")).to_have_text(re.compile(r"\d"))
    expect(page.locator("#palette")).not_to_contain_text(SECRET)
    visitor.check()
    page.keyboard.press("Escape")
    page = visitor.visit("/sessions/new/")
    box = page.get_by_role("combobox", name=visitor.say("Företag"))
    box.press_sequentially("kvarn")
    expect(page.get_by_role("option", name=network.company.name)).to_be_visible()
    box.fill("")
    box.press_sequentially("grannas")
    expect(page.get_by_role("option", name=SECRET)).to_have_count(0)


def test_a_secret_company_is_found_by_its_coach(enter: Enter, network: Network, other_coach: User) -> None:
    """The counterpart of the search."""
    visitor = enter(other_coach)
    page = visitor.visit("/companies/?q=grannas")
    expect(page.get_by_role("main")).to_contain_text(SECRET)
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill("grannas")
    expect(page.locator("#palette")).to_contain_text(SECRET)
    page.keyboard.press("Escape")
    visitor.visit("/sessions/new/")
    visitor.page.get_by_role("combobox", name=visitor.say("Företag")).press_sequentially("grannas")
    expect(visitor.page.get_by_role("option", name=SECRET)).to_be_visible()


def test_an_official_opens_no_company_and_no_session(enter: Enter, network: Network, official: User) -> None:
    """403 everywhere, with a page that says so, and a menu that never offers it."""
    visitor = enter(official)
    every = [*company_addresses(network), *secret_addresses(network)]
    for path in every if visitor.look.is_phone else []:
        status, words = status_of(visitor, path)
        assert status == 403, f"{path} answered {status}"
        assert network.company.name not in words
    page = visitor.visit(f"/companies/{network.company.pk}/", status=403)
    visitor.sees("Du har inte behörighet hit")
    visitor.check()
    page = visitor.visit("/")
    visitor.check()
    offered = page.eval_on_selector_all("nav a", "links => links.map(link => link.pathname)")
    assert not [
        path for path in offered if re.match(r"/(companies|sessions|actions|today|engagements)", path)
    ]
    expect(page.locator("#palette")).to_have_count(0)


def test_an_outsider_is_asked_to_sign_in(enter: Enter, network: Network) -> None:
    """Every address leads to the sign-in page and says nothing of what is behind it."""
    visitor = enter()
    addresses = [
        *company_addresses(network),
        *secret_addresses(network),
        "/people/",
        "/audit/",
        "/gallery/",
        "/",
    ]
    for path in addresses if visitor.look.is_phone else []:
        answer = visitor.context.request.get(visitor.home + path, max_redirects=0)
        assert (answer.status, answer.headers["location"].partition("?")[0]) == (302, "/accounts/login/"), (
            path
        )
    visitor.visit(f"/companies/{network.company.pk}/")
    assert "/accounts/login/" in visitor.page.url
    expect(visitor.page.locator("body")).not_to_contain_text(network.company.name)
    visitor.check()


def test_a_colleague_reads_but_does_not_write(enter: Enter, network: Network, colleague: User) -> None:
    """A coach of the same organisation reads the session and finds no way to change it."""
    visitor = enter(colleague)
    page = visitor.visit(f"/sessions/{network.held.pk}/")
    expect(page.get_by_role("main")).to_contain_text("Vi gick igenom återtaget.")
    visitor.check()
    assert page.locator(f"a[href='/sessions/{network.held.pk}/edit/']").count() == 0
    assert status_of(visitor, f"/sessions/{network.held.pk}/edit/")[0] == 403


def test_a_coach_elsewhere_sees_that_it_was_but_not_what_was_said(
    enter: Enter, network: Network, other_coach: User
) -> None:
    """The row is in the list; the session and its note are not hers to open."""
    visitor = enter(other_coach)
    page = visitor.visit(f"/companies/{network.company.pk}/sessions/")
    expect(page.get_by_role("main")).not_to_contain_text("återtaget")
    assert page.locator(f"a[href='/sessions/{network.held.pk}/']").count() == 0
    visitor.check()
    assert status_of(visitor, f"/sessions/{network.held.pk}/")[0] == 404
