"""Historik in sentences: who, when, what changed from what to what."""

import re
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from django.utils.functional import Promise

from coachnet.accounts.models import Organisation, User
from coachnet.audit.context import acting
from coachnet.audit.history import Related, history_of
from coachnet.audit.models import AccessEvent
from coachnet.audit.protection import event_models, events_of, tracked_by
from coachnet.audit.timeline import Source, keys_of, tracked_model
from coachnet.audit.words import compare, shown_fields
from companies.models import CircularStrategy, Company, Contact, Municipality
from tests.factories.accounts import InvitationFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(coach: User) -> Company:
    with acting(user=coach.pk):
        return Company.objects.create(name="Väveriet AB", created_by=coach)


def change(obj: Any, by: User, **fields: Any) -> None:
    with acting(user=by.pk):
        for name, value in fields.items():
            setattr(obj, name, value)
        obj.save()


def test_history_tells_who_created_and_what_changed_from_what_to_what(
    company: Company, coach: User, colleague: User, reference: None
):
    boras = Municipality.objects.get(name="Borås")
    change(company, colleague, name="Väveriet i Borås AB", municipality=boras, size_class="small")
    changed, created = history_of(company).entries
    assert (created.by, created.text, created.changes) == ("Maja Ekdahl", "Skapade", [])
    assert changed.by == "Åke Lind"
    assert changed.text == "Ändrade företagsnamn, kommun och storleksklass"
    assert [(one.label, one.before, one.after) for one in changed.changes] == [
        ("företagsnamn", "Väveriet AB", "Väveriet i Borås AB"),
        ("kommun", "", "Borås"),
        ("storleksklass", "", "Litet (10–49)"),
    ]
    assert changed.at > created.at or changed.at == created.at


def test_history_includes_related_rows_also_those_that_are_gone(company: Company, coach: User):
    with acting(user=coach.pk):
        contact = Contact.objects.create(company=company, name="Ek Svensson")
    change(contact, coach, name="Ek Karlsson")
    with acting(user=coach.pk):
        contact.delete()
    texts = [entry.text for entry in history_of(company, Related(Contact, company=company)).entries]
    assert texts == [
        "Tog bort kontaktperson: Ek Karlsson",
        "Ändrade kontaktperson: Ek Karlsson",
        "Lade till kontaktperson: Ek Svensson",
        "Skapade",
    ]


def test_history_of_another_object_stays_out(company: Company, coach: User):
    other = Company.objects.create(name="Annat företag", created_by=coach)
    Contact.objects.create(company=other, name="Någon annan")
    assert len(history_of(company, Related(Contact, company=company)).entries) == 1


def test_history_groups_what_one_request_did_and_takes_one_object_once(company: Company, coach: User):
    with acting(user=coach.pk):
        company.name = "Första"
        company.save()
        company.name = "Andra"
        company.save()
        Contact.objects.create(company=company, name="Ek")
    entry = history_of(company, Related(Contact, company=company)).entries[0]
    assert entry.text == "Ändrade företagsnamn. Lade till kontaktperson: Ek"
    assert [(one.before, one.after) for one in entry.changes] == [("Väveriet AB", "Andra")]


def test_history_tells_of_rows_between_two_models(company: Company, coach: User, reference: None):
    strategy = CircularStrategy.objects.order_by("pk").first()
    assert strategy
    with acting(user=coach.pk):
        company.strategies.add(strategy)
    with acting(user=coach.pk):
        company.strategies.clear()
    removed, added, _ = history_of(company).entries
    assert added.text == "Ändrade fler strategier"
    assert [(one.before, one.after) for one in added.changes] == [("", str(strategy))]
    assert [(one.before, one.after) for one in removed.changes] == [(str(strategy), "")]


def test_history_takes_several_rows_between_two_models_as_one_change(
    company: Company, coach: User, reference: None
):
    strategies = list(CircularStrategy.objects.order_by("pk")[:3])
    with acting(user=coach.pk):
        company.strategies.set(strategies)
    entry = history_of(company).entries[0]
    assert entry.text == "Ändrade fler strategier"
    (shown,) = entry.changes
    assert set(shown.after.split(", ")) == {str(strategy) for strategy in strategies}


def test_history_of_a_row_older_than_the_audit_says_only_that_it_changed(company: Company, coach: User):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE companies_companyevent DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM companies_companyevent")
        cursor.execute("ALTER TABLE companies_companyevent ENABLE TRIGGER USER")
    change(company, coach, name="Nytt namn")
    (entry,) = history_of(company).entries
    assert (entry.text, entry.changes) == ("Ändrade", [])


def test_every_field_and_model_that_history_names_has_a_name_for_people():
    nameless = [
        f"{model._meta.label}.{column.name}"
        for events in event_models()
        for model in [tracked_model(tracked_by(events)._meta.label_lower)]
        for column in shown_fields(model)
        if not model._meta.auto_created and not isinstance(column.verbose_name, Promise)
    ]
    nameless += [
        model._meta.label
        for events in event_models()
        for model in [tracked_model(tracked_by(events)._meta.label_lower)]
        if not model._meta.auto_created and not isinstance(model._meta.verbose_name, Promise)
    ]
    assert nameless == []


def test_history_shows_a_long_text_by_what_changed_in_it(company: Company, coach: User):
    first = "Väver tyg av spill från industrin. " * 5
    change(company, coach, description=first)
    change(company, coach, description=first.replace("spill", "ull", 1))
    (shown,) = history_of(company).entries[0].changes
    assert (shown.label, shown.before, shown.after) == ("vad företaget gör", "", "ändrad")
    assert [one.text.strip() for one in shown.stretches if one.kind == "del"] == ["spill"]
    assert [one.text.strip() for one in shown.stretches if one.kind == "ins"] == ["ull"]
    assert "…" in shown.stretches[-1].text or len(shown.stretches[-1].text) < len(first)


def test_compare_gives_back_both_texts():
    old, new = "Ett två\ntre fyra\n", "Ett tre\nfyra fem\n"
    stretches = compare(old, new)
    assert "".join(one.text for one in stretches if one.kind != "ins") == old
    assert "".join(one.text for one in stretches if one.kind != "del") == new


def test_history_hides_counters_and_columns_that_nobody_edits(company: Company, coach: User):
    change(company, coach, version=2)
    assert [entry.text for entry in history_of(company).entries] == ["Skapade"]


def test_history_never_shows_what_is_sealed():
    columns = {field.name for field in events_of(Company)._meta.fields}
    assert not {"personal_number", "personal_number_hash"} & columns


def test_history_says_when_nobody_was_signed_in(coach: User):
    organisation = OrganisationFactory()
    with acting(task="coachnet.accounts.tasks.clear_expired"):
        Organisation.objects.update(website="https://a.example.se")
    with acting(command="load_reference", user=None):
        Organisation.objects.update(website="https://b.example.se")
    by = [entry.by for entry in history_of(organisation).entries]
    assert by == ["Kommandot load_reference", "Coachnet (automatiskt)", "Direkt i databasen"]


def test_history_of_an_invitation_uses_the_words_of_its_life(organiser: User):
    from django.utils import timezone

    invitation = InvitationFactory(invited_by=organiser)
    change(invitation, organiser, withdrawn_at=timezone.now())
    assert history_of(invitation).entries[0].text == "Drog tillbaka"


def test_history_names_roles(coach: User, admin: User):
    change(coach, admin, roles=["coach", "admin"])
    (shown,) = history_of(coach).entries[0].changes
    assert (shown.before, shown.after) == ("Affärscoach", "Affärscoach, Administratör")


def test_history_in_english(company: Company, coach: User):
    change(company, coach, is_confidential=False, name="Nytt")
    with translation.override("en"):
        assert history_of(company).entries[0].by == "Maja Ekdahl"


def test_history_pages_by_key_and_misses_nothing(company: Company, coach: User):
    for number in range(12):
        change(company, coach, name=f"Namn {number}")
    seen, after = [], ""
    while True:
        found = history_of(company, after=after, size=5)
        seen += [entry.changes[0].after if entry.changes else entry.text for entry in found.entries]
        after = found.next
        if not after:
            break
    assert seen == [f"Namn {number}" for number in reversed(range(12))] + ["Skapade"]


def test_history_ignores_a_forged_cursor(company: Company):
    assert len(history_of(company, after="forged").entries) == 1


def test_history_costs_the_same_for_one_and_for_eleven_changes(
    company: Company, coach: User, django_assert_num_queries: Any
):
    change(company, coach, responsible_coach=coach)
    Contact.objects.create(company=company, name="Ek")
    with django_assert_num_queries(QUERIES):
        history_of(company, Related(Contact, company=company))
    for number in range(11):
        change(company, coach, name=f"Namn {number}")
        Contact.objects.create(company=company, name=f"Ek {number}")
    with django_assert_num_queries(QUERIES):
        history_of(company, Related(Contact, company=company))


# Which rows, the rows with their contexts, and the people who are named.
QUERIES = 3


def test_the_next_rows_are_found_by_index_also_when_one_request_wrote_thousands(
    company: Company, coach: User
):
    """Of rows that were written in the same moment no more are read than are shown."""
    asked: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(listen):
        keys_of([Source(AccessEvent), *map(Source, event_models())], before=None, size=80)
    [(sql, params)] = asked
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert len(re.findall("Index (?:Only )?Scan using", plan)) == len(event_models()) + 1
    assert plan.count("Sort  (") == 1  # of what the tables found, together
