"""Document -> passages: runs of whole sentences under the embedder's own token limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.protocols import TokenCounter
from rag.text import each_sentence
from rag.types import Document, Heading, Passage, Span

# A text is counted in slices of so many characters, so that one endless line costs linear time.
_SLICE_CHARS = 1000
_SPECIAL_TOKENS = 2
# A file may be millions of the same short sentence or line: each of these is counted once.
_COUNTS_KEPT = 4096
# After so many cuts, one sentence is no prose, and is counted in slices that fit its tokens.
_CUTS_OF_PROSE = 100

_Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of one that is too long, with its tokens."""

    start: int
    end: int
    tokens: int


def chunk(
    document: Document, *, counter: TokenCounter, size_tokens: int, overlap_sentences: int = 1
) -> list[Passage]:
    """Cut a document into passages.

    Every visible character is in at least one passage, ``document.text[p.start:p.end] == p.text``,
    and no passage crosses a heading. A sentence longer than a passage is cut between words.

    Args:
        counter: Counts tokens as the embedder does.
        size_tokens: At most so many tokens a passage, special tokens included.
        overlap_sentences: So many sentences are repeated at the start of the next passage of the
            same section, as long as they take no more than a quarter of it.

    Raises:
        ValueError: If ``size_tokens`` is more than the embedder takes (it would cut silently).
    """
    if size_tokens > counter.max_tokens:
        raise ValueError(
            f"passages of {size_tokens} tokens would be cut:"
            f" the embedder takes {counter.max_tokens}"
        )
    limit = size_tokens - _SPECIAL_TOKENS
    count = lru_cache(_COUNTS_KEPT)(counter.count_tokens)
    trail = _Trail(document.headings)
    return [
        _passage(document, run, first_new, trail.at(run[-1].end - 1))
        for section in _sections(document)
        for first_new, run in _runs(
            _pieces(document.text, section, count, limit), limit, overlap_sentences
        )
    ]


def _sections(document: Document) -> list[Span]:
    """From heading to heading; headings that follow each other directly stay together."""
    text = document.text
    starts = [0]
    headings_end = 0  # of those that the section begins with
    for heading in document.headings:
        if text[headings_end : heading.start].strip():
            starts.append(heading.start)
            headings_end = heading.start
        if heading.start == headings_end:
            headings_end = _after_spaces(text, heading.end, len(text))
    return [Span(a, b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _after_spaces(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


class _Trail:
    """What `Document.heading_at` says, for offsets that only grow: each heading is met once."""

    def __init__(self, headings: Sequence[Heading]) -> None:
        self._headings = headings
        self._passed = 0
        self._path: list[Heading] = []
        self._shown = ""

    def at(self, offset: int) -> str:
        before = self._passed
        while self._passed < len(self._headings) and self._headings[self._passed].start <= offset:
            heading = self._headings[self._passed]
            self._path = [h for h in self._path if h.level < heading.level] + [heading]
            self._passed += 1
        if self._passed > before:
            self._shown = " > ".join(h.text for h in self._path)
        return self._shown


def _pieces(text: str, section: Span, count: _Count, limit: int) -> Iterator[_Piece]:
    for span in each_sentence(text, section.start, section.end):
        if span.end - span.start <= _SLICE_CHARS:
            tokens = _tokens(text, span, count)
            if tokens <= limit:
                yield _Piece(span.start, span.end, tokens)
                continue
        yield from _cut(text, span, count, limit)


def _cut(text: str, span: Span, count: _Count, limit: int) -> Iterator[_Piece]:
    """Cut a long sentence between words, a long word between characters."""
    start, slice_chars, cuts = span.start, _SLICE_CHARS, 0
    while start < span.end:
        end = min(span.end, start + slice_chars)
        while (tokens := _tokens(text, Span(start, end), count)) > limit:
            end = start + max(1, min(end - start - 1, (end - start) * limit // tokens))
        end = _word_end(text, start, end, span.end)
        yield _Piece(start, end, _tokens(text, Span(start, end), count))
        cuts += 1
        if cuts >= _CUTS_OF_PROSE:
            slice_chars = min(_SLICE_CHARS, 2 * (end - start))
        start = _after_spaces(text, end, span.end)


def _word_end(text: str, start: int, end: int, limit: int) -> int:
    """Back to the last space, unless there is none."""
    if end == limit or text[end].isspace():
        return end
    space = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
    return end if space <= start else space


def _tokens(text: str, span: Span, count: _Count) -> int:
    return max(1, count(text[span.start : span.end]) - _SPECIAL_TOKENS)


def _runs(pieces: Iterable[_Piece], limit: int, overlap: int) -> Iterator[tuple[int, list[_Piece]]]:
    """Offset of the first sentence that is new, and the sentences of a passage."""
    run: list[_Piece] = []
    new = tokens = 0
    for piece in pieces:
        if run and tokens + piece.tokens > limit:
            yield new, run
            run = _repeated(run, overlap, min(limit // 4, limit - piece.tokens))
            new, tokens = piece.start, sum(p.tokens for p in run)
        elif not run:
            new = piece.start
        run.append(piece)
        tokens += piece.tokens
    if run:
        yield new, run


def _repeated(run: Sequence[_Piece], overlap: int, room: int) -> list[_Piece]:
    kept: list[_Piece] = []
    for piece in reversed(run[-overlap:] if overlap else []):
        if sum(p.tokens for p in kept) + piece.tokens > room:
            break
        kept.insert(0, piece)
    return kept


def _passage(document: Document, run: Sequence[_Piece], first_new: int, heading: str) -> Passage:
    start, end = run[0].start, run[-1].end
    return Passage(
        doc_id=document.doc_id, start=start, end=end, text=document.text[start:end],
        page=document.page_at(first_new), heading=heading, title=document.title,
    )  # fmt: skip
