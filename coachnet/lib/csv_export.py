"""CSV that opens right in a Swedish Excel and that no cell of can run as a formula."""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes å ä ö for something else
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


class _Echo:
    """Gives back what the writer writes."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def lines(header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The file, line by line: semicolons, CRLF, byte order mark first."""
    writer = csv.writer(_Echo(), delimiter=";", quoting=csv.QUOTE_MINIMAL)
    yield BYTE_ORDER_MARK + writer.writerow([cell(value) for value in header])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def packed(lines: Iterable[str], characters: int = 16_384) -> Iterator[str]:
    """Lines in larger pieces: each piece that leaves costs a call for the web server and for what compresses it.

    The first line leaves at once.
    """
    pieces = iter(lines)
    yield next(pieces, "")
    waiting: list[str] = []
    length = 0
    for line in pieces:
        waiting.append(line)
        length += len(line)
        if length >= characters:
            yield "".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield "".join(waiting)


def cell(value: Any) -> str:
    """One value as text. Text that a spreadsheet would run gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value).replace(".", ",")
    text = str(value).replace("\0", "")
    runs = text.lstrip(" \u00a0").startswith(FORMULA_STARTS) or str(value).startswith("\0")
    return "'" + text if runs else text
