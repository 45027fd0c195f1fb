"""Sealed text: encrypted in the database, dots everywhere else, readable after a change of keys."""

import logging

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import Q

from coachnet.lib.encrypted import Sealed, keyed_hashes
from companies.models import Company
from tests.factories.companies import CompanyFactory

SECRET = "198112189876"


def test_sealed_shows_dots_wherever_it_is_written(caplog):
    sealed = Sealed.of(SECRET)
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("%s %r", sealed, {"number": sealed})
    written = f"{sealed} {sealed!r} {caplog.text}"
    assert SECRET not in written
    assert SECRET not in sealed.token
    assert Sealed.DOTS in written
    assert sealed.reveal() == SECRET


def test_sealing_twice_gives_different_tokens():
    assert Sealed.of(SECRET).token != Sealed.of(SECRET).token


@pytest.mark.django_db
def test_the_column_holds_no_plain_text():
    company = CompanyFactory(sole_trader=SECRET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM companies_company c WHERE id = %s", [company.pk])
        stored = cursor.fetchone()[0]
    assert SECRET not in stored
    assert SECRET[2:] not in stored
    assert Company.objects.get(pk=company.pk).personal_number.reveal() == SECRET


@pytest.mark.django_db
def test_plain_text_cannot_be_stored_by_mistake():
    company = CompanyFactory()
    with pytest.raises(TypeError, match="Seal the text first"):
        Company.objects.filter(pk=company.pk).update(personal_number=SECRET)


@pytest.mark.django_db
def test_a_sealed_column_cannot_be_searched():
    with pytest.raises(FieldError):
        # Built apart, so that the type checker does not ask the field as well.
        Company.objects.filter(Q(("personal_number__contains", "1981"))).exists()


def test_keys_can_be_changed(settings):
    old, new = settings.FIELD_ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    before, hash_before = Sealed.of(SECRET), keyed_hashes(SECRET)[0]
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert before.reveal() == SECRET
    assert hash_before in keyed_hashes(SECRET)
    assert keyed_hashes(SECRET)[0] != hash_before
    settings.FIELD_ENCRYPTION_KEYS = [new]
    with pytest.raises(InvalidToken):
        before.reveal()


def test_the_hash_depends_on_the_key_and_the_text(settings):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    one = keyed_hashes(SECRET)
    assert one == keyed_hashes(SECRET)
    assert one != keyed_hashes(SECRET[:-1] + "5")
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert one != keyed_hashes(SECRET)
