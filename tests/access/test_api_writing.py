"""Role × writing endpoint × object in the open interface, with bodies that lack nothing.

matrix.txt visits with empty bodies, which a 400 may stop before anybody is asked about. Here only the person, her key
and the object can be in the way. What is refused has written nothing at all.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
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
from tests.factories.coaching import ProgrammeFactory

pytestmark = pytest.mark.django_db
# Whose company it is, seen from the coach, as in matrix.txt.
#
# 201 made   200 changed   400 may not be seen, so what is sent names what does not exist   401 no key
# 403 may not: the role does not write, or the thing is coached by others   404 may not be seen, so it is not there
TABLE = """
deed            role         own  colleague  other  confidential
add-company     outsider     401  401        401    401
add-company     coach        201  201        201    201
add-company     colleague    201  201        201    201
add-company     other_coach  201  201        201    201
add-company     organiser    403  403        403    403
add-company     official     403  403        403    403
add-company     admin        201  201        201    201
change-company  outsider     401  401        401    401
change-company  coach        200  200        403    404
change-company  colleague    200  200        403    404
change-company  other_coach  403  403        200    200
change-company  organiser    403  403        403    403
change-company  official     403  403        403    403
change-company  admin        200  200        200    200
start           outsider     401  401        401    401
start           coach        201  403        403    400
start           colleague    403  201        403    400
start           other_coach  403  403        201    201
start           organiser    403  403        403    403
start           official     403  403        403    403
start           admin        403  403        403    403
move            outsider     401  401        401    401
move            coach        200  403        404    404
move            colleague    403  200        404    404
move            other_coach  404  404        200    200
move            organiser    404  404        404    404
move            official     403  403        403    403
move            admin        200  200        200    200
log-session     outsider     401  401        401    401
log-session     coach        201  403        403    400
log-session     colleague    403  201        403    400
log-session     other_coach  403  403        201    201
log-session     organiser    403  403        403    403
log-session     official     403  403        403    403
log-session     admin        403  403        403    403
change-session  outsider     401  401        401    401
change-session  coach        200  403        404    404
change-session  colleague    403  200        404    404
change-session  other_coach  404  404        200    200
change-session  organiser    403  403        403    403
change-session  official     403  403        403    403
change-session  admin        403  403        403    403
call-off        outsider     401  401        401    401
call-off        coach        200  403        404    404
call-off        colleague    403  200        404    404
call-off        other_coach  404  404        200    200
call-off        organiser    403  403        403    403
call-off        official     403  403        403    403
call-off        admin        403  403        403    403
add-action      outsider     401  401        401    401
add-action      coach        201  403        400    400
add-action      colleague    403  201        400    400
add-action      other_coach  400  400        201    201
add-action      organiser    403  403        403    403
add-action      official     403  403        403    403
add-action      admin        403  403        403    403
change-action   outsider     401  401        401    401
change-action   coach        200  403        404    404
change-action   colleague    403  200        404    404
change-action   other_coach  404  404        200    200
change-action   organiser    403  403        403    403
change-action   official     403  403        403    403
change-action   admin        403  403        403    403
answer          outsider     401  401        401    401
answer          coach        201  201        201    201
answer          colleague    400  400        400    400
answer          other_coach  400  400        400    400
answer          organiser    400  400        400    400
answer          official     403  403        403    403
answer          admin        400  400        400    400
check-in        outsider     401  401        401    401
check-in        coach        403  403        403    403
check-in        colleague    403  403        403    403
check-in        other_coach  403  403        403    403
check-in        organiser    200  200        200    200
check-in        official     403  403        403    403
check-in        admin        200  200        200    200
"""
ANOTHER = "Programmet bredvid"
ROWS = [line.split() for line in TABLE.splitlines()[2:]]


@dataclass(frozen=True)
class Deed:
    """What is asked for: with a body that the one who may would get through."""

    scope: Scope
    method: str
    address: Callable[[Scene, Holding], str]
    body: Callable[[Scene, Holding], dict[str, Any]]
    # What is written, at least.
    table: str


def logged(scene: Scene, held: Holding) -> dict[str, Any]:
    return {
        "company": held.company.pk,
        "date": timezone.localdate().isoformat(),
        "minutes": 45,
        "channel": "phone",
        "note": "Ringde",
        "contacts": [held.contact.pk],
        "strategies": ["C01"],
    }


DEEDS = {
    # Of nobody's: that what is like it is not shown is asked in tests/api/test_writing_companies.py.
    "add-company": Deed(
        Scope.WRITE_COMPANIES,
        "POST",
        lambda scene, held: "companies/",
        lambda scene, held: {"name": "Garnboden i Skene AB", "legal_form": "limited"},
        "companies_company",
    ),
    "change-company": Deed(
        Scope.WRITE_COMPANIES,
        "PATCH",
        lambda scene, held: f"companies/{held.company.pk}/",
        lambda scene, held: {"version": 1, "description": "Ny beskrivning"},
        "companies_company",
    ),
    # Beside what runs already, in a programme of its own.
    "start": Deed(
        Scope.WRITE_ENGAGEMENTS,
        "POST",
        lambda scene, held: "engagements/",
        lambda scene, held: {"company": held.company.pk, "programme": ANOTHER},
        "coaching_engagement",
    ),
    "move": Deed(
        Scope.WRITE_ENGAGEMENTS,
        "PATCH",
        lambda scene, held: f"engagements/{held.engagement.pk}/",
        lambda scene, held: {
            "stage": "ongoing",
            "goals": "Nya mål",
            "ended_on": timezone.localdate().isoformat(),
        },
        "coaching_stagechange",
    ),
    "log-session": Deed(
        Scope.WRITE_SESSIONS, "POST", lambda scene, held: "sessions/", logged, "coaching_session"
    ),
    "change-session": Deed(
        Scope.WRITE_SESSIONS,
        "PATCH",
        lambda scene, held: f"sessions/{held.session.pk}/",
        lambda scene, held: {"version": held.session.version, "minutes": 50},
        "coaching_session",
    ),
    "call-off": Deed(
        Scope.WRITE_SESSIONS,
        "PATCH",
        lambda scene, held: f"sessions/{held.planned.pk}/",
        lambda scene, held: {"state": "cancelled"},
        "coaching_session",
    ),
    "add-action": Deed(
        Scope.WRITE_ACTIONS,
        "POST",
        lambda scene, held: "actions/",
        lambda scene, held: {"engagement": held.engagement.pk, "what": "Ringa", "owner_coach": held.coach.pk},
        "coaching_action",
    ),
    "change-action": Deed(
        Scope.WRITE_ACTIONS,
        "PATCH",
        lambda scene, held: f"actions/{held.action.pk}/",
        lambda scene, held: {"what": "Ringa igen", "status": "done"},
        "coaching_action",
    ),
    # Of a meeting, which is nobody's company: the coach alone is invited to it, besides a guest.
    "answer": Deed(
        Scope.WRITE_REGISTRATIONS,
        "POST",
        lambda scene, held: "registrations/",
        lambda scene, held: {"event": scene.guest.event_id, "coming": True},
        "events_registration",
    ),
    "check-in": Deed(
        Scope.WRITE_REGISTRATIONS,
        "PATCH",
        lambda scene, held: f"registrations/{scene.guest.registrations.get().pk}/",
        lambda scene, held: {"attended": True},
        "events_registration",
    ),
}


@pytest.fixture(scope="module", autouse=True)
def another_programme(scene: Scene, django_db_blocker: Any) -> None:
    """Beside the scene's: nobody has begun in it."""
    with django_db_blocker.unblock():
        ProgrammeFactory(name=ANOTHER)


def status_of(client: Client, deed: Deed, scene: Scene, held: Holding, kept: Kept) -> int:
    """What came of it; undone afterwards. Whatever is refused must have changed nothing, and the rest something."""
    cache.clear()
    address, headers = f"/api/v1/{deed.address(scene, held)}", {"Idempotency-Key": "x"}
    came: list[int] = []
    try:
        with transaction.atomic():
            body = json.dumps(deed.body(scene, held))
            response = client.generic(
                deed.method, address, body, content_type="application/json", headers=headers
            )
            came.append(response.status_code)
            changed = kept.changed() if kept.was_written_to() else set()
            is_done = came[0] in (200, 201)
            assert (deed.table in changed) == is_done
            assert not changed or is_done, f"{came[0]} changed {changed}"
            # What was made, and never what is written in it or belongs to it.
            secrets = (*held.secrets, *scene.guests)
            assert not [one for one in secrets if one in response.content.decode()]
            if not is_done:
                assert response["Content-Type"] == "application/problem+json"
            raise UndoError
    except UndoError:
        return came[0]


@pytest.mark.parametrize(("deed", "role", "expected"), [(row[0], row[1], row[2:]) for row in ROWS])
def test_who_may_write_about_what(
    deed: str, role: str, expected: list[str], scene: Scene, clients: dict[str, Client]
):
    kept = Kept()
    came = [str(status_of(clients[role], DEEDS[deed], scene, scene.holdings[whose], kept)) for whose in WHOSE]
    assert came == expected


def test_the_table_leaves_nobody_and_nothing_out():
    assert [tuple(row[:2]) for row in ROWS] == [(deed, role) for deed in DEEDS for role in ROLES]


def writers() -> set[tuple[str, str]]:
    """Every address of the interface and method that writes there."""
    return {
        (method, route.pattern.removeprefix("api/v1/"))
        for route in every_route()
        if route.namespace == "api" and hasattr(route.view, "cls")
        for method in ("POST", "PUT", "PATCH", "DELETE")
        if hasattr(route.view.cls, method.lower())
    }


def test_every_way_of_writing_stands_in_the_table(scene: Scene):
    held = scene.holdings["own"]
    told = {(deed.method, deed.address(scene, held)) for deed in DEEDS.values()}
    patterns = {
        (method, re.sub(r"/[\w-]{36}/", "/<uuid:pk>/", re.sub(r"/\d+/", "/<int:pk>/", address)))
        for method, address in told
    }
    assert writers() == patterns


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("role", [role for role in ROLES if role != "outsider"])
def test_a_key_writes_only_what_it_was_made_for(deed: str, role: str, scene: Scene):
    """A key that only reads, and one made for writing something else, as the one whose company it is."""
    others = [scope for scope in Scope if scope != DEEDS[deed].scope]
    for scopes in ([Scope.READ], others):
        client, kept = client_for(scene.people[role], *scopes), Kept()
        came = [status_of(client, DEEDS[deed], scene, scene.holdings[whose], kept) for whose in WHOSE]
        assert came == [403] * 4


@pytest.mark.parametrize("role", ROLES)
def test_nothing_else_is_replaced_changed_or_removed(role: str, scene: Scene, clients: dict[str, Client]):
    """PUT and DELETE exist nowhere, PATCH where the table has it, for whoever may read what stands there."""
    kept, held = Kept(), scene.holdings["own"]
    for route in every_route():
        if route.namespace != "api" or route.name in ("page", "schema", "unknown"):
            continue
        address = "/" + route.pattern
        for name, value in (arguments(route.full_name, scene, held) if route.arguments else {}).items():
            address = address.replace(f"<int:{name}>", str(value)).replace(f"<uuid:{name}>", str(value))
        reads = clients[role].get(address).status_code
        there = {method for method, pattern in writers() if route.pattern.endswith(f"v1/{pattern}")}
        for method in {"PUT", "PATCH", "DELETE"} - there:
            cache.clear()
            response = clients[role].generic(method, address, "{}", content_type="application/json")
            assert response["Content-Type"] == "application/problem+json"
            # A method that is not there is so whether or not the thing may be seen.
            assert response.status_code == (reads if reads in (401, 403) else 405), f"{method} {address}"
            if response.status_code == 405:
                assert set(response["Allow"].split(", ")) == {"GET", "HEAD"} | there
    assert kept.changed() == set()
