"""What every page's shell needs: menu, theme, search, support. Costs no query."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from coachnet.accounts.roles import ROLES, Permission
from coachnet.navigation import address, menu, thumb_bar

THEMES = ("light", "dark")
THEME_COOKIE = "theme"


def theme_of(request: HttpRequest) -> str:
    """The theme chosen on this device, or nothing for the system's."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


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
    items = menu(request, user)
    log_url = address("coaching:session-create") if user.may(Permission.LOG_SESSIONS) else ""
    return values | {
        "nav": items,
        "tabs": thumb_bar(items, log_url),
        "log_url": log_url,
        "company_create_url": address("companies:company-create")
        if user.may(Permission.EDIT_COMPANIES)
        else "",
        "palette_url": address("companies:palette") if user.may(Permission.SEE_COMPANIES) else "",
        "settings_url": address("accounts:me"),
        "gallery_url": address("gallery") if gallery_is_open(request) else "",
        "role_names": ", ".join(str(ROLES[key].name) for key in user.roles if key in ROLES),
    }


def gallery_is_open(request: HttpRequest) -> bool:
    """The gallery is for administrators, and for everyone signed in while developing."""
    return settings.DEBUG or settings.DEMO or request.user.may(Permission.ADMINISTER)  # type: ignore[union-attr]
