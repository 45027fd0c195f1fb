"""What the session form asks is what Django would ask, for each kind of reader."""

import itertools
import uuid
from typing import Any

import pytest

from coaching import form_questions, listing
from coaching.models import Engagement
from coachnet.accounts.models import User
from companies.models import Company
from tests.conftest import ClientOf
from tests.factories.accounts import UserFactory
from tests.factories.coaching import ActionFactory, EngagementFactory, SessionDraftFactory, SessionFactory
from tests.factories.companies import CompanyFactory, ContactFactory
from tests.lib.test_standing import same_as_django

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(
    coach: User, colleague: User, other_coach: User, organiser: User, official: User, admin: User
) -> list[User]:
    return [coach, colleague, other_coach, organiser, official, admin, UserFactory(organisation=None)]


@pytest.fixture
def session(engagement: Engagement, company: Company) -> Any:
    ContactFactory(company=company)
    ActionFactory(engagement=engagement)
    return SessionFactory(engagement=engagement)


def found_by(reader: User, company: Company) -> tuple[int, ...]:
    """How many companies, last sessions and actions are shown to a reader, each as Django would."""
    same_as_django(form_questions.own_companies, reader)
    same_as_django(form_questions.own_confidential, reader)
    same_as_django(form_questions.engagements_of_own, reader, company=company.pk)
    rows = (
        same_as_django(form_questions.companies_of_key, reader, company=company.pk),
        same_as_django(form_questions.last_held, reader, company=company.pk, but=uuid.uuid4()),
        same_as_django(form_questions.open_actions, reader, company=company.pk),
    )
    return tuple(map(len, rows))


def test_each_reader_is_shown_what_she_may_see(readers: list[User], session: Any, company: Company) -> None:
    counts = [found_by(reader, company) for reader in readers]
    assert counts[:4] == [(1, 1, 1), (1, 1, 1), (1, 0, 0), (1, 0, 0)]
    assert same_as_django(form_questions.last_held, readers[0], company=company.pk, but=session.pk) == []


def test_a_confidential_company_is_shown_to_its_own(readers: list[User], coach: User) -> None:
    company = CompanyFactory(confidential=True, responsible_coach=coach)
    engagement = EngagementFactory(company=company, lead=coach)
    ActionFactory(engagement=engagement)
    SessionFactory(engagement=engagement)
    counts = [found_by(reader, company) for reader in readers]
    assert counts[:4] == [(1, 1, 1), (0, 0, 0), (0, 0, 0), (0, 0, 0)]


def test_a_draft_is_its_typist_s_alone(readers: list[User], coach: User) -> None:
    draft = SessionDraftFactory(coach=coach)
    assert [same_as_django(form_questions.own_drafts, one, key=draft.key) for one in readers] == [
        [draft],
        *[[]] * 6,
    ]


def test_the_same_for_everybody(session: Any, engagement: Engagement, company: Company) -> None:
    assert same_as_django(form_questions.sessions_of_key, key=session.pk) == [session]
    assert same_as_django(form_questions.sessions_of_key, key=uuid.uuid4()) == []
    assert same_as_django(form_questions.coaches_on, engagement=engagement.pk) == [engagement.lead]
    assert same_as_django(form_questions.contacts_at, company=company.pk)
    assert engagement.lead
    assert (
        len(same_as_django(form_questions.memberships_of, coach=engagement.lead.pk, engagement=engagement.pk))
        == 1
    )
    assert (
        same_as_django(form_questions.memberships_of, coach=UserFactory().pk, engagement=engagement.pk) == []
    )


def test_a_session_s_page_asks_as_django_does(readers: list[User], session: Any, coach: User) -> None:
    held = SessionFactory(engagement=session.engagement, planned_in=session)
    ActionFactory(engagement=session.engagement, session=session)
    found = [len(same_as_django(listing.documents_of_key, reader, key=session.pk)) for reader in readers]
    assert found[:4] == [1, 1, 0, 0]
    assert [
        len(same_as_django(one, session=session.pk)) for one in (listing.coaches_of, listing.steps_of)
    ] == [1, 1]
    assert same_as_django(listing.planned_in, session=session.pk) == [held]
    assert same_as_django(listing.planned_in, session=held.pk) == []


def test_a_company_s_own_strategies_are_told_apart(company: Company) -> None:
    every = form_questions.strategies_for(company=0)
    assert not any(one.is_own for one in every)  # type: ignore[attr-defined]
    company.main_strategy = every[3]
    company.save()
    company.strategies.set(every[5:7])
    own = [one for one in same_as_django(form_questions.strategies_for, company=company.pk) if one.is_own]
    assert own == [every[3], *every[5:7]]


def test_the_first_page_of_sessions_is_what_its_queryset_begins_with(
    readers: list[User], session: Any, client_of: ClientOf
) -> None:
    SessionFactory(engagement=session.engagement, complete=True)
    shown = []
    for reader, query in itertools.product(
        readers, ("", "scope=all", "state=held", "scope=all&incomplete=1")
    ):
        page = client_of(reader).get(f"/sessions/?{query}")
        found = [line.session.pk for line in page.context["lines"]] if page.status_code == 200 else []
        # A place that makes no sense is the first page, asked by the QuerySet.
        again = client_of(reader).get(f"/sessions/?{query}&after=x")
        assert found == ([line.session.pk for line in again.context["lines"]] if found else [])
        shown.append(len(found))
    assert shown[:4] == [2, 2, 2, 1]
