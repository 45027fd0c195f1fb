"""Who, from where, in which request: the facts that follow every change into the database."""

import ipaddress
from typing import Any

import pghistory
from django.conf import settings
from django.http import HttpRequest

from coachnet.audit.masking import masked_path

# Beside a change, `pghistory.context` keeps what it is given; these are the facts we give it.
acting = pghistory.context


def client_address(request: HttpRequest) -> str | None:
    """The address of the person, or None where there is none (a Unix socket).

    Each trusted proxy adds one entry at the end of X-Forwarded-For; entries further to the left are the client's
    own words. With fewer entries than proxies the header is not ours, and the peer's own address counts.
    """
    proxies = settings.TRUSTED_PROXIES
    forwarded = [entry for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if entry.strip()]
    ours = proxies and len(forwarded) >= proxies
    given = forwarded[-proxies] if ours else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(given.strip().removeprefix("[").partition("]")[0]))
    except ValueError:
        return None


def request_facts(request: HttpRequest) -> dict[str, Any]:
    """What is kept beside every change a request makes."""
    return {
        "user": request.user.pk if request.user.is_authenticated else None,
        "address": client_address(request) or "",
        "request_id": getattr(request, "request_id", ""),
        "method": request.method,
        "url": masked_path(request),
    }
