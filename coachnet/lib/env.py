"""Settings from the environment: each is read once, and a fault says which setting and how to mend it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class Environment:
    """Reads settings, gathers every fault, and stops the start with one readable list.

    Errors: `finish()` raises ImproperlyConfigured when a required setting was missing or malformed.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ = os.environ if environ is None else environ
        self.faults: list[str] = []

    def text(self, name: str, default: str | None = None, *, hint: str = "", secret: bool = False) -> str:
        """The setting as text; `NAME_FILE` may name a file that holds it (container secrets)."""
        value = self._raw(name)
        if value is None:
            value = default
        if value is None:
            self.faults.append(f"{name} is missing. {hint}".strip())
            return ""
        if secret and default is None and len(value) < 50:
            self.faults.append(f"{name} is too short: use at least 50 random characters. {hint}".strip())
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """The setting as a boolean: 1/true/yes/on or 0/false/no/off."""
        value = self._raw(name)
        if value is None:
            return default
        if value.lower() in TRUE | FALSE:
            return value.lower() in TRUE
        self.faults.append(f"{name} is {value!r}, which is neither yes nor no. Write 1 or 0.")
        return default

    def number(self, name: str, default: int) -> int:
        """The setting as a whole number."""
        return self._parsed(name, default, int, "a whole number, such as 8")

    def words(self, name: str, default: str = "", *, required: str = "") -> list[str]:
        """The setting as a list, separated by commas. `required` is the hint when it may not be empty."""
        value = self._raw(name)
        parts = [part.strip() for part in (default if value is None else value).split(",") if part.strip()]
        if required and not parts:
            self.faults.append(f"{name} is missing. {required}")
        return parts

    def database(self, name: str, default: str | None = None) -> dict[str, Any]:
        """A Django database entry from `postgresql://user:password@host:5432/name?option=value`."""
        hint = "Write it as postgresql://user:password@host:5432/name"
        url = self.text(name, default, hint=hint)
        if not url:
            return {}
        parts = self._split(name, url, {"postgres", "postgresql"}, hint)
        options = dict(parse_qsl(parts.query)) if parts else {}
        if not parts or not parts.path.strip("/"):
            self.faults.append(f"{name} names no database. {hint}")
            return {}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.strip("/"),
            "USER": unquote(parts.username or options.pop("user", "")),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", "") or parts.hostname or "",
            "PORT": str(parts.port or options.pop("port", "")),
            "OPTIONS": options,
        }

    def redis(self, name: str, default: str | None = None) -> str:
        """A Redis URL: redis://, rediss:// or unix:///path.sock?db=0."""
        hint = "Write it as redis://host:6379/0 (rediss:// with TLS)"
        url = self.text(name, default, hint=hint)
        if url:
            self._split(name, url, {"redis", "rediss", "unix"}, hint)
        return url

    def mail(self, name: str, default: str | None = None) -> "Mail":
        """The SMTP server: smtp://user:password@host:25, smtps:// (465) or smtp+starttls:// (587)."""
        hint = "Write it as smtp+starttls://user:password@host:587"
        url = self.text(name, default, hint=hint)
        parts = self._split(name, url, {"smtp", "smtps", "smtp+starttls"}, hint) if url else None
        if not parts or not parts.hostname:
            if url:
                self.faults.append(f"{name} names no host. {hint}")
            return Mail("", 25, "", "", ssl=False, starttls=False)
        port = parts.port or {"smtp": 25, "smtps": 465, "smtp+starttls": 587}[parts.scheme]
        return Mail(
            parts.hostname,
            port,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            ssl=parts.scheme == "smtps",
            starttls=parts.scheme == "smtp+starttls",
        )

    def finish(self) -> None:
        """Stop the start when anything was wrong, naming every fault at once."""
        if self.faults:
            lines = "\n".join(f"  - {fault}" for fault in self.faults)
            raise ImproperlyConfigured(f"Coachnet cannot start; mend these settings:\n{lines}")

    def _raw(self, name: str) -> str | None:
        if (path := self.environ.get(f"{name}_FILE")) and name not in self.environ:
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                self.faults.append(f"{name}_FILE cannot be read ({error.strerror}): {path}")
        value = self.environ.get(name)
        return value or None

    def _parsed(self, name: str, default: int, parse: Callable[[str], int], form: str) -> int:
        value = self._raw(name)
        if value is None:
            return default
        try:
            return parse(value)
        except ValueError:
            self.faults.append(f"{name} is {value!r}. Write {form}.")
            return default

    def _split(self, name: str, url: str, schemes: set[str], hint: str) -> Any:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            self.faults.append(f"{name} is not a valid address ({error}). {hint}")
            return None
        if parts.scheme not in schemes:
            self.faults.append(f"{name} begins with {parts.scheme or 'nothing'}://. {hint}")
            return None
        return parts


class Mail(NamedTuple):
    """Where and how mail is handed over."""

    host: str
    port: int
    user: str
    password: str
    ssl: bool
    starttls: bool
