"""What became of each question of an evaluation, as records and as rows of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

DISAGREEMENT = "disagreement"


@dataclass(frozen=True, slots=True)
class QuotedSource:
    """One citation of an answer, judged.

    Attributes:
        start: In the document's text, characters, inclusive.
        end: Characters, exclusive.
        expected: Whether the document is an expected one; None when none is given.
        verbatim: Whether the quote equals the stored document's text at its offsets.
    """

    marker: int
    document: str
    page: int | None
    start: int
    end: int
    quote: str
    expected: bool | None
    verbatim: bool


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """One hit of a search.

    Attributes:
        start: In the document's text, characters, inclusive.
        end: Characters, exclusive.
        score: Fused score; higher is better.
        holds_answer: It holds a gold answer, or touches gold evidence; None when none is given.
    """

    document: str
    page: int | None
    start: int
    end: int
    score: float
    text: str
    holds_answer: bool | None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What became of one question; None where a measure does not apply.

    Attributes:
        is_answerable: The question set gives an answer.
        is_follow_up: It came with a history.
        status: As of the answer; "failed" when there is none, and `error` says why.
        words: Of the reply, without markers.
        gold_held: None for unanswerable questions; False when an answerable one was refused.
        retrieved: The document of each hit, best first.
        citations: Of the answer, then those that only its disagreements cite.
        citation_precision: Of the answer's own citations; None without any.
        unsupported: Names, numbers and dates that the cited quotes do not hold.
        confidence: As of the answer, 0 to 1.
        disagreements: How many were shown.
        elapsed_ms: Wall time of the answer.
        timings_ms: By stage, as the answer gives them.
        fingerprint: Of the settings that made the answer.
        answers: The gold answers.
        lost_at: Which stage lost it, see `rag.failures`; empty when the question went well.
        passages: The hits, best first.
        ndcg_at_10: Over documents, as recall and reciprocal rank are.
        recall_at_5_alone: Of a follow-up that is asked without what was said before.
        passage_recall_at_5: Over the gold evidence, as the next three; see `rag.attribution`.
        token_f1: By SQuAD's rules, as the exact match; 0 when an answer was refused.
        statements: Sentences that say something of the documents.
        statements_supported: How many of these the quotes that they cite support.
        citation_support_recall: Citation recall as in ALCE, see `rag.attribution`.
        citation_support_precision: Citation precision as in ALCE.
        evidence_recall: Share of the gold evidence that is cited.
        evidence_precision: Share of the citations that touch gold evidence.
    """

    id: str
    kind: str
    question: str
    is_answerable: bool
    is_follow_up: bool
    status: Literal["answered", "abstained", "failed"]
    error: str = ""
    standalone_question: str = ""
    reply: str = ""
    words: int = 0
    gold_held: bool | None = None
    retrieved: tuple[str, ...] = ()
    recall_at_5: float | None = None
    recall_at_10: float | None = None
    reciprocal_rank: float | None = None
    citations: tuple[QuotedSource, ...] = ()
    citation_precision: float | None = None
    unsupported: tuple[str, ...] = ()
    confidence: float = 0.0
    disagreements: int = 0
    elapsed_ms: float = 0.0
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    fingerprint: str = ""
    answers: tuple[str, ...] = ()
    lost_at: str = ""
    passages: tuple[FoundPassage, ...] = ()
    ndcg_at_10: float | None = None
    recall_at_5_alone: float | None = None
    passage_recall_at_5: float | None = None
    passage_reciprocal_rank: float | None = None
    passage_ndcg_at_10: float | None = None
    character_recall: float | None = None
    token_f1: float | None = None
    exact_match: float | None = None
    statements: int = 0
    statements_supported: int = 0
    citation_support_recall: float | None = None
    citation_support_precision: float | None = None
    evidence_recall: float | None = None
    evidence_precision: float | None = None

    @property
    def is_right(self) -> bool:
        """The gold answer was given, or what cannot be answered was refused."""
        return bool(self.gold_held) if self.is_answerable else self.status == "abstained"


def result_of(row: Mapping[str, Any]) -> QuestionResult:
    """The record of a row that `kaynak evaluate` wrote, also of an earlier version.

    Raises:
        KeyError: If a field is missing that every version writes.
        TypeError: If the row is of another kind.
    """
    for name in ("id", "kind", "question", "is_answerable", "is_follow_up", "status"):
        row[name]
    known = {name: row[name] for name in _NAMES & row.keys()}
    for name, record in (("citations", QuotedSource), ("passages", FoundPassage)):
        known[name] = tuple(record(**item) for item in row.get(name, ()))
    for name in ("answers", "retrieved", "unsupported"):
        known[name] = tuple(row.get(name, ()))
    return QuestionResult(**known)


_NAMES = frozenset(field.name for field in fields(QuestionResult))
