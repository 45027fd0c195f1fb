"""Where bars and areas stand: numbers as text, ready for SVG attributes. The page needs no script to draw them."""

from dataclasses import dataclass

from companies.outlines import outlines
from dashboards.figures import Figure, Line, Overview, total_of
from dashboards.periods import Period

HEIGHT = 180
MARGIN = 5  # percent at the left, where the numbers of the scale stand
STUB = 14  # how high a hidden month is drawn: always the same, so that it tells nothing
# From how many companies each shade is used, the darkest first.
SHADES = ((40, "6"), (20, "5"), (10, "4"), (5, "3"), (1, "2"))
# Where the names of sub-regions stand on the map.
NAMES_AT = {"FYR": (170, 150), "SKA": (570, 300), "GBG": (215, 600), "BOR": (450, 730)}


@dataclass(frozen=True)
class Bar:
    """One month: edges and width in percent, top and height in pixels, all as text."""

    period: Period
    line: Line
    x: str
    end: str
    width: str
    y: str
    height: str
    shade: str
    label: str
    is_spare: bool  # a label that a narrow screen has no room for


@dataclass(frozen=True)
class Tick:
    """A line across the trend, with its number."""

    y: str
    value: int


@dataclass(frozen=True)
class Trend:
    """The bars by month and the lines behind them."""

    bars: list[Bar]
    ticks: list[Tick]


def trend_of(overview: Overview) -> Trend:
    """Coached companies by month."""
    months = overview.trend
    top = _round_up(total_of(line for _period, line in months))
    slot = (100 - MARGIN) / max(1, len(months))
    bars = []
    for place, (period, line) in enumerate(months):
        figure = line.companies
        height = STUB if figure.value is None else round(HEIGHT * figure.value / top)
        from_the_end = len(months) - 1 - place
        label = period.key if from_the_end % 3 == 0 else ""
        bars.append(
            Bar(
                period,
                line,
                x=f"{MARGIN + place * slot + slot * 0.12:.2f}%",
                end=f"{MARGIN + place * slot + slot * 0.88:.2f}%",
                width=f"{slot * 0.76:.2f}%",
                y=str(HEIGHT - height),
                height=str(height),
                shade=bar_shade(figure),
                label=label,
                is_spare=from_the_end % 6 != 0,
            )
        )
    return Trend(bars, [Tick(str(HEIGHT - HEIGHT * part // 2), top * part // 2) for part in range(3)])


def _round_up(top: int) -> int:
    """An even number at or above, of one or two leading digits: 7 → 8, 43 → 50, 218 → 300."""
    size = 10 ** max(0, len(str(top)) - 1)
    return max(2, -(-top // size) * size if size > 1 else top + top % 2)


@dataclass(frozen=True)
class Area:
    """One area of the map: its outline, its shade and what stands in it."""

    key: str
    name: str
    path: str
    shade: str
    figure: Figure
    x: int = 0
    y: int = 0


@dataclass(frozen=True)
class Map:
    """The map: its areas, and the outlines of the sub-regions to draw over municipalities."""

    view_box: str
    source: str
    areas: list[Area]
    edges: list[str]

    @property
    def columns(self) -> list[list[Area]]:
        """The areas in as many tables as stand well beside each other."""
        many = 1 if len(self.areas) < 10 else 3
        size = -(-len(self.areas) // many) or 1
        return [self.areas[place : place + size] for place in range(0, len(self.areas), size)]


def map_of(lines: list[Line], *, by_municipality: bool) -> Map:
    """The region by sub-region or by municipality. Lines without an outline ("not stated") are left out."""
    found = outlines()
    paths = found.municipalities if by_municipality else found.sub_regions
    areas = [
        Area(
            line.key,
            line.name,
            paths[line.key],
            shade_of(line.companies),
            line.companies,
            *NAMES_AT.get(line.key, (0, 0)),
        )
        for line in lines
        if line.key in paths
    ]
    return Map(
        found.view_box, found.source, areas, list(found.sub_regions.values()) if by_municipality else []
    )


def shade_of(figure: Figure) -> str:
    """The class of an area: hatched when hidden, empty at nought, darker with more."""
    if figure.value is None:
        return "few"
    return next((shade for least, shade in SHADES if figure.value >= least), "0")


def bar_shade(figure: Figure) -> str:
    """The class of a bar: hatched when hidden."""
    return "5" if figure.is_shown else "few"


def bar_width(figure: Figure, largest: int) -> str:
    """How long a bar is, in percent of the longest; a hidden one has a fixed length."""
    return "12%" if figure.value is None else f"{100 * figure.value / largest:.1f}%"
