"""From sessions to what each company and each coach had in each period. Python adds up; the database selects."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from django.contrib.postgres.aggregates import ArrayAgg

from coaching.models import Session, SessionCoach
from companies.models import Company
from dashboards.dimensions import industry_of
from dashboards.models import CoachPeriod, CompanyPeriod
from dashboards.periods import Kind, Period, periods_of

WHOLE = ""


def of_companies(companies: Collection[int]) -> Iterator[CompanyPeriod]:
    """What the companies had in every period, as unsaved rows. Two queries.

    A company counts with what it is now: one that moves takes its history along (see ADR 0022).
    """
    approved = Session.objects.approved().filter(engagement__company__in=companies)
    kinds = ArrayAgg("session_coaches__organisation__kind", distinct=True, default=[])
    rows = approved.annotate(kinds=kinds).values_list("engagement__company", "date", "minutes", "kinds")
    sessions: dict[int, list[tuple[dt.date, int, list[str]]]] = defaultdict(list)
    for company, day, minutes, at in rows.order_by():
        sessions[company].append((day, minutes or 0, at))
    for one in Company.objects.filter(pk__in=sessions).select_related("municipality", "sni"):
        yield from _of_company(one, sessions[one.pk])


def _of_company(company: Company, sessions: list[tuple[dt.date, int, list[str]]]) -> Iterator[CompanyPeriod]:
    counts: dict[tuple[Period, str], list[int]] = defaultdict(lambda: [0, 0])
    for day, minutes, kinds in sessions:
        for period in periods_of(day):
            # Months are shown for the whole region only.
            split = [] if period.kind == Kind.MONTH else [kind for kind in kinds if kind]
            for kind in (WHOLE, *split):
                counts[period, kind][0] += 1
                counts[period, kind][1] += minutes
    for (period, kind), (many, minutes) in counts.items():
        yield CompanyPeriod(
            company=company,
            kind=period.kind,
            starts_on=period.starts_on,
            organisation_kind=kind,
            sessions=many,
            minutes=minutes,
            is_continued=len(sessions) >= 2,
            municipality=company.municipality_id or "",
            sub_region=company.municipality.sub_region_id if company.municipality else "",
            industry=industry_of(company.sni),
            size=company.size_class,
            strategy=company.main_strategy_id or "",
        )


def of_coaches(coaches: Collection[int]) -> Iterator[CoachPeriod]:
    """The periods in which each coach had an approved session, as unsaved rows. One query."""
    took_part = SessionCoach.objects.filter(coach__in=coaches, session__in=Session.objects.approved())
    days = took_part.order_by().values_list("coach", "session__date").distinct()
    for coach, period in {(coach, period) for coach, day in days for period in periods_of(day)}:
        yield CoachPeriod(coach_id=coach, kind=period.kind, starts_on=period.starts_on)


def chunks(keys: Iterable[int], size: int = 500) -> Iterator[list[int]]:
    """The keys, so many at a time: memory stays flat however many companies there are."""
    part: list[int] = []
    for key in keys:
        part.append(key)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
