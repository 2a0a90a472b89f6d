"""Every format, and files that are not what they seem."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import get_args

import docx
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from rag.config import Readers
from rag.errors import ReadError
from rag.readers import SUPPORTED, read_document
from rag.reasons import HINTS, REASONS, ReadCode, code_of
from rag.types import Document
from tests.faults import samples

LIMITS = Readers()


def read(folder: Path, name: str, data: bytes | str, limits: Readers = LIMITS) -> Document:
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    document = read_document(file, doc_id=name, limits=limits)
    for heading in document.headings:
        assert document.text[heading.start : heading.end] == heading.text
    return document


def pdf(*pages: str, encrypt: str | None = None) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(
        buffer, encrypt=StandardEncryption(encrypt) if encrypt else None, invariant=True
    )
    for page in pages:
        for i, line in enumerate(page.split("\n")):
            canvas.drawString(72, 760 - 14 * i, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Trade report"
    document.add_heading("Energy", level=1)
    document.add_paragraph("Gas flows west.")
    document.add_paragraph("first item", style="List Bullet")
    document.add_paragraph("second item", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells], ["Year", "Sum", "2020", "4.5"], strict=True
    ):
        cell.text = text
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_plain_text_keeps_headings_and_title(tmp_path) -> None:
    found = read(
        tmp_path, "a.txt", "A title here\n\nFirst paragraph.\n\nEconomy of it\n\nSecond one."
    )
    assert found.title == "A title here"
    assert [h.text for h in found.headings] == ["A title here", "Economy of it"]
    assert found.heading_at(found.text.index("Second")) == "Economy of it"
    assert found.page_at(0) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Größe und Maß".encode("utf-8-sig"), "Größe und Maß"),
        ("Größe und Maß".encode("utf-16"), "Größe und Maß"),
        ("Größe".encode("utf-32"), "Größe"),
        (("Москва является столицей России. " * 9).encode("cp1251"), "Москва является"),
        (b"good text here \xed\xa0\x80 and more of it, " * 20, "good text here"),
        (b"a\r\nb", "a\nb"),
    ],
)
def test_encodings(tmp_path, data, expected) -> None:
    assert read(tmp_path, "a.txt", data).text.startswith(expected)


def test_markdown_of_nothing_but_brackets_is_taken_as_it_is(tmp_path) -> None:
    """For each of them the parser would look ahead, twenty levels deep: minutes."""
    brackets = "![" * 300_000
    found = read(tmp_path, "a.md", f"# A title\n\n{brackets}\n\nSee [the pier](pier.md).\n")
    assert found.text == f"A title\n\n{brackets}\n\nSee the pier."


def test_markdown_of_many_links_is_still_read_as_links(tmp_path) -> None:
    found = read(tmp_path, "a.md", "[a](b) " * 500)
    assert found.text == " ".join("a" * 500)


def test_markdown_by_its_grammar(tmp_path) -> None:
    source = (
        "---\ntitle: 'A: digest'\nsource_title: Other\ndate: 2021-06-15\n---\n# Top\n\nSome *bold*"
        " text with\na [link](http://x.example).\n\n"
        "## List\n\n- one\n- two\n\n3. three\n4. four\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode *kept*\n```\n<script>alert(1)</script>\n"
    )
    found = read(tmp_path, "a.md", source)
    assert found.title == "A: digest"
    assert found.text == (
        "Title: A: digest.\nSource title: Other.\nDate: 2021-06-15.\n\nTop\n\n"
        "Some bold text with a link.\n\n"
        "List\n\n- one\n- two\n\n3. three\n4. four\n\na: 1 | b: 2\n\n"
        "code *kept*"
    )
    assert [(h.level, h.text) for h in found.headings] == [(1, "Top"), (2, "List")]
    assert found.heading_at(found.text.index("two")) == "Top > List"


def test_html(tmp_path) -> None:
    source = (
        "<html><head><title>The page</title><style>p{}</style></head>"
        "<body><nav>menu</nav><h1>Head</h1>"
        "<p>One <b>bold</b> line.</p><ul><li>a</li><li>b</li></ul><script>x()</script><!-- no -->"
        "<table><tr><th>Y</th><th>S</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>"
    )
    found = read(tmp_path, "a.html", source)
    assert found.title == "The page"
    assert found.text == "Head\n\nOne bold line.\n\n- a\n- b\n\nY: 1 | S: 2"
    assert [h.text for h in found.headings] == ["Head"]


def test_html_nested_beyond_all_measure(tmp_path) -> None:
    found = read(tmp_path, "a.html", "<div>" * 100_000 + "deep text" + "</div>" * 100_000)
    assert "deep text" in found.text


def test_pdf_keeps_pages(tmp_path) -> None:
    found = read(tmp_path, "a.pdf", pdf("First page here.", "Second page here.", "Third."))
    assert [found.page_at(found.text.index(w)) for w in ("First", "Second", "Third")] == [1, 2, 3]
    assert len(found.page_starts) == 3


def test_pdf_without_hyphens_page_numbers_and_running_heads(tmp_path) -> None:
    pages = [f"Annual report 2020\nThe infor-\nmation of page {n} is here.\n{n}" for n in "1234"]
    found = read(tmp_path, "a.pdf", pdf(*pages))
    assert "Annual report" not in found.text
    assert "The information of page 2 is here." in found.text
    assert "\n2\n" not in found.text


def test_pdf_whose_pages_differ_in_their_numbers_is_read_in_full(tmp_path) -> None:
    pages = [f"Revenue in {2016 + n} was {26 + n} million lira." for n in range(6)]
    assert read(tmp_path, "a.pdf", pdf(*pages)).text == "\n\n".join(pages)


def test_docx(tmp_path) -> None:
    found = read(tmp_path, "a.docx", word())
    assert found.title == "Trade report"
    assert found.text == (
        "Energy\n\nGas flows west.\n- first item\n- second item\n\nYear: 2020 | Sum: 4.5"
    )
    assert found.heading_at(20) == "Energy"


def _bomb() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 50_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code", "reason"),
    [
        ("a.txt", b"", "empty", "is empty"),
        ("a.txt", b"\xef\xbb\xbf", "empty", "is empty"),
        ("a.txt", b"\n \n", "empty", "is empty"),
        ("a.txt", b"\x00" * 50, "empty", "is empty"),
        ("a.txt", b"ab\x00\x00\x00cd" * 50, "not_text", "binary data"),
        ("a.txt", b"...", "no_text", "holds no text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + b"x" * 50, "wrong_type", "PNG image"),
        ("a.txt", b"RIFF\x24\x00\x00\x00WAVEfmt ", "wrong_type", "a sound, a film or an image"),
        ("a.md", b"\x7fELF" + b"x" * 50, "wrong_type", "a program"),
        ("a.txt", pdf("text"), "wrong_type", "a PDF"),
        ("a.pdf", b"just text", "wrong_type", "not what its name says"),
        ("a.pdf", b"%PDF-1.4\nbroken", "damaged", "is damaged"),
        ("a.pdf", pdf("secret", encrypt="pw"), "protected", "protected by a password"),
        ("a.pdf", pdf(""), "no_text", "holds no text"),
        ("a.pdf", samples.pdf("", image_pages=frozenset({0})), "scanned", "scanned images"),
        ("a.docx", b"PK\x03\x04broken", "damaged", "is damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"x" * 50, "old_format", "old Office format"),
        ("a.docx", _bomb(), "bomb", "unpack to far more"),
        ("a.docx", samples.sample("xlsx"), "wrong_type", "looks like a workbook"),
        ("a.xyz", b"text", "unknown_type", r"cannot be read: \.xyz"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_reason(tmp_path, name, data, code, reason) -> None:
    with pytest.raises(ReadError, match=reason) as caught:
        read(tmp_path, name, data)
    assert caught.value.code == code
    assert caught.value.hint
    assert code_of(caught.value.message) == code


def test_a_word_that_begins_as_sounds_do(tmp_path) -> None:
    for text in ("RIFF is a film festival.", "GIF8 was never a format."):
        assert read(tmp_path, "a.txt", text).text == text


def test_the_reasons_are_a_list_of_their_own() -> None:
    assert set(REASONS) == set(get_args(ReadCode))
    assert [code_of(sentence) for sentence in REASONS.values()] == list(REASONS)
    assert {code_of(f"{sentence}: more") for sentence in REASONS.values()} == set(REASONS)
    assert code_of("it is bad") is None
    assert set(HINTS) <= set(REASONS)


def test_the_readme_names_every_format_and_every_reason() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert [s for s in REASONS.values() if s not in readme] == []
    said = readme.partition("\nRead are ")[2].partition(".")[0].replace(" and ", ", ").split(", ")
    alike = {".text", ".markdown", ".htm"}
    assert {f".{format_}" for format_ in said} == SUPPORTED - alike


def test_limits(tmp_path) -> None:
    with pytest.raises(ReadError, match=r"too large: more than 0\.001 MB"):
        read(tmp_path, "a.txt", "word " * 1000, Readers(max_file_mb=0.001))
    with pytest.raises(ReadError, match="too long: more than 1,000 characters"):
        read(tmp_path, "a.txt", "word " * 999 + "words", Readers(max_characters=1000))
    with pytest.raises(ReadError, match="3 pages; 2"):
        read(tmp_path, "a.pdf", pdf("a", "b", "c"), Readers(max_pages=2))


def test_a_file_that_is_gone(tmp_path) -> None:
    with pytest.raises(ReadError, match="cannot be read: no such file"):
        read_document(tmp_path / "no.txt", doc_id="no.txt", limits=LIMITS)


def test_the_seeds_are_read_with_their_titles(seeds) -> None:
    files = sorted(seeds.glob("*.md"))
    assert len(files) == 5
    for file in files:
        found = read_document(file, doc_id=file.name, limits=LIMITS)
        assert found.text.startswith(f"Title: {found.title}")
        assert "**" not in found.text
    assert ".md" in SUPPORTED
