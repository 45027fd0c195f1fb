"""What was measured, as a part of docs/performance.md. Nobody types a number there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tools.bench.first_view import FirstView
from tools.bench.measure import Export, Measured
from tools.bench.pages import FIFTY_ELSEWHERE, FLOORS
from tools.document import DOCUMENT, circumstances, part, put

MOST_QUERIES = 15
MOST_MS_AS_ONE_TYPES = 50
MOST_MEGABYTES = 130
MOST_GROWTH = 1.3  # of the time of a page, from 1× to 60×
EXPORT_MEGABYTES = 20
FIRST_VIEW, WITHOUT_FONTS = 100_000, 60_000  # bytes, gzipped
ANSWERS_ELSEWHERE = (
    8  # a second, the best public event system, on a server where fifty rows took FIFTY_ELSEWHERE
)
TIMES_FASTER = 20
COLUMNS = (
    *("Page", "As", "Median ms", "p95 ms", "CPU ms", "× bare", "× one row", "× 50 rows", "Queries"),
    "Bytes gzipped",
)
FIFTY = FLOORS[-1].name


@dataclass(frozen=True)
class Results:
    """Everything of one run."""

    scale: int
    floors: list[Measured]
    pages: list[Measured]
    save: tuple[Measured, Measured]  # and fifty rows in between
    refresh_ms: list[float]
    races: list[tuple[int, int, bool, list[float]]]  # as round_of_answers gives them
    megabytes: float
    exports: dict[str, Export]
    first_view: FirstView  # of the heaviest page
    reminders: tuple[int, float]  # how many, and the seconds until all were sent


@dataclass(frozen=True)
class Before:
    """A page at 1×, as the document has it: its time in times of the floor of fifty rows, and its queries."""

    times: float
    queries: int


def part_of(scale: int) -> str:
    """The part of the document that a scale's figures are."""
    return f"bench {scale}"


def write(results: Results, document: Path = DOCUMENT) -> str:
    """Write the part of the run into the document; returns it."""
    text = document.read_text(encoding="utf-8")
    figures = describe(results, at_once(text) if results.scale > 1 else {}, _at_1(text))
    document.write_text(put(text, part_of(results.scale), figures), encoding="utf-8")
    return figures


def at_once(document: str) -> dict[str, Before]:
    """What the document says of each page at 1×; nothing when it was not measured."""
    lines = part(document, part_of(1)).splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]
    known = {row[0]: row for row in rows if len(row) == len(COLUMNS)}
    floor = next((float(row[2]) for name, row in known.items() if name == f"*{FIFTY}*"), 0.0)
    pages = {name: row for name, row in known.items() if not name.startswith(("*", COLUMNS[0]))}
    return {name: Before(float(row[2]) / floor, int(row[8])) for name, row in pages.items()} if floor else {}


def growth(one: Measured, results: Results, before: dict[str, Before]) -> float | None:
    """How many times as long as at 1× a page takes, each beside its own run's floor, or None if unknown."""
    at_1 = before.get(one.page.name)
    return one.median_ms / results.floors[-1].median_ms / at_1.times if at_1 else None


def _at_1(document: str) -> str:
    """When and on what code the document's 1× was measured."""
    found = re.search(r"^(.{16}), (commit [^,]+),", part(document, part_of(1)), re.MULTILINE)
    return " ".join(found.groups()) if found else ""


def describe(results: Results, before: dict[str, Before] | None = None, at_1: str = "") -> str:
    """The tables of one run, as Markdown; beside each page its growth since 1× if that is known, and what 1× was."""
    before = before or {}
    lines = [
        circumstances() + (f" Beside 1× of {at_1}." if before else ""),
        "",
        *_table(results, before),
        "",
        *_others(results),
        "",
        "Targets missed in this run:",
        "",
    ]
    return "\n".join([*lines, *(f"- {fault}" for fault in missed(results, before) or ["none"])])


def missed(results: Results, before: dict[str, Before] | None = None) -> list[str]:
    """The targets that this run missed, one sentence each."""
    faults = [fault for one in results.pages for fault in _missed_by(one, results, before or {})]
    faults += [
        f"Export of {what}: memory rose by {one.megabytes:.0f} MB, at most {EXPORT_MEGABYTES} wanted"
        for what, one in results.exports.items()
        if one.megabytes > EXPORT_MEGABYTES
    ]
    if results.megabytes > MOST_MEGABYTES:
        faults.append(f"Web process: {results.megabytes:.0f} MB, at most {MOST_MEGABYTES} wanted")
    view = results.first_view
    for what, weight, most in (
        ("First view", view.bytes, FIRST_VIEW),
        ("First view without fonts", view.bytes - view.fonts, WITHOUT_FONTS),
    ):
        if weight > most:
            faults.append(f"{what}, {view.name}: {weight:,} bytes, at most {most:,} wanted")
    if (many := median(_answers_a_second(results))) < (wanted := answers_wanted(results)):
        floor = results.floors[-1].cpu_ms
        faults.append(
            f"Answers: {many:.0f} a second, {wanted:.0f} wanted where fifty rows take {floor:.1f} ms"
        )
    return faults


def _missed_by(one: Measured, results: Results, before: dict[str, Before]) -> Iterator[str]:
    """The targets that one page missed."""
    name, most, times = one.page.name, one.page.most, one.times(results.floors[-1])
    if one.queries > MOST_QUERIES:
        yield f"{name}: {one.queries} queries, at most {MOST_QUERIES} wanted"
    if most and times > most:
        yield f"{name}: {times:.1f} times the CPU of 50 rows, at most {most:.1f} wanted"
    if most is None and one.median_ms > MOST_MS_AS_ONE_TYPES:
        yield f"{name}: {one.median_ms:.0f} ms, at most {MOST_MS_AS_ONE_TYPES} wanted"
    grown = growth(one, results, before)
    if grown and grown > MOST_GROWTH:
        yield f"{name}: {grown:.1f} times as long as at 1×, at most {MOST_GROWTH} wanted"
    if name in before and before[name].queries != one.queries:
        yield f"{name}: {one.queries} queries, {before[name].queries} at 1×"


def _answers_a_second(results: Results) -> list[float]:
    """Of each race: all answers through the time of the last."""
    return [len(seconds) / max(seconds) for *_places, seconds in results.races]


def answers_wanted(results: Results) -> float:
    """How many answers a second are twenty times what others managed, on the machine of this run.

    They managed 8 where the floor of fifty rows took 6 ms of CPU, so 20 × 8 = 160 a second are wanted there. Where the
    same floor takes 20 ms everything does, theirs too, and 160 × 6 / 20 = 48 a second are as much.
    """
    return ANSWERS_ELSEWHERE * TIMES_FASTER * FIFTY_ELSEWHERE / results.floors[-1].cpu_ms


def _table(results: Results, before: dict[str, Before]) -> list[str]:
    bare, one_row, fifty = results.floors
    columns = [*COLUMNS, *(["Time × 1×"] if before else [])]
    lines = [f"| {' | '.join(columns)} |", f"|---|---|{'--:|' * (len(columns) - 2)}"]
    for one in (*results.floors, *results.pages):
        is_floor = one in results.floors
        name = f"*{one.page.name}*" if is_floor else one.page.name
        ratios = " | ".join(f"{one.times(floor):.1f}" for floor in (bare, one_row, fifty))
        lines.append(
            f"| {name} | {one.page.role or 'guest'} | {one.median_ms:.1f} | {one.p95_ms:.1f} | {one.cpu_ms:.1f} "
            f"| {ratios} | {one.queries} | {one.bytes:,} |"
        )
        if before:
            grown = growth(one, results, before)
            lines[-1] += f" {grown:.1f} |" if grown else " |"
    return lines


def _others(results: Results) -> list[str]:
    save, fifty = results.save
    facts = {
        "Save a session with an action through the form": f"median {save.median_ms:.0f} ms, p95 {save.p95_ms:.0f} ms, "
        f"{save.cpu_ms:.0f} ms CPU, {save.times(fifty):.1f} × 50 rows, {save.queries} queries",
        "Figures of the overview after one session": f"median {median(results.refresh_ms):.0f} ms",
        **_races(results),
        f"{results.reminders[0]:,} reminders due at once, two workers": f"all sent after {results.reminders[1]:.0f} s, "
        f"{results.reminders[0] / results.reminders[1]:.0f} a second",
        **{
            f"Export of {one.rows:,} {what}": f"first byte after {one.first * 1000:.0f} ms, last after "
            f"{one.last:.1f} s; memory rose by {one.megabytes:.0f} MB"
            for what, one in results.exports.items()
        },
        f"First view of the heaviest page, {results.first_view.name}": f"{results.first_view.bytes:,} bytes gzipped, "
        f"of which fonts {results.first_view.fonts:,}",
        "Memory of a web process at its highest": f"{results.megabytes:.0f} MB",
    }
    return ["| What | Result |", "|---|---|", *(f"| {what} | {result} |" for what, result in facts.items())]


def _races(results: Results) -> dict[str, str]:
    """What came of the answers, as it was and beside the floor."""
    found = "; ".join(
        dict.fromkeys(
            f"{coming} got a place, {waiting} wait {'in order' if in_order else 'not in order'}"
            for coming, waiting, in_order, _seconds in results.races
        )
    )
    guests = len(results.races[0][3])
    slow = median(quantiles(seconds, n=20)[-1] for *_places, seconds in results.races)
    each = sorted(_answers_a_second(results))
    many, fifty = median(each), results.floors[-1].cpu_ms
    return {
        f"{guests} guests answer at once for 10 places, two processes, {len(each)} times": f"{found}; "
        f"95 of 100 within {slow:.1f} s; {many:.0f} answers a second ({', '.join(f'{one:.0f}' for one in each)})",
        "The same beside the floor": f"{many:.0f} a second where fifty rows take {fifty:.1f} ms of CPU, which is "
        f"{many * fifty / FIFTY_ELSEWHERE:.0f} where they take {FIFTY_ELSEWHERE} ms; "
        f"{ANSWERS_ELSEWHERE * TIMES_FASTER} wanted there, so {answers_wanted(results):.0f} here",
    }
