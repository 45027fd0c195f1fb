"""Real servers for the tests, and the rule that a test stays on this machine and makes no noise.

Loaded by `-p` in pyproject.toml, before Django's settings are read. `TEST_DATABASE_NAME` keeps two
runs apart; each worker of pytest-xdist gets a database of Postgres and one of Valkey to itself.
"""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from zlib import crc32

import pytest

from coachnet.lib import embedded

os.environ.setdefault("COACHNET_MODE", "test")
os.environ.setdefault("TEST_DATABASE_NAME", "test_coachnet")
OWN_SERVICES = "DATABASE_URL" not in os.environ
# Tables that are filled when the database is made: those of a module, and two of Django's.
KEPT_MODULE, KEPT_MODELS = "companies.reference", ("auth.Permission", "contenttypes.ContentType")
LOOPBACK = ("127.", "::1", "localhost")

if OWN_SERVICES:
    run = os.environ["TEST_DATABASE_NAME"] + os.environ.get("PYTEST_XDIST_WORKER", "")
    url = embedded.urls("test")[1].removesuffix("0") + str(crc32(run.encode()) % 255 + 1)
    # Not a default: a worker inherits the address of the process that started it.
    os.environ["REDIS_URL"] = url

held = ExitStack()
refused: list[str] = []


class ErrorLog(logging.Handler):
    """Keeps what was logged as an error while one test ran."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


error_log = ErrorLog()


def pytest_configure() -> None:
    if OWN_SERVICES:
        held.enter_context(embedded.running("test"))
    _stay_on_this_machine()
    if OWN_SERVICES:
        _empty_tables_fast()
    else:
        _let_the_runner_empty_tables()
    logging.getLogger().addHandler(error_log)


def _let_the_runner_empty_tables() -> None:
    """Audited tables refuse TRUNCATE, which Django uses after a transactional test (coachnet.audit.protection)."""
    from django.db.backends.signals import connection_created

    def allow(connection: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET coachnet.may_truncate = 'yes'")

    connection_created.connect(allow, weak=False)


def _empty_tables_fast() -> None:
    """After a transactional test delete the rows there are, and keep those that every installation has.

    Django truncates all hundred tables, then makes permissions again; that takes longer than many a test. Only a
    superuser may pass by the triggers of audit, so with DATABASE_URL it is done in Django's way.
    """
    from django.apps import apps
    from django.db import connection, transaction
    from django.test import TransactionTestCase

    def empty(case: TransactionTestCase) -> None:
        kept = {model._meta.db_table for model in apps.get_models() if model.__module__ == KEPT_MODULE}
        kept |= {apps.get_model(name)._meta.db_table for name in KEPT_MODELS}
        tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - kept)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            quoted = [connection.ops.quote_name(table) for table in tables]
            cursor.execute(
                " UNION ALL ".join(f"(SELECT {n} FROM {table} LIMIT 1)" for n, table in enumerate(quoted))
            )
            for (n,) in cursor.fetchall():
                cursor.execute(f"DELETE FROM {quoted[n]}")

    TransactionTestCase._fixture_teardown = empty  # type: ignore[attr-defined]


def pytest_unconfigure() -> None:
    held.close()


def _stay_on_this_machine() -> None:
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            _refuse(f"connect to {address}")
        connect(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if name not in ("", "0.0.0.0", "::", socket.gethostname()) and not name.startswith(LOOPBACK):
            _refuse(f"look up {name}")
        return getaddrinfo(host, *args, **kwargs)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = guarded_getaddrinfo


def _refuse(what: str) -> None:
    refused.append(what)
    raise OSError(f"Tests stay on this machine: tried to {what}.")


@pytest.fixture(autouse=True)
def clean_cache() -> None:
    """Empty the shared cache, where sign-in limits live, so that no test sees another's."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that reached for the network or logged an error, also where code swallowed it."""
    refused.clear()
    error_log.records.clear()
    yield
    assert not refused, f"The test reached for the network: {refused}"
    if request.node.get_closest_marker("logs_errors") is None:
        messages = [record.getMessage() for record in error_log.records]
        assert not messages, f"The test logged errors (mark it logs_errors if that is the point): {messages}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A suite that ran nothing fails: only skipped tests are no success."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    asked_to_run = not session.config.option.collectonly
    if reporter and asked_to_run and exitstatus == pytest.ExitCode.OK and not reporter.stats.get("passed"):
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
