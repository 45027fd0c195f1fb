"""Every address says who may open it, and the guard refuses what says nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLResolver, get_resolver, resolve, reverse

from coachnet.accounts.guards import FOREIGN_GUARDS, Guard, public, requires, signed_in
from coachnet.accounts.middleware import RoleGuardMiddleware
from coachnet.accounts.roles import ROLES, SENTENCES, Permission
from coachnet.api.authentication import KeyAuthentication
from coachnet.api.permissions import KeyMay


def views(resolver: Any, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every view of the platform with the name that FOREIGN_GUARDS knows it by."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
        else:
            name = pattern.name or pattern.lookup_str
            yield ":".join([*spaces, name]), pattern.callback


def guard(name: str, view: Any) -> Guard | None:
    space = name.partition(":")[0]
    return getattr(view, "guard", None) or FOREIGN_GUARDS.get(name) or FOREIGN_GUARDS.get(space)


def test_every_view_declares_a_guard():
    bare = [name for name, view in views(get_resolver()) if guard(name, view) is None]
    assert bare == []


def test_public_views_say_why_and_open_without_signing_in():
    for name, view in views(get_resolver()):
        declared = guard(name, view)
        assert declared is not None
        if declared.public:
            assert declared.why, name
            assert getattr(view, "login_required", True) is False, f"{name} sends people to sign in"
        elif declared.by_key:
            judges = view.view_class.authentication_classes + view.view_class.permission_classes
            assert judges == [KeyAuthentication, KeyMay], f"{name} opens without a key"
        elif not declared.closed and not name.startswith("admin:"):
            assert getattr(view, "login_required", True) is True, f"{name} opens without signing in"


def test_foreign_guards_name_views_that_exist():
    names = {name for name, _ in views(get_resolver())}
    spaces = {name.split(":")[0] for name in names if ":" in name}
    assert set(FOREIGN_GUARDS) - names - spaces == set()


def pass_guard(view: Any, user: Any) -> None:
    request = RequestFactory().get("/people/me/")
    request.user = user
    RoleGuardMiddleware(lambda request: HttpResponse()).process_view(request, view, [], {})


def plain(request: Any) -> HttpResponse:
    return HttpResponse()


@pytest.mark.django_db
def test_guard_refuses_a_view_that_says_nothing(admin):
    with pytest.raises(PermissionDenied):
        pass_guard(plain, admin)


@pytest.mark.django_db
def test_guard_asks_for_the_permission(coach, admin):
    guarded = requires(Permission.ADMINISTER)(lambda request: HttpResponse())
    with pytest.raises(PermissionDenied):
        pass_guard(guarded, coach)
    pass_guard(guarded, admin)


@pytest.mark.django_db
def test_guard_lets_nobody_in_whose_account_is_closed(admin):
    guarded = requires(Permission.ADMINISTER)(lambda request: HttpResponse())
    admin.is_active = False
    admin.__dict__.pop("permissions", None)
    with pytest.raises(PermissionDenied):
        pass_guard(guarded, admin)


def test_guard_trusts_no_other_net():
    """Also a view that forgot to ask for sign-in is closed to outsiders unless it says that it is public."""
    from django.contrib.auth.models import AnonymousUser

    with pytest.raises(PermissionDenied):
        pass_guard(signed_in(lambda request: HttpResponse()), AnonymousUser())
    pass_guard(public("A test")(lambda request: HttpResponse()), AnonymousUser())


@pytest.mark.django_db
def test_closed_views_of_other_packages_answer_404(coach, client_of):
    client = client_of(coach)
    assert client.get(reverse("account_confirm_login_code")).status_code == 404
    assert client.get("/accounts/social/signup/").status_code == 404


def test_remove_passkey_goes_through_our_view():
    assert resolve("/accounts/2fa/webauthn/keys/1/remove/").func.__module__ == "coachnet.accounts.signin_urls"


def test_every_permission_is_explained_and_held_by_someone():
    assert set(SENTENCES) == set(Permission)
    held = frozenset().union(*(role.permissions for role in ROLES.values()))
    assert held == set(Permission)


def test_official_reaches_no_company_person_or_session():
    assert ROLES["official"].permissions == {Permission.SEE_OVERVIEW, Permission.SET_TARGETS}
