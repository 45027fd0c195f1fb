"""From sessions to what each company and each coach had in each period: one statement each, however many there are.

Sessions are added up by month, and months to quarters, years and "since start". Which sessions count is asked of the
QuerySets, what an industry is of `dimensions`: SQL only adds up. The tests hold a slow twin in Python beside it.
"""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models

from coaching.models import Engagement, Session, SessionCoach
from companies.models import Company, SniCode
from dashboards.dimensions import industry_of
from dashboards.periods import BEGINNING, Kind

# A SELECT, and the values of its placeholders.
Sql = tuple[str, list[Any]]
# Of which companies or coaches; None for all.
Keys = Collection[int] | None

# What is read for them, apart from the small tables.
SOURCES: tuple[type[models.Model], ...] = (Company, Engagement, Session, SessionCoach)

COMPANY_KEY = ("company_id", "kind", "starts_on", "organisation_kind")
COACH_KEY = ("coach_id", "kind", "starts_on")


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns that a rollup's rows are made of: all but the key that the database gives."""
    return [field.attname for field in model._meta.concrete_fields if not field.primary_key]


# The four periods that a month lies in, as `periods.period_of` has them.
_PERIODS = f"""(VALUES
    ('{Kind.MONTH}', month),
    ('{Kind.QUARTER}', date_trunc('quarter', month::timestamp)::date),
    ('{Kind.YEAR}', (month - make_interval(
        months => mod(extract(month FROM month)::int + 12 - %s, 12)))::date),
    ('{Kind.START}', %s)
) AS period (kind, starts_on)"""
_MONTH = "date_trunc('month', date::timestamp)::date"
_COMPANIES = f"""
WITH session (company_id, date, minutes) AS ({{sessions}}),
at (session_id, company_id, date, minutes, organisation_kind) AS ({{kinds}}),
monthly AS (
    SELECT company_id, '' AS organisation_kind, {_MONTH} AS month,
        count(*) AS sessions, coalesce(sum(minutes), 0) AS minutes
    FROM session GROUP BY 1, 2, 3
    UNION ALL
    SELECT company_id, organisation_kind, {_MONTH}, count(*), coalesce(sum(minutes), 0)
    FROM at WHERE organisation_kind <> '' GROUP BY 1, 2, 3
),
summed AS (
    SELECT company_id, kind, starts_on, organisation_kind,
        sum(sessions)::int AS sessions, sum(minutes)::int AS minutes
    FROM monthly, LATERAL {_PERIODS}
    -- Months are shown for the whole region only.
    WHERE kind <> '{Kind.MONTH}' OR organisation_kind = ''
    GROUP BY company_id, kind, starts_on, organisation_kind
),
industry AS (SELECT * FROM unnest(%s::bigint[], %s::text[]) AS industry (sni_id, name))
SELECT summed.kind, summed.starts_on, summed.company_id, summed.organisation_kind, summed.sessions, summed.minutes,
    in_all.sessions >= 2 AS is_continued, coalesce(company.municipality_id, '') AS municipality,
    coalesce(municipality.sub_region_id, '') AS sub_region, coalesce(industry.name, '') AS industry,
    company.size_class AS size, coalesce(company.main_strategy_id, '') AS strategy
FROM summed
JOIN summed AS in_all ON in_all.company_id = summed.company_id
    AND in_all.kind = '{Kind.START}' AND in_all.organisation_kind = ''
JOIN companies_company AS company ON company.id = summed.company_id
LEFT JOIN companies_municipality AS municipality ON municipality.code = company.municipality_id
LEFT JOIN industry ON industry.sni_id = company.sni_id
-- The rows of one period side by side, as they are read.
ORDER BY summed.kind, summed.starts_on, summed.organisation_kind
"""  # noqa: S608 (our own names)
_COACHES = f"""
WITH took_part (coach_id, date) AS ({{days}}),
monthly AS (SELECT DISTINCT coach_id, {_MONTH} AS month FROM took_part)
SELECT DISTINCT kind, starts_on, coach_id FROM monthly, LATERAL {_PERIODS} ORDER BY kind, starts_on
"""  # noqa: S608 (our own names)


def of_companies(companies: Keys = None) -> Sql:
    """What companies had in every period: a SELECT of the columns of CompanyPeriod, in their order.

    A company counts with what it is now: one that moves takes its history along (see ADR 0022).
    """
    approved = Session.objects.approved()
    if companies is not None:
        approved = approved.filter(engagement__company__in=companies)
    sessions, first = _sql(approved.values_list("engagement__company", "date", "minutes"))
    # A session counts once for each kind of organisation whose coaches took part, however many they were.
    at = SessionCoach.objects.filter(session__in=approved).distinct()
    kinds, second = _sql(
        at.values_list(
            "session",
            "session__engagement__company",
            "session__date",
            "session__minutes",
            "organisation__kind",
        )
    )
    industries = {one.pk: industry_of(one) for one in SniCode.objects.all()}
    return _COMPANIES.format(sessions=sessions, kinds=kinds), [
        *(*first, *second, settings.PROGRAMME_YEAR_STARTS, BEGINNING),
        *(list(industries), list(industries.values())),
    ]


def of_coaches(coaches: Keys = None) -> Sql:
    """The periods in which coaches had an approved session: a SELECT of the columns of CoachPeriod."""
    took_part = SessionCoach.objects.filter(session__in=Session.objects.approved())
    if coaches is not None:
        took_part = took_part.filter(coach__in=coaches)
    days, values = _sql(took_part.values_list("coach", "session__date"))
    return _COACHES.format(days=days), [*values, settings.PROGRAMME_YEAR_STARTS, BEGINNING]


def _sql(rows: models.QuerySet[Any, Any]) -> Sql:
    sql, values = rows.order_by().query.sql_with_params()
    return sql, list(values)
