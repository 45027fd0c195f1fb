"""What the description says beyond what is read from the code: how a refusal looks."""

from typing import Any

from coachnet.api.problems import MEDIA_TYPE

METHODS = ("get", "post")
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
    "409": "Somebody else was first",
    "415": "Only application/json is read",
    "422": "The Idempotency-Key has been used for something else",
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
    },
}


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
        | (WITH_BODY if method == "post" else {})
    )


def _refusal(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
