"""Driftläge: what runs, what waits, what failed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from coachnet.accounts.guards import SignedInRequest, requires
from coachnet.accounts.roles import Permission
from coachnet.operations import status


@requires(Permission.ADMINISTER)
@require_GET
def status_page(request: SignedInRequest) -> HttpResponse:
    """The state of the whole; sending again and stopping is done in Utskick."""
    return render(request, "operations/status.html", {"status": status.look()})
