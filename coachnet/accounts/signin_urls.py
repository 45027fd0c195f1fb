"""Addresses that stand before allauth's and Django admin's own, where theirs would let too much through."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode

from coachnet.accounts.guards import public, sets_up, signed_in


@public("Leads to the one way in")
def admin_login(request: HttpRequest) -> HttpResponse:
    """Django admin's own sign-in has neither limits nor second step: everybody goes through ours."""
    query = {"next": request.GET.get("next") or reverse("admin:index")}
    return redirect(f"{reverse('account_login')}?{urlencode(query)}")


@signed_in
def admin_password_change(request: HttpRequest) -> HttpResponse:
    """The password is changed in one place."""
    return redirect("account_change_password")


@sets_up
def passkey_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """allauth asks before taking away an app, but not before taking away the last passkey."""
    key = get_object_or_404(
        Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN), pk=pk
    )
    if not get_adapter().can_delete_authenticator(key):
        messages.error(request, get_adapter().error_messages["cannot_delete_authenticator"])
        return redirect("mfa_index")
    return remove_webauthn(request, pk=pk)


urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/login/", admin_login),
    path("admin/password_change/", admin_password_change),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", passkey_remove),
]
