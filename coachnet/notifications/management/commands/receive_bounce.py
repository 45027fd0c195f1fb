"""`manage.py receive_bounce TO < message`: what a mail server hands over that came back. See docs/operations.md."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

import structlog
from django.db import DatabaseError

from coachnet.audit.commands import AuditedCommand
from coachnet.notifications import bounces

log = structlog.get_logger(__name__)


class Command(AuditedCommand):
    help = "Take one message that came back, on standard input. Ends with 75 when it shall be brought again, else 0."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", help="the address it came to: ${recipient} of Postfix")

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        incoming = sys.stdin.buffer
        content = incoming.read(bounces.MOST_BYTES + 1)
        while incoming.read(bounces.MOST_BYTES):  # a mail server takes a pipe that breaks for a failure
            pass
        try:
            kind = bounces.receive(to, content)
        except DatabaseError as error:
            log.warning("bounce_not_received", fault=type(error).__name__)
            sys.exit(os.EX_TEMPFAIL)
        # Forged ones, too, are taken: to refuse them would send mail to somebody who never wrote.
        if kind == bounces.Kind.EARLY:
            sys.exit(os.EX_TEMPFAIL)
