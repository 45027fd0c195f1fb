"""Reading the mails that the demo's mail server caught."""

import base64
import hashlib
import mailbox
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True)
class Mail:
    """One caught mail. `key` is its name in the folder, `arrived` in UTC."""

    key: str
    arrived: datetime
    subject: str
    sender: str
    recipients: str
    text: str
    html: str

    @property
    def links(self) -> list[str]:
        """The addresses in the plain text, each once, in order."""
        return list(dict.fromkeys(found.rstrip(".,;") for found in _LINK.findall(self.text)))

    @property
    def framed_html(self) -> str:
        """The HTML with links that open in a tab of their own."""
        base = '<base target="_blank">'
        return (
            _HEAD.sub(lambda head: head[0] + base, self.html, count=1)
            if _HEAD.search(self.html)
            else base + self.html
        )

    @property
    def style_hashes(self) -> list[str]:
        """The `style-src` sources that allow exactly the style blocks of this mail."""
        digests = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(self.html))
        return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _parse(file: Any) -> EmailMessage:
    message = message_from_binary_file(file, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def make_folder(path: Path) -> None:
    """Make what a Maildir needs; the library does so only when the folder itself is missing."""
    for part in ("tmp", "new", "cur"):
        (path / part).mkdir(parents=True, exist_ok=True)


def _folder(path: Path) -> mailbox.Maildir:
    make_folder(path)
    return mailbox.Maildir(str(path), factory=_parse, create=True)  # type: ignore[arg-type]


def all_mails(path: Path) -> list[Mail]:
    """Every mail, newest first."""
    folder = _folder(path)
    return sorted(
        (read_mail(path, key) for key in folder.iterkeys()), key=lambda mail: mail.arrived, reverse=True
    )


def read_mail(path: Path, key: str) -> Mail:
    """One mail. Raises KeyError when there is none by that name."""
    folder = _folder(path)
    message: Any = folder[key]
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    arrived = datetime.fromtimestamp(int(key.partition(".")[0]), UTC)
    return Mail(
        key,
        arrived,
        str(message["Subject"] or ""),
        str(message["From"] or ""),
        str(message["To"] or message["X-RcptTo"] or ""),
        text.get_content() if text else "",
        html.get_content() if html else "",
    )
