"""Rows of sheets and tables: which row names the columns, and where a table ends."""

from __future__ import annotations

import csv

import docx
import openpyxl
import pytest

from rag.readers.tables import is_headed
from rag.readers.xlsx_sheets import repeated
from tests.test_reader_formats import code, read


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "Town,Year,Pop\nKars,1992,5\nVan,1993,6\n\nSource: the office of figures\n",
            "Town: Kars | Year: 1992 | Pop: 5\nTown: Van | Year: 1993 | Pop: 6\n\n"
            "Source: the office of figures",
        ),
        (  # names of the second, or the first row of what is left of the first: not certain
            "Town,Year\nKars,1992\n\nPerson,Role\nAli,Mayor\n",
            "Town: Kars | Year: 1992\n\nPerson | Role\nAli | Mayor",
        ),
        (
            "Town,Year\nKars,1992\n\nVan,1993\nMus,1994\n",
            "Town: Kars | Year: 1992\n\nVan | 1993\nMus | 1994",
        ),
        (
            "Town,Year\nKars,1992\n\nPerson,Age\nAli,40\nCan,50\n",
            "Town: Kars | Year: 1992\n\nPerson: Ali | Age: 40\nPerson: Can | Age: 50",
        ),
        (
            "Town,Year\nKars,1992\n\nPerson,Role,Seat\nAli,Mayor,hall\n",
            "Town: Kars | Year: 1992\n\nPerson: Ali | Role: Mayor | Seat: hall",
        ),
        (
            "Town,Year\nKars,1992\n\nSource,the office\nDate,2020\nState,draft\n",
            "Town: Kars | Year: 1992\n\nSource: the office\nDate: 2020\nState: draft",
        ),
        ("Title\n\nTown,Year\nKars,1992\n", "Title\n\nTown: Kars | Year: 1992"),
        (",2020,2021\nIncome,2140,2610\n", "Income | 2020: 2140 | 2021: 2610"),
    ],
)
def test_an_empty_row_ends_a_table_of_a_sheet(tmp_path, source, text) -> None:
    assert read(tmp_path, "a.csv", source).text == text
    book = openpyxl.Workbook()
    for row in csv.reader(source.splitlines()):
        book.active.append([None, *(int(c) if c.isdecimal() else c for c in row)])
    book.save(tmp_path / "b.xlsx")
    assert read(tmp_path, "a.xlsx", (tmp_path / "b.xlsx").read_bytes()).text == f"Sheet\n\n{text}"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (["Capital|Ankara", "Founded|1923"], "Capital | Ankara\nFounded | 1923"),
        (["Capital:|Ankara", "Founded:|1923", "Note|-"], "Capital: Ankara\nFounded: 1923\nNote: -"),
        (["Capital|Ankara", "Money|lira"], "Capital | Ankara\nMoney | lira"),
        (["Town|People", "Kars|1", "Van|5"], "Town: Kars | People: 1\nTown: Van | People: 5"),
        (["Year|Town", "1992|Kars"], "Year: 1992 | Town: Kars"),
        (["1992|Kars", "Poti|1993"], "1992 | Kars\nPoti | 1993"),
        (["Kars|1992", "Kars|open"], "Kars | 1992\nKars | open"),
    ],
)  # fmt: skip
def test_tables_of_two_columns(tmp_path, rows, text) -> None:
    document = docx.Document()
    table = document.add_table(len(rows), 2)
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, said in zip(row.cells, cells.split("|"), strict=True):
            cell.text = said
    document.save(tmp_path / "b.docx")
    assert read(tmp_path, "a.docx", (tmp_path / "b.docx").read_bytes()).text == text


def test_one_number_is_no_column_of_numbers() -> None:
    assert not is_headed([["Capital", "Ankara"], ["Founded", "1923"]])
    assert is_headed([["Town", "People"], ["Kars", "115"], ["Van", "525"]])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('name,size\nbolt,"5 inch\nnut,3\nscrew,4', 'bolt | "5 inch\nnut | 3\nscrew | 4'),
        ('name,size\nbolt,"5 inch\nnut,"6 inch\n', 'bolt | "5 inch\nnut | "6 inch'),
        ('name,size\nbolt,5" wide\nnut,"say ""hi"", ok"\n', 'bolt | 5" wide\nnut | say "hi", ok'),
        ('name,size\n"a, b" , "c, ""d"""\r\nnut,"6\n', 'a, b | c, "d"\nnut | "6'),
        ('name,size\nnut,"6\n"a\nb",2\n,\nx,', 'nut | "6\na b | 2\n\nx'),
    ],
)
def test_marks_that_enclose_no_cell(tmp_path, source, text) -> None:
    found = read(tmp_path, "a.csv", source).text
    assert found.replace("name: ", "").replace("size: ", "") == text


def test_a_long_cell_in_quotation_marks_is_one_cell(tmp_path) -> None:
    long = "x, y " * 40_000
    found = read(tmp_path, "a.csv", f'a,b\n"{long}",2\n3,4\n')
    assert found.text == f"a: {long.strip()} | b: 2\na: 3 | b: 4"
    assert csv.field_size_limit() == 131_072


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a,b\n1,2,3,4\n5\n", "a: 1 | b: 2 | 3 | 4\na: 5"),
        ("sep=;\nname;price\nnut;1,50\n", "name: nut | price: 1,50"),
        ('"sep=|"\r\nname|price\r\nnut|1,50;2\r\n', "name: nut | price: 1,50;2"),
        ('size;note\n5" wide;a\n6" wide;b\n', 'size: 5" wide | note: a\nsize: 6" wide | note: b'),
        ("name\nAli, the first\nCan\n", "name\nAli, the first\nCan"),
    ],
)
def test_separators(tmp_path, source, text) -> None:
    assert read(tmp_path, "a.csv", source).text == text


@pytest.mark.parametrize("cell", ['"', '""', '"x""', '"""x', '"x\n', '" ', '"",'])
def test_marks_without_end_take_no_longer_than_the_text(tmp_path, cell) -> None:
    many = f"a,b\n{cell},1{cell} " * 100_000
    assert read(tmp_path, "a.csv", many).text


def _book(tmp_path, *rows, formats=(), merged=()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, format_ in dict(formats).items():
        book.active[cell].number_format = format_
    for cells in merged:
        book.active.merge_cells(cells)
    book.save(tmp_path / "b.xlsx")
    return (tmp_path / "b.xlsx").read_bytes()


def test_a_workbook_whose_formulas_were_never_calculated(tmp_path) -> None:
    assert code(tmp_path, "a.xlsx", _book(tmp_path, ["=1+1", "=A1*2"])) == "uncalculated"
    assert read(tmp_path, "a.xlsx", _book(tmp_path, ["=1+1", "said"])).text == "Sheet\n\nsaid"


def test_a_merged_cell_stands_in_each_row_that_it_covers(tmp_path) -> None:
    rows = [["Town", "Year", "Mayor"], ["Kars", 1992, "Ali"], [None, 1993, "Can"], ["Van", 1994]]
    made = _book(tmp_path, *rows, [None], ["Mus", 1], merged=["A2:A3", "C4:C5", "A4:A5", "A6:B6"])
    assert read(tmp_path, "a.xlsx", made).text == (
        "Sheet\n\nTown: Kars | Year: 1992 | Mayor: Ali\nTown: Kars | Year: 1993 | Mayor: Can\n"
        "Town: Van | Year: 1994\nTown: Mus"
    )
    rows = [["Kars", "1"], [], ["", "2"], ["", "3"]]
    _, below, last = repeated(rows, {1: [(0, 3)]})
    assert (below, last) == (["Kars", "2"], ["", "3"])


def test_numbers_as_the_workbook_shows_them(tmp_path) -> None:
    row = [0.155, 0.2, 7, 7.5, 45000, 0.29, -0.5, 7]
    formats = ["0.0%", "0%", "000", "000", '0 "kg %"', "0.00%;[Red]-0%", "[Red]0\\ %", "General"]
    made = _book(
        tmp_path, row, formats={f"{c}1": f for c, f in zip("ABCDEFGH", formats, strict=True)}
    )
    assert read(tmp_path, "a.xlsx", made).text == (
        "Sheet\n\n15.5% | 20% | 007 | 7.5 | 45000 | 29% | -50% | 7"
    )
