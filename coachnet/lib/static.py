"""Static files for production: style sheets and a script in one piece each, hashed names, compressed copies.

Styles are written as one file per component and scripts as one module per behaviour. Here the imports of the
style sheets and scripts that pages link to are followed: one request for each, without remarks.
The source needs no build: development serves it file by file, and the browser follows the same imports.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

import brotli  # type: ignore[import-untyped]
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from django.utils.functional import cached_property
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLES = ("css/index.css", "css/overview.css", "css/meetings.css", "css/describe.css")
SCRIPTS = ("js/app.js", "js/door.js", "js/offline.js")

_STYLE_IMPORT = re.compile(r'^@import "(?P<file>[^"]+)"(?: layer\((?P<layer>[\w.-]+)\))?;\n', re.MULTILINE)
_URL = re.compile(r'url\("(?P<path>[^":]+)"\)')
_SCRIPT_IMPORT = re.compile(r'^import (?:(?P<names>\{[^}]+\}) from )?"(?P<file>\./[^"]+)";\n', re.MULTILINE)
_SCRIPT_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (?P<name>\w+))", re.MULTILINE)
# Remarks that fill lines of their own. Those after code stay: to find them would take a parser.
_STYLE_REMARK = re.compile(r"^ */\*.*?\*/\n", re.MULTILINE | re.DOTALL)
_SCRIPT_REMARK = re.compile(r"^ *(?://.*\n|(?s:/\*\*.*?\*/\n))", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
# Spaces that only readers need. A text over several lines would lose its own.
_INDENT = re.compile(r"^ +", re.MULTILINE)
_LONG_TEXT = re.compile(r"^[^`\n]*(?:`[^`\n]*`[^`\n]*)*`[^`\n]*$", re.MULTILINE)

# From a file's published name to the storage that holds its source and its path there.
Sources = dict[str, tuple[Storage, str]]


class PatientCompressor(Compressor):
    """Squeezes what every visitor fetches as far as it goes, and a file of over half a megabyte within reason.

    Brotli's last two steps take five times as long and save a tenth. Such a file is the reader of the open interface.
    """

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """Whitenoise's, with the quality in our hands."""
        return brotli.compress(data, quality=11 if len(data) < 500_000 else 9)


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's hashed and compressed files, with our styles and our scripts in one piece each."""

    def post_process(self, paths: Sources, *, dry_run: bool = False) -> Iterator[Any]:
        """Put the bundles in place of their entry files, then hash and compress everything."""
        if not dry_run:
            memory = InMemoryStorage()
            for name in (*STYLES, *SCRIPTS):
                if name in paths:
                    text = bundle(paths, name)
                    memory.save(name, ContentFile(text.encode()))
                    paths = paths | {name: (memory, name)}
        yield from super().post_process(paths, dry_run=dry_run)

    def create_compressor(self, **options: Any) -> Compressor:
        """Whitenoise asks for it."""
        return PatientCompressor(**options)

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002 (Django's signature)
        """The hashed address. Kept: a page names icons a hundred times, and the manifest stands still."""
        if force or name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return {}


def bundle(paths: Sources, entry: str) -> str:
    """A style sheet or a script that pages link to, in one piece."""
    return bundle_script(paths, entry) if entry in SCRIPTS else bundle_styles(paths, entry)


def bundle_styles(paths: Sources, entry: str) -> str:
    """A style sheet that pages link to, with every import replaced by the file's text inside its layer.

    Raises ValueError for an import of a missing file or an import inside an imported file.
    """
    folder = posixpath.dirname(entry)

    def inlined(found: re.Match[str]) -> str:
        name = posixpath.normpath(posixpath.join(folder, found["file"]))
        text = _read(paths, name, entry)
        if _STYLE_IMPORT.search(text):
            raise ValueError(f"{name} has an import of its own. Import it from {entry} instead.")
        text = _STYLE_REMARK.sub("", text)
        text = _URL.sub(lambda url: f'url("{_moved(url["path"], name, folder)}")', text)
        return f"@layer {found['layer']} {{\n{text}}}\n" if found["layer"] else text

    return _INDENT.sub("", _STYLE_IMPORT.sub(inlined, _read(paths, entry, entry)))


def bundle_script(paths: Sources, entry: str = SCRIPTS[0]) -> str:
    """A script that pages load, with every module it needs, each in a function of its own, in the order of need.

    Understands `import "./x.js";`, `import { a, b } from "./x.js";` and `export` before a function, const or
    class; raises ValueError for anything else, for a text over several lines, for a missing file and for modules
    that import each other.
    """
    ready: dict[str, str] = {}

    def add(name: str, waiting: tuple[str, ...]) -> None:
        if name in ready:
            return
        if name in waiting:
            raise ValueError(f"{' → '.join((*waiting, name))}: modules cannot import each other.")
        text = _read(paths, name, waiting[-1] if waiting else name)
        folder = posixpath.dirname(name)
        for found in _SCRIPT_IMPORT.finditer(text):
            add(posixpath.normpath(posixpath.join(folder, found["file"])), (*waiting, name))
        ready[name] = _wrapped(name, text)

    add(entry, ())
    return "".join(ready.values())


def _wrapped(name: str, text: str) -> str:
    """A module's text as a constant that holds what it exports."""
    exported = [found["name"] for found in _SCRIPT_EXPORT.finditer(text)]

    def fetched(found: re.Match[str]) -> str:
        names = found["names"]
        return f"const {names} = {_constant(found['file'])};\n" if names else ""

    body = _SCRIPT_EXPORT.sub("", _SCRIPT_IMPORT.sub(fetched, _SCRIPT_REMARK.sub("", text)))
    if unknown := _UNKNOWN.search(body) or _LONG_TEXT.search(body):
        raise ValueError(f"{name} has a line that the bundle does not understand: {unknown[0]}")
    body = _INDENT.sub("", body)
    return f"const {_constant(name)} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();\n"


def _constant(file: str) -> str:
    return "module_" + re.sub(r"\W", "_", posixpath.basename(file).removesuffix(".js"))


def _read(paths: Sources, name: str, importer: str) -> str:
    if name not in paths:
        raise ValueError(f"{importer} imports {name}, which does not exist.")
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()


def _moved(path: str, written_in: str, folder: str) -> str:
    """A relative address written in one file, as seen from the folder of the bundle."""
    return posixpath.relpath(posixpath.join(posixpath.dirname(written_in), path), folder)
