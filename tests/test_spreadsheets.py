"""What strangers wrote runs in nobody's spreadsheet, and a program still reads every cell back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.spreadsheets import CsvRows


def written(*rows: tuple[object, ...]) -> str:
    text = io.StringIO()
    CsvRows(text).write_all(rows)
    return text.getvalue()


@pytest.mark.unit
@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://evil.example")',
        "=1+1",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "-1e5",  # no amount and no id is written so
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "-",
    ],
)
def test_what_begins_like_a_formula_is_text(cell: str) -> None:
    assert list(csv.reader(io.StringIO(written((cell, "beside")), newline=""))) == [[f"'{cell}", "beside"]]


@pytest.mark.unit
@pytest.mark.parametrize("cell", [-5, 7, -0.25, None, "-5", "+49", "-1001234567890", "-0.000000001", "a = b", "", "{}"])
def test_numbers_and_plain_words_are_as_they_are(cell: object) -> None:
    assert written((cell, 1)) == f"{'' if cell is None else cell},1\n"


@pytest.mark.unit
def test_a_carriage_return_in_a_cell_begins_no_row() -> None:
    assert written(("hello\r=1+1", 1), ("next", 2)) == '"hello\r=1+1",1\nnext,2\n'


@pytest.mark.property
@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_every_cell_is_read_back(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(written(*map(tuple, rows)), newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert not any(cell[:1] in "=@\t\r\n" for row in read for cell in row if cell)
