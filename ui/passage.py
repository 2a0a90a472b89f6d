"""A stretch of a document as HTML: escaped, laid out, with the cited characters marked."""

from __future__ import annotations

import re
from html import escape

from ui.sources import Source

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
    end = start + len(source.quote)
    tags = _breaks(text) + _headings(text, source.headings, start, end)
    if source.is_cited:
        # At one place, what is about lines goes before the mark opens and after it closes.
        tags += [(start, 1, "<mark>"), (end, -1, "</mark>")]
    return _insert(text, sorted(tags))


def _breaks(text: str) -> list[tuple[int, int, str]]:
    """Where lines begin, as (offset, order, tag)."""
    gaps = [(m.end(), 0, '<span class="gap"></span>') for m in _PARAGRAPH.finditer(text)]
    taken = {offset for offset, _, _ in gaps}
    lines = {m.end() for m in _LINE.finditer(text)} - taken
    return gaps + [(offset, 0, "<br>") for offset in lines]


def _headings(
    text: str, headings: frozenset[str], start: int, end: int
) -> list[tuple[int, int, str]]:
    """Where headings begin and end; those that touch the quote stay plain, so that tags nest."""
    tags = []
    for line in re.finditer(r"[^\n]+", text):
        is_apart = line.end() <= start or line.start() >= end
        if is_apart and line.group().strip() in headings:
            tags += [(line.start(), 2, "<b>"), (line.end(), -2, "</b>")]
    return tags


def _insert(text: str, tags: list[tuple[int, int, str]]) -> str:
    pieces = []
    position = 0
    for offset, _, tag in tags:
        pieces += [escape(text[position:offset]), tag]
        position = offset
    return "".join([*pieces, escape(text[position:])])
