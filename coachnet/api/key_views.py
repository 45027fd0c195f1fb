"""One's own keys: the list, making one, revoking one."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coachnet.accounts.guards import SignedInRequest, signed_in
from coachnet.accounts.views import done, posted
from coachnet.api import actions
from coachnet.api.forms import KeyForm
from coachnet.api.models import ApiKey
from coachnet.lib.receipts import receipt

SHOWN = 50


@signed_in
@require_safe
def key_list(request: SignedInRequest) -> HttpResponse:
    """Which keys there are, what each may do, and when it was last used."""
    return render(request, "api/key_list.html", {"keys": ApiKey.objects.of(request.user)[:SHOWN]})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
@sensitive_variables("made", "token")
def key_create(request: SignedInRequest) -> HttpResponse:
    """Make a key. Its token stands in this one answer and nowhere else."""
    form = KeyForm(posted(request), person=request.user)
    if request.method == "POST" and (made := done(form, form.save_by, request.user)):
        key, token = made
        # Whoever borrowed an open computer makes a key that outlives the visit: its owner is told, as of a passkey.
        get_adapter().send_notification_mail("api/email/key_made", request.user, {"key": key})
        return render(request, "api/key_made.html", {"key": key, "token": token})
    return render(request, "api/key_form.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_POST
def key_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a key. Asks for no password: whoever suspects a leak shall not be held up."""
    key = get_object_or_404(ApiKey.objects.of(request.user), pk=pk)
    actions.revoke_key(key=key, by=request.user)
    receipt(request, gettext("Nyckeln är återkallad"))
    return redirect("keys:key-list")
