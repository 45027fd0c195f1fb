"""A company with sekretessmarkering is nowhere for those who may not see it: list, search, typeahead, palette, counts,
exports, forms, history, drafts, mails and logs. The coach who works with it sees it on the same surfaces.
"""

import re
from copy import copy
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from companies.models import Company
from tests.access.scene import Scene
from tests.access.test_matrix import UndoError, content_of

pytestmark = pytest.mark.django_db
NOT_ALLOWED = ("coach", "colleague", "organiser", "official")
SURFACES = (
    "home",
    "companies:company-list",
    "companies:company-options",
    "companies:palette",
    "companies:company-export",
    "companies:company-create",
    "coaching:today",
    "coaching:session-list",
    "coaching:session-export",
    "coaching:session-create",
    "coaching:session-bin",
    "coaching:action-list",
    "coaching:engagement-create",
    "accounts:person-list",
    "accounts:me",
    "dashboards:overview",
    "dashboards:overview-csv",
    "dashboards:overview-json",
    "dashboards:overview-companies",
    "api:company-list",
    "api:engagement-list",
    "api:session-list",
    "api:action-list",
    "api:registration-list",
)
# They read none of the questions, which is tried in full for one role and in short for the others.
HEEDLESS = {
    "home",
    "companies:company-create",
    "coaching:today",
    "coaching:session-bin",
    "accounts:me",
    "dashboards:overview",
    "dashboards:overview-csv",
    "dashboards:overview-json",
    "api:registration-list",
}
# Parts of what is searched for: a whole name would stand on the page as the reader's own words.
SEARCHES = (
    "Möbelverkst",
    "näckros",
    "Kontaktperson conf",
    "confidential@",
    "Anteckning conf",
    "Åtgärd conf",
    "Hemligt",
)


def questions(scene: Scene) -> list[dict[str, Any]]:
    """Ways of asking for the company: words of it, half its number, its key, its coach."""
    held = scene.holdings["confidential"]
    return [
        {},
        *({"q": words} for words in SEARCHES),
        {"q": held.company.organisation_number[:8]},
        {"company": held.company.pk},
        {"coach": held.coach.pk},
        {"scope": "all"},
        {"state": "planned"},
        {"show": "done"},
    ]


def answers(client: Client, scene: Scene, *, in_short: bool = True) -> dict[str, str]:
    """What every surface says to every question, or to those that it reads."""
    found = {}
    for name in SURFACES:
        for asked in questions(scene)[: 2 if in_short and name in HEEDLESS else None]:
            response = client.get(reverse(name), asked, follow=True)
            found[f"{name} {asked}"] = content_of(response)
    return found


@pytest.mark.parametrize("role", NOT_ALLOWED)
def test_nothing_of_it_is_shown(
    role: str, scene: Scene, clients: dict[str, Client], caplog: pytest.LogCaptureFixture
):
    secrets = scene.holdings["confidential"].secrets
    leaks = {
        surface: [secret for secret in secrets if secret in shown]
        for surface, shown in answers(clients[role], scene, in_short=role != "coach").items()
    }
    assert {surface: found for surface, found in leaks.items() if found} == {}
    clients[role].get(reverse("companies:company-detail", args=[scene.holdings["confidential"].company.pk]))
    nothing_was_told(scene, caplog)


def nothing_was_told(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """No mail and no log line has a secret of any company, whoever asked for it."""
    assert caplog.records
    told = caplog.text + "".join(str(message.message()) for message in mail.outbox)
    secrets = [secret for held in scene.holdings.values() for secret in held.secrets]
    assert [secret for secret in secrets if secret in told] == []


def test_its_own_coach_sees_it_on_the_same_surfaces(
    scene: Scene, clients: dict[str, Client], caplog: pytest.LogCaptureFixture
):
    """The control: the questions are such that the company would be found."""
    name = scene.holdings["confidential"].company.name
    seen = {
        surface.split()[0]
        for surface, shown in answers(clients["other_coach"], scene).items()
        if name in shown
    }
    assert {
        "companies:company-list",
        "companies:company-options",
        "companies:palette",
        "companies:company-export",
        "coaching:today",
        "coaching:session-list",
        "coaching:session-export",
        "coaching:action-list",
        "api:company-list",
        "api:engagement-list",
        "api:session-list",
        "api:action-list",
    } <= seen
    nothing_was_told(scene, caplog)


@pytest.mark.parametrize("role", NOT_ALLOWED)
@pytest.mark.parametrize(
    "name", ["companies:company-list", "coaching:session-list", "companies:palette", "coaching:today"]
)
def test_every_count_is_the_same_as_if_it_were_not_there(
    role: str, name: str, scene: Scene, clients: dict[str, Client]
):
    """What the page says with the company there, and with it and all that belongs to it gone."""
    asked = {"q": "Näckros"}
    with_it = clients[role].get(reverse(name), asked)
    seen: list[str] = []
    try:
        with transaction.atomic():
            held = scene.holdings["confidential"]
            mine = (held.session, held.planned, held.removed, held.action, held.draft, held.engagement)
            for one in (*mine, held.contact):
                copy(one).delete()  # what is deleted forgets its key, and the others still need it
            Company.objects.filter(pk=held.company.pk).delete()
            seen.append(plain(clients[role].get(reverse(name), asked).content))
            raise UndoError
    except UndoError:
        pass
    assert plain(with_it.content) == seen[0]


def plain(content: bytes) -> str:
    """A page without what differs from request to request: keys, nonces and ids."""
    text = content.decode()
    text = re.sub(r"[A-Za-z0-9]{32,}", "", text)
    text = re.sub(r"nonce[-=][\"']?[\w+/=-]+", "", text)
    return re.sub(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "", text)


@pytest.mark.parametrize("role", ["coach", "colleague"])
def test_a_duplicate_of_it_is_not_described(role: str, scene: Scene, clients: dict[str, Client]):
    """Adding the same company again says that the number is taken, and nothing of what is behind it."""
    held = scene.holdings["confidential"]
    secrets = [
        secret
        for secret in held.secrets
        if secret not in (held.company.name, held.company.organisation_number)
    ]
    typed = {
        "name": "Näckrosens confid",
        "organisation_number": held.company.organisation_number,
        "legal_form": "limited",
    }
    for name in ("companies:company-duplicates", "companies:company-create"):
        shown = content_of(clients[role].post(reverse(name), typed))
        assert [secret for secret in [*secrets, held.company.name, held.coach.name] if secret in shown] == []
    assert Company.objects.filter(organisation_number=held.company.organisation_number).count() == 1
