"""From what companies had in a period to its cells: the totals and every split, counted where the rows lie.

Only the cells that are asked for are counted, each split in one pass; a cell without a company is one at nought,
since which groups are at nought may have to be withheld too.
"""

from collections.abc import Collection

from django.db import connection

from dashboards.dimensions import OF_COMPANY, SPLITS, UNKNOWN, Dimension
from dashboards.models import Cell, CompanyPeriod, Mask
from dashboards.periods import Kind, Period

# A cell: its period, its split, its group.
Place = tuple[Period, str, str]
COUNTED = (
    "companies",
    "continued",
    "minutes",
    "largest",
    "second",
    "median_minutes",
    "municipalities",
)


def splits_of(period: Period) -> list[Dimension]:
    """What a period is split by: a month by nothing, and municipalities only since start.

    In shorter periods nearly every municipality would be hidden.
    """
    if period.kind == Kind.MONTH:
        return []
    return [*SPLITS, *([Dimension.MUNICIPALITY] if period.kind == Kind.START else [])]


def _arms() -> dict[Dimension, tuple[str, str]]:
    """By split: the group that a row of CompanyPeriod counts in, and which rows do."""
    whole = "organisation_kind = ''"
    split = {one: (str(one), f"{whole} AND kind <> '{Kind.MONTH}'") for one in OF_COMPANY}
    split[Dimension.MUNICIPALITY] = (
        str(Dimension.MUNICIPALITY),
        f"{whole} AND kind = '{Kind.START}' AND municipality <> '{UNKNOWN}'",
    )
    by_coach = ("organisation_kind", "organisation_kind <> ''")
    return {Dimension.TOTAL: (f"'{UNKNOWN}'", whole), Dimension.ORGANISATION: by_coach} | split


def places_of(rows: str) -> str:
    """A SELECT of the places that rows of CompanyPeriod count in, each once. `rows` is a table or the name of a CTE."""
    return " UNION ".join(
        f"SELECT kind, starts_on, '{dimension}' AS dimension, {group} AS \"group\" FROM {rows} WHERE {which}"  # noqa: S608 (our own names)
        for dimension, (group, which) in _arms().items()
    )


def _counts() -> str:
    """A SELECT of what each of the `asked` places has; nothing of a place without a company."""
    rows = CompanyPeriod._meta.db_table
    covered = {Dimension.TOTAL: "count(DISTINCT municipality) FILTER (WHERE municipality <> '')"}
    return " UNION ALL ".join(
        f"""
        SELECT asked.kind, asked.starts_on, asked.dimension, asked."group", count(*) AS companies,
            count(*) FILTER (WHERE is_continued) AS continued, sum(minutes) AS minutes,
            array_agg(minutes ORDER BY minutes DESC) AS each, {covered.get(dimension, "0")} AS municipalities
        FROM asked JOIN (SELECT *, {group} AS "group" FROM {rows} WHERE {which}) AS had
            USING (kind, starts_on, "group")
        WHERE asked.dimension = '{dimension}'
        GROUP BY 1, 2, 3, 4
        """  # noqa: S608 (our own names)
        for dimension, (group, which) in _arms().items()
    )


_PLACE = ("kind", "starts_on", "dimension", "group")


# A table with counts of its own, so that the planner knows whether one cell is asked for or all.
_ASK = """
CREATE TEMPORARY TABLE asked ON COMMIT DROP AS
    SELECT * FROM unnest(%s::text[], %s::date[], %s::text[], %s::text[])
        AS asked (kind, starts_on, dimension, "group")
"""


def _statement() -> str:
    """Counts the cells that are asked for, and saves those that differ."""
    columns = [field.attname for field in Cell._meta.concrete_fields if not field.primary_key]
    rest = [one for one in columns if one not in (*_PLACE, *COUNTED)]
    begin = ", ".join(f"'{Mask.WITHHELD}'" if one.endswith("_mask") else "0" for one in rest)
    names, fresh = ", ".join(COUNTED), ", ".join(f"EXCLUDED.{name}" for name in COUNTED)
    return f"""
        WITH counts AS MATERIALIZED ({_counts()})
        INSERT INTO {Cell._meta.db_table} AS cell (kind, starts_on, dimension, "group", {names}, {", ".join(rest)})
        SELECT kind, starts_on, dimension, "group", coalesce(companies, 0), coalesce(continued, 0),
            coalesce(minutes, 0), coalesce(each[1], 0), coalesce(each[2], 0),
            -- The middle one, of two the lower: `each` begins with the largest.
            coalesce(each[companies / 2 + 1], 0), coalesce(municipalities, 0), {begin}
        FROM asked LEFT JOIN counts USING (kind, starts_on, dimension, "group")
        ON CONFLICT (kind, starts_on, dimension, "group") DO UPDATE SET ({names}) = ROW ({fresh})
            WHERE ({", ".join(f"cell.{name}" for name in COUNTED)}) IS DISTINCT FROM ({fresh})
    """  # noqa: S608 (our own names)


def count_cells(places: Collection[Place]) -> int:
    """Count the cells, and save those that differ from what is saved. Returns how many did.

    Masks, meetings and people are left as they are; a new cell begins without, and withheld.
    """
    kinds, starts, dimensions, groups = [], [], [], []
    for period, dimension, group in sorted(places):
        kinds.append(period.kind.value)
        starts.append(period.starts_on)
        dimensions.append(str(dimension))
        groups.append(group)
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [kinds, starts, dimensions, groups])
        cursor.execute("ANALYZE asked")
        cursor.execute(_statement())
        changed = cursor.rowcount
        cursor.execute("DROP TABLE asked")
    return changed
