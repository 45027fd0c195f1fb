"""A workbook as a spreadsheet reads it: rows of numbers and texts by sheet. Refuses formulas."""

import io
import zipfile
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets_of(content: bytes) -> dict[str, list[list[int | str]]]:
    """The sheets in order. A cell of digits that is text stays text."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = [
            one.attrib["name"]
            for one in ElementTree.fromstring(file.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        ]
        return {
            name: _rows(file.read(f"xl/worksheets/sheet{number}.xml"))
            for number, name in enumerate(names, start=1)
        }


def _rows(xml: bytes) -> list[list[int | str]]:
    sheet = ElementTree.fromstring(xml)
    assert not list(sheet.iter(f"{MAIN}f")), "a cell is a formula"
    return [[_value(cell) for cell in row] for row in sheet.iter(f"{MAIN}row")]


def _value(cell: ElementTree.Element) -> int | str:
    if cell.attrib.get("t") == "inlineStr":
        return "".join(cell.itertext())
    return int(float(cell.findtext(f"{MAIN}v") or 0))
