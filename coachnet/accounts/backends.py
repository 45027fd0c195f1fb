"""Sign-in with e-mail and password, and how the signed-in person is fetched on every request."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from coachnet.accounts.models import User, with_second_step
from coachnet.lib.standing import given, standing


class SignInBackend(AuthenticationBackend):
    """allauth's backend, which also knows whether the person has a second step."""

    def get_user(self, user_id: int) -> User | None:
        """The open account with this id, fetched in one query with what every page asks about it."""
        people = _person(key=user_id)
        if not people:
            return None
        # Fills the cached property, so that the middleware's question costs no query.
        people[0].has_second_step = people[0].second_step  # type: ignore[attr-defined]
        return people[0]


@standing
def _person() -> QuerySet[User, User]:
    """Asked by every request, so its SQL stands."""
    return with_second_step(
        User.objects.select_related("organisation").filter(pk=given("key"), is_active=True)
    )
