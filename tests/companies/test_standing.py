"""What stands as SQL for a kind of reader is, for each reader, what the rules say of her."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from coaching.models import Engagement
from coachnet.accounts.models import User
from coachnet.accounts.readers import reader, told_of
from coachnet.accounts.roles import Permission
from coachnet.lib.standing import Given, standing
from companies import card, hits, search
from companies.filters import ORDERS, CompanyList
from companies.models import Company
from tests.factories.coaching import ActionFactory, EngagementFactory, SessionFactory
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db
EVERYBODY = ("coach", "colleague", "other_coach", "organiser", "official", "admin")


@pytest.fixture
def network(coach, colleague, other_coach, reference):
    """Open, secret, coached, free and quiet companies of three coaches."""
    today = timezone.localdate()
    for n, (who, secret) in enumerate(
        itertools.product((coach, colleague, other_coach, None), (False, True))
    ):
        if secret and who is None:
            continue
        places = {
            "municipality_id": ("1490", "1489")[n % 2],
            "size_class": "small",
            "main_strategy_id": "C05",
        }
        company = CompanyFactory(name=f"Kvarnby {n}", responsible_coach=who, confidential=secret, **places)
        lead = other_coach if who is None else who
        began = today - dt.timedelta(days=100)
        engagement = EngagementFactory(company=company, lead=lead, stage="plan", started_on=began)
        SessionFactory(engagement=engagement, complete=True, date=today - dt.timedelta(days=30 * n + 1))
    CompanyFactory(name="Kvarnby fri")
    # She is on it without being responsible, and once was on one that she has left.
    EngagementFactory(
        company=CompanyFactory(name="Kvarnby gäst", responsible_coach=other_coach, confidential=True),
        lead=coach,
    )


@pytest.fixture(params=EVERYBODY)
def person(request, network):
    return request.getfixturevalue(request.param)


def keys(rows):
    return [one.pk for one in rows]


RULES: dict[str, Callable[[Any], Any]] = {
    "companies she may see": lambda who: Company.objects.visible_to(who).order_by("pk"),
    "companies of hers": lambda who: Company.objects.of(who).order_by("pk"),
    "companies to log for": lambda who: Company.objects.to_log_for(who).order_by("pk"),
    "engagements she may read": lambda who: Engagement.objects.visible_to(who).order_by("pk"),
    "engagements of companies she may see": lambda who: Engagement.objects.listed_for(who).order_by("pk"),
}


def test_a_rule_is_the_same_for_the_reader_and_for_her_stand_in(person):
    for name, rule in RULES.items():
        asked = standing(lambda may, rule=rule: rule(reader(may)))
        assert keys(asked(person.permissions, **told_of(person))) == keys(rule(person)), name


def test_whether_she_may_read_is_the_same(person):
    def rows(who):
        return Engagement.objects.with_is_read(who).order_by("pk")

    asked = standing(lambda may: rows(reader(may)))
    ours = [(one.pk, bool(one.is_read)) for one in asked(person.permissions, **told_of(person))]
    assert ours == [(one.pk, one.is_read) for one in rows(person)]


def test_how_many_she_may_see_are_as_many_as_she_sees(person):
    def counted(most):
        asked = standing(
            lambda may: User.objects.filter(pk=Given("reader")).values_list(
                Company.objects.how_many_visible_to(reader(may), most=most)
            )
        )
        return asked(person.permissions, **told_of(person))[0][0]

    if person.may(Permission.SEE_COMPANIES):  # nobody else is told a number
        many = Company.objects.visible_to(person).count()
        assert counted(many) == counted(100) == many
        assert 2 <= counted(2) < many


QUESTIONS = [
    "view=mine",
    "view=quiet",
    "view=network",
    "view=network&stage=plan",
    "view=network&municipality=1490&size=small",
    "view=network&strategy=C05&stage=plan",
    "view=network&q=kvarnby",
    "view=network&q=kvanrby",
    "view=network&q=kvanrby+gäst&municipality=1490",
    "view=mine&q=alingsås",
    "view=quiet&q=kvarnby+kranby",
    "view=network&q=4920",
    "view=network&q=kv",
    "view=network&q=%25",
    "view=network&q=aaa",
]


def test_the_list_holds_what_its_queryset_holds(coach, network):
    for question, order in itertools.product(QUESTIONS, ORDERS):
        asked = CompanyList(coach, QueryDict(f"{question}&order={order}"))
        rows: list[Any] = list(asked.rows().order_by(*asked.by))
        page = asked.page("")
        found: list[Any] = page.rows
        assert found == rows, (question, order)
        assert [one.heard_on for one in found] == [one.heard_on for one in rows]
        assert asked.hits(page) == len(rows)


def test_pages_follow_each_other_in_every_order(coach, network):
    for n in range(30):
        CompanyFactory(name=f"Kvarnby {n % 7} till")
    for order in ORDERS:
        asked = CompanyList(coach, QueryDict(f"view=network&q=kvarnby&order={order}"))
        first = asked.page("")
        second = asked.page(first.after)
        assert (len(first.rows), second.after) == (25, "")
        assert asked.hits(first) == asked.hits(second) == len(first.rows + second.rows)
        assert first.rows + second.rows == list(asked.rows().order_by(*asked.by))


TEXTS = ["kvarnby", "kvanrby", "kvanrby gäst", "xyzzy kvarnby", "alingsås", "4920", "kv", "xx"]


def test_what_a_search_box_offers_is_what_the_search_finds(person):
    visible = Company.objects.visible_to(person)
    own, free = visible.of(person), visible.without_open_engagement()
    for text in TEXTS:
        assert hits.in_network(person, text, limit=8) == search.best(visible, text, limit=8), text
        meaning = search.meaning(text, own | free)
        others = meaning.best(free.exclude(pk__in=own.values("pk")), limit=10)
        offered = [*meaning.best(own, limit=10), *others][:10]
        assert hits.to_log_for(person, text, limit=10) == offered, text


def test_without_a_text_a_search_box_offers_her_own_then_the_free(person):
    visible = Company.objects.visible_to(person)
    own = visible.of(person)
    free = visible.without_open_engagement().exclude(pk__in=own.values("pk"))
    offered = [*own.in_swedish_order(), *free.in_swedish_order()]
    assert hits.to_log_for(person, "", limit=10) == offered[:10]
    assert hits.to_log_for(person, "", limit=1) == offered[:1]


def test_what_is_counted_of_an_engagement_is_what_its_querysets_count(coach, other_coach):
    company = CompanyFactory(responsible_coach=coach)
    day = timezone.localdate()
    for lead, ended in ((coach, day), (coach, None), (other_coach, day)):
        began = day - dt.timedelta(days=90)
        one = EngagementFactory(company=company, lead=lead, started_on=began, ended_on=ended)
        for minutes in (30, 45):
            SessionFactory(
                engagement=one, complete=True, minutes=minutes, date=day - dt.timedelta(days=minutes)
            )
        SessionFactory(engagement=one, planned=True)
        SessionFactory(
            engagement=one, complete=True, minutes=600, removed_at=timezone.now(), removed_by=coach
        )
        for status in ("open", "done", "done", "cancelled"):
            closed = {} if status == "open" else {"closed_at": timezone.now(), "closed_by": lead}
            ActionFactory(engagement=one, status=status, **closed)
    EngagementFactory(company=CompanyFactory(responsible_coach=coach), lead=coach)
    found: list[Any] = card.engagements_of(company, coach)
    assert [(one.ended_on, one.is_read) for one in found] == [(None, True), (day, False), (day, True)]
    for one in found:
        assert (one.session_count, one.minutes) == (one.sessions.present().count(), 75)
        assert (one.open_actions, one.done_actions, one.all_actions) == (1, 2, 3)
        assert one.present() == list(one.memberships.filter(left_on=None))
    assert len(card.recent_sessions([one.pk for one in found], [])) == card.RECENT


def test_the_note_leaves_the_database_only_for_those_who_may_read_it(coach, other_coach):
    mine = SessionFactory(engagement=EngagementFactory(lead=coach), complete=True, note="Min anteckning")
    theirs = SessionFactory(engagement=EngagementFactory(lead=other_coach), complete=True, note="Deras")
    both = [mine.engagement_id, theirs.engagement_id]
    found = {one.pk: one.note_read for one in card.recent_sessions(both, [mine.engagement_id])}
    assert found == {mine.pk: "Min anteckning", theirs.pk: None}


def test_a_search_as_it_stands_can_use_the_index(admin, network):
    """With many rows Postgres takes the trigram index; here it is told not to read the whole table, in any order."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    for shape, said in (
        (("written", True, False, False), {"text": "kvarn"}),
        (("alike", 1), {"text": "kvran", "word0": "kvran", "turned0": "vkran|karvn|kvarn|kvrna"}),
        (("whole",), {"text": "kvranby verkstad"}),
    ):
        told = told_of(admin) | said
        plan = hits._best.explained(admin.permissions, False, shape, 8, **told)
        assert "company_search" in plan
        assert "Seq Scan on companies_company" not in plan
