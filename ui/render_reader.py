"""Documents and drawn pages as HTML; the text is escaped, pictures are held in the page itself."""

from __future__ import annotations

from bisect import bisect_right
from html import escape

from rag.pages import Box, PageImage
from rag.types import Document
from ui.messages import Words
from ui.passage import stretch_html

PART_CHARS = 60_000


def passage(document: Document, low: int, high: int) -> str:
    """A stretch of a document."""
    return stretch_html(document.text[low:high], _headings(document, low, high))


def part_of(document: Document, *, part: int | None, at: int) -> int:
    """Which part to show, from 1: the one that is named, else the one that holds a place."""
    starts = _parts(document)
    return bisect_right(starts, at) if part is None else max(1, min(part, len(starts)))


def text(
    document: Document, part: int, words: Words, *, marked: tuple[int, int] | None
) -> str:  # fmt: skip
    """One part of a document, with its pages, and the ways to the other parts."""
    starts = [*_parts(document), len(document.text)]
    low, high = starts[part - 1], starts[part]
    inside = None
    if marked is not None and low <= marked[0] < high:
        inside = (marked[0] - low, min(marked[1], high) - low)
    leaves = [
        (start - low, words("page", n=number))
        for number, start in enumerate(document.page_starts, start=1)
        if low <= start < high
    ]
    shown = stretch_html(
        document.text[low:high], _headings(document, low, high), marked=inside, leaves=leaves
    )
    total = len(starts) - 1
    ways = ""
    if total > 1:
        said = words("reader.part", n=part, total=total)
        ways = _ways("part", part, total, said, words)
    return f'{ways}<div class="whole passage">{shown}</div>{ways}'


def page(document: Document, image: PageImage, words: Words, *, is_marked: bool) -> str:
    """A page as it was printed, with the quotation marked on it."""
    said = words("reader.of", n=image.number, total=image.pages)
    spots = "".join(_spot(box) for box in image.boxes)
    lost = ""
    if is_marked and not image.boxes:
        lost = f'<p class="unmarked">{escape(words("reader.unmarked"))}</p>'
    label = words("reader.image", n=image.number, title=document.title)
    return (
        f"{_ways('page', image.number, image.pages, said, words)}{lost}"
        f'<div class="drawn"><img alt="{escape(label)}" width="{image.width}" '
        f'height="{image.height}" src="data:image/webp;base64,{escape(image.data)}">{spots}</div>'
    )


def _spot(box: Box) -> str:
    sides = (
        ("left", box.left), ("top", box.top), ("width", box.width), ("height", box.height),
    )  # fmt: skip
    style = ";".join(f"{name}:{100 * value:.3f}%" for name, value in sides)
    return f'<span class="spot" style="{style}"></span>'


def _ways(kind: str, number: int, total: int, said: str, words: Words) -> str:
    """To the one before and the one after."""
    key = "reader.part" if kind == "part" else "reader"
    buttons = [
        f'<button type="button" data-{kind}="{to}"{"" if 1 <= to <= total else " disabled"}>'
        f"{escape(words(f'{key}.{way}'))}</button>"
        for way, to in (("previous", number - 1), ("next", number + 1))
    ]
    return f'<nav class="turning">{buttons[0]}<span>{escape(said)}</span>{buttons[1]}</nav>'


def _headings(document: Document, low: int, high: int) -> frozenset[str]:
    return frozenset(h.text for h in document.headings if low <= h.start < high)


def _parts(document: Document) -> list[int]:
    """Where the parts begin: at paragraphs, about every `PART_CHARS` characters."""
    text = document.text
    starts = [0]
    while len(text) - starts[-1] > PART_CHARS * 3 // 2:
        wanted = starts[-1] + PART_CHARS
        paragraph = text.rfind("\n\n", starts[-1] + PART_CHARS // 2, wanted)
        starts.append(wanted if paragraph < 0 else paragraph + 2)
    return starts
