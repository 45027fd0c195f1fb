"""Lists a page at a time, by the same keys as the pages of the platform."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from coachnet.api.questions import AFTER
from coachnet.lib.keyset import is_position, page_of

PAGE_SIZE = 50


class KeysetPagination(BasePagination):
    """`results`, and in `next` the address of the page after; null on the last."""

    next_url: str | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows after `after`. Raises ValidationError for a position that this list has not given out."""
        after = request.query_params.get(AFTER, "")
        by: Sequence[str] = view.by
        if after and not is_position(after, by=by):
            raise ValidationError({AFTER: [gettext("Ta adressen från next i det förra svaret.")]})
        page = page_of(queryset, by=by, after=after, size=PAGE_SIZE)
        query = request.query_params.copy()
        query[AFTER] = page.after
        self.next_url = request.build_absolute_uri(f"?{query.urlencode()}") if page.after else None
        return page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """One page."""
        return Response({"results": data, "next": self.next_url})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What one page looks like."""
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "The next page; null on the last.",
                },
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The one parameter."""
        words = "Where the page begins, from `next` of the page before."
        return [
            {
                "name": AFTER,
                "in": "query",
                "required": False,
                "description": words,
                "schema": {"type": "string"},
            }
        ]
