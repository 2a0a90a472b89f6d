"""What stands apart on the pages of a PDF."""

from __future__ import annotations

from io import BytesIO

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.test_readers import read

TEXT, BOLD = "Helvetica", "Helvetica-Bold"
Line = tuple[str, str, float, float]
"""Text, font, size, distance to the line before it."""


def made(*pages: list[Line], stamp: str = "") -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=True)
    for page in pages:
        canvas.saveState()
        canvas.rotate(90)
        canvas.setFont(TEXT, 24)
        canvas.drawString(200, -40, stamp)
        canvas.restoreState()
        height = 780.0
        for text, font, size, distance in page:
            height -= distance
            canvas.setFont(font, size)
            canvas.drawString(72, height, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def body(*lines: str, above: float = 12) -> list[Line]:
    return [(line, TEXT, 10, above if i == 0 else 12) for i, line in enumerate(lines)]


REPORT = [
    ("Inspection of the harbour bridge", BOLD, 18, 0),
    *body("The inspectors came in the spring of 2021 and stayed for nine days in the", above=30),
    *body("town, where they were met by the engineer of the harbour."),
    ("1. Findings of the first and of the second visit, with remarks on the", BOLD, 12, 30),
    ("northern span", BOLD, 12, 14),
    *body("Inspectors found rust on four cables of the northern span. They asked for", above=16),
    *body("repair before the winter, since the load of the bridge had grown by a third"),
    *body("in ten years."),
    ("1.1 Costs", BOLD, 10, 16),
    *body("Nobody has said what it will cost", above=14),
    *body("Annex B lists all the cables that were looked at, with age and load.", above=26),
]


def test_headings_and_paragraphs_stand_apart(tmp_path) -> None:
    found = read(tmp_path, "a.pdf", made(REPORT))
    assert found.title == "Inspection of the harbour bridge"
    assert [(h.level, h.text) for h in found.headings] == [
        (1, "Inspection of the harbour bridge"),
        (2, "1. Findings of the first and of the second visit, with remarks on the northern span"),
        (3, "1.1 Costs"),
    ]  # fmt: skip
    assert "remarks on the northern span\n\nInspectors found rust" in found.text
    assert "They asked for\nrepair before the winter" in found.text
    assert "it will cost\n\nAnnex B" in found.text
    assert found.heading_at(found.text.index("Nobody")).endswith("northern span > 1.1 Costs")


DUG = "The canal was dug by hand between the two lakes, over nine years, and"


def test_a_stamp_along_the_edge_is_neither_title_nor_heading(tmp_path) -> None:
    found = read(tmp_path, "a.pdf", made(REPORT, stamp="Seen by the Ministry of Ports"))
    assert found.title == "Inspection of the harbour bridge"
    assert [h.level for h in found.headings] == [1, 2, 3]
    assert "Seen by the Ministry of Ports\n\n" in found.text


@pytest.mark.parametrize(
    "lines",
    [
        # A bold name that fills its line, within one sentence.
        [
            *body("The letter was signed by the Minister of Trade of the Republic and by the"),
            ("Chamber of Commerce of the Province of the Northern Lakes and of the", BOLD, 10, 12),
            *body("Union, who had come by train, and was read out in the square at noon."),
        ],
        # A sentence that goes on below a picture.
        [*body(DUG), *body("its banks were lined with stone when ships had passed.", above=90)],
        # The second column begins at the top of the page.
        [*body(DUG, above=400), *body("Ada Lind, who owned the ferries, paid for it.", above=-300)],
    ],
)
def test_a_sentence_is_not_torn(tmp_path, lines) -> None:
    found = read(tmp_path, "a.pdf", made(lines))
    assert "\n\n" not in found.text
    assert found.headings == ()


def test_a_sentence_runs_on_to_the_next_page_but_a_heading_does_not(tmp_path) -> None:
    first = body(
        "The canal was dug by hand between the two lakes, over nine years, and its", "banks"
    )
    second = body("were lined with stone. Ships came in the spring of the year after that.")
    heading = [("2. Ships", BOLD, 12, 0), *body("They were small, and there were many.", above=20)]
    found = read(tmp_path, "a.pdf", made(first, [*second, *body("A last word")], heading))
    assert "and its\nbanks\nwere lined" in found.text
    assert "A last word\n\n2. Ships\n\nThey were small" in found.text
    assert [found.page_at(h.start) for h in found.headings] == [3]


def test_letterheads_and_posters_have_no_headings(tmp_path) -> None:
    paper = [("The Harbour Company of the Northern Lakes", BOLD, 14, 0)]
    under = [("Quay 4, Lakeside", TEXT, 10, 14), ("Telephone 17", TEXT, 10, 12)]
    pages = [
        [*paper, *under, *body(f"Ship {name} came in on time, with grain and wool.", above=40)]
        for name in ("Ada", "Bela", "Cora", "Dora")
    ]
    assert read(tmp_path, "a.pdf", made(*pages)).headings == ()
    poster = [("Come to the fair on the quay", BOLD, 40, 40), *body("Saturday from nine", above=60)]
    assert read(tmp_path, "b.pdf", made(poster)).headings == ()


def test_a_hyphen_that_belongs_to_a_word_stays_at_the_end_of_a_line(tmp_path) -> None:
    page = body(
        "The report speaks of task-specific tools, and of an over-the-counter sale. All task-",
        "specific tools were sold over-the-",
        "counter in the har-",
        "bour. A non-stop ferry was called the Nonstop, and it went non-",
        "stop for a year.",
    )
    text = " ".join(read(tmp_path, "a.pdf", made(page)).text.split())
    assert "All task-specific tools were sold over-the-counter in the harbour." in text
    assert "it went nonstop for a year" in text  # both ways are written: nothing but a break


def test_a_word_that_a_hyphen_broke_is_made_whole(tmp_path) -> None:
    lines = body(
        "The engineer had asked for a new inspec-",
        "tion of the Ankara-",
        "Baku line in the spring.",
    )
    found = read(tmp_path, "a.pdf", made(lines))
    assert "a new inspection of the Ankara-Baku line" in found.text


def test_notes_within_a_sentence_come_before_it(tmp_path) -> None:
    said = "1 The books of the town, volume nine."
    note = [(said, TEXT, 7, 40)]
    rest = "the ships came in the spring of the year after that."
    column = [*body("It rained.", DUG, above=300), *note, *body(rest, above=-340)]
    found = read(tmp_path, "a.pdf", made(column, [*body(DUG), *note], body(rest)))
    whole = f"{DUG}\n{rest}"
    assert found.text == f"{said}\n\nIt rained.\n{whole}\n\n{said}\n\n{whole}"
    assert found.page_at(found.text.rindex(said)) == 2
    found = read(tmp_path, "b.pdf", made([*body(DUG), *note], body("The ships came.")))
    assert found.text == f"{DUG}\n\n{said}\n\nThe ships came."
