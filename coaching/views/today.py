"""Min dag: what a coach does now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coaching.day import Day
from coachnet.accounts.guards import requires
from coachnet.accounts.roles import Permission
from companies.coached import QUIET_DAYS


@requires(Permission.LOG_SESSIONS)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The day's sessions, what waits to be logged, quiet companies, actions due, the month so far."""
    assert request.user.is_authenticated
    values = {"day": Day(request.user), "quiet_days": QUIET_DAYS}
    return render(request, "coaching/today.html", values)
