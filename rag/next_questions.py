"""What could be asked next, made from what was found and not yet used, without another model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rag.suggestions import example_questions
from rag.text import content_stems
from rag.types import Answer, Document

_CANDIDATES = 16
_ALIKE = 0.6
_FEWEST_STEMS = 1


def next_questions(
    answer: Answer, documents: Sequence[Document], *, asked: Sequence[str] = (), n: int = 3
) -> list[str]:
    """Questions that documents at hand answer and nobody asked yet; of cited ones first.

    Args:
        answer: The last one; what it cites is used up.
        documents: Where its passages come from.
        asked: Earlier questions.
        n: At most so many.
    """
    used = [set(content_stems(text)) for text in (*asked, answer.question)]
    used += [set(content_stems(answer.standalone_question))]
    told = set(content_stems(answer.text)) if answer.status == "answered" else set()
    unused = set(content_stems(" ".join(_unused(answer))))
    cited = {citation.document for citation in answer.citations}
    scored = []
    for place, (question, doc_id) in enumerate(_candidates(documents).items()):
        stems = set(content_stems(question)) - _FRAME
        if len(stems) < _FEWEST_STEMS or any(_is_alike(stems, other) for other in used):
            continue
        if told and stems <= told:
            continue
        scored.append((doc_id not in cited, -len(stems & unused) / len(stems), place, question))
    return [question for *_, question in sorted(scored)[:n]]


_FRAME = frozenset(content_stems("What do the documents say about the document"))


def _unused(answer: Answer) -> list[str]:
    """The passages of which nothing is cited."""
    return [
        hit.passage.text
        for hit in answer.hits
        if not any(
            c.document == hit.passage.doc_id
            and c.start < hit.passage.end
            and c.end > hit.passage.start
            for c in answer.citations
        )
    ]


def _is_alike(stems: set[str], other: set[str]) -> bool:
    shared = len(stems & other)
    return bool(other) and shared >= _ALIKE * min(len(stems), len(other - _FRAME) or 1)


def _candidates(documents: Sequence[Document]) -> dict[str, str]:
    """Questions and the documents that they come from, taken from the documents in turns."""
    lists = [[(d.doc_id, q) for q in _of_one(_Keyed(d.doc_id, d.sha256, d))] for d in documents]
    longest = max(map(len, lists), default=0)
    found: dict[str, str] = {}
    for i in range(longest):
        for doc_id, question in (row[i] for row in lists if i < len(row)):
            found.setdefault(question, doc_id)
    return found


class _Keyed:
    """A document that is equal by its version, so that no text is hashed."""

    def __init__(self, doc_id: str, sha256: str, document: Document) -> None:
        self.key = doc_id, sha256
        self.document = document

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.key == other.key


@lru_cache(maxsize=64)
def _of_one(keyed: _Keyed) -> tuple[str, ...]:
    return tuple(example_questions([keyed.document], n=_CANDIDATES))
