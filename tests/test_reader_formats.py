"""The formats beyond plain text, HTML, PDF and Word: what they become, to the letter."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest

from rag.chunking import chunk
from rag.config import Readers
from rag.errors import ReadError
from rag.files import read_whole
from rag.readers import read_document
from rag.text import sentence_spans
from rag.types import Document
from tests.fakes import HashEmbedder
from tests.faults import samples
from tests.faults.samples import changed, epub, mail, sample

LIMITS = Readers()


def read(folder: Path, name: str, data: bytes | str, limits: Readers = LIMITS) -> Document:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    document = read_document(folder / name, doc_id=name, limits=limits)
    for heading in document.headings:
        assert document.text[heading.start : heading.end] == heading.text
    return document


def code(folder: Path, name: str, data: bytes | str, limits: Readers = LIMITS) -> str:
    with pytest.raises(ReadError) as caught:
        read(folder, name, data, limits)
    return caught.value.code


def test_pptx_has_slides_as_pages(tmp_path) -> None:
    found = read(tmp_path, "a.pptx", sample("pptx"))
    assert found.title == "Trade show"
    assert found.text == (
        "Energy\n\n- Gas flows west.\n- Prices fell.\n\nSay this slowly.\n\n"
        "Numbers\n\nYear: 2020 | Sum: 4.5"
    )
    assert [found.page_at(found.text.index(w)) for w in ("Energy", "slowly", "Numbers")] == [
        1,
        1,
        2,
    ]
    assert found.heading_at(found.text.index("2020")) == "Numbers"
    assert code(tmp_path, "a.pptx", sample("pptx"), Readers(max_pages=1)) == "too_long"


def test_xlsx_rows_can_be_understood_alone(tmp_path) -> None:
    found = read(tmp_path, "a.xlsx", sample("xlsx"))
    assert found.title == "Budget"
    assert found.text == (
        "Budget\n\nBudget of the town\n"
        "Item: Roads | Year: 2020 | Sum: 0.3 | Paid: yes | On: 2020-05-17\n"
        "Item: Bridges | Year: 2021 | Sum: 7 | On: 2021-01-02 09:30\n\n"
        "checked | by the council\n\nNotes\n\nOne cell."
    )
    spans = sentence_spans(found.text)
    assert "Item: Bridges | Year: 2021 | Sum: 7 | On: 2021-01-02 09:30" in {
        found.text[s.start : s.end] for s in spans
    }


def test_a_workbook_without_values_holds_no_text(tmp_path) -> None:
    buffer = BytesIO()
    openpyxl.Workbook().save(buffer)
    assert code(tmp_path, "a.xlsx", buffer.getvalue()) == "no_text"


def test_a_cell_at_the_far_end_of_a_sheet(tmp_path) -> None:
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = "far away"
    book.active["A1"] = "near"
    buffer = BytesIO()
    book.save(buffer)
    assert read(tmp_path, "a.xlsx", buffer.getvalue()).text == "Sheet\n\nnear\n\nfar away"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Country,Year\nKars,1992\n", "Country: Kars | Year: 1992"),
        ("Country;Sum\nKars;1,5\nPoti;2,5\n", "Country: Kars | Sum: 1,5\nCountry: Poti | Sum: 2,5"),
        ("a\tb\n1\t2\n", "a: 1 | b: 2"),
        ("1,2\n3,4\n", "1 | 2\n3 | 4"),
        ("Land,2019,2020\nKars,1,2\n", "Land: Kars | 2019: 1 | 2020: 2"),
        ("Name,Name\nAda,Bo\n", "Name | Name\nAda | Bo"),
        ("Only a header,of two\n", "Only a header | of two"),
        ("A title\na,b\n1,2\n", "A title\na: 1 | b: 2"),
        ("a,b\n1,2\n\nc,d\n3,4\n", "a: 1 | b: 2\n\nc: 3 | d: 4"),
        ("a,b\n1,2\n\nx,y\nu,w\n", "a: 1 | b: 2\n\nx | y\nu | w"),
        ("a,b\n1,2,3\n,4\n", "a: 1 | b: 2 | 3\nb: 4"),
        ('a,b\n"one, two","three\nfour"\n', "a: one, two | b: three four"),
        ("\ufeffa,b\n1,2\n", "a: 1 | b: 2"),
        ("one column\nof words\n", "one column\nof words"),
    ],
)
def test_csv(tmp_path, source, text) -> None:
    assert read(tmp_path, "a.csv", source).text == text


def test_csv_with_a_quotation_mark_that_is_never_closed(tmp_path) -> None:
    rows = "".join(f"Kars,{n}\n" for n in range(20_000))
    found = read(tmp_path, "a.csv", f'Town,Number\n"Poti,7\n{rows}')
    assert found.text.startswith('Town: "Poti | Number: 7\nTown: Kars | Number: 0\n')


def test_odt(tmp_path) -> None:
    found = read(tmp_path, "a.odt", sample("odt"))
    assert found.title == "Ports"
    assert found.text == (
        "Harbours\n\nThe harbour of Poti is deep.\n\nBy the sea.\n- first\n- second\n\n"
        "Port: Poti | Depth: 12 m"
    )
    assert found.heading_at(found.text.index("Poti")) == "Harbours"


def test_epub_in_reading_order(tmp_path) -> None:
    found = read(tmp_path, "a.epub", sample("epub"))
    assert found.title == "A book"
    assert found.text == "Two\n\nIt is cold.\n\nOne\n\nGas flows west."
    twice = epub("<p>Once only.</p>", spine='<itemref idref="i0"/>' * 9)
    assert read(tmp_path, "b.epub", twice).text == "Once only."


def test_rtf(tmp_path) -> None:
    found = read(tmp_path, "a.rtf", sample("rtf"))
    assert found.title == "Energy report"
    assert found.text == "Gas flows west since 2007.\n\nGröße € stays.\n\nYear: 2020 | Sum: 4.5"


def test_eml(tmp_path) -> None:
    found = read(tmp_path, "a.eml", sample("eml"))
    head = "From: Ada Example <ada@example.org>\nTo: board@example.org\n"
    date = "Date: Tue, 15 Jun 2021 10:00:00 +0000\nSubject: Größe of the harbour\n\n"
    assert found.title == "Größe of the harbour"
    assert found.text == (
        f"{head}{date}The harbour is deep.\n\nIt was dug in 1992.\n\nAttachment: a.pdf."
    )
    found = read(tmp_path, "b.eml", mail(html_only=True))
    assert found.text == f"{head}{date}News\n\nThe harbour is deep."
    assert [h.text for h in found.headings] == ["News"]


def test_pages_without_text_are_named_as_scanned(tmp_path) -> None:
    pages = ("", "The text of the second page", "", "goes on here.")
    found = read(tmp_path, "a.pdf", samples.pdf(*pages, image_pages=frozenset({0, 2})))
    assert found.text == (
        "[Page 1: a scanned image without text.]\n\nThe text of the second page\n\n"
        "[Page 3: a scanned image without text.]\n\ngoes on here."
    )
    assert found.title == "The text of the second page"
    assert [found.page_at(found.text.index(w)) for w in ("Page 3", "goes")] == [3, 4]


@pytest.mark.parametrize("format_", ["docx", "pptx", "xlsx", "odt", "epub"])
def test_archives_under_another_name(tmp_path, format_) -> None:
    for other in {"docx", "pptx", "xlsx", "odt", "epub"} - {format_}:
        assert code(tmp_path, f"a.{other}", sample(format_)) == "wrong_type"


@pytest.mark.parametrize("format_", ["docx", "pptx", "xlsx", "odt", "epub"])
def test_a_small_file_may_be_packed_tightly(tmp_path, format_) -> None:
    padded = changed(sample(format_), extra_dot_xml="<a>" + "x" * 900_000 + "</a>")
    assert len(padded) < len(sample(format_)) + 3000
    assert read(tmp_path, f"a.{format_}", padded).text
    padded = changed(sample(format_), extra_dot_xml="<a>" + "x" * 1_100_000 + "</a>")
    assert code(tmp_path, f"a.{format_}", padded) == "bomb"


@pytest.mark.parametrize(
    "format_", ["pdf", "docx", "pptx", "xlsx", "odt", "epub", "eml", "rtf", "csv"]
)
def test_passages_of_every_format_are_spans_of_its_text(tmp_path, format_) -> None:
    document = read(tmp_path, f"a.{format_}", sample(format_))
    passages = chunk(document, counter=HashEmbedder(), size_tokens=32, overlap_sentences=1)
    assert passages
    assert all(document.text[p.start : p.end] == p.text for p in passages)


# --- files that change ------------------------------------------------------------------------


def test_a_file_that_changes_while_it_is_read(tmp_path, monkeypatch) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"x" * 3_000_000)
    from rag import files

    def slow(stream, most):
        data = stream.read(most)
        with file.open("ab") as more:
            more.write(b"y")
        return data

    monkeypatch.setattr(files, "_read_up_to", slow)
    with pytest.raises(ReadError) as caught:
        read_whole(file, most=10**7)
    assert caught.value.code == "changed"


def test_a_link_is_not_followed_when_it_is_opened(tmp_path) -> None:
    (tmp_path / "secret.txt").write_text("secret words")
    (tmp_path / "a.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(ReadError) as caught:
        read_document(tmp_path / "a.txt", doc_id="a.txt", limits=LIMITS)
    assert caught.value.code == "cannot_open"


def test_docx_tables_with_merged_cells(tmp_path) -> None:
    word = docx.Document()
    table = word.add_table(4, 3)
    cells = ["City", "Year", "State", "Kars", "1992", "open", "Poti", "1992", "open"]
    for n, text in enumerate([*cells, "both"]):
        table.cell(n // 3, n % 3).text = text
    table.cell(2, 1).text = ""
    table.cell(1, 1).merge(table.cell(2, 1))
    table.cell(3, 0).merge(table.cell(3, 1))
    table.cell(3, 2).text = "shut"
    word.save(tmp_path / "a.docx")
    found = read_document(tmp_path / "a.docx", doc_id="a.docx", limits=LIMITS)
    assert found.text == (
        "City: Kars | Year: 1992 | State: open\nCity: Poti | Year: 1992 | State: open\n"
        "City: both | State: shut"
    )


def test_a_message_in_no_charset_of_texts_is_decoded_as_any_other(tmp_path) -> None:
    head = "From: a@b.example\nSubject: words\nContent-Type: text/plain; charset=punycode\n\n"
    found = read(tmp_path, "a.eml", head + "hello-" + "b" * 1_000_000)
    assert found.text.endswith("hello-" + "b" * 1_000_000)


def test_spans_nested_in_spans_are_walked_once(tmp_path) -> None:
    inner = "x" + "<text:s/>" * 100_000 + "y"
    nested = "<text:span>" * 240 + inner + "</text:span>" * 240
    found = read(tmp_path, "a.odt", samples.odt(f"<text:p>hello{nested}</text:p>"))
    assert found.text.startswith("hellox ")
    assert len(found.text) == len("hellox") + 100_001


def test_a_slide_is_read_once_however_often_it_is_named(tmp_path) -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    slide.shapes.add_textbox(0, 0, 1, 1).text_frame.text = "Once only."
    slides = show.slides._sldIdLst
    for number in range(300, 500):
        again = deepcopy(slides[0])
        again.set("id", str(number))
        slides.append(again)
    show.save(tmp_path / "a.pptx")
    found = read_document(tmp_path / "a.pptx", doc_id="a.pptx", limits=LIMITS)
    assert found.text == "Once only."
