"""The base of our management commands: what they change is recorded with the command's name."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand

from coachnet.audit.context import acting


class AuditedCommand(BaseCommand):
    """A command whose changes carry its name and the operating system's name of whoever ran it."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run inside an audit context."""
        name = type(self).__module__.rsplit(".", 1)[-1]
        with acting(command=name, operator=_operator(), user=None, request_id="", address=""):
            return super().execute(*args, **options)


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""  # a container's user may have no name
