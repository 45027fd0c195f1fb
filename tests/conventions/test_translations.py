"""Both languages are whole: every text is marked, translated, and translated by the glossary's words."""

import csv
import gettext
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.template.base import Lexer, TokenType
from django.utils import translation

from tools import messages

FOLDER = messages.ROOT / "templates"
# The gallery's examples are invented companies and people, whose names nobody translates.
TEMPLATES = sorted(
    file.relative_to(FOLDER).as_posix()
    for file in FOLDER.rglob("*")
    if file.suffix in (".html", ".txt") and not file.is_relative_to(FOLDER / "gallery")
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")
SWEDISH_LETTER = re.compile(r"[åäöÅÄÖ]")
# Attributes of plain HTML that are read aloud or shown.
SHOWN_ATTRIBUTES = {"alt", "aria-description", "aria-label", "placeholder", "title"}
# Names that are the same in both languages.
NAMES = {"Coachnet", "Svenska", "English", "Ctrl", "Science Park Borås", "RISE", "Cmd", "Esc", "SNI"}


@cache
def catalog(language: str) -> list[Message]:
    return [message for message in messages.gather(language) if message.id]


def both(message: Message) -> Iterator[tuple[str, str]]:
    """Pairs of Swedish and English, one each for singular and plural; none where English is missing."""
    pairs = zip(messages.forms(message.id), messages.forms(message.string), strict=False)
    yield from ((swedish, english) for swedish, english in pairs if english)


# --- Whole and current -------------------------------------------------------------------------


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_file_holds_todays_texts(language: str) -> None:
    written = messages.catalog_file(language).read_bytes()
    # Compared here: the test runner would look for the difference, byte by byte, for many minutes.
    is_current = written == messages.as_file(messages.gather(language), language)
    assert is_current, "Run make messages."


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    assert [message.id for message in messages.missing(messages.gather(language))] == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in messages.read(language) if message.id and message.fuzzy] == []


def test_missing_finds_a_hole(tmp_path: Path) -> None:
    whole = Catalog(locale="en")
    whole.add("Spara", "Save")
    whole.add(("en dag", "flera dagar"), ("one day", ""))
    whole.add("Ångra", "")
    assert [message.id for message in messages.missing(whole)] == [("en dag", "flera dagar"), "Ångra"]


def test_placeholders_are_the_same_in_both_languages() -> None:
    wrong = []
    for message in catalog("en"):
        for swedish, english in both(message):
            if sorted(PLACEHOLDER.findall(swedish)) != sorted(PLACEHOLDER.findall(english)):
                wrong.append((swedish, english))
    assert wrong == []


def test_lines_and_edges_are_the_same_in_both_languages() -> None:
    def shape(text: str) -> tuple[bool, bool, str]:
        return (
            text[:1].isspace(),
            text[-1:].isspace(),
            text.rstrip()[-1:] if text.rstrip()[-1:] in ".?:…" else "",
        )

    wrong = [pair for message in catalog("en") for pair in both(message) if shape(pair[0]) != shape(pair[1])]
    assert wrong == []


def test_swedish_stays_swedish() -> None:
    """A Swedish text that happens to be an English one of Django's must not be translated by Django."""
    sources = [message.id for message in catalog("en") if isinstance(message.id, str) and not message.context]
    with translation.override("sv"):
        assert [source for source in sources if translation.gettext(source) != source] == []


def test_english_shows_english() -> None:
    """The compiled file says what the source says, plurals included."""
    with messages.catalog_file("en").with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for message in messages.read("en"):
        if isinstance(message.id, tuple):
            one, many = message.id
            assert [compiled.ngettext(one, many, n) for n in (1, 2)] == messages.forms(message.string)
        elif message.id and message.context:
            assert compiled.pgettext(message.context, str(message.id)) == message.string
        elif message.id:
            assert compiled.gettext(str(message.id)) == message.string


# --- Marked ------------------------------------------------------------------------------------


class Words(HTMLParser):
    """The words that a page shows outside translation tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("style", "script")
        for name, value in attrs:
            shown = name in SHOWN_ATTRIBUTES or (tag.startswith("c-") and SWEDISH_LETTER.search(value or ""))
            if value and shown:
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def unmarked(source: str) -> list[str]:
    """Words in a template that are shown but not marked for translation."""
    plain, in_translation = [], False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            # The block page_class holds a class, not words.
            word = "comment" if token.contents == "block page_class" else token.contents.split()[0]
            ends = ("endblocktrans", "endblocktranslate", "endcomment", "endblock")
            starts = ("blocktrans", "blocktranslate", "comment")
            in_translation = word in starts or (in_translation and word not in ends)
        elif token.token_type == TokenType.TEXT and not in_translation:
            plain.append(token.contents)
    words = Words()
    words.feed("".join(plain))
    texts = (re.sub(r"\s+", " ", text).strip() for text in words.found)
    return [text for text in texts if re.search(r"[A-Za-zÅÄÖåäö]{2}", _without_names(text))]


def _without_names(text: str) -> str:
    for name in sorted(NAMES, key=len, reverse=True):
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_say_nothing_outside_translation_tags(name: str) -> None:
    assert unmarked((FOLDER / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('<p>{% trans "Spara" %}</p>', []),
        ("<p>Spara</p>", ["Spara"]),
        ('<img alt="En bild">', ["En bild"]),
        ('<c-button title="Ångra">{{ name }}</c-button>', ["Ångra"]),
        ("{% blocktrans %}Hej {{ name }}{% endblocktrans %} då", ["då"]),
        ("{# Spara #}<b>×</b> Coachnet", []),
    ],
)
def test_unmarked_finds_words(source: str, words: list[str]) -> None:
    assert unmarked(source) == words


# --- The glossary's words ----------------------------------------------------------------------

# Swedish word stems and the English words of which one must stand in the translation. From the glossary.
TERMS = {
    r"företag(?!sform|snamn|sexemp)": "compan|coachee",
    r"tillfälle": "session|occasion",
    r"åtgärd": "action|step",
    r"slutdatum": "due date",
    r"översikt": "dashboard|overview",
    r"sekretessmark": "secrecy marking|marked",
    r"utkast": "draft",
    r"anteckning": "note",
    r"påminnelse": "reminder",
    r"inbjudan|inbjudning": "invitation|invite",
    r"organisationsnummer": "corporate identity number",
    r"kontaktperson": "contact",
    r"\bkommun(?!alt|al\b|alför|icera)": "municipalit",
    r"delregion": "sub-region",
    r"stödtid": "support time",
    r"förberedelsetid": "preparation time",
    r"uppfölj": "follow",
    r"nuläge": "baseline",
    r"regionföreträdare": "official",
    r"affärscoach": "business coach",
    r"allmän handling": "official document",
    r"enskild firma": "sole trader",
    r"händelselogg": "audit log",
    r"kakor": "cookies",
}
FORBIDDEN_SWEDISH = {
    r"(?<!aktie)(?<!handels)(?<!kommandit)bolag": "företag (bolag is narrower)",
    r"dashboard": "översikt",
    r"deadline": "slutdatum",
    r"konfidentiell": "sekretess",
    r"privat anteckning": "intern anteckning",
    r"!": "no exclamation marks",
    r"\b(ok|okej)\b": "a verb",
    r"\bvänligen\b": "just say it",
    r"\bni kan\b": "du",
    r"\blogin\b|\bloga\b": "logga in",
    r"ogiltig": "say how to write it",
}
FORBIDDEN_ENGLISH = {
    r"!": "no exclamation marks",
    r"\bplease\b": "just say it",
    r"\binvalid\b": "say how to write it",
    r"\bconfidential(?!ity)": "secrecy marking",
    r"\bdeadline\b": "due date",
    r"\blog ?in\b": "sign in",
    r"\be-mail": "email",
    r"\b(organiz|analyz|colors?\b|program\b)": "British spelling",
}
# Legal classes of the public access regime, where the narrower word is the right one.
RIGHTLY_BOLAG = {"Kommunalt eller regionalt bolag", "Statligt bolag"}


def says(text: str, pattern: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def test_terms_are_translated_by_the_glossary() -> None:
    wrong = []
    for message in catalog("en"):
        for swedish, english in both(message):
            for term, meaning in TERMS.items():
                if says(swedish, term) and not says(english, meaning):
                    wrong.append((term, swedish, english))
    assert wrong == []


def test_terms_stand_in_the_glossary() -> None:
    """What this test demands is what the glossary says, not an opinion of its own."""
    with (messages.ROOT / "companies/data/glossary.csv").open(encoding="utf-8") as file:
        glossary = {row["sv"]: row["en"] for row in csv.DictReader(file)}
    for term, meaning in TERMS.items():
        rows = [sv for sv, en in glossary.items() if says(sv, term) and says(en, meaning)]
        assert rows, f"{term} is not in the glossary as {meaning}"


def test_forbidden_words_are_not_used() -> None:
    wrong = []
    for message in catalog("en"):
        for swedish, english in both(message):
            if swedish not in RIGHTLY_BOLAG:
                wrong += [(swedish, use) for bad, use in FORBIDDEN_SWEDISH.items() if says(swedish, bad)]
            wrong += [(english, use) for bad, use in FORBIDDEN_ENGLISH.items() if says(english, bad)]
    assert wrong == []
