"""Template filters about people and roles."""

from django import template
from django.utils.translation import gettext

from coachnet.accounts.roles import ROLES, Role

register = template.Library()


@register.filter
def role(key: str) -> type[Role] | None:
    """The role with this key, to be named and explained."""
    return ROLES.get(str(key))


# In this order: Edge and Opera also call themselves Chrome, and all of them Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
}
BROWSERS |= {"Safari": "Safari"}
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "Mac"}
SYSTEMS |= {"CrOS": "Chromebook", "Linux": "Linux"}


@register.filter
def device(user_agent: str) -> str:
    """A browser's signature in words: "Firefox, Windows". What nobody can read becomes "Okänd enhet"."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return ", ".join(filter(None, (browser, system))) or gettext("Okänd enhet")
