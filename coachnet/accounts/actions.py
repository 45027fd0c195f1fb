"""What can be done to people, their invitations and their sign-in. Each action is atomic and says by whom."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from smtplib import SMTPException

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from coachnet.accounts import rules
from coachnet.accounts.mail import is_permanent, written
from coachnet.accounts.models import Invitation, Organisation, PastEmployment, User
from coachnet.accounts.roles import ROLES, Admin

TOKEN_BYTES = 32


class InvitationClosedError(Exception):
    """The link opens nothing: it was used, withdrawn, has run out or was never sent."""


def token_hash(token: str) -> str:
    """What the database knows of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


# --- Invitations -------------------------------------------------------------------------------


@transaction.atomic
def invite_person(
    *,
    email: str,
    organisation: Organisation,
    roles: Sequence[str],
    by: User,
    name: str = "",
    language: str = User.Language.SV,
    message: str = "",
) -> Invitation:
    """Invite someone; the mail leaves when the data are saved.

    Raises PermissionDenied for roles the user may not give, ValidationError for a known address.
    """
    if not rules.can_invite_to(by, roles):
        raise PermissionDenied
    email = email.strip().lower()
    if _address_is_taken(email):
        raise ValidationError({"email": gettext("Personen har redan ett konto.")}, code="has_account")
    waiting = Invitation.objects.unanswered().select_for_update().filter(email__iexact=email).first()
    if waiting and waiting.expires_at > timezone.now():
        words = gettext("Adressen har redan en inbjudan som väntar på svar. Skicka den igen från listan.")
        raise ValidationError({"email": words}, code="already_invited")
    if waiting:
        _close(waiting)
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        organisation=organisation,
        roles=[key for key in ROLES if key in roles],
        language=language,
        message=message,
        invited_by=by,
        expires_at=_new_expiry(),
    )
    _send_on_commit(invitation)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Send it again with a new link and a new time limit; the former link stops working.

    Raises PermissionDenied, or ValidationError when it has been answered or withdrawn.
    """
    invitation = _for_update(invitation, by)
    invitation.sent_at = invitation.refused_at = invitation.token_hash = None
    invitation.expires_at = _new_expiry()
    invitation.save(update_fields=["sent_at", "refused_at", "token_hash", "expires_at"])
    _send_on_commit(invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Make the link useless. Raises PermissionDenied, or ValidationError when it has been answered."""
    return _close(_for_update(invitation, by))


def send_invitation(*, invitation_id: int) -> bool:
    """Write and send the mail with a fresh link. False when it is not to be sent, or being sent by another.

    The row stays locked while the mail server answers, so that two workers never send two links of which
    one is dead. Raises OSError when the mail could not be handed over and a later try may help.
    """
    with transaction.atomic():
        unsent = Invitation.objects.unsent().select_related("organisation", "invited_by")
        invitation = unsent.select_for_update(of=("self",), skip_locked=True).filter(pk=invitation_id).first()
        if invitation is None:
            return False
        token = secrets.token_urlsafe(TOKEN_BYTES)
        invitation.token_hash = token_hash(token)
        link = settings.SITE_URL + reverse("accounts:invitation-open", args=[token])
        context = {"invitation": invitation, "link": link}
        try:
            written("accounts/emails/invitation", invitation.language, invitation.email, context).send()
            invitation.sent_at = timezone.now()
        except SMTPException as error:
            if not is_permanent(error):
                raise
            invitation.token_hash, invitation.refused_at = None, timezone.now()
        invitation.save(update_fields=["token_hash", "sent_at", "refused_at"])
        return invitation.sent_at is not None


@transaction.atomic
def accept_invitation(
    *, hashed: str, name: str, password: str, language: str, phone: str = "", title: str = ""
) -> User:
    """Make the account that the invitation promises. Its link works once.

    `hashed` is the token_hash of the link. Raises InvitationClosedError.
    """
    # The lock makes the condition hold: of two who press the button at once, the second finds it used.
    open_ones = Invitation.objects.open().select_for_update(of=("self",))
    invitation = open_ones.filter(token_hash=hashed).first()
    if invitation is None or _address_is_taken(invitation.email):
        raise InvitationClosedError
    user = User.objects.create_user(
        invitation.email,
        password,
        name=name,
        phone=phone,
        title=title,
        language=language,
        organisation=invitation.organisation,
        roles=invitation.roles,
    )
    # The link came to this address, which proves it.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    invitation.accepted_at, invitation.accepted_by, invitation.token_hash = timezone.now(), user, None
    invitation.save(update_fields=["accepted_at", "accepted_by", "token_hash"])
    return user


def _address_is_taken(email: str) -> bool:
    known = EmailAddress.objects.filter(email__iexact=email).exists()
    return known or User.objects.filter(email__iexact=email).exists()


def _new_expiry() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=settings.INVITATION_DAYS)


def _for_update(invitation: Invitation, by: User) -> Invitation:
    if not rules.can_invite_to(by, invitation.roles):
        raise PermissionDenied
    locked = Invitation.objects.unanswered().select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if locked is None:
        raise ValidationError(gettext("Inbjudan är redan besvarad eller tillbakadragen."), code="answered")
    return locked


def _close(invitation: Invitation) -> Invitation:
    invitation.withdrawn_at, invitation.token_hash = timezone.now(), None
    invitation.save(update_fields=["withdrawn_at", "token_hash"])
    return invitation


def _send_on_commit(invitation: Invitation) -> None:
    from coachnet.accounts import tasks

    transaction.on_commit(lambda: tasks.send_invitation.delay(invitation.pk))


# --- People ------------------------------------------------------------------------------------


@transaction.atomic
def update_profile(
    *, user: User, name: str, phone: str, title: str, language: str, shortcuts_on: bool, by: User
) -> User:
    """Change how a person is shown and reads. People change their own profile, administrators anybody's."""
    if by.pk != user.pk and not rules.can_manage(by, user):
        raise PermissionDenied
    user.name, user.phone, user.title = name, phone, title
    user.language, user.shortcuts_on = language, shortcuts_on
    user.save(update_fields=["name", "phone", "title", "language", "shortcuts_on"])
    return user


@transaction.atomic
def change_employer(
    *, user: User, organisation: Organisation, since: dt.date, by: User, title: str | None = None
) -> User:
    """Move a person to another organisation and keep the former one in the history.

    What was logged before keeps the organisation it was logged for. Raises PermissionDenied, or
    ValidationError when the new employment would begin before the present one.
    """
    if not rules.can_manage(by, user):
        raise PermissionDenied
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.organisation_id == organisation.pk:
        raise ValidationError(
            {"organisation": gettext("Personen är redan anställd där.")}, code="same_employer"
        )
    if user.organisation:
        if since < user.organisation_since:
            words = gettext("Den nuvarande anställningen började %(day)s. Välj en senare dag.")
            raise ValidationError(
                {"since": words % {"day": user.organisation_since.isoformat()}}, code="too_early"
            )
        PastEmployment.objects.create(
            user=user,
            organisation=user.organisation,
            title=user.title,
            started_on=user.organisation_since,
            ended_on=since,
        )
    user.organisation, user.organisation_since = organisation, since
    user.title = user.title if title is None else title
    user.save(update_fields=["organisation", "organisation_since", "title"])
    return user


@transaction.atomic
def change_roles(*, user: User, roles: Sequence[str], by: User) -> User:
    """Give and take roles; it holds from the person's next click.

    Raises PermissionDenied, or ValidationError for no role, an unknown one, or the last administrator's.
    """
    if not rules.can_manage(by, user):
        raise PermissionDenied
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise ValidationError({"roles": gettext("Välj minst en roll.")}, code="no_role")
    if Admin.key not in roles:
        _keep_an_admin(user)
    user.roles = [key for key in ROLES if key in roles]
    user.save(update_fields=["roles"])
    return user


@transaction.atomic
def close_account(*, user: User, by: User) -> User:
    """Shut a person out at once, on every device. What she has logged stays, in her name.

    Raises PermissionDenied, or ValidationError for the last administrator.
    """
    if not rules.can_close(by, user):
        raise PermissionDenied
    _keep_an_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user=user, by=by)
    return user


@transaction.atomic
def reopen_account(*, user: User, by: User) -> User:
    """Let a person sign in again, with the roles and the second step she had. Raises PermissionDenied."""
    if not rules.can_manage(by, user):
        raise PermissionDenied
    user.is_active = True
    user.save(update_fields=["is_active"])
    return user


def _keep_an_admin(leaving: User) -> None:
    """Raise ValidationError if nobody but this person could administer the platform."""
    # Locked in one order, so that two administrators who remove each other cannot both succeed.
    admins = User.objects.active().holding(Admin).select_for_update().order_by("pk")
    if {admin.pk for admin in admins} == {leaving.pk}:
        words = gettext("Det måste finnas minst en administratör. Gör någon annan till administratör först.")
        raise ValidationError(words, code="last_admin")


# --- Sessions ----------------------------------------------------------------------------------


@transaction.atomic
def end_session(*, session: UserSession, by: User) -> None:
    """Sign the person out on one device. Raises PermissionDenied for somebody else's."""
    if session.user_id != by.pk:
        raise PermissionDenied
    session.end()


@transaction.atomic
def end_sessions(*, user: User, by: User) -> int:
    """Sign a person out on every device; the number of sessions ended. Raises PermissionDenied."""
    if by.pk != user.pk and not rules.can_manage(by, user):
        raise PermissionDenied
    user.signed_out_at = timezone.now()
    user.save(update_fields=["signed_out_at"])
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)
