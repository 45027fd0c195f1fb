"""Questions on behalf of somebody whose SQL is written once for all who may the same."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from coachnet.accounts.models import User
from coachnet.lib.written import Key, Question, Row


class WrittenForReader(Question[Row]):
    """A question whose SQL depends on what its reader may; who she is and where she works come in as keys."""

    def __call__(self, reader: User, *keys: Key) -> list[Row]:
        """The rows for this reader and these keys."""
        is_employed = reader.organisation_id is not None

        def ask(person: int, organisation: int, *marks: Key) -> QuerySet[Any, Row]:
            # All else about the stand-in is missing: a question that asks for more fails when it is first written.
            one: User = User.from_db("default", ["id", "organisation_id"], [person, None])
            one.organisation_id = organisation if is_employed else None
            one.permissions = reader.permissions
            return self.django(one, *marks)

        own = (reader.pk, reader.organisation_id or 0)
        return self.answer((reader.permissions, is_employed), (*own, *keys), ask)


def written_for_reader(django: Callable[..., QuerySet[Any, Row]]) -> WrittenForReader[Row]:
    """A QuerySet of a reader and keys, asked by SQL that is written once for each set of permissions."""
    return WrittenForReader(django)
