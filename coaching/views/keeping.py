"""No text is lost: forms that arrive without a valid sign-in or with an old token become drafts.

The session form carries `owner_token`: who it was made for and for which session, signed. It can do one thing,
put text into that person's own draft, and it expires with the session cookie. It reads nothing.
"""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from coaching import actions, form_questions, rules
from coaching.forms import typed
from coaching.models import Session
from coachnet.accounts.models import User
from companies.models import Company

SALT = "coaching.session-form"


def owner_token(user: User, key: uuid.UUID) -> str:
    """What the form for this person and session carries."""
    return signing.dumps([user.pk, str(key)], salt=SALT)


def owner_of(request: HttpRequest, key: uuid.UUID) -> User | None:
    """Whom a sent form was made for, if its token holds and the person may still log."""
    try:
        token = request.POST.get("owner_token", "")
        person, form = signing.loads(token, salt=SALT, max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return None
    owner = User.objects.filter(pk=person, is_active=True).first()
    return owner if owner and form == str(key) and rules.can_be_on_engagement(owner) else None


def keep(request: HttpRequest, owner: User, key: uuid.UUID) -> bool:
    """Put what was sent into the owner's draft; False if the session is not hers to edit."""
    session = Session.objects.select_related("engagement").filter(pk=key).first()
    if session and not rules.can_edit_session(owner, session):
        return False
    actions.save_draft(
        by=owner,
        key=key,
        data=typed.as_typed(request.POST),
        base_version=version_in(request.POST),
        company=company_in(request.POST, owner),
    )
    return True


def version_in(data: Any) -> int:
    """The version a form was opened on; 0 for a new session or nonsense."""
    text = data.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def company_in(data: Any, user: User) -> Company | None:
    """The company a form names, if the person may see it."""
    text = data.get("company", "") or ""
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        return None
    return form_questions.companies_of_key.first(user, company=int(text))


def signed_out(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A form sent without sign-in: kept as a draft where its owner is known, else shown so it can be copied."""
    owner = owner_of(request, key)
    kept = owner is not None and keep(request, owner, key)
    values = {
        "kept": kept,
        "login_url": f"{reverse(settings.LOGIN_URL)}?next={reverse('coaching:session-edit', args=[key])}",
        "note": "" if kept else request.POST.get("note", ""),
    }
    return render(request, "coaching/session_signed_out.html", values, status=401)


def refused_as_forged(request: HttpRequest, user: User, key: uuid.UUID) -> HttpResponseBase | None:
    """What to answer a form whose CSRF token does not hold; None when it does.

    Signing in changes the token, so a form opened before that is refused. Its text becomes a draft, which the
    person sees and sends again; nothing is saved as a session on the old token.
    """
    refused = CsrfViewMiddleware(lambda request: HttpResponse()).process_view(request, signed_out, (), {})
    if refused is None:
        return None
    if owner_of(request, key) == user and keep(request, user, key):
        messages.warning(request, _("Sidan var för gammal för att spara. Texten finns kvar, spara igen."))
        return redirect("coaching:session-edit", key)
    return refused
