"""What a browser fetches to show a page for the first time: the page, the files it names, and the fonts of those."""

import gzip
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple
from urllib.parse import urljoin

Fetch = Callable[[str], bytes]  # a path; the bytes that come over the line, packed if the server packs them
_FILE = re.compile(r'\b(?:src|href)="(/static/[^"#]+)')
_FACE = re.compile(r"@font-face\s*{[^}]*}")
_FONT = re.compile(r"url\(\"?([^\")]+\.woff2)\"?\)")


class FirstView(NamedTuple):
    """The bytes of a page's first view, and how many of them are fonts."""

    name: str
    bytes: int
    fonts: int


def files_of(page: str) -> frozenset[str]:
    """The paths of the files that a page names: style sheets, scripts, pictures, fonts to load early."""
    return frozenset(_FILE.findall(page))


def heaviest(pages: Iterable[tuple[str, int, frozenset[str]]], fetch: Fetch) -> FirstView:
    """The heaviest first view of pages, each given by name, bytes and the files that it names."""
    fetched = cache(fetch)

    def weigh(name: str, page: int, files: frozenset[str]) -> FirstView:
        sheets = [path for path in files if path.endswith(".css")]
        fonts = {font for sheet in sheets for font in _fonts(sheet, fetched(sheet))}
        of_fonts = sum(len(fetched(font)) for font in fonts)
        return FirstView(name, page + of_fonts + sum(len(fetched(one)) for one in files - fonts), of_fonts)

    return max((weigh(*page) for page in pages), key=lambda one: one.bytes)


def _fonts(sheet: str, packed: bytes) -> list[str]:
    """The fonts of a style sheet that a Swedish text needs: a face for other letters alone is left where it is."""
    text = (gzip.decompress(packed) if packed.startswith(b"\x1f\x8b") else packed).decode()
    faces = [face for face in _FACE.findall(text) if "unicode-range" not in face or "U+00??" in face.upper()]
    return [urljoin(sheet, name) for face in faces for name in _FONT.findall(face)]
