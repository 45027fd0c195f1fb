"""The outlines of the municipalities and sub-regions as SVG paths, made once from SCB's geometry."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "municipality_outlines.json"


@dataclass(frozen=True)
class Outlines:
    """Paths that share one view box. `source` must be shown with the map."""

    view_box: str
    source: str
    municipalities: dict[str, str]  # by four-digit SCB code
    sub_regions: dict[str, str]  # by our three-letter code


@cache
def outlines() -> Outlines:
    """The outlines, read once per process."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return Outlines(
        view_box=data["viewBox"],
        source=data["source"],
        municipalities={code: place["path"] for code, place in data["municipalities"].items()},
        sub_regions={code: place["path"] for code, place in data["subregions"].items()},
    )
