"""Dockerfile, compose file and proxy, as far as text can tell: no Docker engine runs these tests."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from gunicorn.workers import gthread

from coachnet.lib.embedded import PROJECT
from coachnet.notifications import delivery

ONCE = {"migrate", "backup"}
OURS = {"migrate", "web", "worker", "beat", "backup"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((PROJECT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (PROJECT / "Dockerfile").read_text()


def environment_of(service: dict[str, Any]) -> dict[str, str]:
    """The service's settings with the operator's passwords and env file filled in."""
    example = (PROJECT / "deploy" / "coachnet.env.example").read_text()
    given = dict(line.split("=", 1) for line in example.splitlines() if line and not line.startswith("#"))
    given["SECRET_KEY"] = "x" * 50
    given["FIELD_ENCRYPTION_KEYS"] = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
    return given | {
        name: re.sub(r"\$\{.*?\}", "secret", value) for name, value in service["environment"].items()
    }


def start_settings(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import coachnet.settings"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_compose_has_every_part_with_a_health_check(compose, dockerfile: str):
    services = compose["services"]
    assert set(services) == OURS | {"proxy", "database", "valkey", "mail"}
    for name, service in services.items():
        own = service.get("healthcheck", {})
        inherited = name in OURS and "HEALTHCHECK" in dockerfile
        assert own.get("test") or inherited or name in ONCE, f"{name} has no health check"
    assert services["mail"]["profiles"] == ["dev"]
    assert services["database"]["image"].startswith("postgres:18")


def test_compose_starts_in_order(compose):
    for name in ("web", "worker", "beat"):
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])


@pytest.mark.parametrize("name", ["web", "worker"])
def test_compose_lets_web_and_worker_be_scaled(compose, name: str):
    """A fixed name or a published port allows one copy only; the proxy finds copies by their shared name."""
    service = compose["services"][name]
    assert not {"container_name", "ports", "hostname"} & set(service)
    assert "dynamic a" in (PROJECT / "deploy" / "Caddyfile").read_text()


def test_compose_keeps_data_off_the_outside_network(compose):
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("database", "valkey"):
        assert compose["services"][name]["networks"] == ["inside"]
        assert "ports" not in compose["services"][name]


def test_metrics_are_not_served_to_the_outside():
    """Caddy orders `respond` before `reverse_proxy`, whatever their order in the file."""
    assert "respond /health/metrics* 404" in (PROJECT / "deploy" / "Caddyfile").read_text()


def test_compose_drops_privileges(compose):
    for name in OURS:
        service = compose["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_compose_and_example_hold_every_required_setting(compose, name: str):
    environment = environment_of(compose["services"][name])
    assert start_settings(environment).returncode == 0
    missing = start_settings({key: value for key, value in environment.items() if key != "SITE_URL"})
    assert "SITE_URL is missing" in missing.stderr  # the start can fail


def test_dockerfile_runs_as_nobody_in_particular(dockerfile: str):
    stages = dockerfile.split("\nFROM ")[1:]
    assert len(stages) == 2
    user = re.search(r"^USER (\d+)", stages[-1], re.MULTILINE)
    assert user
    assert int(user[1]) > 0
    assert "--require-hashes -r requirements.txt" in stages[0]


def test_dockerfile_copies_what_exists_and_ignores_secrets(dockerfile: str):
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        for source in line.split():
            assert (PROJECT / source).exists()
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    assert {".git", ".env", ".venv", "var"} <= set(ignored)
    for name in re.findall(r"deploy/[\w.]+", dockerfile):
        assert (PROJECT / name).exists()


def test_no_file_of_the_deployment_names_a_registry_of_packages():
    for path in (
        *Path(PROJECT).glob("requirements*.txt"),
        PROJECT / "pyproject.toml",
        PROJECT / "Dockerfile",
    ):
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", path.read_text()), path


def test_a_stopping_container_is_given_the_time_it_needs(compose):
    """Web: to be noticed by proxies, and gunicorn's own grace. Worker: one batch and its last mail."""
    web, worker = compose["services"]["web"], compose["services"]["worker"]
    graceful = re.search(
        r'"GRACEFUL_SECONDS", "(\d+)"', (PROJECT / "deploy" / "gunicorn.conf.py").read_text()
    )
    assert graceful
    needed = int(web["environment"]["DRAIN_SECONDS"]) + int(graceful[1])
    assert int(web["stop_grace_period"].removesuffix("s")) > needed
    batch = delivery.SECONDS_PER_BATCH + delivery.SECONDS_PER_MAIL
    assert int(worker["stop_grace_period"].removesuffix("s")) > batch


def test_the_proxy_lets_go_of_connections_before_the_web_server_does():
    kept = re.search(r"^\s*keepalive (\d+)s$", (PROJECT / "deploy" / "Caddyfile").read_text(), re.MULTILINE)
    assert kept
    assert int(kept[1]) < gthread.STOP_KEEPALIVE_LINGER


# --- What the guide has people type -----------------------------------------------------------------------------

GUIDE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"docker compose (?P<rest>[^`\n|#)]+)")
# Of `docker compose`, its options that take a value, and what may stand after the services.
VALUED = {"--scale", "--profile"}


def misread(line: str, services: set[str]) -> str:
    """What Compose would not understand of what stands after `docker compose`; empty when it would."""
    words = shlex.split(line)
    while words and words[0].startswith("--"):
        words = words[2 if words[0] in VALUED else 1 :]
    action, *words = words
    while words:
        word = words.pop(0)
        if word == "--scale":
            name, _, number = words.pop(0).partition("=")
            if name not in services or not number.isdigit():
                return f"--scale {name}={number}"
        elif not word.startswith("--"):
            if word not in services:
                return f"no such service: {word}"
            if action in {"run", "exec"}:  # the rest is run in the container
                return "" if words[:1] != ["manage.py"] else "manage.py is no program: python manage.py"
    return ""


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("up --detach --scale web=3 worker=4", "no such service: worker=4"),
        ("up --detach --scale web=3 --scale worker=4", ""),
        ("--profile dev up", ""),
        ("run --rm backup manage.py restore /copies/a", "manage.py is no program: python manage.py"),
        ("run --rm backup python manage.py restore /copies/a", ""),
        ("stop web workers", "no such service: workers"),
    ],
)
def test_a_command_that_compose_misreads_is_found(compose, line: str, wrong: str):
    assert misread(line, set(compose["services"])) == wrong


@pytest.mark.parametrize("file", ["docs/operations.md", "docker-compose.yml"])
def test_every_command_of_the_guide_is_one_that_compose_understands(compose, file: str):
    found = COMMAND.findall((PROJECT / file).read_text(encoding="utf-8"))
    assert found
    for line in found:
        assert misread(line, set(compose["services"])) == "", line


def test_every_command_of_the_guide_is_written_out():
    """A clock of the host starts in no folder, and manage.py is in the container and no program of its own."""
    for line in re.findall(r"^\s*[\d*/]+ .* docker compose .*$", GUIDE, re.MULTILINE):
        assert re.search(r"cd \S+ && docker compose", line), line
    for line in re.findall(r"(?:^|`)manage\.py (?:restore|migrate)\b.*", GUIDE, re.MULTILINE):
        pytest.fail(f"not run in a container: {line}")


def test_how_many_there_are_stands_in_one_place(compose):
    """Written in .env, each `up` keeps to it; `--scale` is forgotten by the next one."""
    for name in ("web", "worker"):
        variable = f"{name.upper()}_CONTAINERS"
        assert compose["services"][name]["scale"] == f"${{{variable}:-1}}"
        assert f"`{variable}`" in GUIDE


def test_the_image_has_a_version_to_go_back_to(compose):
    for name in OURS:
        assert compose["services"][name]["image"] == "coachnet:${COACHNET_VERSION:-latest}"
    assert "`COACHNET_VERSION`" in GUIDE


def test_the_image_runs_the_python_that_was_tested(dockerfile: str):
    wanted = re.search(r"--python-version (\S+)", (PROJECT / "Makefile").read_text(encoding="utf-8"))
    assert wanted
    assert set(re.findall(r"^FROM python:(\d+\.\d+)", dockerfile, re.MULTILINE)) == {wanted[1]}
