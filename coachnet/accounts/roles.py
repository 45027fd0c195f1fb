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
    PLAN_MEETINGS = "plan_meetings"
    SEE_MEETINGS = "see_meetings"
    SEE_OVERVIEW = "see_overview"
    SET_TARGETS = "set_targets"
    SEE_DELIVERY = "see_delivery"
    READ_AUDIT = "read_audit"
    ADMINISTER = "administer"


# What each permission means for the person who has it, and for those whose data it opens.
SENTENCES: dict[Permission, str | Promise] = {
    Permission.SEE_COMPANIES: _("Ser nätverkets företag, utom dem med sekretessmarkering."),
    Permission.EDIT_COMPANIES: _("Lägger till och ändrar företag och kontakter."),
    Permission.SEE_SESSIONS: _(
        "Ser när coachning skedde, hur länge och om vad. Anteckningar visas bara för coacher."
    ),
    Permission.LOG_SESSIONS: _("Loggar tillfällen, skriver anteckningar och följer upp åtgärder."),
    Permission.SEE_CONFIDENTIAL: _("Ser även företag med sekretessmarkering."),
    Permission.SEE_PEOPLE: _("Ser personerna i nätverket, deras roller och kontaktuppgifter."),
    Permission.INVITE_PEOPLE: _("Bjuder in affärscoacher, nätverksledare och regionföreträdare."),
    Permission.MANAGE_PEOPLE: _(
        "Bjuder in administratörer, ändrar roller och arbetsgivare, stänger och öppnar konton."
    ),
    Permission.PLAN_MEETINGS: _("Planerar träffar, bjuder in, prickar av och följer upp."),
    Permission.SEE_MEETINGS: _("Ser nätverkets träffar och svarar på sina inbjudningar."),
    Permission.SEE_OVERVIEW: _("Ser regionens framsteg i summerade siffror."),
    Permission.SET_TARGETS: _("Sätter målvärden för regionens nyckeltal."),
    Permission.SEE_DELIVERY: _("Ser vilka påminnelser och utskick som väntar, har gått ut eller fastnat."),
    Permission.READ_AUDIT: _("Läser historiken: vem som har gjort vad och när."),
    Permission.ADMINISTER: _("Ändrar plattformens inställningar och register."),
}

# Permissions that reach far: whoever gives them is told so.
FAR_REACHING = frozenset({Permission.SEE_CONFIDENTIAL, Permission.MANAGE_PEOPLE, Permission.ADMINISTER})


class Role:
    """A role: its key in the database, its name, one sentence for people, and its permissions."""

    key: str
    name: str | Promise
    sentence: str | Promise
    permissions: frozenset[Permission]

    @classmethod
    def can(cls) -> list[str | Promise]:
        """What the role may do, one sentence for each permission, in one order for all roles."""
        return [SENTENCES[permission] for permission in Permission if permission in cls.permissions]

    @classmethod
    def reaches_far(cls) -> bool:
        """Whether giving the role deserves a warning."""
        return not FAR_REACHING.isdisjoint(cls.permissions)


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
            Permission.SEE_MEETINGS,
        }
    )


class Organiser(Role):
    """Leads the network at Science Park Borås or RISE."""

    key = "organiser"
    name = _("Nätverksledare")
    sentence = _(
        "Bjuder in personer till nätverket, planerar träffar och ser vilka företag det arbetar med, "
        "men inga anteckningar."
    )
    permissions = frozenset(
        {
            Permission.SEE_COMPANIES,
            Permission.SEE_SESSIONS,
            Permission.SEE_PEOPLE,
            Permission.INVITE_PEOPLE,
            Permission.PLAN_MEETINGS,
            Permission.SEE_MEETINGS,
            Permission.SEE_OVERVIEW,
            Permission.SET_TARGETS,
            Permission.SEE_DELIVERY,
        }
    )


class Official(Role):
    """Follows the region's progress, in aggregates only."""

    key = "official"
    name = _("Regionföreträdare")
    sentence = _("Följer hur långt regionen har kommit. Ser bara summerade siffror, aldrig ett företag.")
    permissions = frozenset({Permission.SEE_OVERVIEW, Permission.SET_TARGETS})


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


def role_name(key: str) -> str | Promise:
    """What a role is called; an unknown key names itself."""
    return ROLES[key].name if key in ROLES else key
