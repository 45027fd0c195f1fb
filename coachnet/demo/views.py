"""The demo's own pages: one-click sign-in and the mails that would have been sent. Closed outside the demo."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from coachnet.accounts.guards import public
from coachnet.accounts.models import User
from coachnet.demo.cast import CAST
from coachnet.demo.mails import all_mails, read_mail
from coachnet.demo.place import MAIL

MAILS_SHOWN = 100
View = Callable[..., HttpResponseBase]


def demo_only(view: View) -> View:
    """Answer 404 unless the process runs in demo mode, whatever the URL map says."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@public("The demo's door: everybody at this machine may be anyone in it.")
@demo_only
def index(request: HttpRequest) -> HttpResponse:
    """Choose whom to be."""
    people = (
        User.objects.active()
        .select_related("organisation")
        .in_bulk([member.email for member in CAST], field_name="email")
    )
    members = [(member, people[member.email]) for member in CAST if member.email in people]
    return render(request, "demo/index.html", {"members": members})


@public("Signs in without a password, in the demo only.")
@demo_only
@require_POST
def sign_in(request: HttpRequest, key: str) -> HttpResponse:
    """Become one of the cast."""
    email = next((member.email for member in CAST if member.key == key), None)
    person = get_object_or_404(User.objects.active(), email=email)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(settings.LOGIN_REDIRECT_URL)


@public("The demo's mails are invented, like their recipients.")
@demo_only
def mail_list(request: HttpRequest) -> HttpResponse:
    """The mails that Coachnet would have sent, newest first."""
    mails = all_mails(MAIL)
    return render(request, "demo/mail_list.html", {"mails": mails[:MAILS_SHOWN], "count": len(mails)})


@public("The demo's mails are invented, like their recipients.")
@demo_only
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail: who, when, its links, how it looks and its plain text."""
    return render(request, "demo/mail_detail.html", {"mail": _mail_or_404(key)})


@public("The demo's mails are invented, like their recipients.")
@demo_only
@xframe_options_sameorigin
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The mail as a mail program shows it. No script, no image from outside, only its own style blocks."""
    mail = _mail_or_404(key)
    response = HttpResponse(mail.framed_html)
    # The middleware leaves a policy that is already there alone.
    styles = " ".join(mail.style_hashes) or "'none'"
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {styles}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    )
    return response


def _mail_or_404(key: str) -> Any:
    try:
        return read_mail(MAIL, key)
    except KeyError:
        raise Http404 from None
