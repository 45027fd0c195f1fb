"""Sign-in with e-mail and password, and how the signed-in person is fetched on every request."""

from allauth.account.auth_backends import AuthenticationBackend

from coachnet.accounts.models import User, with_second_step


class SignInBackend(AuthenticationBackend):
    """allauth's backend, which also knows whether the person has a second step."""

    def get_user(self, user_id: int) -> User | None:
        """The open account with this id, fetched in one query with what every page asks about it."""
        people = with_second_step(
            User.objects.select_related("organisation").filter(pk=user_id, is_active=True)
        )
        user = people.first()
        if user is not None:
            # Fills the cached property, so that the middleware's question costs no query.
            user.has_second_step = user.second_step  # type: ignore[attr-defined]
        return user
