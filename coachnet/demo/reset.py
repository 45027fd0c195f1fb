"""`make demo-reset`: throw the demo's data away. Run as `python -m coachnet.demo.reset`."""

import sys

from coachnet.demo.place import PLACE
from coachnet.lib import embedded

if __name__ == "__main__":
    try:
        embedded.erase(PLACE, seconds=3)
    except embedded.EmbeddedError:
        sys.exit("The demo is running. Stop it with Ctrl-C first.")
    print("The demo's data are gone. make demo starts over.")  # noqa: T201
