"""The overview as files and as data: one row for each measure of each group. The same Figures as the page."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from coachnet.lib.csv_export import cell as safe_cell
from dashboards.cards import K01, K02, K03, K04, K05, K06, K18, MEASURES, Measure
from dashboards.dimensions import Dimension
from dashboards.figures import Figure, Line, Overview
from dashboards.periods import START, Kind, Period


@dataclass(frozen=True)
class Row:
    """One figure with everything that says what it is."""

    period: Period
    split: Dimension
    group: Line
    measure: Measure
    figure: Figure
    target: int | None = None

    @property
    def group_name(self) -> str:
        """What the group is called; the lines of the trend are named by their months."""
        return str(self.split.label) if self.split == Dimension.TOTAL else self.group.name

    def cells(self) -> list[object]:
        """The row of a table: text but for the number."""
        return [
            self.period.key,
            self.period.title,
            self.split.label,
            self.group.key,
            self.group_name,
            self.measure.code,
            self.measure.name,
            self.figure.value if self.figure.is_shown else self.figure.text,
            self.measure.unit,
            self.group.companies.text,
            "" if self.target is None else self.target,
        ]

    def as_data(self) -> dict[str, Any]:
        """The row as JSON has it: `value` is null when `state` is not "shown"."""
        return {
            "period": self.period.key,
            "split": str(self.split),
            "group": self.group.key,
            "name": self.group_name,
            "measure": self.measure.code,
            "value": self.figure.value,
            "state": str(self.figure.state) if self.figure.value is None else "shown",
            "unit": str(self.measure.unit),
            "target": self.target,
        }


def header() -> list[str]:
    """The names of the columns of `Row.cells`."""
    return [
        gettext("Period"),
        gettext("Periodens namn"),
        gettext("Uppdelning"),
        gettext("Kod"),
        gettext("Grupp"),
        gettext("Nyckeltal"),
        gettext("Namn"),
        gettext("Värde"),
        gettext("Enhet"),
        gettext("Antal företag (n)"),
        gettext("Målvärde"),
    ]


def region_rows(overview: Overview) -> Iterator[Row]:
    """The whole region in the period."""
    total = overview.total
    for measure, figure in (
        (K01, total.companies),
        (K02, total.continued),
        (K03, total.hours),
        (K04, total.municipalities),
        (K06, total.coaches),
        (K18, total.attended),
    ):
        target = overview.targets.get(measure.code)
        yield Row(overview.period, Dimension.TOTAL, total, measure, figure, target)


def split_rows(overview: Overview) -> Iterator[Row]:
    """Every group of the split."""
    for line in overview.groups:
        yield Row(overview.period, overview.split, line, K01, line.companies)
        yield Row(
            overview.period, overview.split, line, K05, line.companies.part_of(overview.total.companies)
        )
        if overview.period.kind == Kind.START:
            yield Row(overview.period, overview.split, line, K02, line.continued)
        yield Row(overview.period, overview.split, line, K03, line.hours)


def trend_rows(overview: Overview) -> Iterator[Row]:
    """The region by month."""
    for period, line in overview.trend:
        yield Row(period, Dimension.TOTAL, line, K01, line.companies)
        yield Row(period, Dimension.TOTAL, line, K03, line.hours)


def municipality_rows(overview: Overview) -> Iterator[Row]:
    """Every municipality since start."""
    for line in overview.municipalities:
        yield Row(START, Dimension.MUNICIPALITY, line, K01, line.companies)


def tables(overview: Overview) -> list[tuple[str, list[Row]]]:
    """The tables of the page, each with a name that fits a sheet."""
    return [
        (gettext("Regionen"), list(region_rows(overview))),
        (gettext("Uppdelning"), list(split_rows(overview))),
        (gettext("Månader"), list(trend_rows(overview))),
        (gettext("Kommuner"), list(municipality_rows(overview))),
    ]


def every_row(overview: Overview) -> list[Row]:
    """All tables after one another."""
    return [row for _name, rows in tables(overview) for row in rows]


def definitions() -> list[list[str]]:
    """Code, name, unit and definition of each key figure."""
    return [[one.code, str(one.name), str(one.unit), str(one.definition)] for one in MEASURES]


def as_data(overview: Overview) -> dict[str, Any]:
    """Everything as JSON has it: see docs/overview.md."""
    return {
        "period": overview.period.key,
        "split": str(overview.split),
        "updated_at": overview.updated_at,
        "exact": overview.is_exact,
        "periods": [period.key for period in overview.periods],
        "figures": [row.as_data() for row in every_row(overview)],
        "definitions": [
            dict(zip(("code", "name", "unit", "text"), line, strict=True)) for line in definitions()
        ],
    }


def as_xlsx(overview: Overview) -> bytes:
    """A workbook: a sheet for each table, and one that says what the figures mean. Numbers are numbers."""
    import xlsxwriter  # ten megabytes, which a web process that writes no workbook does without

    file = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        bold, whole = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        for name, rows in tables(overview):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 0, 10)
            sheet.set_column(1, 10, 22)
            _write(sheet, 0, header(), bold)
            for place, row in enumerate(rows, start=1):
                _write(sheet, place, row.cells(), whole)
        sheet = book.add_worksheet(gettext("Definitioner"))
        sheet.set_column(0, 2, 22)
        sheet.set_column(3, 3, 100)
        _write(
            sheet, 0, [gettext("Nyckeltal"), gettext("Namn"), gettext("Enhet"), gettext("Definition")], bold
        )
        for place, line in enumerate(definitions(), start=1):
            _write(sheet, place, line, whole)
        updated = (
            timezone.localtime(overview.updated_at).strftime("%Y-%m-%d %H:%M") if overview.updated_at else ""
        )
        _write(sheet, len(MEASURES) + 2, [gettext("Uppdaterad"), updated], whole)
    return file.getvalue()


def _write(sheet: Any, row: int, values: list[Any], form: Any) -> None:
    for column, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(row, column, value, form)
        else:
            # What a spreadsheet would run gets an apostrophe, as in CSV: the cell may be copied elsewhere.
            sheet.write_string(row, column, safe_cell(value), form)
