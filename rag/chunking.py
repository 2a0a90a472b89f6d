"""Document -> passages: runs of whole sentences under the embedder's own token limit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.protocols import TokenCounter
from rag.text import sentence_spans
from rag.types import Document, Passage, Span

# A text is counted in slices of so many characters, so that one endless line costs linear time.
_SLICE_CHARS = 1000
_SPECIAL_TOKENS = 2


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
    passages: list[Passage] = []
    for section in _sections(document):
        pieces = list(_pieces(document.text, section, counter, size_tokens - _SPECIAL_TOKENS))
        for first_new, run in _runs(pieces, size_tokens - _SPECIAL_TOKENS, overlap_sentences):
            passages.append(_passage(document, run, first_new))
    return passages


def _sections(document: Document) -> list[Span]:
    """From heading to heading; headings that follow each other directly stay together."""
    starts = [0]
    for heading in document.headings:
        between = document.text[starts[-1] : heading.start]
        only_headings = not _without_headings(document, starts[-1], heading.start).strip()
        if between.strip() and not only_headings:
            starts.append(heading.start)
    return [Span(a, b) for a, b in zip(starts, [*starts[1:], len(document.text)], strict=True)]


def _without_headings(document: Document, start: int, end: int) -> str:
    index = bisect_right([h.start for h in document.headings], start - 1)
    for heading in document.headings[index:]:
        if heading.start != start or heading.end > end:
            break
        start = heading.end
        while start < end and document.text[start].isspace():
            start += 1
    return document.text[start:end]


def _pieces(text: str, section: Span, counter: TokenCounter, limit: int) -> Iterator[_Piece]:
    for span in sentence_spans(text, section.start, section.end):
        if span.end - span.start <= _SLICE_CHARS:
            tokens = _count(text, span, counter)
            if tokens <= limit:
                yield _Piece(span.start, span.end, tokens)
                continue
        yield from _cut(text, span, counter, limit)


def _cut(text: str, span: Span, counter: TokenCounter, limit: int) -> Iterator[_Piece]:
    """Cut a long sentence between words, a long word between characters."""
    start = span.start
    while start < span.end:
        end = min(span.end, start + _SLICE_CHARS)
        while (tokens := _count(text, Span(start, end), counter)) > limit:
            end = start + max(1, min(end - start - 1, (end - start) * limit // tokens))
        end = _word_end(text, start, end, span.end)
        yield _Piece(start, end, _count(text, Span(start, end), counter))
        start = end
        while start < span.end and text[start].isspace():
            start += 1


def _word_end(text: str, start: int, end: int, limit: int) -> int:
    """Back to the last space, unless there is none."""
    if end == limit or text[end].isspace():
        return end
    space = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
    return end if space <= start else space


def _count(text: str, span: Span, counter: TokenCounter) -> int:
    return max(1, counter.count_tokens(text[span.start : span.end]) - _SPECIAL_TOKENS)


def _runs(pieces: Sequence[_Piece], limit: int, overlap: int) -> Iterator[tuple[int, list[_Piece]]]:
    """Offset of the first sentence that is new, and the sentences of a passage."""
    run: list[_Piece] = []
    new = 0
    for piece in pieces:
        if run and sum(p.tokens for p in run) + piece.tokens > limit:
            yield new, run
            run = _repeated(run, overlap, min(limit // 4, limit - piece.tokens))
            new = piece.start
        elif not run:
            new = piece.start
        run.append(piece)
    if run:
        yield new, run


def _repeated(run: Sequence[_Piece], overlap: int, room: int) -> list[_Piece]:
    kept: list[_Piece] = []
    for piece in reversed(run[-overlap:] if overlap else []):
        if sum(p.tokens for p in kept) + piece.tokens > room:
            break
        kept.insert(0, piece)
    return kept


def _passage(document: Document, run: Sequence[_Piece], first_new: int) -> Passage:
    start, end = run[0].start, run[-1].end
    return Passage(
        doc_id=document.doc_id, start=start, end=end, text=document.text[start:end],
        page=document.page_at(first_new), heading=document.heading_at(end - 1),
        title=document.title,
    )  # fmt: skip
