"""`make drill`, or `python -m tools.drill [name …] [--size N] [--database URL]`.

Each drill prints what it saw; the exit code tells whether every promise was kept. To add one, write a module with
`run(stage, size)`, which returns the promises that were broken, and name it in DRILLS.
"""

import argparse
import importlib
import sys
import time

from tools.drill.stage import Stage

# Name and module, in the order they are run: each leaves workers behind that the next can use.
DRILLS = {
    "beats": "tools.drill.beats",
    "flush": "tools.drill.flush",
    "kill": "tools.drill.kill",
    "restart": "tools.drill.restart",
    "answers": "tools.drill.answers",
    "restore": "tools.drill.restore",
}


def main() -> int:
    """Run the drills that are asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m tools.drill", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[[], *DRILLS], metavar="name", help=", ".join(DRILLS))
    parser.add_argument("--size", type=int, default=10_000, help="how many reminders, answers and so on")
    parser.add_argument("--database", default="", help="an empty, migrated database instead of an own one")
    options = parser.parse_args()
    broken: list[str] = []
    with Stage(options.database) as stage:
        for name in options.names or DRILLS:
            # Imported only now: the stage has told Django which servers to use.
            drill = importlib.import_module(DRILLS[name])
            print(f"\n{name}: {(drill.__doc__ or '').splitlines()[0]}", flush=True)
            began = time.monotonic()
            faults = drill.run(stage, options.size)
            verdict = "BROKEN" if faults else "kept"
            for line in (*faults, f"{verdict}, after {time.monotonic() - began:.1f} s"):
                print(f"  {line}", flush=True)
            broken += faults
        if broken:
            print(f"\nThe last lines of workers and beats:\n{stage.tail()}")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
