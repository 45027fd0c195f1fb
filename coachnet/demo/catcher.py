"""The demo's mail server: takes every mail and keeps it. Nothing ever leaves the machine.

Run as `python -m coachnet.demo.catcher <port>`.
"""

import signal
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from coachnet.demo.mails import make_folder
from coachnet.demo.place import MAIL


def main() -> None:
    """Serve until SIGTERM."""
    make_folder(MAIL)
    server = Controller(Mailbox(MAIL), hostname="127.0.0.1", port=int(sys.argv[1]))
    server.start()
    print(f"Catching mail on port {server.port}", flush=True)  # noqa: T201
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.stop()


if __name__ == "__main__":
    main()
