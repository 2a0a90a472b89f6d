"""Pages as a person sees them: tables of data and of layout, what is hidden or deleted, lines."""

from __future__ import annotations

import pytest

from tests.test_reader_formats import read

HEAD = "<tr><th>City</th><th>Year</th></tr>"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (f"{HEAD}<tr><td>Kars</td><td>1992</td></tr>", "City: Kars | Year: 1992"),
        (
            f"<thead>{HEAD}</thead><tbody><tr><td>Kars</td><td>open</td></tr></tbody>",
            "City: Kars | Year: open",
        ),
        # A name and a value in each row: no row names the columns.
        (
            "<tr><th>Capital</th><td>Paris</td></tr><tr><th>Money</th><td>euro</td></tr>",
            "Capital | Paris\nMoney | euro",
        ),
        (
            "<tr><td>Capital</td><td>Paris</td></tr><tr><td>Money</td><td>euro</td></tr>",
            "Capital | Paris\nMoney | euro",
        ),
        (f"{HEAD}<tr><td colspan=2>Kars</td></tr>", "City | Year\nKars"),
        # Such tables only place blocks on the page.
        (
            "<tr><td>left</td><td>a<table><tr><td>x</td><td>y</td></tr></table>b</td></tr>",
            "left\n\na\n\nx | y\n\nb",
        ),
        (
            "<tr><td><h1>Hello</h1><p>It is on 5 May.</p><p>Bring papers.</p></td></tr>",
            "Hello\n\nIt is on 5 May.\n\nBring papers.",
        ),
        (
            "<tr><td><ul><li>one</li><li>two</li></ul></td><td>Beside <p>it.</p></td></tr>",
            "- one\n- two\n\nBeside\n\nit.",
        ),
        (
            f"{HEAD}<tr><td><p>Kars</p></td><td><p>opened 1992</p><p>shut 1995</p></td></tr>"
            "<tr><td>Poti<br>Port</td><td><ul><li>one</li><li>two</li></ul></td></tr>",
            "City: Kars | Year: opened 1992 shut 1995\nCity: Poti Port | Year: one two",
        ),
        (
            "<tr><td>Capital</td><td><p>Paris</p></td></tr><tr><td>Rivers</td>"
            "<td><p>Seine</p><p>Marne</p></td></tr>",
            "Capital | Paris\nRivers | Seine Marne",
        ),
        ("<tr><th><p>Dear Ada,</p><p>it is open.</p></th></tr>", "Dear Ada,\n\nit is open."),
        ("<tr><th>Town</th></tr><tr><td>Kars</td></tr>", "Town\nKars"),
        (
            "<tr><th><h3>City</h3></th><th>Year</th></tr><tr><td>Kars</td><td>1992</td></tr>",
            "City: Kars | Year: 1992",
        ),
        ("<caption>Towns</caption><tr><td>Kars</td><td>1992</td></tr>", "Towns\n\nKars | 1992"),
    ],
)
def test_html_tables(tmp_path, rows, text) -> None:
    found = read(tmp_path, "a.html", f"<p>Before.</p><table>{rows}</table><p>After.</p>")
    assert found.text == f"Before.\n\n{text}\n\nAfter."


def test_headings_in_a_table_that_places_blocks_are_headings(tmp_path) -> None:
    found = read(tmp_path, "a.html", "<table><tr><td><h2>Terms</h2>Pay by May.</td></tr></table>")
    assert [(h.level, h.text) for h in found.headings] == [(2, "Terms")]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>It is <del>5</del><s>6</s><strike>7</strike><ins>750</ins>.</p>", "It is 750."),
        ("<p hidden>no</p><p style='color:red; display : none'>no</p><p>yes</p>", "yes"),
        ("<div style='visibility:hidden'>no</div><p aria-hidden='true'>yes</p>", "yes"),
        ("<body style='display:none'><p hidden='until-found'>yes</p>", "yes"),
        ("Choose <select><option>one<option>two</select> now.", "Choose\n\none\n\ntwo\n\nnow."),
        ("<pre>if x:\n    y\n\nz</pre>", "if x:\n    y\n\nz"),
        ("<p>10<sup>6</sup> by 1992<sup><a href='#1'>3</a></sup>", "10⁶ by 1992³"),
        ("<p>on<sup>[4]</sup> the 5<sup>th</sup>", "on[4] the 5th"),
        ("<p>one<br>two\n\nthree<br><br>four</p>", "one\ntwo three\nfour"),
    ],
)  # fmt: skip
def test_html_as_a_person_sees_it(tmp_path, source, text) -> None:
    assert read(tmp_path, "a.html", source).text == text
