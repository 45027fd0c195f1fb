"""Programmes, engagements, sessions, actions and drafts for tests."""

import datetime as dt
import uuid
from typing import Any

import factory
from django.utils import timezone

from coaching.models import (
    Action,
    Engagement,
    EngagementCoach,
    Programme,
    Session,
    SessionCoach,
    SessionDraft,
)
from tests.factories.accounts import UserFactory
from tests.factories.companies import CompanyFactory


class ProgrammeFactory(factory.django.DjangoModelFactory[Programme]):
    """A programme that has run for a year and runs for two more."""

    class Meta:
        model = Programme

    name = factory.Sequence(lambda n: f"Program {n}")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=365))
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=730))


class EngagementFactory(factory.django.DjangoModelFactory[Engagement]):
    """An open engagement led by `lead`; give `co_coaches=[…]` for more."""

    class Meta:
        model = Engagement
        skip_postgeneration_save = True

    class Params:
        lead = factory.SubFactory(UserFactory)

    company = factory.SubFactory(CompanyFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.LazyAttribute(lambda engagement: engagement.lead.organisation)
    started_on = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=200))

    @classmethod
    def _create(cls, model_class: type[Engagement], *args: Any, **kwargs: Any) -> Engagement:
        co_coaches = kwargs.pop("co_coaches", [])
        lead = kwargs.pop("lead_coach")
        engagement = super()._create(model_class, *args, **kwargs)
        EngagementCoach.objects.create(engagement=engagement, coach=lead, is_lead=True)
        for coach in co_coaches:
            EngagementCoach.objects.create(engagement=engagement, coach=coach)
        return engagement

    lead_coach = factory.LazyAttribute(lambda engagement: engagement.lead)


class SessionFactory(factory.django.DjangoModelFactory[Session]):
    """A session held yesterday that still lacks most things; `complete=True` gives one that counts.

    `coaches` defaults to the engagement's lead, with her organisation.
    """

    class Meta:
        model = Session

    class Params:
        complete = factory.Trait(
            completeness=Session.Completeness.COMPLETE,
            minutes=60,
            channel=Session.Channel.ON_SITE,
            note="Vi gick igenom återtaget.",
        )
        planned = factory.Trait(
            state=Session.State.PLANNED,
            date=factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=7)),
            start_time=dt.time(9),
            minutes=60,
        )

    engagement = factory.SubFactory(EngagementFactory)
    date = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=1))
    created_by = factory.LazyAttribute(lambda session: session.engagement.lead)

    @classmethod
    def _create(cls, model_class: type[Session], *args: Any, **kwargs: Any) -> Session:
        coaches = kwargs.pop("coaches", None)
        contacts = kwargs.pop("contacts", [])
        strategies = kwargs.pop("strategies", [])
        session = super()._create(model_class, *args, **kwargs)
        for coach in coaches or [session.engagement.lead]:
            SessionCoach.objects.create(session=session, coach=coach, organisation=coach.organisation)
        session.contacts.set(contacts)
        session.strategies.set(strategies)
        session.refresh_from_db(fields=["ends_at"])
        return session


class ActionFactory(factory.django.DjangoModelFactory[Action]):
    """An open action that the lead coach has promised for tomorrow."""

    class Meta:
        model = Action

    engagement = factory.SubFactory(EngagementFactory)
    what = factory.Sequence(lambda n: f"Skicka underlag {n}")
    owner_coach = factory.LazyAttribute(
        lambda action: None if getattr(action, "owner_contact", None) else action.engagement.lead
    )
    due_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=1))


class SessionDraftFactory(factory.django.DjangoModelFactory[SessionDraft]):
    class Meta:
        model = SessionDraft

    key = factory.LazyFunction(uuid.uuid4)
    coach = factory.SubFactory(UserFactory)
    data = factory.LazyFunction(lambda: {"note": ["Påbörjad anteckning"]})
