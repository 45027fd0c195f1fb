"""Historik: what happened to an object and what belongs to it, in sentences.

Steps: `timeline.read` fetches rows; rows of one request become one entry; each entry names who and when, says in one
line what was done, and lists the fields that changed, before and after. Reads only; knows models through `_meta`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from coachnet.audit import words
from coachnet.audit.names import Names
from coachnet.audit.protection import events_of
from coachnet.audit.timeline import ACCESS, Cursor, Row, Source, contexts_of, read, tracked_model

# A request may write many rows; an entry shows at most so many, and a page never reads more.
ROWS_PER_ENTRY = 8


@dataclass(frozen=True)
class Change:
    """One field that changed. A long text comes as stretches of what was kept, taken out and put in."""

    label: str
    before: str
    after: str
    stretches: Sequence[words.Stretch] = ()


@dataclass
class Entry:
    """What one person did in one request."""

    at: dt.datetime
    by: str
    text: str
    changes: list[Change] = field(default_factory=list)
    kind: str = ""
    subject: str = ""
    address: str = ""
    where: str = ""


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
    root: tuple[type[models.Model], str] | None = None,
) -> History:
    """One page of a timeline. With `root`, sentences about that object do not name it again."""
    limit = size * ROWS_PER_ENTRY
    rows = read(sources, before=Cursor.read(after) if after else None, size=limit)
    groups = [list(group) for _, group in groupby(rows, key=_request_of)]
    cut_off = len(rows) == limit
    if cut_off and len(groups) > 1:
        groups.pop()  # its older rows may be missing: it opens the next page instead
    more = cut_off or len(groups) > size
    groups = groups[:size]
    shown = [row for group in groups for row in group]
    contexts = contexts_of(shown)
    names = Names.gather(shown, contexts)
    entries = [entry for group in groups if (entry := _entry(group, contexts, names, root))]
    last = Cursor(*groups[-1][-1][:3]) if groups else None
    return History(entries, str(last) if more and last else "")


def _request_of(row: Row) -> Any:
    """What makes rows belong together: the request or task, else the transaction. Access events stand alone."""
    if row.source == ACCESS:
        return (ACCESS, row.row)
    return row.context or row.at


def _entry(
    group: list[Row], contexts: Any, names: Names, root: tuple[type[models.Model], str] | None
) -> Entry | None:
    newest = group[0]
    if newest.source == ACCESS:
        return _access_entry(newest, names)
    facts = contexts.get(newest.context) or {}
    sentences: list[str] = []
    changes: list[Change] = []
    kinds: list[str] = []
    for deed in _deeds(group):
        told = deed.tell(names, root)
        if told:
            sentences.append(told[0])
            changes += told[1]
            kinds.append(deed.label)
    if not sentences:
        return None
    return Entry(
        at=newest.at,
        by=names.actor(facts),
        text=". ".join(sentences),
        changes=changes,
        kind=kinds[0],
        address=facts.get("address", ""),
        where=facts.get("url", "") or facts.get("task", "") or facts.get("command", ""),
    )


def _access_entry(row: Row, names: Names) -> Entry:
    facts = row.after
    account = names.person(facts["user"])
    return Entry(
        at=row.at,
        by=names.person(facts["detail"].get("by")) or account or gettext("Okänd person"),
        text=words.access_sentence(row.label, facts["detail"], account),
        kind=row.label,
        subject=account,
        address=facts["address"] or "",
        where=facts["url"],
    )


@dataclass
class Deed:
    """What was done to one object in one request, its rows taken together."""

    model: type[models.Model]
    obj: str
    label: str
    before: dict[str, Any] | None
    after: dict[str, Any]

    def tell(
        self, names: Names, root: tuple[type[models.Model], str] | None
    ) -> tuple[str, list[Change]] | None:
        """The sentence and the changed fields; nothing when only hidden columns changed."""
        is_root = root == (self.model, self.obj)
        if self.model._meta.auto_created:
            return self._tell_link(names, root)
        noun = "" if is_root else str(self.model._meta.verbose_name)
        title = "" if is_root else names.title(self.model, self.after)
        if self.label != "update":
            return words.deed_sentence(self.label, noun, title), []
        assert self.before is not None
        if verb := words.telling_verb(self.before, self.after):
            return words.deed_sentence(verb, noun, title), []
        changes = list(self._changes(names))
        if not changes:
            return None
        return words.change_sentence([change.label for change in changes], noun, title), changes

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

    def _tell_link(
        self, names: Names, root: tuple[type[models.Model], str] | None
    ) -> tuple[str, list[Change]]:
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
        noun = "" if own else str(owner._meta.verbose_name)
        return words.change_sentence([change.label], noun, title), [change]


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
