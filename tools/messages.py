"""Gather the texts to translate into `locale/`, without the gettext programs: `make messages`.

1. Texts of our own code and templates are Swedish; `locale/en` must translate every one.
2. `locale/sv` translates what Django and allauth say only in English, where a person can meet it.
3. The files are sorted by text and carry no dates, line numbers or guesses, so that a change of
   one text is a change of a few lines. Existing translations are kept, texts out of use dropped.

`.po` becomes `.mo` by `pybabel compile` (see the Makefile).
"""

import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import allauth
import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
OWN_CODE = ("coachnet", "companies", "coaching", "events", "dashboards")
# What the reader may meet of other people's code: forms, checks, sign-in. Django admin is whole in Swedish.
FOREIGN_CODE = {
    Path(django.__file__).parent: ("contrib/auth", "contrib/humanize", "core", "forms", "utils"),
    Path(allauth.__file__).parent: ("account", "core", "mfa", "socialaccount", "usersessions", "templates"),
}
UNSEEN = {"tests", "management", "migrations", "providers", "saml", "checks.py", "admin.py", "models.py"}
LANGUAGES = ("en", "sv")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: Coachnet\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

Text = str | tuple[str, ...]


class Found(NamedTuple):
    """A text to translate: singular or (singular, plural), its context and the file it stands in."""

    text: Text
    context: str | None
    place: str

    @property
    def key(self) -> tuple[str, str | None]:
        """What tells it from other texts: its singular and its context."""
        return (self.text if isinstance(self.text, str) else self.text[0]), self.context


def texts_of(file: Path, place: str) -> Iterator[Found]:
    """The texts in one Python file or template."""
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        # The result is Python only by the line: indentation means nothing in a template.
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    for _, text, _, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        if text and (text if isinstance(text, str) else text[0]):
            yield Found(text, context, place)


def own_texts() -> Iterator[Found]:
    """Every text of our own code and templates."""
    files = [file for folder in OWN_CODE for file in (ROOT / folder).rglob("*.py")]
    files += [file for file in (ROOT / "templates").rglob("*") if file.suffix in (".html", ".txt")]
    for file in sorted(files):
        yield from texts_of(file, file.relative_to(ROOT).as_posix())


def foreign_texts(chosen: Catalog) -> Iterator[Found]:
    """What Django and allauth may say to a reader without having Swedish for it, or where we chose better."""
    for package, folders in FOREIGN_CODE.items():
        known = _translated(package)
        for folder in folders:
            for file in sorted((package / folder).rglob("*")):
                if not _is_met(file, package):
                    continue
                for found in texts_of(file, f"{package.name}/{file.relative_to(package).as_posix()}"):
                    if found.key not in known or chosen.get(*found.key):
                        yield found


def _is_met(file: Path, package: Path) -> bool:
    """Whether people can meet what the file says: no tests, no commands, no template replaced by ours."""
    within = file.relative_to(package)
    if UNSEEN & set(within.parts):
        return False
    if file.suffix == ".py":
        return True
    is_page = file.suffix in (".html", ".txt") and within.parts[0] == "templates"
    return is_page and not (ROOT / within).exists()


@cache
def _translated(package: Path) -> dict[tuple[str, str | None], Any]:
    """What a package itself says in Swedish, by text and context."""
    known = {}
    for file in package.rglob("sv/LC_MESSAGES/django.mo"):
        with file.open("rb") as stream:
            for message in read_mo(stream):
                text = message.id if isinstance(message.id, str) else message.id[0]
                context: str | bytes | None = message.context
                # Babel forgets to decode contexts.
                known[text, context.decode() if isinstance(context, bytes) else context] = message.string
    return known


def homonyms() -> Iterator[Found]:
    """Our Swedish texts that are English texts of Django or allauth: "Filter" must not become "Filtrera"."""
    for found in own_texts():
        said = [_translated(package).get(found.key) for package in FOREIGN_CODE]
        if any(words and words != found.text for words in said):
            yield found


def catalog_file(language: str) -> Path:
    """Where the translations into a language stand."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The translations into a language as they stand."""
    file = catalog_file(language)
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def gather(language: str) -> Catalog:
    """The catalog as it should be: today's texts, with the translations that exist."""
    old = read(language)
    new = Catalog(locale=language, fuzzy=False)
    for found in own_texts() if language == "en" else foreign_texts(old):
        before = old.get(*found.key)
        kept = before.string if before is not None and _same_shape(before, found.text) else ""
        new.add(found.text, kept, locations=[(found.place, 0)], context=found.context)
    if language == "sv":
        for found in homonyms():
            new.add(found.text, found.text, locations=[(found.place, 0)], context=found.context)
    return new


def _same_shape(before: Message, text: Text) -> bool:
    return isinstance(before.id, str) == isinstance(text, str)


def missing(catalog: Catalog) -> list[Message]:
    """Texts of a catalog that have no translation yet, or only half of one."""
    return [message for message in catalog if message.id and not _is_whole(message)]


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """A text as a list: one form, or singular and plural."""
    return [text] if isinstance(text, str) else list(text or ())


def _is_whole(message: Message) -> bool:
    strings = forms(message.string)
    return bool(strings) and all(strings) and len(strings) == (1 if isinstance(message.id, str) else 2)


def as_file(catalog: Catalog, language: str) -> bytes:
    """The catalog as the bytes of its `.po` file."""
    for message in catalog:
        message.locations = sorted({(place, 0) for place, _ in message.locations})
    body = BytesIO()
    write_po(body, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER.format(language=language).encode() + body.getvalue().lstrip().rstrip() + b"\n"


def main() -> int:
    """Write both catalogs and tell which texts still need a translation."""
    left = 0
    for language in LANGUAGES:
        catalog = gather(language)
        file = catalog_file(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(as_file(catalog, language))
        for message in missing(catalog):
            left += 1
            print(f"{file.relative_to(ROOT)}: no translation of {message.id!r}", file=sys.stderr)
    print(f"{left} texts need a translation." if left else "Every text is translated.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
