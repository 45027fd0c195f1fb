"""A request that writes is done once, however often it is sent.

1. The Idempotency-Key is stored first, in the transaction that does the deed. Its unique constraint makes an equal
   request wait here until the first is saved or undone.
2. When it is there already, the same request gets the same answer and another is refused.
3. A deed that is refused undoes the row as well: the client may mend what it sent and use the same key.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from coachnet.api.models import StoredAnswer
from coachnet.api.problems import KeyReused

HEADER = "Idempotency-Key"
LONGEST = 100


def once(request: Request, deed: Callable[[], dict[str, Any]]) -> Response:
    """201 with what the deed gives: small, JSON, and without what was written in it.

    Raises ValidationError without a key of 1–100 printable ASCII characters, KeyReused (422) for one that came with
    another request.
    """
    name, fingerprint = _name_of(request), _fingerprint(request)
    with transaction.atomic():
        try:
            with transaction.atomic():
                answer = StoredAnswer.objects.create(key=request.auth, name=name, fingerprint=fingerprint)
        except IntegrityError:
            return _again(StoredAnswer.objects.get(key=request.auth, name=name), fingerprint)
        answer.body = deed()
        answer.save(update_fields=["body"])
    return Response(answer.body, status=201)


def _again(answer: StoredAnswer, fingerprint: str) -> Response:
    if answer.fingerprint != fingerprint:
        raise KeyReused
    return Response(answer.body, status=201, headers={"Idempotent-Replayed": "true"})


def _name_of(request: Request) -> str:
    name: str = request.headers.get(HEADER, "").strip()
    if not name or len(name) > LONGEST or not (name.isascii() and name.isprintable()):
        words = gettext("Skicka med en egen nyckel för varje ny fråga, 1–100 tecken, till exempel ett UUID.")
        raise ValidationError({HEADER: [words]})
    return name


def _fingerprint(request: Request) -> str:
    """The same for the same JSON, whatever its spaces and the order of its names.

    Raises ParseError for what is nested deeper than Python reads or writes.
    """
    try:
        sent = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        raise ParseError from None
    return hashlib.sha256(f"{request.method} {request.path}\n{sent}".encode()).hexdigest()
