"""What figures can be split by, one thing at a time, and what the groups are called.

Industries are groups of SNI divisions. A division's two digits mean nearly the same in SNI 2007 and SNI 2025;
a section's letter does not after I, so companies with only a letter from J on are all services here.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import Organisation
from companies.models import CircularStrategy, Company, Municipality, SniCode, SubRegion

UNKNOWN = ""
UNKNOWN_NAME = _("Ej angivet")


class Dimension(models.TextChoices):
    """A split; TOTAL is the whole region, MUNICIPALITY serves the map alone."""

    TOTAL = "total", _("Hela regionen")
    SUB_REGION = "sub_region", _("Delregion")
    INDUSTRY = "industry", _("Bransch")
    SIZE = "size", _("Storleksklass")
    STRATEGY = "strategy", _("Huvudstrategi")
    ORGANISATION = "organisation", _("Coachens organisation")
    MUNICIPALITY = "municipality", _("Kommun")


# Those that a reader can choose.
SPLITS = (
    Dimension.SUB_REGION,
    Dimension.INDUSTRY,
    Dimension.SIZE,
    Dimension.STRATEGY,
    Dimension.ORGANISATION,
)
# Columns of CompanyPeriod: a company has one value of each, so the groups add up to the whole.
OF_COMPANY = (
    Dimension.SUB_REGION,
    Dimension.INDUSTRY,
    Dimension.SIZE,
    Dimension.STRATEGY,
    Dimension.MUNICIPALITY,
)


@dataclass(frozen=True)
class Industry:
    """A group of divisions, by their first and last number, and the sections that lie wholly in it."""

    key: str
    name: str | Promise
    divisions: tuple[tuple[int, int], ...]
    sections: str = ""


INDUSTRIES = (
    Industry("land", _("Jordbruk, skogsbruk och fiske"), ((1, 3),), "A"),
    Industry("food", _("Livsmedel och drycker"), ((10, 12),)),
    Industry("textile", _("Textil, kläder och läder"), ((13, 15),)),
    Industry("wood", _("Trä och möbler"), ((16, 16), (31, 31))),
    Industry("paper", _("Papper och grafisk produktion"), ((17, 18),)),
    Industry("plastic", _("Kemi, plast och mineral"), ((19, 23),)),
    Industry("metal", _("Metall, maskiner och fordon"), ((24, 30),)),
    Industry("manufacturing", _("Annan tillverkning och utvinning"), ((5, 9), (32, 32)), "BC"),
    Industry("repair", _("Reparation"), ((33, 33), (95, 95))),
    Industry("waste", _("Energi, vatten och avfall"), ((35, 39),), "DE"),
    Industry("construction", _("Byggverksamhet"), ((41, 43),), "F"),
    Industry("trade", _("Handel"), ((45, 47),), "G"),
    Industry("services", _("Tjänster, uthyrning och transport"), ((49, 94), (96, 99)), "HIJKLMNOPQRSTUV"),
)


def industry_of(sni: SniCode | None) -> str:
    """The group that a company's SNI code belongs to, whichever version it is of; UNKNOWN without one."""
    if sni is None:
        return UNKNOWN
    for industry in INDUSTRIES:
        if sni.code in industry.sections:
            return industry.key
        if sni.code[:2].isdigit() and any(
            first <= int(sni.code[:2]) <= last for first, last in industry.divisions
        ):
            return industry.key
    return UNKNOWN


def groups(dimension: Dimension) -> dict[str, str]:
    """Every group of a split by its key, with its name, in the order it is listed. At most one query."""
    named: dict[str, str]
    if dimension == Dimension.SUB_REGION:
        named = {one.pk: one.name for one in SubRegion.objects.all()}
    elif dimension == Dimension.MUNICIPALITY:
        named = {one.pk: one.name for one in Municipality.objects.all()}
    elif dimension == Dimension.STRATEGY:
        named = {one.pk: one.name for one in CircularStrategy.objects.all()}
    elif dimension == Dimension.SIZE:
        named = {key: str(name) for key, name in Company.SizeClass.choices}
    elif dimension == Dimension.INDUSTRY:
        named = {one.key: str(one.name) for one in INDUSTRIES}
    elif dimension == Dimension.ORGANISATION:
        return {key: str(name) for key, name in Organisation.Kind.choices}
    else:
        return {UNKNOWN: str(Dimension.TOTAL.label)}
    return named | {UNKNOWN: str(UNKNOWN_NAME)}
