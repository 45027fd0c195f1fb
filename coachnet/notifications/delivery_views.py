"""Utskick: what waits, what went out, what got stuck, and what can be done about it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from coachnet.accounts.guards import SignedInRequest, requires
from coachnet.accounts.roles import Permission
from coachnet.accounts.views import next_page
from coachnet.lib.receipts import receipt
from coachnet.notifications import actions, listing
from coachnet.notifications.forms import DeliveryFilterForm
from coachnet.notifications.models import Notification


@requires(Permission.SEE_DELIVERY)
@require_GET
def delivery_list(request: SignedInRequest) -> HttpResponse:
    """Everything that is sent, by state and rule in the address."""
    form = DeliveryFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    state, rule = wanted.get("state", ""), wanted.get("rule", "")
    page = listing.page(state, rule, request.GET.get("after", ""))
    counts = listing.counts(rule, request.user)
    context = {
        "form": form,
        "state": state,
        "rule": rule,
        "states": [(one, one.label, counts[one]) for one in Notification.State],
        "most_counted": listing.MOST_COUNTED,
        "lines": listing.lines_for(page.rows, request.user),
        "more": next_page(request, page.after),
        "trouble": listing.trouble(),
        "can_retry_all": state == Notification.State.FAILED and Notification.objects.to_see_to().exists(),
    }
    return render(request, "notifications/delivery_list.html", context)


@requires(Permission.SEE_DELIVERY)
@require_POST
def delivery_retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send one again."""
    undo = reverse("notifications:delivery-stop", args=[pk])
    return _done(request, pk, actions.retry, gettext("Utskicket skickas igen"), undo)


@requires(Permission.SEE_DELIVERY)
@require_POST
def delivery_stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop one that waits."""
    undo = reverse("notifications:delivery-retry", args=[pk])
    return _done(request, pk, actions.stop, gettext("Utskicket är stoppat"), undo)


@requires(Permission.SEE_DELIVERY)
@require_POST
def delivery_retry_all(request: SignedInRequest) -> HttpResponse:
    """Send everything again that was given up."""
    count = actions.retry_parked(by=request.user)
    words = ngettext("%(count)s utskick skickas igen", "%(count)s utskick skickas igen", count)
    receipt(request, words % {"count": count})
    return redirect("notifications:delivery-list")


def _done(
    request: SignedInRequest, pk: int, action: Callable[..., Notification], words: str, undo: str
) -> HttpResponse:
    row = get_object_or_404(Notification, pk=pk)
    try:
        action(by=request.user, notification=row)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        receipt(request, words, undo_url=undo)
    return redirect("notifications:delivery-list")
