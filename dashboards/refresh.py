"""Keeping the rollup current, and making it anew.

Both go the same way: facts of the companies and coaches concerned → the cells that they change → what may be
shown. A refresh takes only what is stale, a rebuild takes everything; the numbers come out the same.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

import structlog
from django.db import connection, models, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from coachnet.accounts.models import User
from coachnet.accounts.roles import Coach
from coachnet.lib.locks import try_lock_for_transaction
from companies.models import Municipality
from dashboards import facts, privacy
from dashboards.dimensions import SPLITS, UNKNOWN, Dimension, groups
from dashboards.meetings import Meetings, has_ended_since, held_by_period
from dashboards.models import MASKED, Cell, CoachPeriod, CompanyPeriod, Stale, Upkeep
from dashboards.periods import Kind, Period, period, since
from dashboards.tally import Place, count_cells, places_of, splits_of

LOCK = "the rollup of the overview"
BATCH = 2000
MANY = 50  # of which a plan for an empty table would make minutes
# For sorting and hashing in one transaction of the upkeep, beside what the server grants each query.
WORK_MEM = "128MB"
log = structlog.get_logger(__name__)


@transaction.atomic
def refresh() -> bool:
    """Take in the changes that wait, at most BATCH of them. True if there may be more.

    Runs once at a time: a second one leaves at once, and what it would have done waits for the next.
    If it fails, nothing was taken and nothing is lost.
    """
    if not try_lock_for_transaction(LOCK):
        return False
    stale = Stale.objects.oldest(BATCH)
    Stale.objects.filter(pk__in=[one.pk for one in stale]).delete()
    keys = {what: {one.key for one in stale if one.what == what} for what in Stale.What}
    companies, coaches = keys[Stale.What.COMPANY], keys[Stale.What.COACH]
    if len(stale) > MANY:
        _count_what_seems_empty()
    changed = _take_companies(companies) if companies else set()
    worked = _take_coaches(coaches) if coaches else set()
    meetings = bool(keys[Stale.What.MEETING]) or has_ended_since(_current_at())
    _count(changed, worked, people=bool(keys[Stale.What.PERSON]), meetings=meetings)
    Upkeep.objects.update_or_create(pk=1, defaults={"current_at": timezone.now()})
    return len(stale) == BATCH


@transaction.atomic
def rebuild() -> None:
    """Throw the rollup away and count everything from the facts. Waits for nobody: a refresh meanwhile leaves."""
    if not try_lock_for_transaction(LOCK):
        raise RuntimeError("The figures are being refreshed at this moment. Try again.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM])
    for model in (Stale, CompanyPeriod, CoachPeriod, Cell):
        model._default_manager.all().delete()
    _insert(CompanyPeriod, facts.of_companies())
    _insert(CoachPeriod, facts.of_coaches())
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {CompanyPeriod._meta.db_table}, {CoachPeriod._meta.db_table}")
    _count(set(), set(), people=True, meetings=True)
    Upkeep.objects.update_or_create(pk=1, defaults={"current_at": timezone.now()})


def _count_what_seems_empty() -> None:
    """Let Postgres look at tables that were empty when it last did: filled since, in this very transaction perhaps.

    It would go through all sessions for each session, and for the 200 companies of the demo that takes ten minutes.
    """
    tables = [model._meta.db_table for model in facts.SOURCES]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[]) AND reltuples = 0", [tables]
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {table}")


def _insert(model: type[models.Model], rows: facts.Sql) -> None:
    select, values = rows
    columns = ", ".join(facts.columns_of(model))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({columns}) {select}", values)


def _take_companies(keys: Collection[int]) -> set[Place]:
    """Bring the companies' rows up to date. Returns the cells that counted them before, or do now."""
    found = _merge(CompanyPeriod, facts.COMPANY_KEY, keys, facts.of_companies(keys), places_of("differ"))
    return {(period(kind, starts_on), dimension, group) for kind, starts_on, dimension, group in found}


def _take_coaches(keys: Collection[int]) -> set[Period]:
    """Bring the coaches' rows up to date. Returns the periods in which something changed."""
    changed = "SELECT DISTINCT kind, starts_on FROM differ"
    found = _merge(CoachPeriod, facts.COACH_KEY, keys, facts.of_coaches(keys), changed)
    return {period(kind, starts_on) for kind, starts_on in found}


def _merge(
    model: type[models.Model], names: tuple[str, ...], keys: Collection[int], rows: facts.Sql, changed: str
) -> list[tuple[Any, ...]]:
    """Make the saved rows of the `keys` equal to `rows`, row by row as `names` identify them. One statement.

    `changed` is a SELECT from `differ`, the rows as they were and as they became; what it finds is returned.
    """
    (select, values), table = rows, model._meta.db_table
    columns = facts.columns_of(model)
    listed, others = ", ".join(columns), [one for one in columns if one not in names]
    update = f"UPDATE SET {', '.join(f'{one} = EXCLUDED.{one}' for one in others)}" if others else "NOTHING"
    same = " AND ".join(f"{{0}}.{one} = gone.{one}" for one in names)
    statement = f"""
        WITH fresh AS MATERIALIZED ({select}),
        saved AS MATERIALIZED (SELECT {listed} FROM {table} WHERE {names[0]} = ANY(%s)),
        gone AS MATERIALIZED (SELECT * FROM saved EXCEPT SELECT {listed} FROM fresh),
        come AS MATERIALIZED (SELECT {listed} FROM fresh EXCEPT SELECT * FROM saved),
        deleted AS (
            DELETE FROM {table} AS old USING gone
            WHERE {same.format("old")} AND NOT EXISTS (SELECT FROM come WHERE {same.format("come")})
        ),
        written AS (
            INSERT INTO {table} ({listed}) SELECT {listed} FROM come ON CONFLICT ({", ".join(names)}) DO {update}
        ),
        differ AS (SELECT * FROM gone UNION ALL SELECT * FROM come)
        {changed}
    """  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, list(keys)])
        return cursor.fetchall()


def _every_period() -> set[Period]:
    """All periods from the first month with a session to the present one."""
    months = CompanyPeriod.objects.filter(kind=Kind.MONTH)
    first = months.aggregate(first=Min("starts_on"))["first"]
    return {period for kind in Kind for period in since(first, kind)} if first else set()


def _places_in(periods: Collection[Period]) -> set[Place]:
    """Every cell that there is to be in the periods."""
    keys = {one: set(groups(one)) for one in (*SPLITS, Dimension.MUNICIPALITY)}
    keys[Dimension.MUNICIPALITY].remove(UNKNOWN)
    split = {(one, str(dim), group) for one in periods for dim in splits_of(one) for group in keys[dim]}
    return split | {(one, str(Dimension.TOTAL), UNKNOWN) for one in periods}


def _count(changed: set[Place], worked: set[Period], *, people: bool, meetings: bool) -> None:
    """Count the cells that changed and those that are not there yet; drop what lies outside.

    `worked`: periods in which a coach came or went.
    `people`: somebody came, left or changed role, so the members are counted in all periods.
    `meetings`: so are meetings and those who came to them.
    """
    periods = _every_period()
    cells = Cell.objects.values_list("kind", "starts_on", "dimension", "group", "pk")
    saved = {(period(kind, starts_on), dim, group): pk for kind, starts_on, dim, group, pk in cells}
    before = {place[0] for place in saved}
    new, differ = periods - before, 0
    if changed or periods != before:
        wanted = _places_in(periods)
        differ += count_cells((changed & wanted) | (wanted - set(saved)))
        differ += Cell.objects.filter(pk__in=[saved[one] for one in set(saved) - wanted]).delete()[0]
    differ += _count_people(periods if people else (worked | new) & periods)
    if meetings or new:
        differ += _count_meetings()
    if differ:
        _decide_masks()


def _count_people(periods: set[Period]) -> int:
    """Count coaches and members of the periods. Returns how many cells changed."""
    if not periods:
        return 0
    many = CoachPeriod.objects.values("kind", "starts_on").annotate(many=Count("pk"))
    coaches = {(one["kind"], one["starts_on"]): one["many"] for one in many}
    changed = []
    for cell in Cell.objects.filter(dimension=Dimension.TOTAL):
        if cell.period in periods:
            found = (coaches.get((cell.kind, cell.starts_on), 0), _members(cell.period))
            if (cell.coaches, cell.members) != found:
                cell.coaches, cell.members = found
                changed.append(cell)
    Cell.objects.bulk_update(changed, ["coaches", "members"], batch_size=500)
    return len(changed)


def _count_meetings() -> int:
    """Count meetings and those who came. Returns how many cells changed."""
    found, changed = held_by_period(), []
    for cell in Cell.objects.filter(dimension=Dimension.TOTAL).exclude(kind=Kind.MONTH):
        held = found.get(cell.period, Meetings())
        if (cell.meetings, cell.attended, cell.registered) != (held.meetings, held.attended, held.registered):
            cell.meetings, cell.attended, cell.registered = held.meetings, held.attended, held.registered
            changed.append(cell)
    Cell.objects.bulk_update(changed, ["meetings", "attended", "registered"], batch_size=500)
    return len(changed)


def _current_at() -> dt.datetime | None:
    return Upkeep.objects.values_list("current_at", flat=True).first()


def _decide_masks() -> None:
    cells = list(Cell.objects.order_by("kind", "starts_on", "dimension", "group"))
    changed = []
    for cell, masks in zip(cells, privacy.protect(cells, _sub_regions()), strict=True):
        wanted = {f"{measure}_mask": str(mask) for measure, mask in masks.items()}
        if any(getattr(cell, name) != mask for name, mask in wanted.items()):
            for name, mask in wanted.items():
                setattr(cell, name, mask)
            changed.append(cell)
    Cell.objects.bulk_update(changed, [f"{measure}_mask" for measure in MASKED], batch_size=500)
    log.info("figures", cells=len(cells), masks_changed=len(changed))


def _sub_regions() -> dict[str, str]:
    """The sub-region of each municipality, by their codes."""
    return dict(Municipality.objects.order_by().values_list("pk", "sub_region"))


def _members(period: Period) -> int:
    """Coaches in the network when the period ended, and those who worked in it and have left since."""
    if period.kind == Kind.MONTH:
        return 0
    there = Q(is_active=True, roles__contains=[Coach.key])
    if period.ends_on:
        there &= Q(joined_at__date__lte=period.ends_on)
    worked = CoachPeriod.objects.during(period).values("coach")
    return User.objects.filter(there | Q(pk__in=worked)).count()
