"""Driftläge: what runs, what waits, what failed, and seeing to what got stuck."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coachnet.accounts.guards import SignedInRequest, requires
from coachnet.accounts.roles import Permission
from coachnet.lib.receipts import receipt
from coachnet.notifications import actions, listing
from coachnet.notifications.models import Notification
from coachnet.operations import broker, status
from coachnet.operations.receivers import tasks_of_the_clock


@requires(Permission.ADMINISTER)
@require_GET
def status_page(request: SignedInRequest) -> HttpResponse:
    """The state of the whole, and what got stuck, each with what can be done about it."""
    return render(request, "operations/status.html", {"status": status.look(request.user)})


@requires(Permission.ADMINISTER)
@require_POST
def work_run(request: SignedInRequest, task: str) -> HttpResponse:
    """Ask for a task of the clock now. Each can be done at any time, and twice at once."""
    if task not in tasks_of_the_clock():
        raise Http404
    if broker.ask_for(task):
        receipt(request, gettext("Arbetet är lagt i kö. Ladda om sidan om en stund."))
    else:
        messages.error(
            request, gettext("Valkey svarar inte, så inget kunde läggas i kö. Försök igen om en stund.")
        )
    return redirect("operations:status")


@requires(Permission.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def mail_retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then send one again."""
    return _see_to(request, pk, actions.retry, gettext("Utskicket skickas igen"))


@requires(Permission.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def mail_park(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then put one aside: it is not tried again, and can be sent later from Utskick."""
    return _see_to(request, pk, actions.stop, gettext("Utskicket är lagt åt sidan"))


def _see_to(
    request: SignedInRequest, pk: int, action: Callable[..., Notification], done: str
) -> HttpResponse:
    row = get_object_or_404(Notification.objects.select_related("user", "decided_by"), pk=pk)
    if request.method != "POST":
        (line,) = listing.lines_for([row], request.user)
        context = {"line": line, "row": row, "parks": action is actions.stop}
        return render(request, "operations/mail_see_to.html", context)
    try:
        action(by=request.user, notification=row)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        receipt(request, done)
    return redirect("operations:status")
