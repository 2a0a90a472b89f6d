"""HTML inside Markdown, in blocks and within lines."""

from __future__ import annotations

import pytest

from tests.test_reader_formats import code, read


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Line one<br>line two<br/>three", "Line one\nline two\nthree"),
        ("| A | B |\n|---|---|\n| Kars | opened<br>1992 |", "A: Kars | B: opened 1992"),
        ("| A | B |\n|---|---|\n| x | <ul><li>1</li><li>2</li></ul> |", "A: x | B: 1 2"),
        ("H<sub>2</sub>O and <b>bold</b>", "H2O and bold"),
        ("10<sup>-6</sup> m, and 2 more", "10⁻⁶ m, and 2 more"),
        ("It is <del>500</del><ins>750</ins> ~~or 6~~now.", "It is 750 now."),
        ("It is <del>500 here.", "It is 500 here."),
        ("It <script>evil()</script>is.", "It is."),
        ("<div>\nA &amp; B&nbsp;C\n</div>", "A & B C"),
        ("<style>\np{color:red}\n\nb{}\n</style>\n\nwords", "words"),
        ("<script>\nevil()\n\nevil()\n</script>\nwords", "words"),
        ("<!-- hidden\n\ncomment > x -->\n\nwords", "words"),
        ("<!-- one --> <!-- never closed\n\nwords", "never closed\n\nwords"),
        (
            "<table><tr><th>A</th><th>B</th></tr><tr><td>x</td><td>y</td></tr></table>",
            "A: x | B: y",
        ),
        (
            "<details><summary>More</summary>\n\nInside *it*.\n\n</details>\n\nAfter.",
            "More\n\nInside it.\n\nAfter.",
        ),
    ],
)
def test_html_in_markdown(tmp_path, source, text) -> None:
    assert read(tmp_path, "a.md", f"First.\n\n{source}\n").text == f"First.\n\n{text}"


def test_a_heading_in_html_is_a_heading(tmp_path) -> None:
    found = read(tmp_path, "a.md", '<h1 align="center">Ports</h1>\n\nWords.\n')
    assert found.text == "Ports\n\nWords."
    assert found.title == "Ports"
    assert [(h.level, h.text) for h in found.headings] == [(1, "Ports")]


def test_a_whole_page_under_the_name_of_markdown(tmp_path) -> None:
    page = (
        "<!DOCTYPE html>\n<html><head><title>Ports</title>\n\n<style>p {}</style></head>\n"
        "<body><script>\nfunction evil() {\n\n  evil();\n}\n</script>\n<p>The harbour.</p>"
    )
    found = read(tmp_path, "a.md", page)
    assert (found.title, found.text) == ("Ports", "The harbour.")


def test_more_html_than_can_be_parsed(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("rag.readers.md._MOST_HTML", 50)
    assert read(tmp_path, "a.md", "<div>x</div>\n\n" * 50).text == "x\n\n" * 49 + "x"
    assert code(tmp_path, "a.md", "<div>x</div>\n\n" * 51) == "too_long"
    assert code(tmp_path, "a.md", ("<div>" * 1000 + "x\n\n") * 260) == "bomb"
    assert read(tmp_path, "a.md", "<br>\n\n" * 20_000 + "words").text == "words"
    assert read(tmp_path, "b.md", "<div>" + "<" * 200_000 + "\n\nwords").text.endswith("words")
