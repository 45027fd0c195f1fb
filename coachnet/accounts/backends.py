"""Sign-in with e-mail and password, and how the signed-in person is fetched on every request."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from coachnet.accounts.models import User, with_second_step
from coachnet.lib.standing import Given, standing


class SignInBackend(AuthenticationBackend):
    """allauth's backend, which also knows whether the person has a second step."""

    def get_user(self, user_id: int) -> User | None:
        """The open account with this id, fetched in one query with what every page asks about it."""
        user: Any = _person.first(key=user_id)
        if user is not None:
            # Fills the cached property, so that the middleware's question costs no query.
            user.has_second_step = user.second_step
        return user


@standing
def _person() -> QuerySet[User, User]:
    """Asked by every request, so its SQL stands."""
    return with_second_step(
        User.objects.select_related("organisation").filter(pk=Given("key"), is_active=True)
    )
