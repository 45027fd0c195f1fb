"""The key figures of the overview and what they mean. The codes are those of the domain description (K01–K18)."""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from coachnet.lib.templatetags.formats import minutes, number
from dashboards.figures import Figure, Line, Overview
from dashboards.models import MUNICIPALITIES, Code, Mask
from dashboards.periods import Kind


@dataclass(frozen=True)
class Measure:
    """A key figure: its code, unit and definition."""

    code: Code
    unit: str | Promise
    definition: str | Promise

    @property
    def name(self) -> str | Promise:
        """What it is called."""
        return self.code.label


K01 = Measure(
    Code.K01,
    _("företag"),
    _(
        "Unika företag med minst ett godkänt tillfälle i perioden. "
        "Ett företag räknas en gång, med det läge det har i dag."
    ),
)
K02 = Measure(
    Code.K02,
    _("företag"),
    _(
        "Av periodens coachade företag: de som har haft minst två godkända tillfällen sammanlagt, oavsett när."
    ),
)
K03 = Measure(
    Code.K03,
    _("timmar"),
    _(
        "Stödtid vid godkända tillfällen. Förberedelse och resa räknas inte. "
        "Medianen är tiden för det mittersta företaget."
    ),
)
K04 = Measure(
    Code.K04,
    _("kommuner"),
    _("Kommuner där minst ett företag har haft ett godkänt tillfälle i perioden, av länets 49."),
)
K05 = Measure(
    Code.K05,
    "%",
    _("Gruppens coachade företag delat med alla coachade företag i perioden."),
)
K06 = Measure(
    Code.K06,
    _("coacher"),
    _("Coacher med minst ett godkänt tillfälle i perioden, av coacherna i nätverket när den slutade."),
)
K18 = Measure(
    Code.K18,
    _("deltagande"),
    _(
        "Avprickade deltagande på periodens träffar. Närvarograden är deltagande delat med anmälningar "
        "som inte har avbokats."
    ),
)
MEASURES = (K01, K02, K03, K04, K05, K06, K18)


@dataclass(frozen=True)
class Card:
    """A key figure with its value: `of` is what it is counted out of, `note` what else there is to say.

    `target` is what the region aims at; `reached` how much of it, in percent, where both are to be seen.
    """

    measure: Measure
    figure: Figure
    of: str = ""
    note: str = ""
    n: str = ""
    drill: str = ""
    target: int | None = None

    @property
    def reached(self) -> int | None:
        """How much of the target value has been reached, in percent."""
        return self.figure.part_of(Figure(self.target)).value if self.target else None


def cards_of(overview: Overview) -> list[Card]:
    """The key figures of the whole region, in order."""
    total = overview.total
    n = _n(total)
    cards = [
        Card(K01, total.companies, note=_compared(overview), n=n, drill="companies"),
        Card(K02, total.continued, note=_share(total.continued, total.companies), n=n, drill="continued"),
        Card(K03, total.hours, note=_median(total), n=n, drill="companies"),
        Card(K04, total.municipalities, of=gettext("av %(many)s") % {"many": MUNICIPALITIES}, n=n),
        Card(
            K06,
            total.coaches,
            of=gettext("av %(many)s") % {"many": number(total.members.value)}
            if total.members.is_shown
            else "",
            n=gettext("n = %(count)s coacher") % {"count": total.members.text},
        ),
        Card(
            K18,
            total.attended,
            note=_attendance(total),
            n=gettext("n = %(count)s anmälningar") % {"count": total.registered.text},
        ),
    ]
    return [replace(card, target=overview.targets.get(card.measure.code)) for card in cards]


def _n(total: Line) -> str:
    return gettext("n = %(count)s företag") % {"count": total.companies.text}


def _share(part: Figure, whole: Figure) -> str:
    share = part.part_of(whole)
    if not share.is_shown or not whole.value:
        return ""
    return gettext("%(share)s procent av periodens företag.") % {"share": share.text}


def _attendance(total: Line) -> str:
    held = ngettext("%(count)s träff.", "%(count)s träffar.", total.meetings.value or 0)
    held %= {"count": total.meetings.text}
    share = total.attended.part_of(total.registered)
    if not share.is_shown or not total.registered.value:
        return held
    return held + " " + gettext("Närvarograd %(share)s procent.") % {"share": share.text}


def _median(total: Line) -> str:
    if not total.median_minutes.value:
        return ""
    return gettext("Median %(time)s per företag.") % {"time": minutes(total.median_minutes.value)}


def _compared(overview: Overview) -> str:
    """Against the period before, where both have ended or begun alike and both are shown."""
    before, now = overview.before, overview.total.companies
    if overview.period.is_running or before is None or now.value is None or before.companies.value is None:
        return ""
    change = now.value - before.companies.value
    values = {"count": number(abs(change)), "period": str(overview.period.previous)}
    if change == 0:
        return gettext("Lika många som %(period)s.") % values
    if change > 0:
        return ngettext("%(count)s fler än %(period)s.", "%(count)s fler än %(period)s.", change) % values
    return ngettext("%(count)s färre än %(period)s.", "%(count)s färre än %(period)s.", -change) % values


def finding(overview: Overview) -> str:
    """The page's title: what the figures say, in one sentence, and nothing that a hidden one would."""
    companies, period = overview.total.companies, overview.period
    if companies.value == 0:
        return gettext("Inget företag har fått coachning %(period)s") % {"period": period}
    if companies.state == Mask.FEW:
        return gettext("Färre än fem företag har fått coachning %(period)s") % {"period": period}
    if companies.value is None:
        return gettext("Coachningen %(period)s") % {"period": period}
    values = {"count": number(companies.value), "period": str(period)}
    if period.is_running and period.kind != Kind.START:
        return (
            ngettext(
                "%(count)s företag har hittills fått coachning %(period)s",
                "%(count)s företag har hittills fått coachning %(period)s",
                companies.value,
            )
            % values
        )
    return (
        ngettext(
            "%(count)s företag har fått coachning %(period)s",
            "%(count)s företag har fått coachning %(period)s",
            companies.value,
        )
        % values
    )


def split_finding(overview: Overview) -> str:
    """The heading of the split: which group has most companies, where that hides nothing."""
    most = sorted(overview.groups, key=lambda line: -(line.companies.value or 0))[:2]
    all_shown = all(line.companies.is_shown for line in overview.groups)
    if all_shown and len(most) == 2 and most[0].companies.value != most[1].companies.value:
        return gettext("Flest coachade företag: %(group)s") % {"group": most[0].name}
    return gettext("Coachade företag efter %(split)s") % {"split": overview.split.label.lower()}
