"""The reference data: all of it, the same however often it is loaded, and faults named by file and line."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from companies import outlines, reference_data
from companies.models import (
    AssessmentDimension,
    AssessmentLevel,
    CircularStrategy,
    GlossaryTerm,
    Indicator,
    Municipality,
    SniCode,
    SubRegion,
)
from companies.reference_data import ReferenceDataError
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db

TABLES = [
    (SubRegion, 4),
    (Municipality, 49),
    (SniCode, 128),
    (CircularStrategy, 14),
    (Indicator, 44),
    (AssessmentDimension, 10),
    (AssessmentLevel, 60),
    (GlossaryTerm, 126),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the files that a test may spoil."""
    return Path(shutil.copytree(reference_data.FOLDER, tmp_path / "data"))


@pytest.fixture
def unfilled(db: None) -> None:
    """A database in which no file has been loaded yet."""
    for model, _ in reversed(TABLES):
        model._base_manager.all().delete()


def test_load_reference_fills_every_table(unfilled):
    reference_data.load()
    assert [(model, model._base_manager.count()) for model, _ in TABLES] == TABLES


def test_load_reference_twice_changes_nothing(reference, capsys):
    call_command("load_reference")
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(TABLES)
    assert all("0 new, 0 changed" in line for line in told), told


def test_load_reference_mends_a_changed_row_and_keeps_its_data(reference):
    company = CompanyFactory(municipality_id="1490")
    Municipality.objects.filter(code="1490").update(name="Boras")
    done = {loaded.table: loaded for loaded in reference_data.load()}
    assert (done["municipality"].new, done["municipality"].changed) == (0, 1)
    company.municipality.refresh_from_db()
    assert company.municipality.name == "Borås"


def test_load_reference_never_removes_a_code(reference, folder, capsys):
    CompanyFactory(main_strategy_id="C13")
    for name in ("circular_strategies.csv", "circular_strategy_map.csv"):
        lines = (folder / name).read_text().splitlines(keepends=True)
        (folder / name).write_text("".join(line for line in lines if not line.startswith("C13")))
    done = {loaded.table: loaded for loaded in reference_data.load(folder)}
    assert done["circularstrategy"].kept == ("C13",)
    assert CircularStrategy.objects.filter(code="C13").exists()


def test_load_reference_never_reports_more_than_it_did(unfilled, folder):
    assert all(done.new == done.rows for done in reference_data.load(folder))


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("municipalities.csv", "1402,Partille", "14021,Partille", "municipalities.csv, line 3: code"),
        (
            "municipalities.csv",
            "1402,Partille",
            "1401,Partille",
            "municipalities.csv, line 3: 1401 stands twice",
        ),
        ("municipalities.csv", "1402,Partille,GBG", "1402,Partille", "municipalities.csv, line 3: 4 columns"),
        ("assessment.csv", "and goals,1,", "and goals,9x,", "assessment.csv, line 3: level"),
        ("sni_divisions.csv", "code,sv", "kod,sv", "sni_divisions.csv, line 1: the columns"),
        ("circular_strategy_map.csv", "C02,R2", "C22,R2", "C02 is missing in circular_strategy_map.csv"),
    ],
)
def test_load_reference_names_file_and_line_and_loads_nothing(unfilled, folder, name, old, new, told):
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    with pytest.raises(ReferenceDataError, match=told):
        reference_data.load(folder)
    assert not Municipality.objects.exists()
    assert not SniCode.objects.exists()


def test_load_reference_command_says_that_nothing_was_loaded(unfilled, monkeypatch, folder):
    (folder / "glossary.csv").unlink()
    load = reference_data.load
    monkeypatch.setattr(reference_data, "load", lambda: load(folder))
    with pytest.raises(CommandError, match=r"Nothing was loaded. glossary.csv"):
        call_command("load_reference")


def test_sni_codes_carry_their_version(reference):
    """The letters shift between the versions: L is real estate in one and finance in the other."""
    names = {code.version: code.name_sv for code in SniCode.objects.filter(code="L")}
    assert names["SNI2007"] != names["SNI2025"]


def test_energy_recovery_is_never_credited(reference):
    assert [s.code for s in CircularStrategy.objects.filter(is_credited=False)] == ["E00"]
    assert CircularStrategy.objects.get(code="C01").accenture_model == ""


def test_names_follow_the_reader(reference):
    strategy = CircularStrategy.objects.get(code="C05")
    assert str(strategy) == "Produkt som tjänst"
    with override("en"):
        assert str(strategy) == "Product as a service"
        assert strategy.definition == strategy.definition_en


def test_every_assessment_dimension_has_six_levels(reference):
    assert {d.levels.count() for d in AssessmentDimension.objects.all()} == {6}


def test_municipalities_come_in_swedish_order(reference):
    names = [m.name for m in Municipality.objects.all()]
    assert names[:2] == ["Ale", "Alingsås"]
    assert names[-2:] == ["Åmål", "Öckerö"]


def test_every_municipality_has_an_outline(reference):
    drawn = outlines.outlines()
    assert set(drawn.municipalities) == set(Municipality.objects.values_list("code", flat=True))
    assert set(drawn.sub_regions) == set(SubRegion.objects.values_list("code", flat=True))
    assert all(path.startswith("M") for path in drawn.municipalities.values())
    assert "SCB" in drawn.source


def test_outlines_and_municipalities_agree_on_names_and_sub_regions(reference):
    drawn = json.loads(outlines.FILE.read_text())["municipalities"]
    stored = Municipality.objects.values_list("code", "name", "sub_region_id")
    assert {code: (place["name"], place["subregion"]) for code, place in drawn.items()} == {
        code: (name, sub_region) for code, name, sub_region in stored
    }


def test_files_are_utf8_with_the_expected_number_of_lines():
    with (reference_data.FOLDER / "glossary.csv").open(encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == 127
