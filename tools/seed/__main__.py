"""`make seed SCALE=1|60`, or `python -m tools.seed --scale N`: load the large invented network, from nothing.

It lies on servers of its own, one pair for each scale, never on those of the demo, the tests or a real installation.
"""

import argparse
import sys

from coachnet.lib import embedded
from tools.drill.stage import Stage
from tools.seed.sizes import SIZES


def mode(scale: int) -> str:
    """The name of the servers that keep the network of a scale."""
    return f"seed-{scale}"


def main() -> int:
    """Throw away what the scale's servers hold, and load it again."""
    parser = argparse.ArgumentParser(prog="python -m tools.seed", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, choices=sorted(SIZES), default=1)
    scale = parser.parse_args().scale
    embedded.erase(embedded.Place(mode(scale)))
    with Stage(mode=mode(scale)):
        from django.utils import timezone

        from tools.seed.load import load

        print(f"Loading {scale}×:")
        load(SIZES[scale], timezone.localdate())
    return 0


if __name__ == "__main__":
    sys.exit(main())
