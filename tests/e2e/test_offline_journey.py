"""No network at all: the page that opens then, what it keeps, and how the text becomes one draft.

1. After one visit, a page that cannot be fetched is answered with a short log.
2. What is written there lies on the phone, encrypted, and goes to the server once, however often it is sent.
3. Nobody but the coach who wrote it sees it or sends it.
4. The worker keeps out of everything that the server can answer, and follows the release.
"""

import re
import threading
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.utils import timezone
from playwright.sync_api import Dialog, Page, Route, expect

from coaching.models import Session, SessionDraft
from coachnet import offline
from coachnet.accounts.models import User
from tests.e2e.conftest import Enter
from tests.e2e.network import Network
from tests.e2e.test_scripts import STORED, accept_dialogs
from tests.e2e.visitor import LOOKS, Look, Visitor
from tests.factories.accounts import PASSWORD

both_languages = pytest.mark.parametrize("look", ["phone-sv", "desktop-en"], indirect=True)

NOTE = "Tvätteriet tar bara emot hela burar."
NO_NETWORK = "ERR_INTERNET_DISCONNECTED"
# The worker that answers now, by its address.
WORKER = "async () => (await navigator.serviceWorker.ready).active.scriptURL"
CACHED = """async () => {
  const found = {};
  for (const name of await caches.keys())
    found[name] = (await (await caches.open(name)).keys()).map(one => new URL(one.url).pathname);
  return found;
}"""


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Look:
    """A phone, unless a test says otherwise."""
    return LOOKS[getattr(request, "param", "phone-sv")]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits ten seconds."""
    monkeypatch.setattr(offline, "PATIENCE_MS", 3000)


def until(page: Page, that: Callable[[], bool]) -> None:
    """Wait until something that the page must be asked for anew has come true."""
    for _ in range(100):
        if that():
            return
        page.wait_for_timeout(50)
    raise AssertionError("Not within five seconds")


def come_in(enter: Enter, user: User, **options: object) -> Visitor:
    """Somebody who has been here once: her phone has the worker."""
    visitor = enter(user, **options)
    visitor.visit("/today/")
    wait_for_worker(visitor.page)
    return visitor


def wait_for_worker(page: Page) -> None:
    until(
        page,
        lambda: page.evaluate("navigator.serviceWorker.ready.then(it => it.active.state)") == "activated",
    )


def lose_network(visitor: Visitor) -> None:
    visitor.tolerated.append(NO_NETWORK)
    visitor.context.set_offline(True)


def get_network(visitor: Visitor) -> None:
    visitor.context.set_offline(False)


def open_offline(visitor: Visitor, path: str = "/today/", page: Page | None = None) -> Page:
    """Ask for a page that cannot come."""
    page = page or visitor.page
    page.goto(visitor.home + path)
    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.say("Logga utan nät"))
    return page


def write(visitor: Visitor, company: str = "Kvarnåns", page: Page | None = None) -> None:
    page = page or visitor.page
    page.locator("[name=company_name]").fill(company)
    page.get_by_text(visitor.say("1 h"), exact=True).click()
    page.get_by_text(visitor.say("På plats"), exact=True).click()
    page.locator("[name=note]").fill(NOTE)
    page.locator("[name='steps-0-what']").fill("Ring tvätteriet")
    expect(page.locator(".save-state")).to_have_text(visitor.say("Sparat i telefonen"))


def waits(visitor: Visitor, *titles: str, page: Page | None = None) -> None:
    """The list of what waits reads so."""
    expect((page or visitor.page).locator("li [data-title]:not(.sr)")).to_have_text(list(titles))


def stored(page: Page) -> list[str]:
    found: list[str] = page.evaluate(STORED)
    return found


def refuse_dialog(page: Page) -> list[str]:
    """Say no to what the browser asks next; its words end up in the list."""
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", refuse)
    return asked


def wait_until_sent(page: Page) -> None:
    """The phone has nothing more to send."""
    until(page, lambda: not stored(page))


def drafts(coach: User) -> list[SessionDraft]:
    return list(SessionDraft.objects.filter(coach=coach, data__note=[NOTE]))


def test_who_has_never_been_here_meets_the_browsers_own_error(enter: Enter, network: Network) -> None:
    visitor = enter()
    visitor.visit("/accounts/login/")
    assert visitor.page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0


@both_languages
def test_a_session_is_written_without_network_and_becomes_one_draft(
    enter: Enter, network: Network, coach: User
) -> None:
    """Write, reload, get the network back: a draft that says what was written, and is completed into a session."""
    visitor = come_in(enter, coach)
    lose_network(visitor)
    page = open_offline(visitor)
    visitor.check()
    write(visitor)
    visitor.check()
    [sealed] = stored(page)
    assert NOTE not in sealed
    page.reload()
    waits(visitor, "Kvarnåns")
    visitor.check()
    page.locator("[data-continue]").click()
    expect(page.locator("[name=note]")).to_have_value(NOTE)
    expect(page.locator("[name=minutes][value='60']")).to_be_checked()
    expect(page.locator("[name=date]")).to_have_value(timezone.localdate().isoformat())
    visitor.press("Klar")
    waits(visitor, "Kvarnåns")
    expect(page.locator("#queue-title")).to_be_focused()
    assert drafts(coach) == []

    get_network(visitor)  # nothing is half written: the page that was asked for comes by itself
    told = visitor.say("Ett utkast väntar. Det låg kvar i telefonen och är nu sparat.")
    expect(page.locator(".toast")).to_contain_text(told)
    assert page.url == f"{visitor.home}/today/"
    [draft] = drafts(coach)
    assert draft.data["company_name"] == ["Kvarnåns"]
    page.locator(".toast button").click()
    expect(page).to_have_url(f"{visitor.home}/sessions/{draft.key}/edit/")
    assert stored(page) == []

    visitor.sees("Du skrev ”%(name)s” utan nät. Välj företaget i listan.", name="Kvarnåns")
    expect(page.locator("[name=channel][value=on_site]")).to_be_checked()
    expect(visitor.field("Vad")).to_have_value("Ring tvätteriet")
    box = page.get_by_role("combobox", name=visitor.say("Företag"))
    expect(box).to_have_value("Kvarnåns")
    box.click()
    page.get_by_role("option", name=network.company.name).click()
    expect(page.get_by_label("Åsa Kvarn, vd")).to_be_visible()
    visitor.check()
    visitor.press("Spara tillfälle")
    expect(page).to_have_url(re.compile(r"\?saved"))
    session = Session.objects.get(pk=draft.key)
    assert (session.note, session.minutes, session.channel) == (NOTE, 60, "on_site")
    assert session.engagement.company == network.company
    assert [one.coach for one in session.session_coaches.all()] == [coach]
    assert session.actions.get().what == "Ring tvätteriet"
    assert drafts(coach) == []


def test_min_dag_names_the_company_that_was_typed(enter: Enter, network: Network, coach: User) -> None:
    visitor = come_in(enter, coach)
    lose_network(visitor)
    page = open_offline(visitor)
    write(visitor, "Nya <b>Bageriet</b>")
    get_network(visitor)
    page.locator("[data-again]").click()
    expect(page.locator(".toast")).to_be_visible()
    visitor.visit("/today/")
    expect(page.get_by_role("link", name="Nya <b>Bageriet</b>").first).to_be_visible()


def test_two_tabs_and_a_lost_answer_make_one_draft(enter: Enter, network: Network, coach: User) -> None:
    """The server has it, but the phone never hears so; then two tabs send what waits at once."""
    visitor = come_in(enter, coach)
    lose_network(visitor)
    page = open_offline(visitor)
    write(visitor)
    other = visitor.context.new_page()
    open_offline(visitor, "/companies/", page=other)
    waits(visitor, "Kvarnåns", page=other)

    lost: list[int] = []

    def lose_answer(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    visitor.context.route("**/autosave/", lose_answer, times=1)
    with visitor.tolerating("ERR_FAILED"):
        get_network(visitor)
        expect(other.get_by_role("heading", level=1)).to_have_text(visitor.say("Företag"))
        page.wait_for_timeout(300)
    assert lost == [200]
    assert len(drafts(coach)) == 1
    assert len(stored(other)) == 1  # nobody has told the phone
    page.locator("[data-again]").click()
    other.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.say("Min dag"))
    wait_until_sent(page)
    assert len(drafts(coach)) == 1


@pytest.mark.parametrize("is_refused", [False, True])
def test_what_is_written_while_an_older_text_is_sent_is_sent_too(
    is_refused: bool, enter: Enter, network: Network, coach: User
) -> None:
    """Another tab has sent what was there, and the answer is on its way: it is not about the newer text."""
    visitor = come_in(enter, coach)
    lose_network(visitor)
    page = open_offline(visitor)
    write(visitor)
    get_network(visitor)
    held: list[Route] = []
    visitor.context.route("**/autosave/", lambda route: held.append(route), times=1)  # noqa: PLW0108 (it is given a mark)
    other = visitor.context.new_page()
    other.goto(f"{visitor.home}/today/")
    until(page, lambda: bool(held))
    page.locator("[name=company_name]").fill("Kvarnåns Arbetsplagg")
    page.wait_for_timeout(300)
    with visitor.tolerating("status of 404"):
        held[0].fulfill(status=404) if is_refused else held[0].continue_()
        expect(other.locator("[data-waiting]")).to_be_visible()
    other.reload()
    wait_until_sent(other)
    [draft] = drafts(coach)
    assert draft.data["company_name"] == ["Kvarnåns Arbetsplagg"]


def test_an_expired_sign_in_is_asked_for_and_the_text_waits(
    enter: Enter, network: Network, coach: User
) -> None:
    visitor = come_in(enter, coach)
    lose_network(visitor)
    page = open_offline(visitor)
    write(visitor)
    SignIn.objects.all().delete()
    get_network(visitor)
    page.locator("[data-again]").click()
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/today/"))
    assert drafts(coach) == []
    assert len(stored(page)) == 1
    visitor.field("E-post").fill(coach.email)
    visitor.field("Lösenord").fill(PASSWORD)
    page.locator("form button.btn--primary").click()
    expect(page.locator(".toast")).to_contain_text("Ett utkast väntar.")
    assert len(drafts(coach)) == 1


def test_another_coach_on_the_same_phone_neither_sees_nor_sends_it(
    enter: Enter, network: Network, coach: User, colleague: User, official: User
) -> None:
    """The first sign-in has run out, nobody has signed out, and somebody else signs in."""
    visitor = come_in(enter, coach)
    lose_network(visitor)
    page = open_offline(visitor)
    write(visitor)
    get_network(visitor)
    visitor.sign_in(colleague)
    visitor.visit("/today/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-waiting]")).to_be_hidden()
    assert len(stored(page)) == 1
    lose_network(visitor)
    open_offline(visitor)
    waits(visitor)
    write(visitor, "Ågrens")
    get_network(visitor)
    page.locator("[data-again]").click()
    expect(page.locator(".toast")).to_be_visible()
    assert [one.coach for one in SessionDraft.objects.filter(data__note=[NOTE])] == [colleague]
    assert len(stored(page)) == 1

    visitor.sign_in(official)  # logs no sessions: there is nothing to write for
    with visitor.tolerating("status of 403"):
        visitor.visit("/overview/")
    page.wait_for_load_state("networkidle")
    lose_network(visitor)
    open_offline(visitor)
    visitor.sees(
        "Telefonen vet inte vem du är, så här går det inte att skriva. Logga in när du har täckning."
    )
    expect(page.locator("form")).to_be_hidden()
    page.goto("about:blank")  # it would go on by itself
    get_network(visitor)

    visitor.sign_in(coach)
    visitor.visit("/people/me/")
    expect(page.locator(".toast")).to_be_visible()
    assert len(drafts(coach)) == 1
    assert stored(page) == []


def test_signing_out_asks_and_wipes_everything(enter: Enter, network: Network, coach: User) -> None:
    visitor = come_in(enter, coach)
    lose_network(visitor)
    page = open_offline(visitor)
    write(visitor)
    get_network(visitor)
    visitor.context.route("**/autosave/", lambda route: route.fulfill(status=503))
    with visitor.tolerating("status of 503"):
        visitor.visit("/today/")
        expect(page.locator("[data-waiting]")).to_contain_text(f"{visitor.say('Väntar i telefonen')}: 1")
    visitor.check()
    out = page.locator("[data-forget]")
    asked = refuse_dialog(page)
    out.evaluate("button => button.closest('form').requestSubmit(button)")
    until(page, lambda: bool(asked))
    assert asked == [visitor.say("Det som väntar i telefonen tas bort när du loggar ut. Logga ut ändå?")]
    assert len(stored(page)) == 1
    accept_dialogs(page)
    out.evaluate("button => button.closest('form').requestSubmit(button)")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    assert stored(page) == []
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0


def test_what_the_server_refuses_stays_and_is_thrown_away_by_hand(
    enter: Enter, network: Network, coach: User
) -> None:
    visitor = come_in(enter, coach)
    lose_network(visitor)
    page = open_offline(visitor)
    write(visitor)
    get_network(visitor)
    sent: list[str] = []

    def refuse(route: Route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=404)

    visitor.context.route("**/autosave/", refuse)
    with visitor.tolerating("status of 404"):
        visitor.visit("/today/")
        expect(page.locator("[data-waiting]")).to_be_visible()
        visitor.visit("/today/")
        expect(page.locator("[data-waiting]")).to_be_visible()
    assert len(sent) == 1
    page.locator("[data-waiting] a").click()
    expect(page.locator("[data-refused]")).to_be_visible()
    expect(page.locator("[data-text]")).to_have_text(NOTE)
    visitor.sees("Det finns täckning. Det som väntar i telefonen skickas när du går vidare.")
    visitor.check()
    refuse_dialog(page)
    page.locator("[data-discard]").click()
    waits(visitor, "Kvarnåns")
    asked = accept_dialogs(page)
    page.locator("[data-discard]").click()
    waits(visitor)
    assert asked == ["confirm"]
    assert stored(page) == []
    expect(page.locator("[data-queue]")).to_be_hidden()


def test_the_whole_forms_text_is_in_the_list_as_well(enter: Enter, network: Network, coach: User) -> None:
    """What the open form kept waits beside what was written here; here it can only be seen and thrown away."""
    visitor = come_in(enter, coach)
    page = visitor.visit(f"/sessions/new/?company={network.company.pk}")
    lose_network(visitor)
    visitor.field("Anteckning").fill(NOTE)
    expect(page.locator("[data-save-state]")).to_contain_text(visitor.say("Sparat i telefonen"))
    open_offline(visitor, "/companies/")
    waits(visitor, NOTE)
    expect(page.locator("[data-continue]")).to_be_hidden()
    get_network(visitor)
    expect(page.locator(".toast")).to_be_visible()
    assert [one.company for one in drafts(coach)] == [network.company]


def test_writing_is_not_interrupted_when_the_network_returns(
    enter: Enter, network: Network, coach: User
) -> None:
    visitor = come_in(enter, coach)
    lose_network(visitor)
    page = open_offline(visitor)
    write(visitor)
    get_network(visitor)
    visitor.sees("Det finns täckning. Det som väntar i telefonen skickas när du går vidare.")
    expect(page.locator("[name=note]")).to_have_value(NOTE)
    visitor.press("Skicka och gå vidare")
    expect(page.locator(".toast")).to_be_visible()
    assert len(drafts(coach)) == 1


def test_a_line_that_hangs_gets_the_page_and_a_reload_waits(
    enter: Enter, network: Network, coach: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bar: the answer does not begin. She may write at once, or reload and wait as long as it takes."""
    visitor = come_in(enter, coach)
    from coaching import day

    go_on = threading.Event()
    make = day.Day.__init__

    def slow(self: day.Day, *args: object) -> None:
        go_on.wait(10)
        make(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(day.Day, "__init__", slow)
    page = open_offline(visitor)
    page.evaluate("setTimeout(() => document.querySelector('[data-again]').click())")
    page.wait_for_timeout(1000)
    go_on.set()
    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.say("Min dag"))


def test_the_worker_keeps_one_page_and_its_files_and_nothing_of_anybody(
    enter: Enter, network: Network, coach: User
) -> None:
    visitor = come_in(enter, coach)
    page = visitor.page
    for path in (
        "/companies/",
        f"/sessions/new/?company={network.company.pk}",
        "/sessions/export/?format=csv",
    ):
        if "export" in path:
            assert visitor.context.request.get(visitor.home + path).ok
        else:
            visitor.visit(path)
    [(name, paths)] = page.evaluate(CACHED).items()
    assert name.startswith("coachnet-")
    assert sorted(paths) == sorted(["/offline/sv/", *(f"/static/{file}" for file in offline.FILES)])


def test_downloads_and_redirects_go_through(enter: Enter, network: Network, coach: User) -> None:
    """The worker hands on what a navigation gets: a file, the way to sign in, a refusal."""
    visitor = come_in(enter, coach)
    page = visitor.page
    visitor.visit("/today/")
    assert page.evaluate("Boolean(navigator.serviceWorker.controller)")
    visitor.visit("/sessions/")
    with page.expect_download() as download:
        page.evaluate("location.assign('/sessions/export/')")
    assert download.value.suggested_filename.endswith(".csv")
    visitor.visit("/no-such-page/", status=404)
    visitor.lose_session()
    visitor.visit("/companies/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/companies/"))


def test_a_new_release_takes_over_with_the_next_page(
    enter: Enter, network: Network, coach: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = come_in(enter, coach)
    page = visitor.page
    before, cached = page.evaluate(WORKER), page.evaluate(CACHED)
    visitor.visit("/companies/")
    assert page.evaluate(WORKER) == before
    release = offline._release
    monkeypatch.setattr(offline, "_release", lambda language: f"next{release(language)}")
    visitor.visit("/companies/")
    until(page, lambda: page.evaluate(WORKER) != before)
    wait_for_worker(page)
    until(page, lambda: len(page.evaluate(CACHED)) == 1)
    assert page.evaluate(CACHED).keys() != cached.keys()
    lose_network(visitor)
    open_offline(visitor)


def test_another_language_brings_its_own_page(enter: Enter, network: Network, coach: User) -> None:
    visitor = come_in(enter, coach)
    User.objects.filter(pk=coach.pk).update(language="en")
    page = visitor.visit("/today/")
    until(page, lambda: "worker-en" in page.evaluate(WORKER))
    wait_for_worker(page)
    lose_network(visitor)
    page.goto(f"{visitor.home}/companies/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log without a network")
    expect(page.locator("html")).to_have_attribute("lang", "en")
