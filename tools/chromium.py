"""Find a Chromium for the browser journeys, or install one where the package manager allows.

Run by `make test`; the journeys import `find`. Set CHROMIUM to use a certain program.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The shell without a window comes first: a journey takes a quarter less CPU in it.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
MISSING = (
    "NO CHROMIUM: the browser journeys are skipped. Install it with "
    "`sudo apt install chromium` or `brew install --cask chromium`, or set CHROMIUM to its path."
)


def find() -> Path | None:
    """Return a Chromium that starts, or None. Ubuntu's stand-in for a missing snap does not start."""
    named = os.environ.get("CHROMIUM")
    candidates: list[str | None] = [named] if named else [*map(shutil.which, NAMES), *APPLICATIONS]
    for candidate in candidates:
        if candidate and Path(candidate).exists() and _starts(candidate):
            return Path(candidate)
    return None


def install() -> None:
    """Ask the package manager that is at hand, without ever asking for a password."""
    for command in _installers():
        print(f"No Chromium found. Trying: {' '.join(command)}", flush=True)
        with_log = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )
        if with_log.returncode:
            print(*with_log.stdout.splitlines()[-3:], sep="\n", flush=True)
        elif find():
            return


def _installers() -> list[list[str]]:
    if shutil.which("brew"):
        return [["brew", "install", "--cask", "chromium"]]
    rights = [] if os.getuid() == 0 else ["sudo", "-n"]
    if rights and not shutil.which("sudo"):
        return []
    if shutil.which("apt-get"):
        quiet = [*rights, "apt-get", "-qq"]
        install = [*quiet, "install", "-y", "--no-install-recommends"]
        return [[*quiet, "update"], [*install, "chromium-headless-shell"], [*install, "chromium"]]
    if shutil.which("dnf"):
        return [[*rights, "dnf", "-q", "-y", "install", "chromium"]]
    return []


def _starts(program: str) -> bool:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    if find() is None:
        install()
    if find() is None:
        print(MISSING, file=sys.stderr, flush=True)
