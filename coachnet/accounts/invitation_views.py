"""Inviting people, and accepting an invitation."""

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.utils import perform_login
from allauth.core.ratelimit import consume, respond_429
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from coachnet.accounts import actions
from coachnet.accounts.forms import AcceptForm, InvitationForm
from coachnet.accounts.guards import SignedInRequest, public, requires
from coachnet.accounts.models import Invitation, Organisation
from coachnet.accounts.roles import Admin, Permission
from coachnet.accounts.views import PAGE_SIZE, done, next_page, posted
from coachnet.lib.keyset import page_of
from coachnet.lib.receipts import receipt

# Where the session keeps which invitation its reader has opened: the token's hash, never the token.
OPENED = "opened_invitation"


def _gives_admin(request: SignedInRequest) -> bool:
    return request.method == "POST" and Admin.key in request.POST.getlist("roles")


@requires(Permission.INVITE_PEOPLE)
def invitation_list(request: SignedInRequest) -> HttpResponse:
    """All invitations, newest first, and what became of them."""
    invitations = Invitation.objects.select_related("organisation", "invited_by", "accepted_by")
    page = page_of(invitations, by=("-created_at", "-pk"), after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {"invitations": page.rows, "more": next_page(request, page.after)}
    return render(request, "accounts/invitation_list.html", context)


@requires(Permission.INVITE_PEOPLE)
@reauthentication_required(enabled=_gives_admin)
def invitation_create(request: SignedInRequest) -> HttpResponse:
    """Invite someone. Making an administrator asks for the password or the second step once more."""
    form = InvitationForm(posted(request), by=request.user, initial={"roles": ["coach"]})
    if request.method == "POST" and form.is_valid():
        if not consume(request, action="invite", user=request.user):
            return respond_429(request)
        invitation = done(form, form.save_by)
        if invitation:
            receipt(request, gettext("Inbjudan skickas till %(email)s") % {"email": invitation.email})
            return redirect("accounts:invitation-list")
    context = {"form": form, "has_organisations": Organisation.objects.filter(closed_on=None).exists()}
    return render(request, "accounts/invitation_form.html", context)


@requires(Permission.INVITE_PEOPLE)
@require_POST
def invitation_resend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send an invitation again, with a new link."""
    if not consume(request, action="invite", user=request.user):
        return respond_429(request)
    return _answered(request, pk, actions.resend_invitation, gettext("Inbjudan skickas igen till %(email)s"))


@requires(Permission.INVITE_PEOPLE)
@require_POST
def invitation_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the link useless."""
    return _answered(
        request, pk, actions.withdraw_invitation, gettext("Inbjudan till %(email)s är tillbakadragen")
    )


def _answered(
    request: SignedInRequest, pk: int, action: Callable[..., Invitation], words: str
) -> HttpResponse:
    """Do it to the invitation and say so, or say why not."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        action(invitation=invitation, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        receipt(request, words % {"email": invitation.email})
    return redirect("accounts:invitation-list")


# --- Accepting ---------------------------------------------------------------------------------


@public("Opened from the mail by someone who has no account yet")
@never_cache
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """Take the link's token out of the address. Uses nothing up: mail scanners open links too."""
    request.session[OPENED] = actions.token_hash(token)
    response = redirect("accounts:invitation-accept")
    response["Referrer-Policy"] = "no-referrer"
    return response


@public("Opened from the mail by someone who has no account yet")
@never_cache
@sensitive_post_parameters("password")
@sensitive_variables("form")
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Say who invites and to what, and make the account on POST."""
    if request.user.is_authenticated:
        return render(request, "accounts/invitation_signed_in.html")
    hashed = request.session.get(OPENED, "")
    people = Invitation.objects.open().select_related("organisation", "invited_by")
    invitation = people.filter(token_hash=hashed).first()
    if invitation is None:
        return _closed(request)
    with translation.override(invitation.language if request.method == "GET" else translation.get_language()):
        initial = {"name": invitation.name, "language": invitation.language}
        form = AcceptForm(posted(request), initial=initial, invitation=invitation)
        if request.method == "POST":
            if not consume(request, action="accept_invitation"):
                return respond_429(request)
            if form.is_valid():
                return _accepted(request, form, hashed)
        request.LANGUAGE_CODE = translation.get_language()
        return render(request, "accounts/invitation_accept.html", {"form": form, "invitation": invitation})


def _accepted(request: HttpRequest, form: AcceptForm, hashed: str) -> HttpResponse:
    try:
        user = form.save_by(hashed)
    except actions.InvitationClosedError:
        return _closed(request)
    request.session.pop(OPENED, None)
    response = perform_login(request, user, redirect_url=reverse("accounts:start"))
    # The password was chosen this minute: adding a second step does not ask for it again.
    reauthenticate_by_password(request)
    request.session["first_steps"] = True
    return response


def _closed(request: HttpRequest) -> HttpResponse:
    """The same answer whether the link was used, withdrawn, has run out or was invented."""
    return render(request, "accounts/invitation_closed.html", status=410)
