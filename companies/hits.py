"""Companies that a search box offers while one types. Standing questions, since one is asked for every few letters."""

from typing import Any

from coachnet.accounts.models import User
from coachnet.accounts.readers import May, reader, told_of
from coachnet.lib.standing import Given, standing
from companies import search
from companies.models import Company
from companies.querysets import CompanyQuerySet

# The columns of a hit.
_SHOWN = ("name", "sort_key", "organisation_number", "municipality__name")


def in_network(user: User, text: str, *, limit: int) -> list[Company]:
    """The likeliest of all that the person may see, best first."""
    return _found(user, text, limit=limit, is_to_log=False)


def to_log_for(user: User, text: str, *, limit: int) -> list[Company]:
    """Those to log a session for: her own that the text means, then those nobody coaches. Without text by name."""
    if text:
        return _found(user, text, limit=limit, is_to_log=True)
    told = told_of(user)
    own = _first(user.permissions, True, limit, **told)  # noqa: FBT003
    return [*own, *_first(user.permissions, False, limit, **told)][:limit]  # noqa: FBT003


def _found(user: User, text: str, *, limit: int, is_to_log: bool) -> list[Company]:
    told = told_of(user)

    def found_at(shapes: tuple[search.Shape, ...], **said: Any) -> int:
        return int(_found_at(user.permissions, is_to_log, shapes, **told, **said)[0][0])

    meaning = search.meaning_of(text, found_at)
    return _best(user.permissions, is_to_log, meaning.shape, limit, **told, **meaning.said)


def _among(may: May, is_to_log: bool) -> CompanyQuerySet:  # noqa: FBT001 (a kind of asking)
    visible = Company.objects.visible_to(reader(may))
    return visible.to_log_for(reader(may)) if is_to_log else visible


@standing
def _found_at(may: May, is_to_log: bool, shapes: tuple[search.Shape, ...]) -> Any:  # noqa: FBT001
    first = search.first_found(_among(may, is_to_log), shapes, Given)
    return User.objects.filter(pk=Given("reader")).values_list(first)


@standing
def _best(may: May, is_to_log: bool, shape: search.Shape, limit: int) -> CompanyQuerySet:  # noqa: FBT001
    found: Any = search.among(_among(may, is_to_log), shape, Given)
    own_first = ("-is_own",) if is_to_log else ()
    return _shown(found.order_by(*own_first, *search.BEST_FIRST))[:limit]


@standing
def _first(may: May, is_own: bool, limit: int) -> CompanyQuerySet:  # noqa: FBT001
    """The first by name: her own, or others that nobody coaches. Two questions, so that each has an index to read."""
    who = reader(may)
    visible = Company.objects.visible_to(who)
    own = visible.of(who)
    found = own if is_own else visible.without_open_engagement().exclude(pk__in=own.values("pk"))
    return _shown(found.in_swedish_order())[:limit]


def _shown(companies: CompanyQuerySet) -> CompanyQuerySet:
    return companies.select_related("municipality").only(*_SHOWN)
