"""What stands behind a marker: the cited sentence inside its document, and what is around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.text import sentence_spans
from rag.types import Answer, Citation, Document, Hit

AROUND_CHARS = 700

Lookup = Callable[[str], Document | None]


@dataclass(frozen=True, slots=True)
class Source:
    """One card of the sources panel.

    Attributes:
        key: "1", "2" ... for citations, by marker; "n1", "n2" ... for nearest passages.
        document: The ``doc_id``.
        before: Text of the document just before the quote.
        quote: The document's own characters.
        after: Text of the document just after the quote.
        start: Where the quote begins in the document's text.
        starts_inside: There is more of the document above ``before``.
        ends_inside: There is more of the document below ``after``.
        is_cited: The quote is evidence; else it is only the nearest passage.
        is_there: The document can be opened at the quote.
        headings: Lines of the text that are headings.
    """

    key: str
    document: str
    title: str
    heading: str
    page: int | None
    before: str
    quote: str
    after: str
    start: int = 0
    starts_inside: bool = False
    ends_inside: bool = False
    is_cited: bool = True
    is_there: bool = False
    headings: frozenset[str] = frozenset()

    @property
    def end(self) -> int:
        """Where the quote ends in the document's text."""
        return self.start + len(self.quote)


def cited_source(citation: Citation, document: Document | None) -> Source:
    """The card of a citation; without surroundings when its document is gone or has changed."""
    start, end = citation.start, citation.end
    before = after = ""
    low = high = 0
    text = "" if document is None else document.text
    headings = () if document is None else document.headings
    is_there = text[start:end] == citation.quote
    if is_there:
        low, high = _window(text, start, end)
        before, after = text[low:start], text[end:high]
    return Source(
        key=str(citation.marker), document=citation.document, title=citation.title,
        heading=citation.heading, page=citation.page, before=before, quote=citation.quote,
        after=after, start=start, starts_inside=low > 0, ends_inside=0 < high < len(text),
        is_there=is_there, headings=frozenset(h.text for h in headings if low <= h.start < high),
    )  # fmt: skip


def nearest_source(hit: Hit, number: int) -> Source:
    """The card of a passage that was found but does not answer."""
    passage = hit.passage
    return Source(
        key=f"n{number}", document=passage.doc_id, title=passage.title, heading=passage.heading,
        page=passage.page, before="", quote=passage.text, after="", start=passage.start,
        is_cited=False, is_there=True,
    )  # fmt: skip


def answer_sources(answer: Answer, lookup: Lookup, *, nearest: int = 3) -> tuple[Source, ...]:
    """All cards of an answer, in the order of their markers; the nearest passages of a refusal."""
    if answer.status == "abstained":
        return tuple(nearest_source(hit, i) for i, hit in enumerate(answer.hits[:nearest], start=1))
    citations = {c.marker: c for d in answer.disagreements for _, c in d.sides}
    citations |= {c.marker: c for c in answer.citations}
    return tuple(cited_source(c, lookup(c.document)) for _, c in sorted(citations.items()))


def passage_before(text: str, end: int) -> int:
    """Where the passage of whole sentences begins that ends at a place."""
    return _window(text, end, end)[0]


def passage_after(text: str, start: int) -> int:
    """Where the passage of whole sentences ends that begins at a place."""
    return _window(text, start, start)[1]


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """Whole sentences around a span, about `AROUND_CHARS` to each side."""
    low, high = max(0, start - AROUND_CHARS), min(len(text), end + AROUND_CHARS)
    if low > 0:
        before = sentence_spans(text, low, start)
        low = before[1].start if len(before) > 1 else start
    if high < len(text):
        after = sentence_spans(text, end, high)
        high = after[-2].end if len(after) > 1 else end
    return low, high
