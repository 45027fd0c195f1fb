"""One test database is migrated and filled; those of all workers are copies of it.

The process that starts the workers lets a process of its own make it while they still collect their tests. Run by
itself (`python -m tests.plugins.template`) this is that process: whoever wants a copy waits for the lock that it holds.
"""

import fcntl
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

NAME = f"{os.environ['TEST_DATABASE_NAME']}_template"
LOCK = "TEST_TEMPLATE_LOCK"
making = ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin, where there will be workers; the servers run. Workers read the name of the lock in their environment."""
    if getattr(config.option, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
        lock = Path(making.enter_context(TemporaryDirectory()), "lock")
        os.environ[LOCK] = str(lock)
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            # From here on the lock is held by the process that reads from it, and ends with it.
            making.enter_context(subprocess.Popen([sys.executable, "-m", __name__], stdin=held))


def pytest_unconfigure() -> None:
    making.close()


def begin_with_a_copy() -> None:
    """Where a template is being made, wait for it and let this worker's database begin as a copy.

    Whatever the copy lacks, pytest-django makes as always.
    """
    if LOCK in os.environ:
        with Path(os.environ[LOCK]).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
        _settings()["TEMPLATE"] = NAME


def _settings() -> dict[str, Any]:
    """What Django is told about the test database, to be changed."""
    from django.db import connection

    settings: dict[str, Any] = connection.settings_dict["TEST"]
    return settings


def make() -> None:
    """Make the database anew."""
    import django
    from django.db import connection

    django.setup()
    from companies import reference_data

    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{NAME}"')
    _settings()["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, serialize=False)
    reference_data.load()


if __name__ == "__main__":
    make()
