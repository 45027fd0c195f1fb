"""People, their employers and roles, and one's own settings."""

from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from coachnet.accounts import actions, rules
from coachnet.accounts.forms import EmployerForm, OrganisationForm, PersonFilterForm, ProfileForm, RolesForm
from coachnet.accounts.guards import SignedInRequest, requires, sets_up, signed_in
from coachnet.accounts.models import Invitation, Organisation, PastEmployment, User
from coachnet.accounts.roles import ROLES, Permission
from coachnet.audit.history import History, Related, history_of
from coachnet.lib.keyset import page_of
from coachnet.lib.receipts import receipt

PAGE_SIZE = 25


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it is empty; None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def done(form: forms.BaseForm, save: Any, *args: Any) -> Any:
    """What the form's action gives, or None when form or action said no; the form then holds the reasons."""
    if not form.is_valid():
        return None
    try:
        return save(*args)
    except ValidationError as error:
        form.add_error(None, error)
        return None


# --- People ------------------------------------------------------------------------------------


@requires(Permission.SEE_PEOPLE)
def person_list(request: SignedInRequest) -> HttpResponse:
    """Everybody in the network, in Swedish order, with search and filters in the address."""
    form = PersonFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    people = User.objects.select_related("organisation")
    if not wanted.get("closed"):
        people = people.active()
    if role := wanted.get("role"):
        people = people.holding(ROLES[role])
    if text := wanted.get("q"):
        people = people.matching(text)
    page = page_of(people, by=("sort_key", "pk"), after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {
        "form": form,
        "people": page.rows,
        "more": next_page(request, page.after),
        "is_filtered": any(wanted.values()),
        "role": ROLES.get(wanted.get("role") or ""),
        "can_invite": request.user.may(Permission.INVITE_PEOPLE),
    }
    return render(request, "accounts/person_list.html", context)


def next_page(request: SignedInRequest, after: str) -> str:
    """The address of the page after a keyset token, with the filters kept; empty on the last."""
    query = request.GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}" if after else ""


@requires(Permission.SEE_PEOPLE)
def person_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: how to reach her, what she may do, where she has worked."""
    person = get_object_or_404(User.objects.select_related("organisation", "invitation__invited_by"), pk=pk)
    can_manage = rules.can_manage(request.user, person)
    context = {
        "person": person,
        "history": _history(request, person, Related(PastEmployment, user=person)) if can_manage else None,
        "past": person.past_employments.select_related("organisation"),
        "invitation": Invitation.objects.filter(accepted_by=person).select_related("invited_by").first(),
        "can_manage": can_manage,
        "can_close": rules.can_close(request.user, person),
    }
    return render(request, "accounts/person_detail.html", context)


def _history(request: SignedInRequest, obj: Model, *related: Related) -> History:
    """Who has changed it, a page at a time."""
    return history_of(obj, *related, after=request.GET.get("after", ""))


@requires(Permission.MANAGE_PEOPLE)
def person_employer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move a person to another organisation."""
    person = get_object_or_404(User.objects.select_related("organisation"), pk=pk)
    form = EmployerForm(posted(request), initial={"title": person.title})
    if request.method == "POST" and done(form, form.save_by, request.user, person):
        receipt(request, gettext("Arbetsgivaren är ändrad"))
        return redirect("accounts:person-detail", pk)
    return render(request, "accounts/person_employer.html", {"person": person, "form": form})


@requires(Permission.MANAGE_PEOPLE)
@reauthentication_required
def person_roles(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give and take roles; says what each role can do."""
    person = get_object_or_404(User, pk=pk)
    form = RolesForm(posted(request), initial={"roles": person.roles})
    if request.method == "POST" and done(form, form.save_by, request.user, person):
        receipt(request, gettext("Rollerna är ändrade"))
        return redirect("accounts:person-detail", pk)
    context = {"person": person, "form": form, "roles": ROLES.values()}
    return render(request, "accounts/person_roles.html", context)


@requires(Permission.MANAGE_PEOPLE)
def person_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then shut a person out at once."""
    person = get_object_or_404(User.objects.active(), pk=pk)
    if not rules.can_close(request.user, person):
        raise PermissionDenied
    form = forms.Form(posted(request))
    close = partial(actions.close_account, user=person, by=request.user)
    if request.method == "POST" and done(form, close):
        receipt(request, gettext("Kontot är stängt"), undo_url=reverse("accounts:person-reopen", args=[pk]))
        return redirect("accounts:person-detail", pk)
    return render(request, "accounts/person_close.html", {"person": person, "form": form})


@requires(Permission.MANAGE_PEOPLE)
@require_POST
def person_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a person in again."""
    person = get_object_or_404(User, pk=pk)
    actions.reopen_account(user=person, by=request.user)
    receipt(request, gettext("Kontot är öppet igen"))
    return redirect("accounts:person-detail", pk)


@requires(Permission.MANAGE_PEOPLE)
@require_POST
def person_sign_out(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign a person out on every device."""
    person = get_object_or_404(User, pk=pk)
    actions.end_sessions(user=person, by=request.user)
    receipt(request, gettext("Personen är utloggad på alla enheter"))
    return redirect("accounts:person-detail", pk)


@signed_in
def role_list(request: SignedInRequest) -> HttpResponse:
    """What each role may do, as the code says it."""
    context = {"roles": ROLES.values(), "can_see_people": request.user.may(Permission.SEE_PEOPLE)}
    return render(request, "accounts/role_list.html", context)


# --- Oneself -----------------------------------------------------------------------------------


@signed_in
def me(request: SignedInRequest) -> HttpResponse:
    """One's own profile and the way to everything about signing in."""
    user = User.objects.select_related("organisation").get(pk=request.user.pk)
    form = ProfileForm(posted(request), instance=user)
    if request.method == "POST" and done(form, form.save_by, request.user):
        receipt(request, gettext("Profilen är sparad"))
        return redirect("accounts:me")
    context = {
        "form": form,
        "person": user,
        "new_address": EmailAddress.objects.filter(user=user, verified=False).first(),
        "keys": Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count(),
        "has_app": Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists(),
        "sessions": UserSession.objects.filter(user=user).count(),
    }
    return render(request, "accounts/me.html", context)


@sets_up
def start(request: SignedInRequest) -> HttpResponse:
    """The first steps after accepting an invitation; the second step of sign-in where the role demands it."""
    user = request.user
    must_secure = user.must_have_second_step and not user.has_second_step
    if request.method == "POST" and not must_secure:
        request.session.pop("first_steps", None)
        return redirect("home")
    has_profile = bool(user.title and user.phone)
    context = {
        "must_secure": must_secure,
        "has_profile": has_profile,
        "logs": user.may(Permission.LOG_SESSIONS),
        "left": 3 - user.has_second_step - has_profile,
    }
    return render(request, "accounts/start.html", context)


@signed_in
@require_POST
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign out one of one's own devices."""
    session = get_object_or_404(UserSession.objects.filter(user=request.user), pk=pk)
    actions.end_session(session=session, by=request.user)
    receipt(request, gettext("Enheten är utloggad"))
    return redirect("usersessions_list")


# --- Organisations -----------------------------------------------------------------------------


@requires(Permission.SEE_PEOPLE)
def organisation_list(request: SignedInRequest) -> HttpResponse:
    """The network's actors and how many people each has."""
    organisations = Organisation.objects.with_people_count()
    context = {"organisations": organisations, "can_manage": request.user.may(Permission.MANAGE_PEOPLE)}
    return render(request, "accounts/organisation_list.html", context)


@requires(Permission.MANAGE_PEOPLE)
def organisation_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Add an organisation or change one."""
    organisation = None if pk is None else get_object_or_404(Organisation, pk=pk)
    form = OrganisationForm(posted(request), instance=organisation)
    if request.method == "POST" and form.is_valid():
        form.save()
        receipt(request, gettext("Organisationen är sparad"))
        return redirect("accounts:organisation-list")
    history = _history(request, organisation) if organisation else None
    context = {"organisation": organisation, "form": form, "history": history}
    return render(request, "accounts/organisation_form.html", context)
