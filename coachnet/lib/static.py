"""Static files for production: one style sheet, hashed names, compressed copies.

The style sheet is written as one file per component. `css/index.css` names the layers and imports the rest; here
the chain of imports becomes one file, so that a page costs one request for all its styles. Script modules keep
their own files, with hashed names inside their imports; pages announce them all at once (`module_addresses`).
"""

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from django.templatetags.static import static
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLES = "css/index.css"
ENTRY = "app.js"

_IMPORT = re.compile(r'^@import "(?P<file>[^"]+)"(?: layer\((?P<layer>[\w.-]+)\))?;\n', re.MULTILINE)
_URL = re.compile(r'url\("(?P<path>[^":]+)"\)')

# From a file's published name to the storage that holds its source and its path there.
Sources = dict[str, tuple[Storage, str]]


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's hashed and compressed files, with the style sheet in one piece."""

    support_js_module_import_aggregation = True

    def post_process(self, paths: Sources, *args: Any, **options: Any) -> Iterator[Any]:
        """Put the bundled style sheet in place of its entry file, then hash and compress everything."""
        if STYLES in paths and not options.get("dry_run"):
            memory = InMemoryStorage()
            memory.save(STYLES, ContentFile(bundle_styles(paths).encode()))
            paths = paths | {STYLES: (memory, STYLES)}
        yield from super().post_process(paths, *args, **options)


def bundle_styles(paths: Sources) -> str:
    """The entry style sheet with every import replaced by the file's text inside its layer.

    Raises ValueError for an import of a missing file or an import inside an imported file.
    """
    folder = posixpath.dirname(STYLES)

    def inlined(found: re.Match[str]) -> str:
        name = posixpath.normpath(posixpath.join(folder, found["file"]))
        if name not in paths:
            raise ValueError(f"{STYLES} imports {found['file']}, which does not exist.")
        text = _read(paths, name)
        if _IMPORT.search(text):
            raise ValueError(f"{name} has an import of its own. Import it from {STYLES} instead.")
        text = _URL.sub(lambda url: f'url("{_moved(url["path"], name, folder)}")', text)
        return f"@layer {found['layer']} {{\n{text}}}\n" if found["layer"] else text

    return _IMPORT.sub(inlined, _read(paths, STYLES))


def _read(paths: Sources, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()


def _moved(path: str, written_in: str, folder: str) -> str:
    """A relative address written in one file, as seen from the folder of the bundle."""
    return posixpath.relpath(posixpath.join(posixpath.dirname(written_in), path), folder)


@cache
def _module_names() -> tuple[str, ...]:
    folder = Path(settings.BASE_DIR) / "static" / "js"
    return tuple(sorted(f"js/{file.name}" for file in folder.glob("*.js") if file.name != ENTRY))


def module_addresses() -> list[str]:
    """The address of every script module, so that a page can fetch them in one go instead of one after another."""
    return [static(name) for name in _module_names()]
