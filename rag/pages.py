"""Pages of a PDF as pictures, with the places of a quotation on them.

A page is drawn in a process of its own with limits of time and memory: a file that PDFium cannot
bear ends that process, not the chat.
"""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import ReadError

_SECONDS = 20
_MEMORY_BYTES = 2 << 30
_WIDTH_PX = 1100
_MOST_PX = 4_000_000
_FEWEST_CHARS = 12
_HINT = "Read the text of the document instead."


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, as shares of its width and height from the upper left, 0 to 1."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page.

    Attributes:
        number: From 1.
        pages: Of the document.
        width: Pixels.
        height: Pixels.
        data: The picture, base64 of WebP.
        boxes: Where the quotation stands, one per line; empty when it was not found.
    """

    number: int
    pages: int
    width: int
    height: int
    data: str
    boxes: tuple[Box, ...]


def draw(file: Path, number: int, *, quote: str = "") -> PageImage:
    """Draw one page.

    Args:
        number: From 1.
        quote: Text to find on the page; line breaks and hyphens do not matter.

    Raises:
        ReadError: If the page cannot be drawn.
    """
    wanted = json.dumps({"file": str(file), "number": number, "quote": quote})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rag.pages"], input=wanted, capture_output=True,
            text=True, encoding="utf-8", timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as exc:
        raise ReadError(f"Page {number} took more than {_SECONDS} s to draw.", hint=_HINT) from exc
    if done.returncode:
        said = done.stderr.strip().rpartition("\n")[2][:200] or f"code {done.returncode}"
        raise ReadError(f"Page {number} cannot be drawn: {said}.", hint=_HINT)
    found = json.loads(done.stdout)
    return PageImage(**found | {"boxes": tuple(Box(*box) for box in found["boxes"])})


def main() -> None:
    """Draw what the standard input asks for; the picture goes to the standard output."""
    wanted = json.load(sys.stdin)
    _limit()
    try:
        drawn = _drawn(Path(wanted["file"]), wanted["number"], wanted["quote"])
    except (OSError, ValueError, RuntimeError, MemoryError, IndexError) as exc:
        sys.exit(f"{type(exc).__name__} {exc}")
    json.dump(drawn, sys.stdout)


def _limit() -> None:
    if sys.platform == "win32":  # the time limit of the caller is all there is
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))


def _drawn(file: Path, number: int, quote: str) -> dict[str, Any]:
    import pypdfium2 as pdfium

    pdf = pdfium.PdfDocument(file)
    try:
        page = pdf[number - 1]
        width, height = page.get_size()
        scale = min(_WIDTH_PX / width, (_MOST_PX / (width * height)) ** 0.5)
        picture = page.render(scale=scale).to_pil().convert("RGB")
        packed = io.BytesIO()
        picture.save(packed, "WEBP", quality=80, method=2)
        return {
            "number": number, "pages": len(pdf),
            "width": picture.width, "height": picture.height,
            "data": base64.b64encode(packed.getvalue()).decode("ascii"),
            "boxes": _boxes(page, quote) if quote else [],
        }  # fmt: skip
    finally:
        pdf.close()


def _boxes(page: Any, quote: str) -> list[list[float]]:  # noqa: ANN401 - PDFium's own
    text_page = page.get_textpage()
    try:
        span = locate(text_page.get_text_range(), quote)
        if span is None:
            return []
        count = text_page.count_rects(span[0], span[1] - span[0])
        rects = [text_page.get_rect(i) for i in range(count)]
    finally:
        text_page.close()
    x, y, right_edge, top_edge = page.get_cropbox()
    width, height = right_edge - x, top_edge - y
    # On a turned page PDFium's places are those of the page before it was turned.
    turned = page.get_rotation()
    return [
        _turned(
            (left - x) / width, (top_edge - top) / height, (right - x) / width,
            (top_edge - bottom) / height, turned,
        )
        for left, bottom, right, top in rects
    ]  # fmt: skip


def _turned(left: float, top: float, right: float, bottom: float, clockwise: int) -> list[float]:
    """A rectangle as shares of the page after it was turned: left, top, width and height."""
    for _ in range(clockwise // 90):
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return [left, top, right - left, bottom - top]


def locate(text: str, quote: str) -> tuple[int, int] | None:
    """Where a quotation stands in a page's text, by letters and digits alone.

    Of one that runs on to the next page, the part that is here is found.
    """
    letters, places = _letters(text)
    wanted, _ = _letters(quote)
    if not wanted:
        return None
    at, length = letters.find(wanted), len(wanted)
    if at < 0:
        at, length = _end_of_page(letters, wanted)
    if at < 0:
        return None
    return places[at], places[at + length - 1] + 1


def _end_of_page(letters: str, wanted: str) -> tuple[int, int]:
    """Where the page ends with the beginning of what is wanted; longest first."""
    for length in range(min(len(wanted), len(letters)) - 1, _FEWEST_CHARS - 1, -1):
        if letters.endswith(wanted[:length]):
            return len(letters) - length, length
    return -1, 0


def _letters(text: str) -> tuple[str, list[int]]:
    """Letters and digits, folded, with the place of each."""
    kept, places = [], []
    for place, char in enumerate(text):
        for folded in unicodedata.normalize("NFKC", char).casefold():
            if folded.isalnum():
                kept.append(folded)
                places.append(place)
    return "".join(kept), places


if __name__ == "__main__":
    main()
