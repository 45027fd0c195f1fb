"""`make demo`: run as `python -m coachnet.demo`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from coachnet.demo.parts import Log
from coachnet.demo.runner import run
from coachnet.lib import embedded

if __name__ == "__main__":
    os.environ["COACHNET_MODE"] = "demo"
    try:
        with embedded.running("demo", start=False):
            run(Log())
    except (ImproperlyConfigured, embedded.EmbeddedError) as error:
        sys.exit(str(error))
