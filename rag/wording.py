"""From evidence to the sentences that are shown, each with the citation that it stands on."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence

from rag.own_words import Own, OwnKind
from rag.protocols import Snapshot
from rag.run import Run, ms_since
from rag.text import sentence_spans
from rag.types import Checked, Citation, Evidence, Passage, Sentence

_BULLET = re.compile(r"^[ \t]*(?:[-*•‣]|\(?\d{1,3}[.)])[ \t]+")

_LONE = re.compile(r"^[ \t]*(?:[-*•‣](?![ \t]*\d)|\(?\d{1,2}[.)])[ \t]+")


def page_of(snapshot: Snapshot, passage: Passage, at: int) -> int | None:
    """Page of a character of a passage's document; a passage may run over several pages."""
    if passage.page is None:
        return None
    document = snapshot.document(passage.doc_id)
    return passage.page if document is None else document.page_at(at)


def cite(run: Run, item: Evidence) -> Citation:
    """The citation of a piece of evidence; the same characters are cited under one number."""
    for citation in run.citations:
        if (citation.document, citation.start, citation.end) == (
            item.passage.doc_id, item.start, item.end,
        ):  # fmt: skip
            return citation
    passage: Passage = item.passage
    citation = Citation(
        marker=len(run.citations) + 1, document=passage.doc_id, title=passage.title,
        page=run.page_of(passage, item.start), start=item.start, end=item.end, quote=item.text,
        heading=passage.heading,
    )  # fmt: skip
    run.citations.append(citation)
    return citation


def quote(run: Run, item: Evidence, *, copies: Sequence[Evidence] = ()) -> Iterator[Checked]:
    """Show evidence in its own words, unless it was shown already, perhaps within a longer quote.

    Args:
        copies: Of other documents, cited as well.
    """
    if not _is_shown(run, item):
        markers = tuple(cite(run, e).marker for e in (item, *copies))
        yield show(run, Sentence(_readable(item.text), markers, quoted=True))


def _is_shown(run: Run, item: Evidence) -> bool:
    quoted = [run.citations[m - 1] for s in run.sentences if s.quoted for m in s.markers]
    return any(
        c.document == item.passage.doc_id and c.start <= item.start and item.end <= c.end
        for c in quoted
    )


def own(kind: OwnKind, *markers: int, **values: int | str) -> Sentence:
    """A sentence of the program's own."""
    return of_own(Own(kind, tuple(values.items())), *markers)


def of_own(said: Own, *markers: int) -> Sentence:
    """The same, of what is to be said."""
    return Sentence(said.text, markers, quoted=False, own=said)


def show(run: Run, sentence: Sentence) -> Checked:
    """Add a sentence to the reply."""
    run.sentences.append(sentence)
    run.timings_ms.setdefault("first", ms_since(run.started))
    return Checked(sentence, tuple(run.citations[m - 1] for m in sentence.markers))


def _readable(text: str) -> str:
    """The same words on one line each: bullets of single items and line wraps are dropped."""
    lines = [" ".join(text[s.start : s.end].split()) for s in sentence_spans(text)]
    if sum(bool(_BULLET.match(line)) for line in lines) > 1:
        return "\n".join(lines)
    # "100. Yıl Üniversitesi" and "- 5 degrees" are no items: a lone number is part of the name.
    return " ".join(_LONE.sub("", line) for line in lines)


def marked(sentence: Sentence) -> str:
    """The sentence with its markers."""
    return sentence.text + "".join(f" [{m}]" for m in sentence.markers)


def whole_sentences(pieces: Iterator[str]) -> Generator[str, None, None]:
    """Pieces of text as they come -> sentences as soon as they are complete."""
    text = ""
    for piece in pieces:
        text += piece
        spans = sentence_spans(text)
        while len(spans) > 1:
            yield _cleaned(text[spans[0].start : spans[0].end])
            text = text[spans[0].end :]
            spans = sentence_spans(text)
    if text.strip():
        yield _cleaned(text)


def _cleaned(text: str) -> str:
    """Without the markers that a model may have written: ours are the only ones."""
    bare = re.sub(r"\s*[\[［【]\s*[\d,\s–-]{1,40}[\]］】]", "", _BULLET.sub("", text))
    return " ".join(bare.split())
