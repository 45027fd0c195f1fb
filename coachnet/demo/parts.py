"""The demo's processes: each in a session of its own, its output prefixed into one log."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import IO

from coachnet.demo.place import PARTS
from coachnet.lib.embedded import PROJECT
from coachnet.lib.embedded.supervisor import Watcher, dies_with_parent

COLOURS = {"demo": 36, "web": 32, "worker": 35, "beat": 33, "mail": 34}
STOP_SECONDS = 8
LONGEST_PAUSE = 30  # seconds before a part that dies again and again is started once more


class Log:
    """One log for all parts: a prefix per part, coloured on a terminal unless NO_COLOR is set."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self.stream = stream or sys.stdout
        self.coloured = self.stream.isatty() and "NO_COLOR" not in os.environ
        self._lock = Lock()

    def line(self, part: str, text: str) -> None:
        """Write one line. Silent when the reader of our output has gone."""
        prefix = f"{part:<7}"
        if self.coloured:
            prefix = f"\033[{COLOURS.get(part, 37)}m{prefix}\033[0m"
        with self._lock, suppress(BrokenPipeError, ValueError):
            self.stream.write(f"{prefix}│ {text}\n")
            self.stream.flush()


@dataclass
class Part:
    """One process of the demo."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Log
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    deaths: int = field(default=0, init=False)

    def start(self) -> None:
        """Start the process; it gets SIGTERM from the kernel should we be killed."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=PROJECT,
            env={**os.environ, **self.environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the runner, which stops the parts in order
            preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  (one prctl, no lock taken)
        )
        Thread(target=self._pass_on, args=(self.process.stdout,), daemon=True).start()

    def died(self) -> bool:
        """Whether it has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    @property
    def exit_code(self) -> int | None:
        """How it ended, if it has."""
        return self.process.poll() if self.process else None

    def may_start_again(self) -> bool:
        """Whether it has run, or paused, long enough: the pause doubles with each death."""
        return time.monotonic() - self.started_at > min(2**self.deaths, LONGEST_PAUSE)

    def ask_to_stop(self) -> None:
        """Let it finish what it does."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def stop(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic), then end the process with all its children."""
        if self.process:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, deadline - time.monotonic()))
            kill_group(self.process.pid)
            self.process.wait()

    def _pass_on(self, output: IO[bytes]) -> None:
        with output:
            for line in output:
                self.log.line(self.name, line.decode(errors="replace").rstrip())


class Parts:
    """The running parts, remembered on disk so that the next demo can end what a killed one left."""

    def __init__(self, log: Log) -> None:
        end_leftovers()
        self.parts: list[Part] = []
        self.log = log
        self._watcher = Watcher.where_needed()

    def start(self, *parts: Part) -> None:
        """Start more parts, all at once."""
        for part in parts:
            self.parts.append(part)
            self._start(part)

    def restart_dead(self) -> None:
        """Bring back a part that died, after ending the children it left."""
        for part in self.parts:
            if part.died() and part.process and part.may_start_again():
                part.deaths += 1
                self.log.line("demo", f"{part.name} stopped ({part.process.returncode}). Starting it again.")
                kill_group(part.process.pid)
                self._start(part)

    def stop(self) -> None:
        """Stop all parts; insist after STOP_SECONDS."""
        deadline = time.monotonic() + STOP_SECONDS
        for part in self.parts:
            part.ask_to_stop()
        for part in self.parts:
            part.stop(deadline)
        PARTS.unlink(missing_ok=True)

    def _start(self, part: Part) -> None:
        part.start()
        if self._watcher and part.process:
            self._watcher.add(part.process.pid)
        PARTS.write_text(json.dumps([part.process.pid for part in self.parts if part.process]))


def kill_group(leader: int) -> None:
    """End every process of the group that `leader` began, whether it lives or not."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_leftovers(record: Path = PARTS) -> list[int]:
    """End what a killed demo left behind, and return the groups that were ended.

    A number may have been given to somebody else since: only groups that run this project's Python go.
    """
    if not record.exists():
        return []
    listing = subprocess.run(
        ["ps", "-ww", "-eo", "pgid=,command="], capture_output=True, text=True, check=True
    ).stdout
    ours = {int(line.split()[0]) for line in listing.splitlines() if sys.executable in line}
    left = [pid for pid in json.loads(record.read_text()) if pid in ours]
    for pid in left:
        kill_group(pid)
    record.unlink()
    return left
