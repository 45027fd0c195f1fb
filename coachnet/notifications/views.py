"""One's own reminders: which come, and the way out that stands in every mail."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coachnet.accounts.guards import SignedInRequest, public, signed_in
from coachnet.lib.receipts import receipt
from coachnet.notifications import actions, links
from coachnet.notifications.delivery import is_on
from coachnet.notifications.forms import ChoicesForm
from coachnet.notifications.registry import RULES


@signed_in
def choices(request: SignedInRequest) -> HttpResponse:
    """Each rule with a sentence and a switch."""
    form = ChoicesForm(request.POST if request.method == "POST" else None, person=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        receipt(request, gettext("Dina val av påminnelser är sparade"))
        return redirect("notifications:choices")
    return render(request, "notifications/choices.html", {"form": form})


@public("Opened from a mail, by people without an account too; the address is signed")
@csrf_exempt  # mail programs post here by themselves (RFC 8058), and the signed address is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a mail's rule is, and turn it off, or on again, on POST. Opening the page changes nothing."""
    row = links.row_of(token)
    rule = RULES.get(row.rule) if row else None
    if row is None or rule is None or not rule.can_turn_off:
        raise Http404
    language = translation.get_language() if request.user.is_authenticated else row.reader_language
    with translation.override(language):
        request.LANGUAGE_CODE = language
        wanted = is_on(row.recipient, rule)
        if request.method == "POST":
            wanted = request.POST.get("turn") == "on"
            actions.turn(recipient=row.recipient, user=row.user, rule=rule.key, is_on=wanted)
        values = {"rule": rule, "row": row, "is_on": wanted, "is_done": request.method == "POST"}
        response = render(request, "notifications/off.html", values)
    response["Referrer-Policy"] = "no-referrer"
    return response
