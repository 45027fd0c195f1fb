#!/usr/bin/env python
"""Coachnet's command line. Outside production it brings its own Postgres and Valkey."""

import os
import sys
from contextlib import nullcontext

LOCAL_MODES = ("development", "demo", "test")


def main() -> None:
    """Run a management command, with the embedded services held for as long as it runs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coachnet.settings")
    mode = os.environ.get("COACHNET_MODE", "production")
    own_services = mode in LOCAL_MODES and "DATABASE_URL" not in os.environ
    if own_services:
        from coachnet.lib import embedded

    from django.core.management import execute_from_command_line

    with embedded.running(mode) if own_services else nullcontext():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
