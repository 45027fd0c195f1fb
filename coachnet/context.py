"""What every page's shell needs: menu, theme, search, support. Costs no query."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from coachnet.accounts.roles import ROLES, Permission
from coachnet.navigation import Item, address, here, items_for, thumb_bar
from coachnet.offline import worker_address

THEMES = ("light", "dark")
THEME_COOKIE = "theme"


def theme_of(request: HttpRequest) -> str:
    """The theme chosen on this device, or nothing for the system's."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


@dataclass(frozen=True, eq=False)  # kept by what it is: one and the same object is one and the same shell
class Shell:
    """Menu and addresses as everybody with the same permissions sees them on one page."""

    nav: list[Item]
    tabs: list[Item]
    log_url: str
    company_create_url: str
    palette_url: str
    settings_url: str
    gallery_url: str


@lru_cache(maxsize=500)
def shell_of(permissions: frozenset[Permission], route: str, *, shows_gallery: bool) -> Shell:
    """The shell of a page. Kept: the base templates draw it once for all who have it in common."""
    items = items_for(permissions, route)
    log_url = address("coaching:session-create") if Permission.LOG_SESSIONS in permissions else ""
    return Shell(
        nav=items,
        tabs=thumb_bar(items, log_url),
        log_url=log_url,
        company_create_url=address("companies:company-create")
        if Permission.EDIT_COMPANIES in permissions
        else "",
        palette_url=address("companies:palette") if Permission.SEE_COMPANIES in permissions else "",
        settings_url=address("accounts:me"),
        gallery_url=address("gallery") if shows_gallery else "",
    )


def shell(request: HttpRequest) -> dict[str, Any]:
    """Values for the base templates."""
    values: dict[str, Any] = {
        "DEMO": settings.DEMO,
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        "theme": theme_of(request),
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return values
    found = shell_of(user.permissions, here(request), shows_gallery=gallery_is_open(request))
    return values | {
        "shell": found,
        # Those who log sessions can write one down without network.
        "worker": found.log_url and worker_address(get_language() or settings.LANGUAGE_CODE),
        "log_url": found.log_url,
        "company_create_url": found.company_create_url,
        "palette_url": found.palette_url,
        "role_names": ", ".join(str(ROLES[key].name) for key in user.roles if key in ROLES),
    }


def gallery_is_open(request: HttpRequest) -> bool:
    """The gallery is for administrators, and for everyone signed in while developing."""
    return settings.DEBUG or settings.DEMO or request.user.may(Permission.ADMINISTER)  # type: ignore[union-attr]
