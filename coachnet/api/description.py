"""What the description says beyond what is read from the code: what may be asked and sent, how a refusal looks.

Loaded when a description is made, and not before: drf-spectacular is large, and only this module needs it.
"""

from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from coachnet.api import endpoints, idempotency, serializers
from coachnet.api.problems import MEDIA_TYPE
from coachnet.api.writing import companies, engagements, plans, registrations, sessions
from coachnet.api.writing.sent import Change
from dashboards.dimensions import SPLITS

METHODS = ("get", "post", "patch")
ALWAYS = {
    "401": "No key, or one that opens nothing",
    "403": "The key or the person's roles do not reach this far",
    "406": "Only application/json is spoken",
    "429": "Too many questions within a minute",
}
WITH_QUESTION = {"400": "A question that makes no sense"}
WITH_ID = {"404": "Does not exist, or may not be seen"}
WITH_BODY = {
    "400": "What was sent cannot be used; `errors` says why",
    "413": "The body is larger than the platform reads",
    "415": "Only application/json is read",
}
WITH_KEY = {"422": "The Idempotency-Key has been used for something else"}
CHANGED = {"409": "Somebody else has changed it meanwhile"}
CONFLICTS = {
    ("/api/v1/companies/", "post"): {"409": "It may be there already; `duplicates` says where"},
    ("/api/v1/companies/{id}/", "patch"): CHANGED,
    ("/api/v1/sessions/{id}/", "patch"): CHANGED,
    ("/api/v1/registrations/", "post"): {"409": "The meeting takes no such answer; `detail` says why"},
}
PROBLEM = {
    "type": "object",
    "description": "A refusal, after RFC 9457.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs."},
        "detail": {"type": "string", "description": "For people."},
        "errors": {
            "type": "object",
            "description": "What was wrong, by field.",
            "additionalProperties": True,
        },
        "duplicates": {
            "type": "array",
            "description": "What may be the same, where that is the reason.",
            "items": {
                "type": "object",
                "required": ["id", "name", "url"],
                "properties": {
                    "id": {"type": "integer"},
                    "name": {"type": "string"},
                    "url": {"type": "string", "format": "uri"},
                },
            },
        },
    },
}
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"
ONCE = OpenApiParameter(
    idempotency.HEADER,
    {"type": "string", "pattern": r"^[!-~]{1,100}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Your own name for this one deed, such as a UUID. Sent again within a day, it gives the first answer.",
)
# What is sent and what is answered, by the method that takes it.
WRITES: tuple[tuple[Any, Any, Any], ...] = (
    (companies.CompanyList.post, companies.NewCompanySerializer, companies.CompanyWrittenSerializer),
    (companies.CompanyDetail.patch, companies.ChangedCompanySerializer, companies.CompanyWrittenSerializer),
    (
        engagements.EngagementList.post,
        engagements.NewEngagementSerializer,
        engagements.EngagementWrittenSerializer,
    ),
    (
        engagements.EngagementDetail.patch,
        engagements.ChangedEngagementSerializer,
        engagements.EngagementWrittenSerializer,
    ),
    (sessions.SessionList.post, sessions.NewSessionSerializer, sessions.SessionWrittenSerializer),
    (sessions.SessionDetail.patch, sessions.ChangedSessionSerializer, sessions.SessionWrittenSerializer),
    (plans.ActionList.post, plans.NewActionSerializer, plans.ActionWrittenSerializer),
    (plans.ActionDetail.patch, plans.ChangedActionSerializer, plans.ActionWrittenSerializer),
    (
        registrations.RegistrationList.post,
        registrations.NewRegistrationSerializer,
        registrations.RegistrationWrittenSerializer,
    ),
    (
        registrations.RegistrationDetail.patch,
        registrations.ChangedRegistrationSerializer,
        registrations.RegistrationWrittenSerializer,
    ),
)
LISTS = (
    endpoints.CompanyList,
    endpoints.EngagementList,
    endpoints.SessionRows,
    endpoints.ActionRows,
    endpoints.EventList,
    endpoints.RegistrationList,
)


class KeyScheme(OpenApiAuthenticationExtension):
    """A key is sent as a bearer token."""

    target_class = "coachnet.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """For the readable page's button."""
        return {"type": "http", "scheme": "bearer", "description": "Made under Inställningar, Mina nycklar."}


def tell_of_questions(endpoints: list[Any]) -> list[Any]:
    """Before a description is made: see to it that every view tells what may be asked of it. Changes no endpoint."""
    _tell_of_questions()
    return endpoints


@cache
def _tell_of_questions() -> None:
    for view in LISTS:
        extend_schema_view(get=extend_schema(parameters=[view.question]))(view)
    for method, sent, written in WRITES:
        makes = method.__name__ == "post"
        extend_schema(
            request=sent, responses={201 if makes else 200: written}, parameters=[ONCE] if makes else None
        )(method)
    period = "A key from `periods`; without it the latest quarter"
    asked = [
        OpenApiParameter("period", str, description=period),
        OpenApiParameter("split", str, enum=[str(one) for one in SPLITS]),
    ]
    extend_schema(responses=serializers.OverviewSerializer, parameters=asked)(endpoints.Overview.get)


def tell_of_local_times(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A time of the day is local. OpenAPI's format `time` has a zone."""
    for schema in result["components"]["schemas"].values():
        for one in schema["properties"].values() if "properties" in schema else ():
            if one.get("format") == "time":
                del one["format"]
                one["pattern"] = CLOCK
    return result


def tell_of_strictness(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """What changes something is refused where it names what there is not, see `Change`."""
    for name in {
        sent.__name__.removesuffix("Serializer") for _, sent, _ in WRITES if issubclass(sent, Change)
    }:
        result["components"]["schemas"][name]["additionalProperties"] = False
    return result


def tell_of_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add to every operation the refusals it can answer with."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method in METHODS:
            if operation := operations.get(method):
                for status, words in _refusals(path, method, operation).items():
                    operation["responses"][status] = _refusal(words)
    return result


def _refusals(path: str, method: str, operation: dict[str, Any]) -> dict[str, str]:
    asks = any(one["in"] == "query" for one in operation.get("parameters", []))
    return (
        ALWAYS
        | (WITH_QUESTION if asks else {})
        | (WITH_ID if "{" in path else {})
        | (WITH_BODY if method != "get" else {})
        | (WITH_KEY if method == "post" else {})
        | CONFLICTS.get((path, method), {})
    )


def _refusal(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
