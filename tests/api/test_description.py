"""The description is OpenAPI 3.1 and tells the truth; the example runs."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from coaching.models import Session
from coachnet.api.models import Scope
from companies import reference_data
from companies.models import GlossaryTerm
from tests.access.routes import every_route
from tests.access.scene import build
from tests.factories.api import key_for

EXAMPLE = Path(__file__).resolve().parents[2] / "docs/examples/client.py"


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
                assert {"400", "409", "415", "422", "201"} <= set(operation["responses"])
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


@pytest.fixture
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("example_client", EXAMPLE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.django_db(transaction=True)
def test_the_example_reads_and_logs(
    example: ModuleType,
    live_server: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    if not GlossaryTerm.objects.exists():
        reference_data.load()
    scene = build()
    own, token = scene.holdings["own"], key_for(scene.people["coach"])[1]
    monkeypatch.setenv("COACHNET_URL", live_server.url)
    monkeypatch.setenv("COACHNET_KEY", token)
    main: Callable[[list[str]], None] = example.main
    main(["companies"])
    assert f"{own.company.pk}\t{own.company.name}\t" in capsys.readouterr().out
    main(["log", str(own.company.pk), "45", "Ringde om återtaget"])
    said = capsys.readouterr().out
    assert "still lacks contacts" in said
    session = Session.objects.get(note="Ringde om återtaget")
    assert (session.minutes, session.channel, str(session.pk) in said) == (45, "phone", True)
    monkeypatch.setenv("COACHNET_KEY", key_for(scene.people["coach"], Scope.READ)[1])
    with pytest.raises(SystemExit, match="Forbidden"):
        main(["log", str(own.company.pk), "45", "x"])
