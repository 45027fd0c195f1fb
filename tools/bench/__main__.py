"""`make bench SCALE=1|60`, or `python -m tools.bench --scale N`: measure, and write docs/performance.md.

The network must have been loaded today (make seed) and not been used since: what is measured adds to it. One web
process, so that its CPU is all there is.
"""

import argparse
import sys
import time

from tools.drill.stage import Stage
from tools.seed.__main__ import mode
from tools.seed.sizes import SIZES

ROUNDS, SESSIONS, REFRESHES, RACES, REMINDERS = 12, 20, 5, 3, 10_000


def main() -> int:
    """Measure one scale."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, choices=sorted(SIZES), default=1)
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="how often each page is asked for five times"
    )
    parser.add_argument(
        "--as-it-is", action="store_true", help="take a network of another day, or a used one"
    )
    options = parser.parse_args()
    with Stage(mode=mode(options.scale)) as stage:
        from tools.bench import report

        if not _has_network(options.scale, as_it_is=options.as_it_is):
            print(f"Load the network first: make seed SCALE={options.scale}")
            return 1
        print(report.write(_run(stage, options.scale, options.rounds)))
    return 0


def _has_network(scale: int, *, as_it_is: bool) -> bool:
    from django.utils import timezone

    from tools.seed.load import is_loaded

    return is_loaded(SIZES[scale], None if as_it_is else timezone.localdate())


def _run(stage: Stage, scale: int, rounds: int) -> "report.Results":  # type: ignore[name-defined]  # noqa: F821
    # Imported only now: the stage has told Django which servers to use.
    from django.conf import settings

    from tools.bench import first_view, report
    from tools.bench.measure import Site
    from tools.bench.pages import FLOORS, Cast
    from tools.drill import answers

    with answers.static_files(stage):
        port = answers.free_port()
        server = answers.serve(stage, 1, "tools.bench.served:application", port)
        try:
            answers.wait_until_ready(port, settings.SITE_URL.partition("//")[2])
            site = Site(port, Cast())
            # First, so that what was last done, which the log shows, is alike at every scale.
            save = site.log_sessions(SESSIONS)
            measured = site.pages(rounds)
            exports = {what: site.export(*asked) for what, asked in site.cast.exports.items()}
            refreshes = [_refresh(site) for _ in range(REFRESHES)]
            megabytes = site.usage()["megabytes"]
            heaviest = first_view.heaviest(
                ((one.page.name, one.bytes, one.files) for one in measured if one.files), site.fetch
            )
        finally:
            stage.kill(server)
        races = [
            answers.round_of_answers(stage, 2, "coachnet.wsgi:application")
            for _ in range(RACES)  # each takes seconds, in which the machine may be at something else
        ]
    return report.Results(
        scale=scale,
        floors=measured[: len(FLOORS)],
        pages=measured[len(FLOORS) :],
        save=save,
        refresh_ms=refreshes,
        races=races,
        megabytes=megabytes,
        exports=exports,
        first_view=heaviest,
        reminders=_reminders(stage, REMINDERS),
    )


def _refresh(site: "measure.Site") -> float:  # type: ignore[name-defined]  # noqa: F821
    """Milliseconds for the figures to take in one session."""
    from dashboards.refresh import refresh

    while refresh():
        pass
    site.log_sessions(1)
    began = time.perf_counter()
    refresh()
    return (time.perf_counter() - began) * 1000


def _reminders(stage: Stage, size: int) -> tuple[int, float]:
    """So many reminders that are due at once, and the seconds from the first mail until none is left."""
    from tools.drill import reminders

    reminders.add(size)
    due = reminders.due()
    stage.sink.clear()
    stage.crew(workers=2, beats=1)
    stage.wait(lambda: stage.sink.count > 0, "the first mail")
    began = time.monotonic()
    stage.wait(lambda: not reminders.due() and not reminders.held(), f"{due} reminders")
    return due, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
