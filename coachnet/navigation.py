"""The menu: what each role may go to. Only pages that exist stand here."""

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission


@dataclass(frozen=True)
class Place:
    """One page in the menu: its route, who may go there, and which routes count as being there."""

    route: str
    name: str | Promise
    icon: str
    permission: Permission | None
    within: tuple[str, ...]
    key: str = ""
    sentence: str | Promise = ""
    in_tabbar: bool = True


@dataclass(frozen=True)
class Item:
    """A place as one person sees it on one page."""

    url: str
    name: str | Promise
    icon: str
    current: bool = False
    key: str = ""
    sentence: str | Promise = ""
    is_log: bool = False


# Those who log sessions start at their day; the others at a page that says what their role can do.
START = Place("home", _("Start"), "house", None, ("home",), key="s")
TODAY = Place(
    "coaching:today",
    _("Min dag"),
    "house",
    Permission.LOG_SESSIONS,
    ("coaching:today", "coaching:draft-"),
    key="d",
)
OVERVIEW = Place(
    "dashboards:overview",
    _("Översikt"),
    "chart-column",
    Permission.SEE_OVERVIEW,
    ("dashboards:",),
    key="o",
    sentence=_("Hur långt regionen har kommit, i siffror, över tid och på karta."),
)
PLACES = (
    Place(
        "companies:company-list",
        _("Företag"),
        "factory",
        Permission.SEE_COMPANIES,
        ("companies:",),
        key="f",
        sentence=_("Företagen i nätverket med steg, coach och senaste tillfälle."),
    ),
    Place(
        "coaching:session-list",
        _("Tillfällen"),
        "message-square",
        Permission.SEE_SESSIONS,
        ("coaching:session-", "coaching:engagement-"),
        key="t",
        sentence=_(
            "När coachningen skedde, hur länge och om vad. Anteckningar visas bara för dem som coachar."
        ),
        in_tabbar=False,
    ),
    Place(
        "coaching:action-list",
        _("Åtgärder"),
        "list-checks",
        Permission.LOG_SESSIONS,
        ("coaching:action-",),
        key="a",
    ),
    Place(
        "events:event-list",
        _("Träffar"),
        "calendar",
        Permission.SEE_MEETINGS,
        ("events:",),
        key="m",
        sentence=_("Nätverksträffar och ämnesträffar, vem som kommer och vad som är på gång."),
    ),
    OVERVIEW,
    Place(
        "accounts:person-list",
        _("Personer"),
        "users",
        Permission.SEE_PEOPLE,
        ("accounts:person-", "accounts:invitation-"),
        key="p",
        sentence=_("Personerna i nätverket, deras roller och inbjudningar."),
    ),
    Place(
        "notifications:delivery-list",
        _("Utskick"),
        "send",
        Permission.SEE_DELIVERY,
        ("notifications:delivery-",),
        sentence=_("Påminnelser och utskick: vad som väntar, har gått ut eller fastnat."),
        in_tabbar=False,
    ),
    Place(
        "audit:log",
        _("Granska historik"),
        "history",
        Permission.READ_AUDIT,
        ("audit:",),
        sentence=_("Vem som har gjort vad och när."),
    ),
    Place(
        "operations:status",
        _("Driftläge"),
        "settings",
        Permission.ADMINISTER,
        ("operations:",),
        sentence=_("Vad som går, vad som väntar och vad som har fastnat."),
        in_tabbar=False,
    ),
)


@cache
def address(route: str) -> str:
    """The address of a route without arguments. Kept: every page asks for thirty of them, and they stand still."""
    return reverse(route)


def start_of(user: User) -> Place:
    """Where a person starts: at her day, at the overview when there is nothing else, or at a page of places."""
    return _start(user.permissions)


def _start(permissions: frozenset[Permission]) -> Place:
    if Permission.LOG_SESSIONS in permissions:
        return TODAY
    others = [place for place in PLACES if place.permission and place.permission in permissions]
    return OVERVIEW if others == [OVERVIEW] else START


def here(request: HttpRequest) -> str:
    """The route of the page that is asked for, or nothing."""
    return request.resolver_match.view_name if request.resolver_match else ""


def menu(request: HttpRequest, user: User) -> list[Item]:
    """The places a person may go to, with the present one marked. The first is where they start."""
    return items_for(user.permissions, here(request))


def items_for(permissions: frozenset[Permission], here: str) -> list[Item]:
    """The menu of everybody with these permissions on the page of a route."""
    start = _start(permissions)
    return [
        Item(
            address(place.route),
            place.name,
            place.icon,
            current=here.startswith(place.within),
            key=place.key,
            sentence=place.sentence,
        )
        for place in (start, *(one for one in PLACES if one is not start))
        if place.permission is None or place.permission in permissions
    ]


def thumb_bar(items: list[Item], log_url: str) -> list[Item]:
    """At most four destinations for the bar at the thumb, with Logga in the middle for those who log."""
    hidden = {address(place.route) for place in PLACES if not place.in_tabbar}
    shown = [item for item in items if item.url not in hidden]
    if not log_url:
        return shown[:4]
    log = Item(log_url, _("Logga"), "plus", is_log=True)
    return [*shown[:2], log, *shown[2:3]]
