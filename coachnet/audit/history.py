"""Historik: what happened to an object and what belongs to it, in sentences.

Steps: `timeline` finds which rows come next; those of one request become one entry, and only what is shown is
fetched; each entry names who and when, says in one line what was done, and lists the fields that changed, before and
after. Reads only; knows models through `_meta`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from coachnet.audit import words
from coachnet.audit.models import AccessEvent
from coachnet.audit.names import Names
from coachnet.audit.protection import events_of
from coachnet.audit.timeline import ACCESS, Cursor, Key, Row, Source, keys_of, rows_of, tracked_model

# A request may write many rows; an entry shows at most so many, and a page never reads more.
ROWS_PER_ENTRY = 8

# The object whose history is told: its model and its key as text.
Root = tuple[type[models.Model], str]


@dataclass(frozen=True)
class Change:
    """One field that changed. A long text comes as stretches of what was kept, taken out and put in."""

    label: str
    before: str
    after: str
    stretches: Sequence[words.Stretch] = ()


@dataclass(frozen=True)
class Part:
    """One thing that was done: a sentence, and the fields that changed with it."""

    text: str
    changes: Sequence[Change] = ()


@dataclass(frozen=True)
class Entry:
    """What one person did in one request."""

    at: dt.datetime
    by: str
    parts: Sequence[Part]
    address: str = ""
    where: str = ""

    @property
    def text(self) -> str:
        """All sentences in one line."""
        return ". ".join(part.text for part in self.parts)

    @property
    def changes(self) -> list[Change]:
        """All changed fields."""
        return [change for part in self.parts for change in part.changes]


@dataclass(frozen=True)
class History:
    """A page of entries, and the cursor of the next page (empty on the last)."""

    entries: list[Entry]
    next: str = ""


class Related:
    """The rows of another model that belong to an object's history: `Related(Contact, company=company)`."""

    def __init__(self, model: type[models.Model], **where: models.Model) -> None:
        self.model = model
        self.where = Q(**{f"{name}_id": value.pk for name, value in where.items()})


def history_of(obj: models.Model, *related: Related, after: str = "", size: int = 15) -> History:
    """The history of an object, its many-to-many rows and the related rows, newest first.

    `after` is the cursor of the page before. The number of queries does not depend on the number of rows.
    """
    model = obj._meta.concrete_model or type(obj)
    sources = [Source(events_of(model), Q(pgh_obj_id=obj.pk))]
    for many in model._meta.local_many_to_many:
        through: Any = many.remote_field.through
        if through._meta.auto_created:
            sources.append(Source(events_of(through), Q(**{f"{many.m2m_field_name()}_id": obj.pk})))
    sources += [Source(events_of(one.model), one.where) for one in related]
    return page(sources, after=after, size=size, root=(model, str(obj.pk)))


def page(
    sources: Iterable[Source],
    *,
    after: str = "",
    size: int = 15,
    most_rows: int | None = None,
    root: Root | None = None,
) -> History:
    """One page of a timeline: at most `size` entries, and `most_rows` rows where that is said.

    A request that wrote more than a page holds goes on on the next. With `root`, sentences about that object do not
    name it again.
    """
    limit = most_rows or size * ROWS_PER_ENTRY
    keys = keys_of(sources, before=Cursor.read(after) if after else None, size=limit)
    groups = [list(group) for _, group in groupby(keys, key=_request_of)]
    cut_off = len(keys) == limit
    if cut_off and len(groups) > 1:
        groups.pop()  # its older rows may be missing: it opens the next page instead
    more = cut_off or len(groups) > size
    groups = groups[:size]
    rows = rows_of(key for group in groups for key in group)
    names = Names.gather(rows.values())
    told = ([rows[key] for key in group] for group in groups)
    entries = [entry for group in told if (entry := _entry(group, names, root))]
    last = Cursor(*groups[-1][-1][:3]) if groups else None
    return History(entries, str(last) if more and last else "")


def _request_of(key: Key) -> Any:
    """What makes rows belong together: the request or task, else the transaction. Access events stand alone."""
    if key.source == ACCESS:
        return (ACCESS, key.row)
    return key.context or key.at


def _entry(group: list[Row], names: Names, root: Root | None) -> Entry | None:
    newest = group[0]
    if newest.source == ACCESS:
        return _access_entry(newest, names)
    facts = newest.facts
    parts = _merged(part for deed in _deeds(group) if (part := deed.tell(names, root)))
    if not parts:
        return None
    where = facts.get("url") or facts.get("task") or facts.get("command") or ""
    return Entry(newest.at, names.actor(facts), parts, facts.get("address", ""), where)


def _merged(parts: Iterable[Part]) -> list[Part]:
    """Parts with the same sentence taken together: five strategies chosen are one change of the field."""
    sentences: dict[str, dict[str, Change]] = {}
    for part in parts:
        changes = sentences.setdefault(part.text, {})
        for change in part.changes:
            known = changes.get(change.label)
            if known is None or change.stretches:
                changes[change.label] = change
            else:
                before, after = _listed(known.before, change.before), _listed(known.after, change.after)
                changes[change.label] = Change(change.label, before, after)
    return [Part(text, list(changes.values())) for text, changes in sentences.items()]


def _listed(*texts: str) -> str:
    return ", ".join(filter(None, texts))


def _access_entry(row: Row, names: Names) -> Entry:
    facts, detail = row.after, row.after["detail"]
    account = names.person(facts["user"])
    if row.label == AccessEvent.Kind.SECURITY:
        # Written by the database, which knows who did it only where there is a context.
        by = names.actor({"user": detail.get("by"), "command": detail.get("command"), "url": facts["url"]})
    else:
        by = account or gettext("Okänd person")
    part = Part(words.access_sentence(row.label, detail, account))
    return Entry(row.at, by, [part], facts["address"] or "", facts["url"])


@dataclass
class Deed:
    """What was done to one object in one request, its rows taken together."""

    model: type[models.Model]
    obj: str
    label: str
    before: dict[str, Any] | None
    after: dict[str, Any]

    def tell(self, names: Names, root: Root | None) -> Part | None:
        """The sentence and the changed fields; nothing when only hidden columns changed."""
        is_root = root == (self.model, self.obj)
        if self.model._meta.auto_created:
            return self._tell_link(names, root)
        noun = "" if is_root else words.noun_for(self.model, names.language)
        title = "" if is_root else names.title(self.model, self.after)
        if self.label != "update" or self.before is None:
            return Part(words.deed_sentence(self.label, noun, title, names.language))
        if verb := words.telling_verb(self.before, self.after):
            return Part(words.deed_sentence(verb, noun, title, names.language))
        changes = list(self._changes(names))
        if not changes:
            return None
        labels = [change.label for change in changes]
        return Part(words.change_sentence(labels, noun, title, names.language), changes)

    def _changes(self, names: Names) -> Iterable[Change]:
        for column in words.shown_fields(self.model):
            old, new = (self.before or {}).get(column.attname), self.after.get(column.attname)
            if old == new:
                continue
            label = words.label_of(column)
            if words.is_long(old) or words.is_long(new):
                yield Change(label, "", gettext("ändrad"), words.compare(old or "", new or ""))
            else:
                yield Change(label, names.shown(column, old), names.shown(column, new))

    def _tell_link(self, names: Names, root: Root | None) -> Part:
        """A row between two models: told as a change of the field that it belongs to."""
        owner: Any = self.model._meta.auto_created
        many = next(one for one in owner._meta.local_many_to_many if one.remote_field.through is self.model)
        target: Any = self.model._meta.get_field(many.m2m_reverse_field_name())
        name = names.shown(target, self.after[target.attname])
        change = Change(
            words.label_of(many),
            name if self.label == "delete" else "",
            name if self.label != "delete" else "",
        )
        source: Any = self.model._meta.get_field(many.m2m_field_name())
        own = root is not None and root == (owner, str(self.after[source.attname]))
        title = "" if own else names.shown(source, self.after[source.attname])
        noun = "" if own else words.noun_for(owner, names.language)
        return Part(words.change_sentence([change.label], noun, title, names.language), [change])


def _deeds(group: list[Row]) -> list[Deed]:
    """Rows of one request, oldest first, taken together object by object."""
    deeds: dict[tuple[str, str], Deed] = {}
    for row in reversed(group):
        model = tracked_model(row.source)
        known = deeds.get((row.source, row.obj))
        if known is None:
            deeds[row.source, row.obj] = Deed(model, row.obj, row.label, row.before, row.after)
        else:
            known.after = row.after
            known.label = row.label if row.label == "delete" or known.label == "delete" else known.label
    return list(deeds.values())
