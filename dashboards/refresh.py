"""Keeping the rollup current, and making it anew.

Both go the same way: facts of the companies and coaches concerned → the periods that changed → their cells →
what may be shown. A refresh takes only what is stale, a rebuild takes everything; the numbers come out the same.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

import structlog
from django.db import models, transaction
from django.db.models import Min, Q
from django.utils import timezone

from coaching.models import Engagement, SessionCoach
from coachnet.accounts.models import User
from coachnet.accounts.roles import Coach
from coachnet.lib.locks import try_lock_for_transaction
from companies.models import Municipality
from dashboards import facts, privacy
from dashboards.dimensions import SPLITS, UNKNOWN, Dimension, groups
from dashboards.meetings import Meetings, has_ended_since, held_by_period
from dashboards.models import MASKED, Cell, CoachPeriod, CompanyPeriod, Stale, Upkeep
from dashboards.periods import Kind, Period, since
from dashboards.tally import cells_of

LOCK = "the rollup of the overview"
BATCH = 2000
log = structlog.get_logger(__name__)
M = TypeVar("M", bound=models.Model)


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
    changed = _take_companies(keys[Stale.What.COMPANY]) | _take_coaches(keys[Stale.What.COACH])
    meetings = bool(keys[Stale.What.MEETING]) or has_ended_since(_current_at())
    _count_cells(changed, people=bool(keys[Stale.What.PERSON]), meetings=meetings)
    Upkeep.objects.update_or_create(pk=1, defaults={"current_at": timezone.now()})
    return len(stale) == BATCH


@transaction.atomic
def rebuild() -> None:
    """Throw the rollup away and count everything from the facts. Waits for nobody: a refresh meanwhile leaves."""
    if not try_lock_for_transaction(LOCK):
        raise RuntimeError("The figures are being refreshed at this moment. Try again.")
    for model in (Stale, CompanyPeriod, CoachPeriod, Cell):
        model._default_manager.all().delete()
    companies = Engagement.objects.order_by().values_list("company", flat=True).distinct()
    for part in facts.chunks(companies.iterator()):
        CompanyPeriod.objects.bulk_create(facts.of_companies(part), batch_size=1000)
    coaches = SessionCoach.objects.order_by().values_list("coach", flat=True).distinct()
    for part in facts.chunks(coaches.iterator()):
        CoachPeriod.objects.bulk_create(facts.of_coaches(part), batch_size=1000)
    _count_cells(set(), people=False, meetings=True)
    Upkeep.objects.update_or_create(pk=1, defaults={"current_at": timezone.now()})


def _take_companies(keys: Collection[int]) -> set[Period]:
    """Bring the companies' rows up to date. Returns the periods in which something changed."""
    changed: set[Period] = set()
    for part in facts.chunks(sorted(keys)):
        before = CompanyPeriod.objects.filter(company__in=part)
        names = ("company_id", "kind", "starts_on", "organisation_kind")
        changed |= _replace(before, facts.of_companies(part), names)
    return changed


def _take_coaches(keys: Collection[int]) -> set[Period]:
    """Bring the coaches' rows up to date. Returns the periods in which something changed."""
    changed: set[Period] = set()
    for part in facts.chunks(sorted(keys)):
        before = CoachPeriod.objects.filter(coach__in=part)
        changed |= _replace(before, facts.of_coaches(part), ("coach_id", "kind", "starts_on"))
    return changed


def _replace(before: models.QuerySet[M], after: Iterable[M], names: tuple[str, ...]) -> set[Period]:
    """Make the saved rows equal to `after`, row by row as `names` identify them."""
    model: Any = before.model
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    old = {tuple(getattr(row, name) for name in names): row for row in before}
    new = {tuple(getattr(row, name) for name in names): row for row in after}
    gone = [row for key, row in old.items() if key not in new]
    differ = [
        row
        for key, row in new.items()
        if key not in old or any(getattr(row, one) != getattr(old[key], one) for one in columns)
    ]
    model._default_manager.filter(pk__in=[row.pk for row in gone]).delete()
    if differ:
        model._default_manager.bulk_create(
            differ,
            batch_size=1000,
            update_conflicts=len(columns) > len(names),
            ignore_conflicts=len(columns) == len(names),
            unique_fields=list(names) if len(columns) > len(names) else None,
            update_fields=[one for one in columns if one not in names] or None,
        )
    return {Period(Kind(row.kind), row.starts_on) for row in (*gone, *differ)}  # type: ignore[attr-defined]


def _every_period() -> set[Period]:
    """All periods from the first month with a session to the present one."""
    months = CompanyPeriod.objects.filter(kind=Kind.MONTH)
    first = months.aggregate(first=Min("starts_on"))["first"]
    return {period for kind in Kind for period in since(first, kind)} if first else set()


def _count_cells(changed: set[Period], *, people: bool, meetings: bool) -> None:
    """Count the cells of the periods that changed and of those that have none yet; drop what lies outside.

    `people`: somebody came, left or changed role, so the members are counted in all periods.
    `meetings`: so are meetings and those who came to them.
    """
    wanted = _every_period()
    totals = {cell.period: cell for cell in Cell.objects.filter(dimension=Dimension.TOTAL)}
    counted = (changed | (wanted - set(totals))) & wanted
    keys = {one: list(groups(one)) for one in (*SPLITS, Dimension.MUNICIPALITY)} if counted else {}
    if counted:
        keys[Dimension.MUNICIPALITY].remove(UNKNOWN)
    for period in sorted(counted):
        rows = CompanyPeriod.objects.during(period)
        coaches = _coaches(period)
        counts = {"coaches": len(coaches), "members": _members(period, coaches)}
        cells = cells_of(period, rows.iterator(), groups=keys, **counts)
        _replace(Cell.objects.during(period), _keeping_the_rest(period, cells), _CELL)
    outside = set(totals) - wanted
    if outside:
        Cell.objects.during_any(outside).delete()
    for period in (set(totals) & wanted) - counted if people else ():
        Cell.objects.filter(pk=totals[period].pk).update(members=_members(period, _coaches(period)))
    if meetings or wanted - set(totals):
        _count_meetings()
    if counted or outside or people or meetings:
        _decide_masks()


def _count_meetings() -> None:
    found = held_by_period()
    cells = list(Cell.objects.filter(dimension=Dimension.TOTAL).exclude(kind=Kind.MONTH))
    for cell in cells:
        held = found.get(cell.period, Meetings())
        cell.meetings, cell.attended, cell.registered = held.meetings, held.attended, held.registered
    Cell.objects.bulk_update(cells, ["meetings", "attended", "registered"], batch_size=500)


def _current_at() -> dt.datetime | None:
    return Upkeep.objects.values_list("current_at", flat=True).first()


_CELL = ("kind", "starts_on", "dimension", "group")


def _keeping_the_rest(period: Period, cells: list[Cell]) -> list[Cell]:
    """The cells with what is counted elsewhere: meetings, and masks, which are decided for all cells at once."""
    kept = {(cell.dimension, cell.group): cell for cell in Cell.objects.during(period)}
    names = ("meetings", "attended", "registered", *(f"{measure}_mask" for measure in MASKED))
    for cell in cells:
        before = kept.get((cell.dimension, cell.group))
        for name in names if before else ():
            setattr(cell, name, getattr(before, name))
    return cells


def _decide_masks() -> None:
    cells = list(Cell.objects.order_by(*_CELL))
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


def _coaches(period: Period) -> set[int]:
    return set(CoachPeriod.objects.during(period).values_list("coach", flat=True))


def _members(period: Period, coaches: set[int]) -> int:
    """Coaches in the network when the period ended, and those who worked in it and have left since."""
    if period.kind == Kind.MONTH:
        return 0
    there = Q(is_active=True, roles__contains=[Coach.key])
    if period.ends_on:
        there &= Q(joined_at__date__lte=period.ends_on)
    return User.objects.filter(there | Q(pk__in=coaches)).count()
