"""Loads the reference tables from the files in `companies/data`: the same result however often it is run.

Codes are added and corrected, never removed: a code that left a file may have data.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from companies.reference import (
    AssessmentDimension,
    AssessmentLevel,
    CircularStrategy,
    GlossaryTerm,
    Indicator,
    Municipality,
    SniCode,
    SubRegion,
)

FOLDER = Path(__file__).parent / "data"
NOT_COUNTED = "E00"  # energy recovery is recorded but never credited

Row = dict[str, str]


class ReferenceDataError(Exception):
    """A file cannot be loaded; the text names file and line."""


@dataclass(frozen=True)
class Loaded:
    """What became of one table."""

    table: str
    rows: int
    new: int
    changed: int
    kept: tuple[str, ...]  # codes in the database that no file names any longer


@transaction.atomic
def load(folder: Path = FOLDER) -> list[Loaded]:
    """Load every file. All or nothing: raises ReferenceDataError and leaves the tables as they were."""
    municipalities = list(
        _read(folder / "municipalities.csv", "scb_code", "name", "delregion_code", "delregion_name")
    )
    assessment_columns = ("dimension_code", "sv", "en", "level", "descriptor_sv", "descriptor_en")
    assessment = list(_read(folder / "assessment.csv", *assessment_columns))
    return [
        _upsert(SubRegion, ["code"], municipalities, _sub_region, may_repeat=True),
        _upsert(Municipality, ["code"], municipalities, _municipality),
        _upsert(
            SniCode,
            ["version", "code"],
            _read(folder / "sni_divisions.csv", "code", "sv", "en", "version"),
            _sni,
        ),
        _upsert(CircularStrategy, ["code"], _strategies(folder), _strategy),
        _upsert(
            Indicator,
            ["code"],
            _read(
                folder / "indicators.csv",
                "code",
                "sv",
                "en",
                "unit",
                "definition_sv",
                "definition_en",
                "source",
            ),
            _indicator,
        ),
        _upsert(AssessmentDimension, ["code"], assessment, _dimension, may_repeat=True),
        _upsert(AssessmentLevel, ["dimension_id", "level"], assessment, _level),
        _upsert(GlossaryTerm, ["sv"], _read(folder / "glossary.csv", "sv", "en", "note"), _term),
    ]


def _read(path: Path, *columns: str) -> Iterator[tuple[str, Row]]:
    """Each row with the place it stands at, for error texts."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != columns:
                raise ReferenceDataError(f"{path.name}, line 1: the columns must be {','.join(columns)}")
            for row in reader:
                place = f"{path.name}, line {reader.line_num}"
                if None in row or None in row.values():
                    raise ReferenceDataError(f"{place}: {len(columns)} columns expected")
                yield place, {name: value.strip() for name, value in row.items()}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReferenceDataError(f"{path.name}: {error}") from error


def _strategies(folder: Path) -> Iterator[tuple[str, Row]]:
    """Each strategy together with its row of the mapping."""
    columns = ("code", "r_strategies_potting", "bocken_loop", "accenture_model", "rise_dimension")
    mapping = {row["code"]: row for _, row in _read(folder / "circular_strategy_map.csv", *columns)}
    definitions = folder / "circular_strategies.csv"
    for place, row in _read(definitions, "code", "sv", "en", "definition_sv", "definition_en"):
        if row["code"] not in mapping:
            raise ReferenceDataError(f"{place}: {row['code']} is missing in circular_strategy_map.csv")
        yield place, row | mapping.pop(row["code"])
    if mapping:
        raise ReferenceDataError(f"circular_strategy_map.csv: no strategy is called {', '.join(mapping)}")


def _sub_region(row: Row) -> dict[str, Any]:
    return {"code": row["delregion_code"], "name": row["delregion_name"]}


def _municipality(row: Row) -> dict[str, Any]:
    return {"code": row["scb_code"], "name": row["name"], "sub_region_id": row["delregion_code"]}


def _sni(row: Row) -> dict[str, Any]:
    return {"version": row["version"], "code": row["code"], "name_sv": row["sv"], "name_en": row["en"]}


def _strategy(row: Row) -> dict[str, Any]:
    schemes = ("r_strategies_potting", "bocken_loop", "accenture_model", "rise_dimension")
    return {
        "code": row["code"],
        "name_sv": row["sv"],
        "name_en": row["en"],
        "definition_sv": row["definition_sv"],
        "definition_en": row["definition_en"],
        "is_credited": row["code"] != NOT_COUNTED,
    } | {name: "" if row[name] == "-" else row[name] for name in schemes}


def _indicator(row: Row) -> dict[str, Any]:
    kept = {name: row[name] for name in ("code", "unit", "definition_sv", "definition_en", "source")}
    return kept | {"name_sv": row["sv"], "name_en": row["en"]}


def _dimension(row: Row) -> dict[str, Any]:
    return {"code": row["dimension_code"], "name_sv": row["sv"], "name_en": row["en"]}


def _level(row: Row) -> dict[str, Any]:
    return {
        "dimension_id": row["dimension_code"],
        "level": row["level"],
        "descriptor_sv": row["descriptor_sv"],
        "descriptor_en": row["descriptor_en"],
    }


def _term(row: Row) -> dict[str, Any]:
    return {"sv": row["sv"], "en": row["en"], "note": row["note"]}


def _upsert(
    model: type[models.Model],
    key: list[str],
    rows: Iterable[tuple[str, Row]],
    values: Callable[[Row], dict[str, Any]],
    *,
    may_repeat: bool = False,
) -> Loaded:
    """Insert what is new and update what differs, in one statement. `may_repeat`: several lines give one row."""
    wanted = _objects(model, key, rows, values, may_repeat=may_repeat)
    fields = [
        field.attname for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)
    ]
    stored = {tuple(row[name] for name in key): row for row in model._base_manager.values(*fields)}
    changed = [
        item
        for code, item in wanted.items()
        if stored.get(code) != {name: getattr(item, name) for name in fields}
    ]
    if changed:
        model._base_manager.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=[name.removesuffix("_id") for name in key],
            update_fields=[name.removesuffix("_id") for name in fields if name not in key],
        )
    new = sum(code not in stored for code in wanted)
    kept = tuple(" ".join(map(str, code)) for code in stored if code not in wanted)
    return Loaded(model._meta.model_name or "", len(wanted), new, len(changed) - new, kept)


def _objects(
    model: type[models.Model],
    key: list[str],
    rows: Iterable[tuple[str, Row]],
    values: Callable[[Row], dict[str, Any]],
    *,
    may_repeat: bool,
) -> dict[tuple[Any, ...], models.Model]:
    """The rows as checked objects by key. Raises ReferenceDataError with the place of the first fault."""
    found: dict[tuple[Any, ...], models.Model] = {}
    for place, row in rows:
        item = model(**values(row))
        try:
            item.clean_fields(exclude=[field.name for field in model._meta.fields if field.remote_field])
        except ValidationError as error:
            faults = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
            raise ReferenceDataError(f"{place}: {faults}") from error
        code = tuple(getattr(item, name) for name in key)
        if code not in found:
            found[code] = item
        elif not may_repeat:
            raise ReferenceDataError(f"{place}: {' '.join(map(str, code))} stands twice")
        elif values(row) != {name: getattr(found[code], name) for name in values(row)}:
            raise ReferenceDataError(f"{place}: {' '.join(map(str, code))} differs from an earlier line")
    return found
