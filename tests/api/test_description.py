"""The description is OpenAPI 3.1 and tells the truth."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests.access.routes import every_route


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def test_the_description_is_openapi_3_1_and_made_without_guesses(
    described: dict[str, Any], capsys: pytest.CaptureFixture[str]
):
    assert described["openapi"] == "3.1.0"
    validate_schema(described)
    SchemaGenerator().get_schema(request=None, public=True)
    assert capsys.readouterr().err == ""


def test_every_endpoint_is_described_and_nothing_else(described: dict[str, Any]):
    ours = {
        "/" + route.pattern.replace("<int:pk>", "{id}").replace("<uuid:pk>", "{id}")
        for route in every_route()
        if route.namespace == "api" and route.name not in ("page", "schema", "unknown")
    }
    assert set(described["paths"]) == ours
    assert len(ours) == 13


def test_every_operation_asks_for_a_key_and_names_its_refusals(described: dict[str, Any]):
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["security"] == [{"key": []}], path
            assert {"401", "403", "429"} <= set(operation["responses"]), path
            assert ("404" in operation["responses"]) == ("{id}" in path)
            if method == "post":
                assert {"400", "413", "415", "422", "201"} <= set(operation["responses"])
                headers = [one for one in operation["parameters"] if one["in"] == "header"]
                assert [(one["name"], one["required"]) for one in headers] == [("Idempotency-Key", True)]


@pytest.mark.django_db
def test_the_description_and_its_page_open_without_signing_in():
    cache.clear()
    for _ in range(2):  # made, and kept
        response = Client().get(reverse("api:schema"))
        assert response.status_code == 200
        assert json.loads(response.content)["info"]["title"] == "Coachnet"
    page = Client().get(reverse("api:page")).content.decode()
    assert 'data-describe="/api/v1/schema/"' in page
    assert "<style" not in page
    assert "style=" not in page
