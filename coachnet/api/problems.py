"""Every refusal as problem details (RFC 9457), with the media type application/problem+json.

`type` is about:blank, so `title` is the status in words; `code` is for programs, `detail` for people, and `errors`
names the fields that were wrong.
"""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as Refused
from django.http import Http404, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"
# Everything below it is for programs.
ROOT = "/api/"
WHOLE = "non_field_errors"
UNUSABLE = _("Det som skickades går inte att använda.")
# What is answered outside the endpoints: without one, before one, or when one breaks.
ELSEWHERE: dict[int, str | Promise] = {
    HTTPStatus.BAD_REQUEST: UNUSABLE,
    HTTPStatus.NOT_FOUND: _("Adressen finns inte."),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Något gick fel hos oss"),
    HTTPStatus.SERVICE_UNAVAILABLE: _("Coachnet är strax tillbaka"),
}


class KeyReused(exceptions.APIException):
    """The same Idempotency-Key came with another request."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = _("Samma Idempotency-Key har redan använts till en annan fråga.")


class ChangedMeanwhile(exceptions.APIException):
    """Somebody else has saved the thing since it was read."""

    status_code = HTTPStatus.CONFLICT
    default_code = "changed_meanwhile"
    default_detail = _("Någon annan har ändrat under tiden. Läs igen och gör om ändringen.")


class PossibleDuplicates(exceptions.APIException):
    """What is to be added may be there already. `duplicates` names what the person may see of it."""

    status_code = HTTPStatus.CONFLICT
    default_code = "possible_duplicates"
    default_detail = _("Företaget kan redan finnas. Är det inget av dessa, skicka confirmed.")

    def __init__(self, duplicates: list[dict[str, Any]]) -> None:
        super().__init__()
        self.duplicates = duplicates


class AnswerRefused(exceptions.APIException):
    """A meeting takes no such answer; the reason is its detail."""

    status_code = HTTPStatus.CONFLICT
    default_code = "answer_refused"


class TooLarge(exceptions.APIException):
    """The body is larger than the platform reads."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = UNUSABLE


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, in the shape of RFC 9457. None for what is our own fault, which becomes a 500."""
    response = exception_handler(_as_drf(error), context)
    if response is None:
        return None
    response.data = problem(response.status_code, response.data, _code_of(error))
    if isinstance(error, PossibleDuplicates):
        response.data["duplicates"] = error.duplicates
    response.content_type = MEDIA_TYPE
    return response


def problem(status: int, said: Any, code: str) -> dict[str, Any]:
    """The body of a refusal; `said` is what DRF would have answered."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
    }
    if isinstance(said, dict) and set(said) == {"detail"}:
        return body | {"detail": said["detail"]}
    errors = said if isinstance(said, dict) else {WHOLE: said}
    return body | {"detail": str(UNUSABLE), "errors": errors}


def elsewhere(status: int) -> JsonResponse:
    """The whole answer where REST framework has no part in it. Asks neither database nor session."""
    detail = ELSEWHERE.get(status, HTTPStatus(status).phrase)
    body = problem(status, {"detail": detail}, HTTPStatus(status).name.lower())
    return JsonResponse(
        body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )


def _as_drf(error: Exception) -> Exception:
    """What our own actions raise, as DRF knows it."""
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, Http404):
        return exceptions.NotFound()  # Django's own words are English and name the model
    if isinstance(error, Refused):
        said = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        return exceptions.ValidationError(
            {WHOLE if name == NON_FIELD_ERRORS else name: words for name, words in said.items()}
        )
    return error


def _code_of(error: Exception) -> str:
    error = _as_drf(error)
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    if isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        return codes if isinstance(codes, str) else str(error.default_code)
    return "permission_denied" if isinstance(error, PermissionDenied) else "error"
