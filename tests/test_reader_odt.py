"""Tables in OpenDocument texts: merged cells, repeated ones, tables in tables."""

from __future__ import annotations

import pytest

from tests.faults import samples
from tests.test_reader_formats import code, read


def _odt_row(*cells: str) -> str:
    inner = (c if c.startswith("<") else f"<table:table-cell>{_p(c)}" for c in cells)
    ended = (c if c.endswith("/>") else f"{c}</table:table-cell>" for c in inner)
    return f"<table:table-row>{''.join(ended)}</table:table-row>"


def _p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def _over(text: str = "", **counts: int) -> str:
    said = " ".join(f'table:number-{k.replace("_", "-")}="{n}"' for k, n in counts.items())
    return f"<table:table-cell {said}>{_p(text) if text else ''}"


COVERED = "<table:covered-table-cell/>"
HEADED = (
    "<table:table-header-rows>" + _odt_row("Town", "Year", "Mayor") + "</table:table-header-rows>"
)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (
            HEADED
            + _odt_row(_over("Kars", rows_spanned=2), "1992", "Ali")
            + _odt_row(COVERED, "1993", "Veli")
            + _odt_row("Van", "1994", "Can"),
            "Town: Kars | Year: 1992 | Mayor: Ali\nTown: Kars | Year: 1993 | Mayor: Veli\n"
            "Town: Van | Year: 1994 | Mayor: Can",
        ),
        (
            HEADED
            + _odt_row(_over("Kars", rows_spanned=2, columns_spanned=2), COVERED, "Ali")
            + _odt_row('<table:covered-table-cell table:number-columns-repeated="2"/>', "Veli"),
            "Town: Kars | Mayor: Ali\nTown: Kars | Mayor: Veli",
        ),
        (
            HEADED + _odt_row("Van", _over("none", columns_repeated=2)),
            "Town: Van | Year: none | Mayor: none",
        ),
        (HEADED + _odt_row(_over(columns_repeated=2), "Ali"), "Mayor: Ali"),
        (
            HEADED
            + _odt_row("Van", "1", _over("Ali", columns_repeated=1_000_000))
            + _odt_row(_over(columns_repeated=1_000_000_000)) * 3
            + _odt_row("Mus", "2", "Can"),
            "Town: Van | Year: 1 | Mayor: Ali\n\nTown: Mus | Year: 2 | Mayor: Can",
        ),
        (
            _odt_row("a", "1").replace("-row>", '-row table:number-rows-repeated="2">', 1)
            + _odt_row("b", "2").replace("-row>", '-row table:number-rows-repeated="1000000">', 1),
            "a | 1\na | 1\nb | 2",
        ),
        (
            _odt_row(_over("Kars", rows_spanned=2), "x") + _odt_row(COVERED, "y"),
            "Kars | x\nKars | y",
        ),
        (
            _odt_row("Kars", f"<table:table-cell>{_p('x')}<table:table>{_odt_row('in', 'it')}"
            f"</table:table><text:list><text:list-item>{_p('y')}</text:list-item></text:list>"),
            "Kars | x y\n\nin | it",
        ),
    ],
)  # fmt: skip
def test_odt_tables(tmp_path, rows, text) -> None:
    found = read(tmp_path, "a.odt", samples.odt(f"<table:table>{rows}</table:table>"))
    assert found.text == text


def test_odt_tables_that_repeat_beyond_all_measure(tmp_path) -> None:
    many = 'table:number-columns-repeated="999999999"'
    covered = _odt_row(COVERED.replace("/", f" {many}/"))
    made = samples.odt(f"<table:table>{_odt_row('x', 'y')}{covered * 5000}</table:table>")
    assert read(tmp_path, "a.odt", made).text == "x | y"
    spanning = _odt_row(*[_over("x", columns_repeated=100, rows_spanned=10**9 - 1)] * 10)
    made = samples.odt(f"<table:table>{spanning}{covered * 2500}</table:table>")
    assert code(tmp_path, "a.odt", made) == "too_long"
