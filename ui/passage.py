"""A stretch of a document as HTML: escaped, laid out, with the cited characters marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import escape

from ui.sources import Source

Tags = list[tuple[int, int, str]]
# A blank line; the start of a list item or of a table's row; the line after a row.
_PARAGRAPH = re.compile(r"\n\s*\n")
_LINE = re.compile(
    r"\n(?=[ \t]*(?:[-*•‣|]|\(?\d{1,3}[.)])\s|[^\n]* \| )|(?<= \| )[^|\n]*(\n)", re.MULTILINE
)


def passage_html(source: Source) -> str:
    """The passage of a source; its text content is exactly the document's characters.

    Paragraphs, list items and table rows begin a line of their own, headings stand out, and the
    quote of a citation is one ``<mark>``.
    """
    text = source.before + source.quote + source.after
    start = len(source.before)
    marked = (start, start + len(source.quote))
    return stretch_html(text, source.headings, marked=marked if source.is_cited else None)


def stretch_html(
    text: str,
    headings: Collection[str] = (),
    *,
    marked: tuple[int, int] | None = None,
    leaves: Sequence[tuple[int, str]] = (),
) -> str:
    """Text of a document; what it holds beside tags is exactly that text.

    Args:
        headings: Lines that are headings.
        marked: Start and end of the characters to mark.
        leaves: Where pages begin, with what to say there.
    """
    start, end = marked or (len(text) + 1, len(text) + 1)
    tags = _breaks(text) + _headings(text, headings, start, end)
    tags += [
        (at, -1, f'<span class="leaf" data-label="{escape(label)}"></span>')
        for at, label in leaves
    ]  # fmt: skip
    if marked is not None:
        # At one place, what is about lines goes before the mark opens and after it closes.
        tags += [(start, 1, "<mark>"), (end, -1, "</mark>")]
    return _insert(text, sorted(tags))


def _breaks(text: str) -> Tags:
    """Where lines begin, as (offset, order, tag)."""
    gaps = [(m.end(), 0, '<span class="gap"></span>') for m in _PARAGRAPH.finditer(text)]
    taken = {offset for offset, _, _ in gaps}
    lines = {m.end() for m in _LINE.finditer(text)} - taken
    return gaps + [(offset, 0, "<br>") for offset in lines]


def _headings(text: str, headings: Collection[str], start: int, end: int) -> Tags:
    """Where headings begin and end; those that touch the quote stay plain, so that tags nest."""
    tags = []
    for line in re.finditer(r"[^\n]+", text):
        is_apart = line.end() <= start or line.start() >= end
        if is_apart and line.group().strip() in headings:
            tags += [(line.start(), 2, "<b>"), (line.end(), -2, "</b>")]
    return tags


def _insert(text: str, tags: Tags) -> str:
    pieces = []
    position = 0
    for offset, _, tag in tags:
        pieces += [escape(text[position:offset]), tag]
        position = offset
    return "".join([*pieces, escape(text[position:])])
