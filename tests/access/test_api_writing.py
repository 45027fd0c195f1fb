"""Role × writing endpoint × object in the open interface, with bodies that lack nothing.

matrix.txt visits with empty bodies, which a 400 may stop before anybody is asked about. Here only the person, her key
and the object can be in the way. What is refused has written nothing at all.
"""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from coachnet.api.models import Scope
from tests.access.routes import every_route
from tests.access.scene import WHOSE, Holding, Scene, arguments
from tests.access.test_matrix import ROLES, Kept, UndoError
from tests.factories.api import client_for

pytestmark = pytest.mark.django_db
# Whose company it is, seen from the coach, as in matrix.txt.
#
# 201 written   400 may not be seen, so it is answered as what does not exist   401 no key
# 403 may not: the role does not write, or the coach is not on the engagement
TABLE = """
endpoint  role         own  colleague  other  confidential
sessions  outsider     401  401        401    401
sessions  coach        201  403        403    400
sessions  colleague    403  201        403    400
sessions  other_coach  403  403        201    201
sessions  organiser    403  403        403    403
sessions  official     403  403        403    403
sessions  admin        403  403        403    403
actions   outsider     401  401        401    401
actions   coach        201  403        400    400
actions   colleague    403  201        400    400
actions   other_coach  400  400        201    201
actions   organiser    403  403        403    403
actions   official     403  403        403    403
actions   admin        403  403        403    403
"""
WRITES = {"sessions": Scope.WRITE_SESSIONS, "actions": Scope.WRITE_ACTIONS}
ROWS = [line.split() for line in TABLE.splitlines()[2:]]


def whole(endpoint: str, held: Holding) -> dict[str, Any]:
    """A body that the one who may write would get a 201 for."""
    if endpoint == "actions":
        return {"engagement": held.engagement.pk, "what": "Ringa", "owner_coach": held.coach.pk}
    return {
        "company": held.company.pk,
        "date": timezone.localdate().isoformat(),
        "minutes": 45,
        "channel": "phone",
        "note": "Ringde",
        "contacts": [held.contact.pk],
        "strategies": ["C01"],
    }


def status_of(client: Client, endpoint: str, held: Holding, kept: Kept) -> int:
    """What came of it; undone afterwards. Whatever is refused must have changed nothing, and 201 something."""
    cache.clear()
    address, headers = f"/api/v1/{endpoint}/", {"Idempotency-Key": "x"}
    came: list[int] = []
    try:
        with transaction.atomic():
            body = whole(endpoint, held)
            response = client.post(address, body, content_type="application/json", headers=headers)
            came.append(response.status_code)
            changed = kept.changed() if kept.was_written_to() else set()
            table = f"coaching_{endpoint.removesuffix('s')}"
            assert (table in changed) == (came[0] == 201)
            assert not changed or came[0] == 201, f"{came[0]} changed {changed}"
            if came[0] != 201:
                assert response["Content-Type"] == "application/problem+json"
                assert not [one for one in held.secrets if one in response.content.decode()]
            raise UndoError
    except UndoError:
        return came[0]


@pytest.mark.parametrize(("endpoint", "role", "expected"), [(row[0], row[1], row[2:]) for row in ROWS])
def test_who_may_write_about_what(
    endpoint: str, role: str, expected: list[str], scene: Scene, clients: dict[str, Client]
):
    kept = Kept()
    came = [str(status_of(clients[role], endpoint, scene.holdings[whose], kept)) for whose in WHOSE]
    assert came == expected


def test_the_table_leaves_nobody_and_nothing_out():
    assert [tuple(row[:2]) for row in ROWS] == [(endpoint, role) for endpoint in WRITES for role in ROLES]


@pytest.mark.parametrize("endpoint", WRITES)
@pytest.mark.parametrize("role", [role for role in ROLES if role != "outsider"])
def test_a_key_writes_only_what_it_was_made_for(endpoint: str, role: str, scene: Scene):
    """A key that only reads, and one made for writing something else, as the one whose company it is."""
    others = [scope for scope in Scope if scope != WRITES[endpoint]]
    for scopes in ([Scope.READ], others):
        client, kept = client_for(scene.people[role], *scopes), Kept()
        assert [status_of(client, endpoint, scene.holdings[whose], kept) for whose in WHOSE] == [403] * 4


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_replaced_changed_or_removed(role: str, scene: Scene, clients: dict[str, Client]):
    """PUT, PATCH and DELETE exist nowhere, for whoever may read what stands there; others are refused as for GET."""
    kept, held = Kept(), scene.holdings["own"]
    for route in every_route():
        if route.namespace != "api" or route.name in ("page", "schema", "unknown"):
            continue
        address = "/" + route.pattern
        for name, value in (arguments(route.full_name, scene, held) if route.arguments else {}).items():
            address = address.replace(f"<int:{name}>", str(value)).replace(f"<uuid:{name}>", str(value))
        reads = clients[role].get(address).status_code
        for method in ("PUT", "PATCH", "DELETE"):
            cache.clear()
            response = clients[role].generic(method, address, "{}", content_type="application/json")
            assert response["Content-Type"] == "application/problem+json"
            # A method that is not there is so whether or not the thing may be seen.
            assert response.status_code == (reads if reads in (401, 403) else 405), f"{method} {address}"
            if response.status_code == 405:
                assert not {"PUT", "PATCH", "DELETE"} & set(response["Allow"].split(", "))
    assert kept.changed() == set()
