"""Meetings and invitations for tests."""

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from events.models import Event, EventInvitation, Registration
from tests.factories.accounts import UserFactory


def in_days(days: float, hour: int = 9) -> dt.datetime:
    """The moment so many days from today, on the hour in Sweden."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


class EventFactory(factory.django.DjangoModelFactory[Event]):
    """A published meeting in twenty days, for ten, unless told otherwise.

    `past=True` was held ten days ago; `going_on=True` began an hour ago, also at midnight.
    """

    class Meta:
        model = Event

    class Params:
        draft = factory.Trait(state=Event.State.DRAFT, published_at=None)
        past = factory.Trait(
            starts_at=factory.LazyFunction(lambda: in_days(-10)),
            ends_at=factory.LazyFunction(lambda: in_days(-10, 12)),
        )
        going_on = factory.Trait(
            starts_at=factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=1)),
        )

    state = Event.State.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)
    title = factory.Sequence(lambda n: f"Återtag som affär {n}")
    starts_at = factory.LazyFunction(lambda: in_days(20))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + dt.timedelta(hours=3))
    place = "Science Park Borås, sal Varpen"
    capacity: Any = 10
    created_by = factory.SubFactory(UserFactory, roles=["organiser"])


class GuestFactory(factory.django.DjangoModelFactory[EventInvitation]):
    """An invited guest. `answered="coming"` gives her an answer in that state."""

    class Meta:
        model = EventInvitation
        skip_postgeneration_save = True

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Gäst {n:03}")
    email = factory.Sequence(lambda n: f"gast{n}@foretag.example")
    invited_by = factory.LazyAttribute(lambda guest: guest.event.created_by)

    @factory.post_generation
    def answered(self: Any, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if create and extracted:
            facts: dict[str, Any] = {"state": extracted}
            if extracted in Registration.CLOSED:
                facts["closed_at"] = timezone.now()
            if extracted == Registration.State.OFFERED:
                facts["offered_until"] = timezone.now() + dt.timedelta(hours=24)
            Registration.objects.create(invitation=self, **facts | kwargs)


class MemberFactory(GuestFactory):
    """An invited member of the network."""

    name = ""
    email = ""
    user = factory.SubFactory(UserFactory)
