"""Which texts on a page stand in the wrong language, told from the translation catalogs themselves."""

import gettext as catalogs
from functools import cache
from pathlib import Path

import allauth
import django
from django.conf import settings

SHORTEST = 4  # "Plan", "Roll": shorter words are the same in too many languages


def words_of_other_language(words: list[str], language: str) -> set[str]:
    """Those of the words that are texts of the interface, left in the other language."""
    return set(words) & untranslated(language)


@cache
def untranslated(language: str) -> frozenset[str]:
    """Source texts that have a translation into `language` which reads otherwise.

    Seen on a page, such a text was not translated. Our sources are Swedish, Django's and allauth's English.
    """
    own = Path(settings.BASE_DIR) / "locale"
    if language != "sv":
        return _sources(own, language)
    packages = [Path(django.__file__).parent / "conf/locale", Path(allauth.__file__).parent / "locale"]
    packages += [
        Path(django.__file__).parent / f"contrib/{app}/locale" for app in ("auth", "admin", "humanize")
    ]
    foreign = frozenset[str]().union(*(_sources(folder, "sv") for folder in [*packages, own]))
    return foreign - _sources(own, "en") - {"Name"}


def _sources(folder: Path, language: str) -> frozenset[str]:
    file = folder / language / "LC_MESSAGES" / "django.mo"
    if not file.exists():
        return frozenset()
    with file.open("rb") as stream:
        catalog = catalogs.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    pairs = ((key if isinstance(key, str) else key[0], text) for key, text in catalog.items())
    plain = ((source.rpartition("\x04")[2], text) for source, text in pairs)
    return frozenset(
        source
        for source, text in plain
        if text and source != text and len(source) >= SHORTEST and "%" not in source
    )
