"""CSV: opens right in a Swedish Excel, and runs nothing."""

import datetime as dt
from decimal import Decimal

import pytest

from coachnet.lib.csv_export import cell, lines, packed


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", " =", "\u00a0=", "＝"])
def test_text_that_would_run_is_disarmed(start):
    written = cell(f'{start}cmd|"/c calc"!A1')
    assert written.startswith("'")


@pytest.mark.parametrize("text", ["Väveriet AB", "556012-5790", "C05 Produkt", "", "1 284,5"])
def test_other_text_is_left_alone(text):
    assert cell(text) == text


def test_values_become_text_that_excel_reads():
    assert cell(None) == ""
    assert cell(dt.date(2026, 11, 23)) == "2026-11-23"
    assert cell(Decimal("1284.5")) == "1284,5"
    assert cell(-3) == "-3"


def test_lines_start_with_a_byte_order_mark_and_use_semicolons():
    text = "".join(lines(["Företag", "Ort"], [["Åkerbär; Ö", 'Citat "x"'], ["rad\nbrytning", None]]))
    assert text.encode().startswith(b"\xef\xbb\xbf")
    assert text == '\ufeffFöretag;Ort\r\n"Åkerbär; Ö";"Citat ""x"""\r\n"rad\nbrytning";\r\n'


def test_lines_are_packed_and_the_first_leaves_at_once():
    made: list[int] = []

    def ten():
        for number in range(10):
            made.append(number)
            yield f"{number};\r\n"

    pieces = packed(ten(), characters=12)
    assert (next(pieces), made) == ("0;\r\n", [0])
    assert list(pieces) == ["1;\r\n2;\r\n3;\r\n", "4;\r\n5;\r\n6;\r\n", "7;\r\n8;\r\n9;\r\n"]
    assert "".join(packed(iter(()))) == ""
