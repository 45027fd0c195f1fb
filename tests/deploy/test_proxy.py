"""deploy/Caddyfile in a real Caddy, where there is one: what reaches the web servers, and what stands in its log."""

import http.client
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from coachnet.lib.embedded import PROJECT

CADDYFILE = PROJECT / "deploy" / "Caddyfile"
CADDY = shutil.which("caddy") or ""
pytestmark = pytest.mark.skipif(not CADDY, reason="no caddy on this machine")
TOKEN = "s3cretOfAPersonalLink0123456789abcdef"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Upstream(http.server.BaseHTTPRequestHandler):
    """Answers with the headers that reached it."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): self.headers.get_all(name) for name in self.headers}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing on the test's own output."""


class Proxy:
    """Caddy with the file as it is delivered; only names and ports are this machine's."""

    def __init__(self, folder: Path, upstream: int) -> None:
        self.port, self.log = free_port(), folder / "log"
        text = CADDYFILE.read_text(encoding="utf-8")
        for delivered, here in (
            ("http://:2020", f"http://127.0.0.1:{free_port()}"),
            ("name web", "name localhost"),
            ("port 8000", f"port {upstream}"),
            ("lb_try_duration 10s", "lb_try_duration 1s"),
        ):
            assert text.count(delivered) == 1, delivered
            text = text.replace(delivered, here)
        file = folder / "Caddyfile"
        file.write_text(text, encoding="utf-8")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [CADDY, "run", "--config", file, "--adapter", "caddyfile"],
                env=environment(folder, f"http://127.0.0.1:{self.port}"),
                stdout=log,
                stderr=log,
            )

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of an answer."""
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with closing(server):
            server.request("GET", path, headers=headers or {})
            response = server.getresponse()
            return response.status, response.read()

    def wait(self) -> None:
        """Until it listens."""
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)
            else:
                return


def environment(folder: Path, site: str) -> dict[str, str]:
    """What Caddy keeps goes into the test's folder."""
    kept = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    return {"PATH": os.environ["PATH"], "SITE_ADDRESS": site, **kept}


@pytest.fixture
def upstream() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(tmp_path: Path, upstream: http.server.ThreadingHTTPServer) -> Iterator[Proxy]:
    one = Proxy(tmp_path, upstream.server_port)
    try:
        one.wait()
        yield one
    finally:
        one.process.terminate()
        one.process.wait(20)


def test_the_file_is_understood_without_a_warning(tmp_path: Path):
    done = subprocess.run(
        [CADDY, "adapt", "--validate", "--config", CADDYFILE, "--adapter", "caddyfile"],
        env=environment(tmp_path, "coachnet.example"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"level":"warn"' not in done.stderr, done.stderr


def test_a_web_server_is_told_the_address_that_connected_and_not_what_it_claims(proxy: Proxy):
    claims = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Host": "evil.example",
    }
    for headers in ({}, claims):
        status, body = proxy.get("/", headers)
        assert status == 200
        arrived = json.loads(body)
        assert arrived["x-forwarded-for"] == ["127.0.0.1"]  # one entry: TRUSTED_PROXIES=1
        assert arrived["x-forwarded-proto"] == ["http"]
        assert arrived["x-forwarded-host"] == arrived["host"] == [f"127.0.0.1:{proxy.port}"]


def test_metrics_do_not_pass_through(proxy: Proxy):
    assert proxy.get("/health/serving/")[0] == 200  # the control
    for path in ("/health/metrics/", "/health/metrics", "/HEALTH/metrics/?x=1"):
        assert proxy.get(path) == (404, b"")


def test_the_log_tells_of_a_fault_and_not_of_the_address(
    proxy: Proxy, upstream: http.server.ThreadingHTTPServer
):
    upstream.shutdown()
    upstream.server_close()
    headers = {"Referer": f"http://127.0.0.1/meetings/answer/open/{TOKEN}/", "Cookie": f"session={TOKEN}"}
    assert proxy.get(f"/meetings/answer/open/{TOKEN}/?key={TOKEN}", headers)[0] in (502, 503)
    deadline = time.monotonic() + 10
    while not (lines := re.findall(r"^.*http\.log\.error.*$", proxy.log.read_text(), re.MULTILINE)):
        assert time.monotonic() < deadline, proxy.log.read_text()
        time.sleep(0.1)
    (line,) = (json.loads(one) for one in lines)
    assert (line["level"], line["request"]["method"], line["status"]) == ("error", "GET", 502)
    assert TOKEN not in proxy.log.read_text()
