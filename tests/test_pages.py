"""Pages are drawn, and a quotation is found on them however its lines were broken."""

from __future__ import annotations

import base64
import io

import pytest

from rag.errors import ReadError
from rag.pages import draw, locate

LINES = [
    "Work began after the flood of 1883 had carried", "away the ferry land-",
    "ing. The bridge was opened to", "traffic in May 1887. Its engineer was Ada.",
]  # fmt: skip


def make_pdf(path, *pages: list[str]) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=A4)
    for lines in pages:
        for i, line in enumerate(lines):
            canvas.drawString(72, 700 - 18 * i, line)
        canvas.showPage()
    canvas.save()


def test_a_quotation_is_found_by_its_letters() -> None:
    text = "Its  land-\r\ning. “The bridge” was OPENED."
    low, high = locate(text, "landing. The bridge was opened")
    assert text[low:high] == "land-\r\ning. “The bridge” was OPENED"
    assert locate(text, "a ferry") is None
    assert locate(text, "…") is None
    assert locate("", "x") is None


def test_what_runs_on_to_the_next_page_is_found_where_it_begins() -> None:
    text = "First. The deck is sound and the"
    low, high = locate(text, "The deck is sound and the piers are not.")
    assert text[low:high] == "The deck is sound and the"
    assert locate("It is on", "is on the way") is None  # too little to be sure


def test_a_page_is_drawn_with_its_sentence_marked(tmp_path) -> None:
    from PIL import Image

    file = tmp_path / "a.pdf"
    make_pdf(file, ["Another page."], LINES)
    image = draw(file, 2, quote="The bridge was opened to traffic in May 1887.")
    assert (image.number, image.pages) == (2, 2)
    picture = Image.open(io.BytesIO(base64.b64decode(image.data)))
    assert picture.format == "WEBP"
    assert picture.size == (image.width, image.height)
    assert len(image.boxes) == 2
    first, second = image.boxes
    # 842 points high; the third line's foot is at 664, the fourth's at 646.
    assert first.top + first.height == pytest.approx(1 - 664 / 842, abs=0.006)
    assert second.top + second.height == pytest.approx(1 - 646 / 842, abs=0.006)
    assert second.left == pytest.approx(72 / 595, abs=0.005)
    assert draw(file, 1, quote="Nowhere to be found").boxes == ()


def make_turned(path, turned: int, lines: list[str]) -> None:
    """A page that is stored on its side, or on its head, and shown upright."""
    import pypdfium2
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    width, height = A4
    stored = path.with_suffix(".stored")
    canvas = Canvas(str(stored), pagesize=(height, width) if turned in (90, 270) else A4)
    canvas.transform(*{
        0: (1, 0, 0, 1, 0, 0), 90: (0, 1, -1, 0, height, 0),
        180: (-1, 0, 0, -1, width, height), 270: (0, -1, 1, 0, 0, width),
    }[turned])  # fmt: skip
    for i, line in enumerate(lines):
        canvas.drawString(72, 700 - 18 * i, line)
    canvas.save()
    with pypdfium2.PdfDocument(stored) as pdf:
        pdf[0].set_rotation(turned)
        pdf.save(path)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_marks_stand_right_on_a_turned_page(tmp_path, turned: int) -> None:
    from PIL import Image

    file = tmp_path / "a.pdf"
    make_turned(file, turned, LINES)
    image = draw(file, 1, quote="The bridge was opened to traffic in May 1887.")
    assert image.width / image.height == pytest.approx(595 / 842, abs=0.002)
    assert len(image.boxes) == 2
    first, second = image.boxes
    # From the upper left of the page as it is shown: feet of the lines at 664 and 646 of 842.
    assert first.top + first.height == pytest.approx(1 - 664 / 842, abs=0.006)
    assert second.top + second.height == pytest.approx(1 - 646 / 842, abs=0.006)
    assert second.left == pytest.approx(72 / 595, abs=0.005)
    assert first.left == pytest.approx(91 / 595, abs=0.01)  # behind "ing. "
    for box in image.boxes:
        assert box.height == pytest.approx(12 / 842, abs=0.005)
        assert box.width > 0.15
    picture = Image.open(io.BytesIO(base64.b64decode(image.data))).convert("L")
    assert all(_ink(picture, box) > 0.1 for box in image.boxes)


def _ink(picture, box) -> float:
    """Share of a box that is dark."""
    w, h = picture.size
    part = picture.crop((
        round(box.left * w), round(box.top * h), round((box.left + box.width) * w),
        round((box.top + box.height) * h),
    ))  # fmt: skip
    return sum(part.histogram()[:128]) / (part.width * part.height)


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.4\n%%EOF"])
def test_what_cannot_be_drawn_is_an_error(tmp_path, content: bytes) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(content)
    with pytest.raises(ReadError, match="Page 1 cannot be drawn") as caught:
        draw(file, 1)
    assert "text" in caught.value.hint


def test_a_page_that_is_not_there(tmp_path) -> None:
    make_pdf(tmp_path / "a.pdf", ["One."])
    with pytest.raises(ReadError, match="Page 7"):
        draw(tmp_path / "a.pdf", 7)
