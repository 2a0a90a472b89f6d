"""One question and its answer -> everything that is measured of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from rag.attribution import (
    Place,
    Statement,
    citation_support,
    first_touches,
    held_characters,
    on_gold,
    touched_share,
)
from rag.failures import lost_at
from rag.grounding import support, unsupported
from rag.metrics import (
    citation_precision,
    exact_match,
    gold_held,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
    token_f1,
    unsupported_values,
)
from rag.questions import GoldEvidence, Question
from rag.results import FoundPassage, QuestionResult, QuotedSource
from rag.types import Answer, Citation, Document, Hit

Documents = Callable[[str], Document | None]
"""A document by its ``doc_id``; None when it is not indexed."""


def measure(
    question: Question, answer: Answer, elapsed_ms: float, *, document: Documents
) -> QuestionResult:
    """Measure one answer.

    Args:
        elapsed_ms: Wall time of the answer.
    """
    expected = question.documents
    gold = gold_places(question.evidence, document)
    refused = answer.status == "abstained"
    found = citation_support(_statements(answer), supports=supports)
    return QuestionResult(
        id=question.id,
        kind=question.kind,
        question=question.question,
        is_answerable=question.is_answerable,
        is_follow_up=bool(question.history),
        status=answer.status,
        standalone_question=answer.standalone_question,
        reply=answer.text,
        words=len(without_markers(answer).split()),
        citations=_judged(answer, expected, document),
        citation_precision=citation_precision([c.document for c in answer.citations], expected)
        if expected
        else None,
        unsupported=unsupported_values(answer, unsupported=unsupported),
        confidence=answer.confidence,
        disagreements=len(answer.disagreements),
        elapsed_ms=elapsed_ms,
        timings_ms=dict(answer.timings_ms),
        fingerprint=answer.fingerprint,
        answers=question.answers,
        lost_at=lost_at(question, answer, gold, document=document),
        passages=tuple(_found(hit, question, gold) for hit in answer.hits),
        statements=0 if refused else found.statements,
        statements_supported=0 if refused else found.supported,
        citation_support_recall=None if refused else found.recall,
        citation_support_precision=None if refused else found.precision,
        **_said(question, answer, refused=refused),
        **_retrieved(answer.hits, expected),
        **_on_gold(answer, gold),
    )


def missed(question: Question, error: str, elapsed_ms: float) -> QuestionResult:
    """The result of a question that ended in an error.

    It counts as a miss throughout, so that failing never looks better than answering badly.
    """
    miss = 0.0 if question.documents else None
    by_gold = 0.0 if question.evidence else None
    said = 0.0 if question.is_answerable else None
    return QuestionResult(
        question.id, question.kind, question.question, question.is_answerable,
        bool(question.history), "failed",
        error=error, elapsed_ms=elapsed_ms, answers=question.answers, lost_at="failed",
        gold_held=False if question.is_answerable else None, token_f1=said, exact_match=said,
        recall_at_5=miss, recall_at_10=miss, reciprocal_rank=miss, ndcg_at_10=miss,
        passage_recall_at_5=by_gold, passage_reciprocal_rank=by_gold, passage_ndcg_at_10=by_gold,
        character_recall=by_gold,
    )  # fmt: skip


def supports(sentence: str, evidence: str) -> bool:
    """Whether evidence holds a sentence word for word, or passes `rag.grounding.support`."""
    return _one_line(sentence) in _one_line(evidence) or support(sentence, evidence).holds


def gold_places(evidence: Sequence[GoldEvidence], document: Documents) -> list[Place]:
    """Where the gold evidence stands in the stored documents; what is not found is left out."""
    places = (_located(gold, document(gold.document)) for gold in evidence)
    return [place for place in places if place is not None]


def _located(gold: GoldEvidence, document: Document | None) -> Place | None:
    if document is None:
        return None
    if gold.start is not None and gold.end is not None:
        return Place(gold.document, gold.start, min(gold.end, len(document.text)))
    # Lines may be wrapped elsewhere in the file that a person copied from.
    pattern = r"\s+".join(map(re.escape, gold.quote.split()))
    match = re.search(pattern, document.text)
    return Place(gold.document, *match.span()) if match else None


def without_markers(answer: Answer) -> str:
    """The reply as prose."""
    return " ".join(s.text for s in answer.sentences) if answer.sentences else answer.text


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _statements(answer: Answer) -> list[Statement]:
    """What the reply says of the documents; what the program says of itself cites nothing."""
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    announced = {frozenset(c.marker for _, c in d.sides) for d in answer.disagreements}
    return [
        Statement(s.text, tuple(quotes[m] for m in s.markers if m in quotes))
        for s in answer.sentences
        if s.markers and (s.quoted or frozenset(s.markers) not in announced)
    ]


def _said(question: Question, answer: Answer, *, refused: bool) -> dict[str, Any]:
    if not question.is_answerable:
        return {}
    gold, prose = question.answers, without_markers(answer)
    return {
        "gold_held": not refused and gold_held(answer.text, gold, all=question.all),
        "token_f1": 0.0 if refused else token_f1(prose, gold),
        "exact_match": float(not refused and exact_match(prose, gold)),
    }


def _retrieved(hits: Sequence[Hit], expected: Sequence[str]) -> dict[str, Any]:
    retrieved = tuple(hit.passage.doc_id for hit in hits)
    if not expected:
        return {"retrieved": retrieved}
    return {
        "retrieved": retrieved,
        "recall_at_5": recall_at_k(retrieved, expected, k=5),
        "recall_at_10": recall_at_k(retrieved, expected, k=10),
        "reciprocal_rank": reciprocal_rank(retrieved, expected),
        "ndcg_at_10": ndcg_at_k(retrieved, expected, k=10),
    }


def _on_gold(answer: Answer, gold: Sequence[Place]) -> dict[str, Any]:
    """What is measured by the gold evidence."""
    if not gold:
        return {}
    passages = [_place_of(hit) for hit in answer.hits]
    names = [str(i) for i in range(len(gold))]
    ranked = first_touches(passages, gold)
    measured: dict[str, Any] = {
        "passage_recall_at_5": touched_share(gold, passages[:5]),
        "passage_reciprocal_rank": reciprocal_rank(ranked, names),
        "passage_ndcg_at_10": ndcg_at_k(ranked, names, k=10),
        "character_recall": held_characters(gold, passages),
    }
    if answer.status == "answered":
        cited = [Place(c.document, c.start, c.end) for c in answer.citations]
        measured["evidence_recall"] = touched_share(gold, cited)
        measured["evidence_precision"] = on_gold(cited, gold)
    return measured


def _place_of(hit: Hit) -> Place:
    return Place(hit.passage.doc_id, hit.passage.start, hit.passage.end)


def _found(hit: Hit, question: Question, gold: Sequence[Place]) -> FoundPassage:
    passage = hit.passage
    held = None
    if question.is_answerable:
        wanted = not question.documents or passage.doc_id in question.documents
        held = wanted and _speaks(question, gold, _place_of(hit), passage.text)
    return FoundPassage(
        passage.doc_id, passage.page, passage.start, passage.end, hit.score, passage.text, held
    )


def _speaks(question: Question, gold: Sequence[Place], place: Place, text: str) -> bool:
    """Whether one passage holds one of the answers, also when all are needed."""
    return gold_held(text, question.answers) or any(g.touches(place) for g in gold)


def _judged(
    answer: Answer, expected: Sequence[str], document: Documents
) -> tuple[QuotedSource, ...]:
    sides = [citation for d in answer.disagreements for _, citation in d.sides]
    return tuple(
        QuotedSource(
            c.marker, c.document, c.page, c.start, c.end, c.quote,
            expected=c.document in expected if expected else None,
            verbatim=_is_verbatim(c, document(c.document)),
        )
        for c in dict.fromkeys([*answer.citations, *sides])
    )  # fmt: skip


def _is_verbatim(citation: Citation, document: Document | None) -> bool:
    return document is not None and document.text[citation.start : citation.end] == citation.quote
