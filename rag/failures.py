"""Which stage lost a question: from the documents to the sentence that was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.attribution import Place, touched_share
from rag.metrics import gold_held
from rag.questions import Question
from rag.types import Answer, Citation, Document

NOT_INDEXED = "not indexed"
NOT_IN_TEXT = "not in the text"
NOT_RETRIEVED = "not retrieved"
NOT_SELECTED = "not selected"
WRITTEN_WRONG = "written wrong"
WRONGLY_REFUSED = "wrongly refused"
WRONGLY_ANSWERED = "wrongly answered"
FAILED = "failed"

EXPLAINED = {
    NOT_INDEXED: "An expected document is not in the index: was it read, is its name right?",
    NOT_IN_TEXT: (
        "The expected documents' text does not hold the gold answer word for word: a reader lost "
        "it, or the answer is put in other words."
    ),
    NOT_RETRIEVED: "No passage that was found holds the answer.",
    WRONGLY_REFUSED: "A passage that was found holds the answer, and the question was refused.",
    NOT_SELECTED: "A passage that was found holds the answer, but nothing that was cited does.",
    WRITTEN_WRONG: "What was cited holds the answer, but the reply does not.",
    WRONGLY_ANSWERED: "The documents do not answer it, and a reply was given.",
    FAILED: "It ended in an error.",
}
"""The stages in their order, with what each means, for people."""


def lost_at(
    question: Question,
    answer: Answer,
    gold: Sequence[Place],
    *,
    document: Callable[[str], Document | None],
) -> str:
    """Name the first stage after which the answer was not there any more.

    Args:
        gold: The places of the gold evidence; may be empty.
        document: A document by its ``doc_id``; None when it is not indexed.

    Returns:
        A key of `EXPLAINED`; empty when the question went well.
    """
    refused = answer.status == "abstained"
    if not question.is_answerable:
        return "" if refused else WRONGLY_ANSWERED
    if not refused and gold_held(answer.text, question.answers, all=question.all):
        return ""
    if missing := _missing(question, gold, document):
        return missing
    if not holds(question, gold, _hits(question, answer)):
        return NOT_RETRIEVED
    if refused:
        return WRONGLY_REFUSED
    quoted = [(_place(c), c.quote) for c in _cited(answer)]
    return WRITTEN_WRONG if holds(question, gold, quoted) else NOT_SELECTED


def holds(question: Question, gold: Sequence[Place], pieces: Sequence[tuple[Place, str]]) -> bool:
    """Whether pieces of documents together hold what a question needs.

    Args:
        pieces: Places with their texts.
    """
    text = "\n".join(text for _, text in pieces)
    if gold_held(text, question.answers, all=question.all):
        return True
    share = touched_share(gold, [place for place, _ in pieces]) if gold else 0.0
    return share == 1 if question.all else share > 0


def _missing(
    question: Question, gold: Sequence[Place], document: Callable[[str], Document | None]
) -> str:
    """Whether the answer can be found at all; empty when it can, or when that is not known."""
    expected = [document(name) for name in question.documents]
    there = [d for d in expected if d is not None]
    if expected and (len(there) < len(expected) if question.all else not there):
        return NOT_INDEXED
    text = "\n".join(d.text for d in there)
    if expected and not gold and not gold_held(text, question.answers, all=question.all):
        return NOT_IN_TEXT
    return ""


def _hits(question: Question, answer: Answer) -> list[tuple[Place, str]]:
    """Hits of the expected documents: "1992" in another one answers something else."""
    passages = [hit.passage for hit in answer.hits]
    wanted = question.documents
    return [
        (Place(p.doc_id, p.start, p.end), p.text)
        for p in passages
        if not wanted or p.doc_id in wanted
    ]


def _cited(answer: Answer) -> list[Citation]:
    sides = [citation for d in answer.disagreements for _, citation in d.sides]
    return list(dict.fromkeys([*answer.citations, *sides]))


def _place(citation: Citation) -> Place:
    return Place(citation.document, citation.start, citation.end)
