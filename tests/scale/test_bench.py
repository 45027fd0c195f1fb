"""Measuring, without a clock: every page that is measured answers, and the document says what was found."""

import gzip
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from events.links import Purpose, address_of
from tools.bench import floors, report
from tools.bench.first_view import FirstView, files_of, heaviest
from tools.bench.measure import Export, Measured
from tools.bench.pages import FLOORS, Cast, Page
from tools.bench.served import Counter
from tools.document import DOCUMENT, marks, put
from tools.verify.__main__ import JUDGES, verified

pytestmark = pytest.mark.django_db


def measured(
    cpu: list[float], *, queries: int = 3, most: float | None = 2.0, seconds: float = 0.01
) -> Measured:
    return Measured(Page("A page", "coach", "/", most), queries, 1000, [seconds] * 20, cpu)


def results(**changes: Any) -> report.Results:
    floor = [measured([0.001, 0.002], most=None) for _ in FLOORS]
    facts: dict[str, Any] = {
        "scale": 1,
        "floors": floor,
        "pages": [measured([0.002, 0.004])],
        "save": (measured([0.05, 0.07]), measured([0.02, 0.02])),
        "refresh_ms": [80.0, 90.0, 100.0],
        "races": [(10, 190, True, [0.1] * 200)],
        "megabytes": 100.0,
        "first_view": FirstView("A page", 90_000, 40_000),
        "reminders": (10_000, 50.0),
        "exports": {"companies": Export(40, 0.1, 0.5, 2.0), "sessions": Export(30_000, 0.1, 4.0, 2.0)},
    }
    return report.Results(**(facts | changes))


@pytest.mark.usefixtures("network")
def test_every_page_that_is_measured_opens_for_the_one_whose_page_it_is(settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["organiser", "official", "admin"]
    settings.ALLOWED_HOSTS = ["*"]
    cast = Cast()
    assert len(cast.pages()) == 23
    for page in cast.pages():
        client = Client()
        if page.role:
            client.cookies[settings.SESSION_COOKIE_NAME] = cast.session_key(page.role)
        else:
            client.get(address_of(cast.invitation, Purpose.ANSWER))
        response = client.get(page.path, headers=page.headers)
        assert response.status_code == 200, page.name
        assert page.shows in response.content.decode(), page.name


@pytest.mark.usefixtures("network")
def test_the_form_that_is_measured_saves_a_session() -> None:
    cast = Cast()
    client = Client()
    client.force_login(cast.colleague)
    before = cast.logged_for.sessions.count()
    assert client.post(cast.form_path(), cast.form()).status_code == 302
    assert cast.logged_for.sessions.count() == before + 1


def test_floors_are_free_of_our_middleware_and_count_their_queries(rf: Any, coach: Any) -> None:
    assert [one for one in floors.MIDDLEWARE if not one.startswith("django.")] == [
        "tools.bench.floors.OwnAddresses"
    ]
    request = rf.get("/bench/fifty/")
    request.user = coach
    request._messages = []
    counter = Counter()
    with connection.execute_wrapper(counter):
        assert coach.name in floors.fifty_rows(request).content.decode()
        assert floors.bare(request).content == b"ok"
    assert counter.queries == 1


def test_a_ratio_compares_each_round_with_the_same_round_of_the_floor() -> None:
    noisy = measured([0.002, 0.020, 0.002])
    assert noisy.times(measured([0.001, 0.010, 0.001])) == pytest.approx(2.0)


def test_a_run_within_its_targets_misses_none() -> None:
    assert report.missed(results()) == []
    assert report.describe(results()).endswith("Targets missed in this run:\n\n- none")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pages": [measured([0.0021, 0.0042])]}, "2.1 times the CPU"),
        ({"pages": [measured([0.001, 0.002], queries=16)]}, "16 queries"),
        ({"pages": [measured([0.001, 0.002], most=None, seconds=0.051)]}, "51 ms"),
        ({"exports": {"sessions": Export(40, 0.1, 0.5, 21.0)}}, "Export of sessions: memory rose by 21 MB"),
        ({"megabytes": 131.0}, "131 MB"),
        ({"first_view": FirstView("A page", 100_001, 50_000)}, "First view, A page: 100,001 bytes"),
        ({"first_view": FirstView("A page", 90_000, 20_000)}, "without fonts, A page: 70,000 bytes"),
        # Fifty rows take 1.5 ms here and took 6 there: 4 × 160 are wanted, of the middle race.
        (
            {"races": [(10, 190, True, [last] * 200) for last in (0.1, 0.5, 0.4)]},
            "500 a second, 640 wanted where fifty rows take 1.5 ms",
        ),
    ],
)
def test_each_missed_target_is_told(changes: dict[str, Any], words: str) -> None:
    faults = report.missed(results(**changes))
    assert len(faults) == 1
    assert words in faults[0]


def test_a_first_view_is_the_page_with_its_files_and_the_fonts_of_a_swedish_text() -> None:
    sheet = (
        b'@font-face{src:url("../fonts/all.woff2")}'
        b'@font-face{src:url("../fonts/ours.woff2");unicode-range:U+00??,U+20AC}'
        b"@font-face{src:url(../fonts/theirs.woff2);unicode-range:U+0100-02BA}"
    )
    files = {
        "/static/css/one.css": gzip.compress(sheet),
        "/static/fonts/all.woff2": b"1" * 500,
        "/static/fonts/ours.woff2": b"1" * 300,
        "/static/app.js": b"1" * 40,
        "/static/icons.svg": b"1" * 20,
    }
    page = (
        '<link rel="preload" href="/static/fonts/ours.woff2"><link href="/static/css/one.css">'
        '<script src="/static/app.js"></script><use href="/static/icons.svg#a"/><use href="/static/icons.svg#b"/>'
        '<a href="/companies/">Companies</a>'
    )
    light = ("Light", 10, files_of("<p>Nothing</p>"))
    packed = len(files["/static/css/one.css"])
    assert heaviest([light, ("Rich", 1000, files_of(page))], files.__getitem__) == (
        "Rich",
        1000 + packed + 500 + 300 + 40 + 20,
        800,
    )


def test_only_the_part_of_the_scale_is_written_anew(tmp_path: Any) -> None:
    document = tmp_path / "performance.md"
    parts = [f"\nold {scale}\n".join(marks(report.part_of(scale))) for scale in (1, 60)]
    document.write_text("# Words\n" + "\nbetween\n".join(parts), encoding="utf-8")
    report.write(results(), document)
    written = document.read_text(encoding="utf-8")
    assert "old 1" not in written
    assert (
        "10 got a place, 190 wait in order; 95 of 100 within 0.1 s; 2000 answers a second (2000)" in written
    )
    assert "2000 a second where fifty rows take 1.5 ms of CPU, which is 500 where they take 6 ms" in written
    assert all(kept in written for kept in ("# Words", "between", "old 60"))
    with pytest.raises(ValueError, match="no marks for bench 2"):
        put(written, "bench 2", "")


def test_sixty_times_is_set_beside_once(tmp_path: Any) -> None:
    """A page that takes three times as long beside the same floor is told, and so is another number of queries."""
    document = tmp_path / "performance.md"
    document.write_text(
        "\n".join(mark for scale in (1, 60) for mark in marks(report.part_of(scale))), encoding="utf-8"
    )
    floors = [measured([0.001, 0.002], most=None)] * 2
    fifty = Measured(FLOORS[-1], 3, 1000, [0.01] * 20, [0.001, 0.002])
    report.write(results(floors=[*floors, fifty]), document)
    once = report.at_once(document.read_text(encoding="utf-8"))
    assert once == {"A page": report.Before(1.0, 3)}
    slow = results(
        scale=60, floors=[*floors, fifty], pages=[measured([0.002, 0.004], queries=4, seconds=0.03)]
    )
    assert report.missed(slow, once) == [
        "A page: 3.0 times as long as at 1×, at most 1.3 wanted",
        "A page: 4 queries, 3 at 1×",
    ]
    written = report.write(slow, document)
    assert "| 1,000 | 3.0 |" in written
    assert f"Beside 1× of {timezone.localdate()}" in written
    assert report.missed(results(scale=60, floors=[*floors, fifty]), once) == []


def test_the_document_has_a_place_for_each_scale_and_judge() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    for name in (report.part_of(1), report.part_of(60), *map(verified, JUDGES)):
        assert all(document.count(mark) == 1 for mark in marks(name))
