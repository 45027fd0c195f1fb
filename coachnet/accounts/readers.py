"""Whoever reads, in a standing question: what she may is known when it is written, who she is when it is asked."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.lib.standing import Given, Row, Standing

May = frozenset[Permission]


class Reader(Given):
    """Stands in for a User in `visible_to` and its like. What those ask of a person, it answers; no more."""

    def __init__(self, may: May) -> None:
        super().__init__("reader")
        self.permissions = may
        self.organisation_id = Given("reader_organisation")

    @property
    def pk(self) -> "Reader":
        """Her key."""
        return self

    def may(self, permission: Permission) -> bool:
        """Whether this kind of reader carries the permission."""
        return permission in self.permissions


def reader(may: May) -> Any:
    """A reader of this kind, for methods that take a User."""
    return Reader(may)


def told_of(user: User) -> dict[str, Any]:
    """What is given of her at each asking."""
    return {"reader": user.pk, "reader_organisation": user.organisation_id}


class StandingFor(Standing[Row]):
    """A question on behalf of somebody, written once for all who may the same."""

    def __call__(self, user: User, **values: Any) -> list[Row]:  # type: ignore[override]  # a person is a kind
        """The rows for this reader."""
        return super().__call__(user.permissions, **told_of(user), **values)

    def _build(self, may: May, **given: Any) -> QuerySet[Any, Row]:
        return self.build(reader(may), **given)


def standing_for_reader(build: Callable[..., QuerySet[Any, Row]]) -> StandingFor[Row]:
    """Have a question stand whose QuerySet the function builds of a reader, and of what it takes by name."""
    return StandingFor(build)
