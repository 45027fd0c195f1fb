"""Write docs/glossary.md from the glossary that the product itself loads: `python -m tools.glossary`."""

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "companies" / "data" / "glossary.csv"
TARGET = ROOT / "docs" / "glossary.md"
HEAD = """\
# Glossary

Which English word stands for which Swedish one, on screen and in code. The source is
`companies/data/glossary.csv`; this page is written from it by `python -m tools.glossary`.
`tests/conventions/test_translations.py` holds the translations to the words that matter most.

| Swedish | English | Note (in Swedish) |
|---|---|---|
"""


def page() -> str:
    """The whole page, in Swedish alphabetical order."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: _swedish(row["sv"]))
    return HEAD + "".join(f"| {row['sv']} | {row['en']} | {row['note']} |\n" for row in rows)


def _swedish(text: str) -> str:
    return text.lower().translate(str.maketrans("åäö", "{|}"))  # the three signs after z


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
