"""The list of companies as its address says: view, search, filters, order."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Window
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.accounts.readers import May, reader, told_of
from coachnet.accounts.roles import Permission
from coachnet.lib import keyset
from coachnet.lib.standing import Given, standing
from coachnet.lib.subqueries import CountOf
from companies import coached, search
from companies.models import Company
from companies.offered import Pairs, offered
from companies.querysets import CompanyQuerySet

# The columns that a row in the list shows, and is ordered by.
IN_LIST = (
    *("name", "sort_key", "is_confidential", "municipality__name"),
    *("main_strategy__name_sv", "main_strategy__name_en"),
)
LONGEST_SHOWN = 60  # letters of a value that does not exist
# So far companies are counted; of more it is said that there are more. To count on would only take time.
MOST_COUNTED = 10_000
ORDERS = {
    "name": ("sort_key", "pk"),
    "newest": ("-heard_on", "sort_key", "pk"),
    "oldest": ("heard_on", "sort_key", "pk"),
    "best": search.BEST_FIRST,
}


class FilterForm(forms.Form):
    """What can be chosen above the list. A choice that does not exist is left out and told of, not an error."""

    q = forms.CharField(label=_("Sök företag på namn, ort eller organisationsnummer"), required=False)
    stage = forms.ChoiceField(label=_("Steg"), required=False)
    strategy = forms.ChoiceField(label=_("Huvudstrategi"), required=False)
    sub_region = forms.ChoiceField(
        label=_("Delregion"),
        required=False,
        widget=forms.Select(attrs={"translate": "no"}),  # names of places
    )
    municipality = forms.ChoiceField(label=_("Kommun"), required=False)
    size = forms.ChoiceField(
        label=_("Storleksklass"),
        required=False,
        choices=[("", _("Alla storlekar")), *Company.SizeClass.choices],
    )
    organisation = forms.ChoiceField(label=_("Ansvarig organisation"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("stage", _("Alla steg"), coached.stage_choices)
        self._offer("strategy", _("Alla strategier"), lambda: self._offered.get("strategy", []))
        self._offer("sub_region", _("Alla delregioner"), lambda: self._offered.get("sub_region", []))
        self._offer("municipality", _("Alla kommuner"), lambda: self._offered.get("municipality", []))
        self._offer("organisation", _("Alla organisationer"), lambda: self._offered.get("organisation", []))

    def _offer(self, name: str, every: Promise, pairs: Callable[[], list[tuple[str, Any]]]) -> None:
        self.fields[name].choices = lambda: [("", every), *pairs()]  # type: ignore[attr-defined]

    @cached_property
    def _offered(self) -> dict[str, Pairs]:
        """Read when the fold is drawn or one of the filters was chosen, and once."""
        return offered()

    def selects(self) -> list["Choices"]:
        """The controls in the fold: everything but the search. What does not exist is not chosen."""
        chosen = self.cleaned_data
        return [
            Choices(
                name,
                str(field.label),
                field.widget.attrs.get("translate", ""),
                chosen.get(name, ""),
                tuple((value, str(words)) for value, words in field.choices),  # type: ignore[attr-defined]
            )
            for name, field in self.fields.items()
            if name != "q"
        ]


class Choices(NamedTuple):
    """One filter in full. Nobody's own: everybody is offered the same, so it is drawn once for all (keep)."""

    name: str
    label: str
    translate: str
    chosen: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Chip:
    """A chosen filter: what it says, and the address of the list without it."""

    name: str
    label: str
    url: str


LOOKUPS = {
    "strategy": "main_strategy",
    "sub_region": "municipality__sub_region",
    "municipality": "municipality",
    "size": "size_class",
    "organisation": "responsible_organisation",
}


def _companies(user: User, view: str, chosen: Mapping[str, Any], quiet_day: Any) -> CompanyQuerySet:
    """The companies of a view that the filters leave. The one definition, for rows, counts and export."""
    found = Company.objects.visible_to(user)
    if view != "network":
        found = found.of(user)
    if view == "quiet":
        found = found.quiet_since(quiet_day)
    found = found.filter(**{LOOKUPS[name]: value for name, value in chosen.items() if name in LOOKUPS})
    return found.in_stage(chosen["stage"]) if "stage" in chosen else found


def _asked_for(
    may: May, view: str, filters: frozenset[str], shape: search.Shape | None = None
) -> CompanyQuerySet:
    """The same for a standing question."""
    given = {name: Given(name) for name in sorted(filters)}
    found = _companies(reader(may), view, given, Given("quiet_day"))
    return search.among(found, shape, Given) if shape else found


@standing
def _page(
    may: May,
    view: str,
    filters: frozenset[str],
    shape: search.Shape | None,
    order: str,
    is_further: bool,  # noqa: FBT001 (a kind of asking)
) -> Any:
    by = ORDERS[order]
    position = keyset.given_position(by) if is_further else None
    rows = _asked_for(may, view, filters, shape).with_heard_on()
    if shape and not is_further:
        # What a text may mean is worked out for each company: once, for the rows and for how many there are.
        rows = rows.annotate(in_all=Window(Count("*")))
    rows = rows.select_related("municipality", "main_strategy").only(*IN_LIST)
    return keyset.further(rows, by=by, position=position)


@standing
def _hits(may: May, view: str, filters: frozenset[str], shape: search.Shape | None) -> Any:
    found = _asked_for(may, view, filters, shape).values("pk")[: MOST_COUNTED + 1]
    return User.objects.filter(pk=Given("reader")).values_list(CountOf(found))


@standing
def _found_at(may: May, view: str, filters: frozenset[str], shapes: tuple[search.Shape, ...]) -> Any:
    """The first of the shapes by which anything is found."""
    first = search.first_found(_asked_for(may, view, filters), shapes, Given)
    return User.objects.filter(pk=Given("reader")).values_list(first)


@standing
def _counts(may: May, has_own: bool) -> Any:  # noqa: FBT001
    who = reader(may)
    counted: dict[str, Any] = {"network": Company.objects.how_many_visible_to(who, most=MOST_COUNTED + 1)}
    if has_own:
        # Her own are all among those she may see: no need to ask twice.
        mine, quiet_day = Company.objects.of(who), cast(Any, Given("quiet_day"))
        counted["mine"] = CountOf(mine.values("pk"))
        counted["quiet"] = CountOf(mine.quiet_since(quiet_day).values("pk"))
    return User.objects.filter(pk=Given("reader")).values(**counted)


class CompanyList:
    """The companies that one person asked for."""

    def __init__(self, user: User, asked: QueryDict) -> None:
        self.user = user
        self.form = FilterForm(asked)
        self.form.is_valid()
        self.chosen = {name: value for name, value in self.form.cleaned_data.items() if value}
        # What an address asks for and nobody can choose: an old link, a municipality that was misspelt.
        asked_for = {name: str(asked.get(name, "")) for name in self.form.fields if name != "q"}
        self.unknown = {name: value for name, value in asked_for.items() if value and name not in self.chosen}
        self.has_own = user.may(Permission.LOG_SESSIONS)
        views = ("mine", "quiet", "network") if self.has_own else ("network",)
        view, order = str(asked.get("view", "")), str(asked.get("order", ""))
        self.view = view if view in views else views[0]
        self.order = order if order in ORDERS else self._usual_order()
        if self.order == "best" and "q" not in self.chosen:
            self.order = "name"

    def _usual_order(self) -> str:
        if "q" in self.chosen:
            return "best"
        return {"mine": "newest", "quiet": "oldest"}.get(self.view, "name")

    @property
    def by(self) -> tuple[str, ...]:
        """The order as fields, for a keyset page."""
        return ORDERS[self.order]

    def companies(self, *, without: str = "") -> CompanyQuerySet:
        """The companies of the view that the filters leave, one filter left out if asked."""
        chosen = {name: value for name, value in self.chosen.items() if name not in (without, "q")}
        found = _companies(self.user, self.view, chosen, self._quiet_day)
        return self._meaning.among(found) if "q" in self.chosen and without != "q" else found

    def rows(self) -> CompanyQuerySet:
        """The companies with what the list shows and is ordered by."""
        return self.companies().with_heard_on()

    def page(self, after: str) -> keyset.Page[Company]:
        """The page of rows after the token, or the first: of each company the columns that the list shows."""
        position = keyset.position_of(after, by=self.by)
        given = self._given | keyset.as_given(position)
        found = _page(*self._kind, self.order, position is not None, **given)
        return keyset.cut(found, by=self.by)

    def hits(self, page: keyset.Page[Company]) -> int:
        """How many the list holds that this is a page of; more than MOST_COUNTED need not be counted out."""
        if not self.chosen:
            return self.counts[self.view]
        told = getattr(page.rows[0], "in_all", None) if page.rows else None
        return told if told is not None else int(_hits(*self._kind, **self._given)[0][0])

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many each view holds without filters, counted as far as `hits`. One query."""
        given = told_of(self.user) | {"quiet_day": self._quiet_day}
        found: dict[str, int] = _counts(self.user.permissions, self.has_own, **given)[0]
        return found

    @cached_property
    def _meaning(self) -> search.Meaning:
        """What the text means among the companies that the other filters leave."""

        def found_at(shapes: tuple[search.Shape, ...], **said: Any) -> int:
            return int(_found_at(*self._narrowed, shapes, **self._given_but_text, **said)[0][0])

        return search.meaning_of(self.chosen["q"], found_at)

    @property
    def _narrowed(self) -> tuple[May, str, frozenset[str]]:
        """What makes the SQL of one list differ from another's: who reads, the view, which filters are chosen."""
        return self.user.permissions, self.view, frozenset(self.chosen) - {"q"}

    @property
    def _kind(self) -> tuple[May, str, frozenset[str], search.Shape | None]:
        return *self._narrowed, self._meaning.shape if "q" in self.chosen else None

    @property
    def _given_but_text(self) -> dict[str, Any]:
        return told_of(self.user) | self.chosen | {"quiet_day": self._quiet_day}

    @property
    def _given(self) -> dict[str, Any]:
        return self._given_but_text | (self._meaning.said if "q" in self.chosen else {})

    @property
    def _quiet_day(self) -> dt.date:
        return timezone.localdate() - dt.timedelta(days=coached.QUIET_DAYS)

    def url(self, **changes: str) -> str:
        """The address of the list with some choices changed; an empty one is left out."""
        values = {"view": self.view, "order": self.order if self.order != self._usual_order() else ""}
        values |= self.chosen | self.unknown
        kept = {name: value for name, value in (values | changes).items() if value}
        return f"?{urlencode(kept)}"

    @property
    def order_for_form(self) -> str:
        """The order, if the person chose it: a search must not be bound by the usual one."""
        return "" if self.order == self._usual_order() else self.order

    def chips(self) -> list[Chip]:
        """The chosen filters, in the order of the form."""
        return [
            Chip(name, self.words(name), self.url(**{name: ""}))
            for name in self.form.fields
            if name in self.chosen
        ]

    def unknown_chips(self) -> list[Chip]:
        """The filters that were asked for in vain: the filter and the value, and the address without them."""
        return [
            Chip(name, f"{self.form.fields[name].label}: {value[:LONGEST_SHOWN]}", self.url(**{name: ""}))
            for name, value in self.unknown.items()
        ]

    def words(self, name: str) -> str:
        """What a chosen filter is called."""
        value = self.chosen[name]
        if name == "q":
            return f"”{value}”"
        return str(dict(self.form.fields[name].choices)[value])  # type: ignore[attr-defined]

    def for_the_log(self) -> dict[str, str]:
        """View and filters as the audit log keeps them: places and organisations by name."""
        as_asked = ("q", "stage", "size")
        named = {name: self.chosen[name] if name in as_asked else self.words(name) for name in self.chosen}
        return {"view": self.view} | named

    def ways_out(self) -> list[tuple[Chip, int]]:
        """When nothing is left: what each filter alone stands in the way of, the most first."""
        ways = [(chip, self.companies(without=chip.name).count()) for chip in self.chips()]
        return sorted((way for way in ways if way[1]), key=lambda way: -way[1])

    def all_url(self) -> str:
        """The view without filters."""
        return f"?view={self.view}"

    def network_url(self) -> str:
        """The same search and filters in the whole network."""
        return self.url(view="network")

    def name_url(self) -> str:
        """The list by name."""
        return self.url(order="name")

    def last_url(self) -> str:
        """The list by latest session: the most recent first, and the other way round when it is so already."""
        return self.url(order="oldest" if self.order == "newest" else "newest")

    def export_url(self) -> str:
        """The same companies as a file."""
        return reverse("companies:company-export") + self.url()

    def title(self) -> str:
        """The view's name, for the table's caption."""
        return {
            "mine": gettext("Mina företag"),
            "quiet": gettext("Tysta 45 dagar"),
            "network": gettext("Hela nätverket"),
        }[self.view]
