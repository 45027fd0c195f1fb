"""What a drill stands on: servers of its own, a mail server that counts, and real workers as processes."""

import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from coachnet.demo.parts import Log, Part, kill_group
from coachnet.lib import embedded

MODE = "drill"  # servers of its own: a drill empties Valkey
PATIENCE = 1800  # seconds


class Sink:
    """Takes every mail and remembers, by recipient, the Message-IDs it came with.

    `before_answer` is awaited when a mail is here and its sender does not know it yet.
    """

    def __init__(self) -> None:
        self.taken: dict[str, list[str]] = defaultdict(list)
        self.count = 0
        self.before_answer: Callable[[], Any] | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, then answer."""
        message: Any = message_from_bytes(envelope.original_content or b"", policy=default)
        for address in envelope.rcpt_tos:
            self.taken[address].append(str(message["Message-ID"]))
        self.count += 1
        if self.before_answer:
            await self.before_answer()
        return "250 OK"

    def clear(self) -> None:
        """Forget what was taken."""
        self.taken.clear()
        self.count, self.before_answer = 0, None


class Server(Controller):
    """An SMTP server on whatever port of the loopback interface is free."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()


def production() -> dict[str, str]:
    """The settings that a production has, invented: no shortcut of tests or demo may help a drill."""
    lines = (embedded.PROJECT / "deploy" / "check.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


class Stage:
    """Servers, database and processes, from entering to leaving.

    The drill's own database is emptied on entering; with another `mode` the database is that mode's, and stays.
    """

    def __init__(self, database_url: str = "", *, mode: str = MODE) -> None:
        self.database_url, self.mode = database_url, mode
        self.sink = Sink()
        self.workers: list[Part] = []
        self.beats: list[Part] = []
        self._made = 0

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        place = self._stack.enter_context(embedded.running(self.mode))
        self.redis_url = place.redis_url
        server = Server(self.sink, hostname="127.0.0.1", port=0)
        server.start()
        self._stack.callback(server.stop)
        self._stack.callback(self._end)
        self._output = self._stack.enter_context(tempfile.NamedTemporaryFile("w+", suffix=".log"))
        self._log = Log(self._output)
        self.environment = {
            **production(),
            "DATABASE_URL": self.database_url or place.database_url,
            "REDIS_URL": place.redis_url,
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            "DATABASE_POOL": "0",
            "LOG_LEVEL": "WARNING",
        }
        os.environ.update(self.environment)
        os.environ["DJANGO_SETTINGS_MODULE"] = "coachnet.settings"
        import django
        from django.core.management import call_command

        django.setup()
        if not self.database_url:
            call_command("migrate", verbosity=0, interactive=False)
            if self.mode == MODE:
                self._empty_tables()
        self.flush()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def _empty_tables(self) -> None:
        from django.core.management import call_command
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET coachnet.may_truncate = 'yes'")
        call_command("flush", verbosity=0, interactive=False)

    # --- Processes -----------------------------------------------------------------------------

    def crew(self, *, workers: int = 2, beats: int = 1) -> None:
        """Have so many workers and beats running, those that already run included."""
        celery = [sys.executable, "-m", "celery", "--app", "tools.drill.worker", "--quiet"]
        self.workers = [part for part in self.workers if not part.died()]
        while len(self.workers) < workers:
            self._made += 1
            name = f"worker{self._made}"
            command = [
                "worker",
                "--concurrency=1",
                "--without-gossip",
                "--without-mingle",
                f"--hostname={name}@drill",
            ]
            self.workers.append(self.start(name, [*celery, *command, "--loglevel=WARNING"]))
        while len(self.beats) < beats:
            self._made += 1
            schedule = Path(tempfile.gettempdir()) / f"coachnet-drill-beat-{os.getpid()}-{self._made}"
            self._stack.callback(schedule.unlink, missing_ok=True)
            command = ["beat", f"--schedule={schedule}", "--pidfile=", "--loglevel=WARNING"]
            self.beats.append(self.start(f"beat{self._made}", [*celery, *command]))
        while len(self.beats) > beats:
            self.kill(self.beats.pop())

    def start(self, name: str, command: list[str], **environment: str) -> Part:
        """Start one more process of ours. Whoever starts it here ends it."""
        quiet = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
        part = Part(name, command, self.environment | quiet | environment, self._log)
        part.start()
        return part

    def kill(self, part: Part) -> None:
        """SIGKILL a process with all its children."""
        assert part.process
        kill_group(part.process.pid)
        part.process.wait()

    def _end(self) -> None:
        for part in (*self.workers, *self.beats):
            self.kill(part)

    # --- Watching ------------------------------------------------------------------------------

    def flush(self) -> None:
        """FLUSHALL: Valkey forgets everything."""
        import redis

        redis.Redis.from_url(self.redis_url).flushall()

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Wait until something is so. Raises TimeoutError, with the last lines of the processes."""
        deadline = time.monotonic() + PATIENCE
        while not until():
            if time.monotonic() > deadline:
                raise TimeoutError(f"Waited {PATIENCE} s for: {what}\n{self.tail()}")
            time.sleep(0.05)

    def tail(self) -> str:
        """The last lines that workers and beats wrote."""
        self._output.flush()
        return "\n".join(Path(self._output.name).read_text(encoding="utf-8").splitlines()[-30:])
