"""Addresses that come with a request and lead somewhere else."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request: HttpRequest, address: str) -> str:
    """The address if it leads to a page of ours, else an empty string. Foreign hosts and `javascript:` do not."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if address and ours else ""
