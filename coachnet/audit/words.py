"""The words of a history: sentences for deeds, labels for fields, and what changed in a long text."""

import difflib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext, gettext_lazy

LONG_TEXT = 80
# Words kept around a change, so that a reader knows the place.
AROUND = 6

# A moment that a model writes down when something happens to it: the word when it is set, and when taken back.
TELLING_MOMENTS: dict[str, tuple[str | Promise, str | Promise]] = {
    "removed_at": ("delete", "restore"),
    "accepted_at": ("accept", "change"),
    "withdrawn_at": ("withdraw", "change"),
    "sent_at": ("send", "change"),
}
ALONE = {
    "insert": gettext_lazy("Skapade"),
    "update": gettext_lazy("Ändrade"),
    "delete": gettext_lazy("Tog bort"),
    "restore": gettext_lazy("Återställde"),
    "accept": gettext_lazy("Tackade ja"),
    "withdraw": gettext_lazy("Drog tillbaka"),
    "send": gettext_lazy("Skickades"),
}
ABOUT = {
    "insert": gettext_lazy("Lade till %(noun)s: %(title)s"),
    "update": gettext_lazy("Ändrade %(noun)s: %(title)s"),
    "delete": gettext_lazy("Tog bort %(noun)s: %(title)s"),
    "restore": gettext_lazy("Återställde %(noun)s: %(title)s"),
    "accept": gettext_lazy("Tackade ja till %(noun)s: %(title)s"),
    "withdraw": gettext_lazy("Drog tillbaka %(noun)s: %(title)s"),
    "send": gettext_lazy("Skickade %(noun)s: %(title)s"),
}
SECOND_STEPS = {
    "totp": gettext_lazy("autentiseringsapp"),
    "webauthn": gettext_lazy("passkey"),
    "recovery_codes": gettext_lazy("återställningskoder"),
    "password": gettext_lazy("lösenord"),
    "mfa": gettext_lazy("andra steget"),
    "api_key": gettext_lazy("nyckel till det öppna gränssnittet"),
}


class Stretch(NamedTuple):
    """A stretch of a long text: kept, taken out ("del") or put in ("ins")."""

    kind: str
    text: str


def deed_sentence(label: str, noun: str, title: str, language: str | None) -> str:
    """What was done to an object, in the language of now: "Skapade", "Lade till åtgärd: Ring Maja"."""
    form = _form(label, language, is_alone=not noun)
    return form % {"noun": noun, "title": title or "–"} if noun else form


@lru_cache(maxsize=100)
def _form(label: str, language: str | None, *, is_alone: bool) -> str:
    """A page of the log has eighty, of a handful of kinds."""
    return str((ALONE if is_alone else ABOUT)[label])


@lru_cache(maxsize=100)
def noun_for(model: type[models.Model], language: str | None) -> str:
    """What a thing of the kind is called."""
    return str(model._meta.verbose_name)


def change_sentence(labels: Iterable[str], noun: str, title: str, language: str | None) -> str:
    """Which fields changed: "Ändrade namn och kommun", "Ändrade åtgärd: Ring Maja"."""
    if noun:
        return deed_sentence("update", noun, title, language)
    return gettext("Ändrade %(fields)s") % {
        "fields": get_text_list(list(dict.fromkeys(labels)), gettext("och"))
    }


def telling_verb(before: dict[str, Any], after: dict[str, Any]) -> str:
    """The word for an update that set or emptied a telling moment: removed, restored, withdrawn …"""
    for name, (done, undone) in TELLING_MOMENTS.items():
        if name in after and bool(before.get(name)) != bool(after[name]):
            verb = str(done if after[name] else undone)
            return "" if verb == "change" else verb
    return ""


def shown_fields(model: type[models.Model]) -> Iterator[models.Field]:
    """The columns that people may change, and so may see change. Keys, counters and encrypted columns are neither."""
    for column in model._meta.concrete_fields:
        if column.editable and not column.primary_key and not isinstance(column, models.GeneratedField):
            yield column


def label_of(column: Any) -> str:
    """The field's name on screen, as it stands inside a sentence."""
    return str(column.verbose_name)


def is_long(value: Any) -> bool:
    """Whether a text is better shown as what changed in it."""
    return isinstance(value, str) and (len(value) > LONG_TEXT or "\n" in value)


def compare(before: str, after: str) -> list[Stretch]:
    """What was taken out of a text and put in, word by word, with a few kept words around."""
    old, new = _words(before), _words(after)
    stretches: list[Stretch] = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            stretches.append(Stretch("", _shortened(old[start:end], first=start == 0, last=end == len(old))))
            continue
        if end > start:
            stretches.append(Stretch("del", "".join(old[start:end])))
        if new_end > new_start:
            stretches.append(Stretch("ins", "".join(new[new_start:new_end])))
    return stretches


def _words(text: str) -> list[str]:
    """Words with the space that follows them, so that joining gives the text back."""
    return [word for line in text.splitlines(keepends=True) for word in _spaced(line)]


def _spaced(line: str) -> list[str]:
    parts = line.split(" ")
    return [f"{part} " for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _shortened(kept: list[str], *, first: bool, last: bool) -> str:
    """Kept words, with those far from a change left out."""
    head = [] if first else kept[:AROUND]
    tail = [] if last else kept[-AROUND:]
    if len(kept) <= len(head) + len(tail) or len(kept) <= AROUND:
        return "".join(kept)
    return "".join([*head, " … ", *tail])


def access_sentence(kind: str, detail: dict[str, Any], account: str) -> str:
    """What an access event tells: "Loggade in med lösenord och passkey"."""
    if kind == "sign_in":
        methods = [str(SECOND_STEPS.get(method, method)) for method in detail.get("methods", [])]
        if not methods:
            return gettext("Loggade in")
        return gettext("Loggade in med %(methods)s") % {"methods": get_text_list(methods, gettext("och"))}
    if kind == "sign_in_failed":
        step = detail.get("step", "password")
        return gettext("Misslyckades med att logga in (%(step)s)") % {"step": SECOND_STEPS.get(step, step)}
    if kind == "sign_out":
        return gettext("Loggade ut")
    if kind == "security":
        return _security_sentence(detail, account)
    if kind == "export":
        return gettext("Exporterade %(rows)s rader: %(what)s") % {
            "rows": detail["rows"],
            "what": detail["what"],
        }
    return _refusal_sentence(detail)


def _security_sentence(detail: dict[str, Any], account: str) -> str:
    what = str(detail.get("type") or detail["what"])
    thing = {
        "password": gettext("lösenord"),
        "email": gettext("e-postadress för inloggning"),
        "outside_account": gettext("inloggning via organisationen"),
    }.get(what, str(SECOND_STEPS.get(what, what)))
    verb = {
        "insert": gettext("Lade till %(thing)s för %(account)s"),
        "update": gettext("Ändrade %(thing)s för %(account)s"),
        "delete": gettext("Tog bort %(thing)s för %(account)s"),
    }[detail["done"]]
    return verb % {"thing": thing, "account": account or gettext("ett borttaget konto")}


def _refusal_sentence(detail: dict[str, Any]) -> str:
    texts = {
        403: gettext("Nekades en sida"),
        404: gettext("Sökte något som inte finns eller inte får ses"),
        429: gettext("Stoppades efter för många försök"),
    }
    text = texts.get(detail.get("status", 403), texts[403])
    if repeated := detail.get("repeated"):
        text = gettext("%(text)s, %(count)s gånger på kort tid") % {"text": text, "count": repeated}
    return capfirst(text)
