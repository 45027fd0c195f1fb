"""Make `.venv` and install a locked requirements file into it. Runs on a bare python3 ≥ 3.11.

1. Put the pinned uv into a small environment of its own, `.tools`, by way of pip.
2. Let uv make `.venv` and install with checked hashes (seconds).
3. Where uv cannot be had, or cannot reach the packages that pip is configured for, pip does the same.

Usage: python3 tools/install.py requirements-demo.txt
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv" / "bin" / "python"
TOOLS = ROOT / ".tools"
UV = TOOLS / "bin" / "uv"
NO_VENV = """Python cannot make virtual environments here (the module ensurepip is missing).
On Debian and Ubuntu: sudo apt install python3-venv
Then run the same command again."""


def main() -> None:
    """Install the file named by the first argument."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file alone meets whatever python3 is)
        sys.exit(f"Coachnet needs Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}.")
    if not (ROOT / sys.argv[1]).is_file():
        sys.exit(f"{sys.argv[1]} does not exist. make lock writes it.")
    uv = UV if has_uv() else None
    if not works(PYTHON):
        make_environment(uv)
    if uv and run(uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", sys.argv[1]):
        return
    print("Installing with pip instead of uv: slower, same result.", flush=True)
    if not works(PYTHON, "-m", "pip") and not run(sys.executable, "-m", "venv", "--clear", ROOT / ".venv"):
        sys.exit(NO_VENV)
    if not run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / sys.argv[1]):
        sys.exit("The packages could not be installed; the lines above say why.")


def has_uv() -> bool:
    """Tell whether the pinned uv works, after trying to install it."""
    if not works(TOOLS / "bin" / "python", "-m", "pip"):
        print("Preparing the installer …", flush=True)
        if not run(sys.executable, "-m", "venv", "--clear", TOOLS):
            sys.exit(NO_VENV)
    pip = (TOOLS / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    pinned = run(*pip, "install", "--quiet", "--require-hashes", "-r", ROOT / "requirements-tools.txt")
    return pinned and works(UV)


def make_environment(uv: Path | None) -> None:
    """Make `.venv`, replacing one that does not work (its Python was removed or is too old)."""
    target = ROOT / ".venv"
    if uv and run(uv, "venv", "--quiet", "--clear", "--no-config", "--python", sys.executable, target):
        return
    if not run(sys.executable, "-m", "venv", "--clear", target):
        sys.exit(NO_VENV)


def works(program: Path, *arguments: str) -> bool:
    """Tell whether a program answers `--version`."""
    try:
        done = subprocess.run(
            [program, *arguments, "--version"], capture_output=True, check=False, timeout=60
        )
    except OSError:
        return False
    return done.returncode == 0


def run(*command: Path | str) -> bool:
    """Run a command with its output shown. True if it succeeded."""
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode == 0


if __name__ == "__main__":
    main()
