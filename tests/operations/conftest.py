"""A small network's copy, and where it comes back to."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from coachnet.accounts.models import User
from coachnet.lib.encrypted import Sealed, keyed_hashes
from coachnet.operations import copies, programs, returning
from coachnet.operations.copies import Copy
from companies import actions
from companies.models import Company
from tests.factories.companies import CompanyFactory, ContactFactory


def command(name: str, *args: Any, **options: Any) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def side() -> Iterator[str]:
    """A name for a database at the side, which is gone after the test."""
    name = returning.side_name("restored")
    yield name
    returning.drop(name)


@pytest.fixture
def copy(tmp_path: Path, coach: User, reference: None) -> Copy:
    """A copy of a small network, a sealed number included."""
    CompanyFactory.create_batch(3)
    CompanyFactory(
        legal_form=Company.LegalForm.SOLE_TRADER,
        organisation_number="",
        personal_number=Sealed.of("8112189876"),
        personal_number_hash=keyed_hashes("8112189876")[0],
    )
    command("backup", tmp_path)
    return copies.read(copies.finished(tmp_path)[-1])


def query(database: str, statement: str) -> Any:
    with programs.connect(database) as target:
        (value,) = target.execute(statement).fetchone() or (None,)
    return value


def rewrite_manifest(copy: Copy, **changed: Any) -> None:
    (copy.folder / copies.MANIFEST).write_text(json.dumps(copy.facts | changed))


@pytest.fixture
def erased_since(tmp_path: Path, admin: User, reference: None) -> Copy:
    """A copy that still holds somebody who was erased after it was made."""
    contact = ContactFactory(name="Berit Lind", email="berit@foretag.example")
    command("backup", tmp_path)
    copy = copies.read(copies.finished(tmp_path)[-1])
    actions.forget_contact(by=admin, contact=contact, decision="Dnr 2026-17")
    return copy
