"""Roles and what each may do. One person may hold several; permissions add up."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What a role may do. Object rules (whose company, whose session) come on top, in each app's rules.py."""

    SEE_COMPANIES = "see_companies"
    EDIT_COMPANIES = "edit_companies"
    SEE_SESSIONS = "see_sessions"
    LOG_SESSIONS = "log_sessions"
    SEE_CONFIDENTIAL = "see_confidential"
    SEE_PEOPLE = "see_people"
    INVITE_PEOPLE = "invite_people"
    MANAGE_PEOPLE = "manage_people"
    SEE_OVERVIEW = "see_overview"
    READ_AUDIT = "read_audit"
    ADMINISTER = "administer"


class Role:
    """A role: its key in the database, its name, one sentence for people, and its permissions."""

    key: str
    name: str | Promise
    sentence: str | Promise
    permissions: frozenset[Permission]


class Coach(Role):
    """Helps companies and logs it."""

    key = "coach"
    name = _("Affärscoach")
    sentence = _("Coachar företag, loggar tillfällen och följer upp åtgärder.")
    permissions = frozenset(
        {
            Permission.SEE_COMPANIES,
            Permission.EDIT_COMPANIES,
            Permission.SEE_SESSIONS,
            Permission.LOG_SESSIONS,
        }
    )


class Organiser(Role):
    """Leads the network at Science Park Borås or RISE."""

    key = "organiser"
    name = _("Nätverksledare")
    sentence = _(
        "Bjuder in personer till nätverket och ser vilka företag det arbetar med, men inga anteckningar."
    )
    permissions = frozenset(
        {
            Permission.SEE_COMPANIES,
            Permission.SEE_SESSIONS,
            Permission.SEE_PEOPLE,
            Permission.INVITE_PEOPLE,
            Permission.SEE_OVERVIEW,
        }
    )


class Official(Role):
    """Follows the region's progress, in aggregates only."""

    key = "official"
    name = _("Regionföreträdare")
    sentence = _("Följer hur långt regionen har kommit. Ser bara summerade siffror, aldrig ett företag.")
    permissions = frozenset({Permission.SEE_OVERVIEW})


class Admin(Role):
    """Runs the platform."""

    key = "admin"
    name = _("Administratör")
    sentence = _(
        "Sköter personer, behörighet och inställningar och ser allt, även sekretessmarkerade företag."
    )
    permissions = frozenset(Permission) - {Permission.LOG_SESSIONS}


ROLES: dict[str, type[Role]] = {role.key: role for role in (Coach, Organiser, Official, Admin)}


def permissions_of(keys: list[str]) -> frozenset[Permission]:
    """Everything the given roles may do together. Unknown keys give nothing."""
    return frozenset[Permission]().union(*(ROLES[key].permissions for key in keys if key in ROLES))
