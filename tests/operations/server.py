"""gunicorn as it is deployed, on the test database."""

import http.client
import os
import socket
import subprocess
import sys
import time

from django.db import connection

from coachnet.lib.embedded import PROJECT


class Server:
    """Started when made. `through` says how Postgres is reached, as the query of an address; else straight."""

    def __init__(self, *, through: str = "", **environment: str) -> None:
        facts = connection.settings_dict
        host = through or f"host={facts['HOST']}"
        database = f"postgresql:///{facts['NAME']}?{host}&user={facts['USER']}"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        given = os.environ | {"DATABASE_URL": database, "WEB_PROCESSES": "2"} | environment
        command = ["gunicorn", "--config=deploy/gunicorn.conf.py", f"--bind=127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command, "coachnet.wsgi"],
            cwd=PROJECT,
            env=given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def get(self, path: str, **headers: str) -> str:
        """The text of an answer that is 200."""
        status, text, _headers = self.ask("GET", path, headers)
        assert status == 200, status
        return text

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[int, str, dict[str, str]]:
        """Status, text and headers of an answer, over a connection of its own."""
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        server.request(method, path, body, {"Host": "localhost"} | headers | {"Connection": "close"})
        response = server.getresponse()
        return response.status, response.read().decode(), dict(response.getheaders())

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + 60
        while True:
            try:
                self.get("/health/")
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
            else:
                return

    def workers(self) -> list[int]:
        """The numbers of its worker processes."""
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in children.stdout.split()]
