"""What make verify asks and how it reads the answers; the judges themselves are not needed here."""

import json
from typing import Any

import pytest

from tools.verify import judges
from tools.verify.visit import Links, kind_of


def test_pages_that_differ_in_numbers_only_are_of_a_kind() -> None:
    key = "0d9c2f3e-4b1a-4c58-9a70-5d0f6a1b2c3d"
    assert kind_of(f"/sessions/{key}/edit/") == "/sessions/*/edit/?"
    assert kind_of("/companies/7/?tab=plan&after=x") == kind_of("/companies/8/?after=y&tab=all")
    assert kind_of("/companies/7/") != kind_of("/companies/7/edit/")


def test_only_links_are_followed() -> None:
    assert Links(
        '<a href="/a/">a</a><a>b</a><link href="/c.css"><a class="x" href="/d/?e=1&amp;f=2">d</a>'
    ).found == [
        "/a/",
        "/d/?e=1&f=2",
    ]


def report(score: float | None, audit: float) -> dict[str, Any]:
    ref = {"id": "one", "weight": 3}
    return {
        "categories": {name: {"score": score, "auditRefs": [ref]} for name in judges.CATEGORIES},
        "audits": {
            "one": {"score": audit, "title": "Fast", "displayValue": "2 s", "scoreDisplayMode": "numeric"}
        },
    }


@pytest.mark.parametrize(("score", "points"), [(0.97, 97), (1, 100), (None, 0)])
def test_points_are_read_and_what_took_them(score: float | None, points: int) -> None:
    found, lost = judges.points_of(report(score, 0.5))
    assert found == dict.fromkeys(judges.CATEGORIES, points)
    assert lost[0] == "performance: Fast 2 s"
    assert bool(judges.below(found, 98)) == (points < 98)
    assert judges.points_of(report(score, 0.97))[1] != []
    assert judges.points_of(report(score, 0.99))[1] == []


def test_the_html_checker_is_read(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors and warnings count, remarks do not, and each is told with the page it is on."""
    said = [
        {
            "type": "error",
            "url": f"file:{tmp_path}/1.html",
            "lastLine": 3,
            "message": "Stray tag",
            "extract": "</p>",
        },
        {"type": "info", "subType": "warning", "url": f"file:{tmp_path}/0.html", "message": "Odd"},
        {"type": "info", "url": f"file:{tmp_path}/0.html", "message": "A slash"},
        {"type": "info", "subType": "warning", "url": f"file:{tmp_path}/0.html", "message": judges.MEANT[0]},
    ]

    class Done:
        stdout = json.dumps({"messages": said})

    monkeypatch.setattr("tools.verify.judges.subprocess.run", lambda *_args, **_named: Done)
    faults = judges.html_faults({"coach /today/": "<p>", "admin /log/": "</p>"}, tmp_path)
    assert [fault.split(":")[0] for fault in faults] == ["admin /log/, line 3", "coach /today/, line None"]


def test_the_html_checker_sees_the_page_without_what_is_htmx_own() -> None:
    page = """<a class="x" hx-get="/a?b=1" hx-on:click='c("d")' hx-boost href="/a">hx-get</a>"""
    assert judges.HTMX.sub("", page) == '<a class="x" href="/a">hx-get</a>'


def test_what_is_not_here_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tools.verify.judges.shutil.which", lambda name: None if name == "java" else f"/bin/{name}"
    )
    monkeypatch.setattr("tools.verify.judges.chromium.find", lambda: None)
    assert judges.missing().startswith("make verify needs java, chromium.")
    assert "\n" not in judges.missing()


def test_the_lock_pins_every_package_and_names_no_host() -> None:
    lock = json.loads((judges.PINS / "package-lock.json").read_text(encoding="utf-8"))
    pins = json.loads((judges.PINS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for name, package in lock["packages"].items():
        if name:
            assert {"version", "integrity"} <= set(package), name
            assert "resolved" not in package, name
    assert {name: lock["packages"][f"node_modules/{name}"]["version"] for name in pins} == pins
