"""Two runs over the same questions: which is better, and is that more than chance?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.errors import QuestionSetError
from rag.results import QuestionResult
from rag.statistics import holm, mean, paired_randomisation

Verdict = Literal["better", "worse", "no difference"]

SIGNIFICANT = 0.05

_Read = Callable[[QuestionResult], float | None]
_MORE_IS_BETTER, _LESS_IS_BETTER, _NEITHER = 1, -1, 0
_MEASURES: Mapping[str, tuple[int, _Read]] = {
    "right": (_MORE_IS_BETTER, lambda r: r.is_right),
    "gold_held": (_MORE_IS_BETTER, lambda r: r.gold_held),
    "refused_rightly": (
        _MORE_IS_BETTER, lambda r: None if r.is_answerable else r.status == "abstained",
    ),
    "token_f1": (_MORE_IS_BETTER, lambda r: r.token_f1),
    "recall_at_5": (_MORE_IS_BETTER, lambda r: r.recall_at_5),
    "reciprocal_rank": (_MORE_IS_BETTER, lambda r: r.reciprocal_rank),
    "ndcg_at_10": (_MORE_IS_BETTER, lambda r: r.ndcg_at_10),
    "citation_precision": (_MORE_IS_BETTER, lambda r: r.citation_precision),
    "evidence_recall": (_MORE_IS_BETTER, lambda r: r.evidence_recall),
    "disagreements": (_NEITHER, lambda r: r.disagreements),
    # Who fails says nothing wrong, and that soon.
    "unsupported": (_LESS_IS_BETTER, lambda r: None if r.error else len(r.unsupported)),
    "words": (_NEITHER, lambda r: r.words),
    "seconds": (_LESS_IS_BETTER, lambda r: None if r.error else r.elapsed_ms / 1000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in two runs, over the questions for which both have it.

    Attributes:
        first: Mean in the first run.
        second: Mean in the second run.
        p: Of the paired randomisation test, see `rag.statistics.paired_randomisation`.
        adjusted_p: The same, when all measures together shall err once in as many comparisons;
            see `rag.statistics.holm`.
        verdict: Of the second run; "no difference" is one that chance explains.
        n: Questions.
    """

    measure: str
    first: float
    second: float
    p: float
    adjusted_p: float
    verdict: Verdict
    n: int


@dataclass(frozen=True, slots=True)
class Change:
    """A question that one of the runs alone gets right, with both replies.

    Attributes:
        answers: The gold answers.
        first: Reply of the first run.
        second: Reply of the second run.
        lost_at: The stage that lost it in the run that gets it wrong, see `rag.failures`.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    first: str
    second: str
    lost_at: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two runs.

    Attributes:
        won: Questions that only the second run gets right: the gold answer held, or the
            unanswerable refused.
        lost: Questions that only the first run gets right.
        missing: How many questions only one of the runs has; they are left out.
    """

    differences: tuple[Difference, ...]
    won: tuple[Change, ...]
    lost: tuple[Change, ...]
    missing: int


def compare(
    first: Sequence[QuestionResult], second: Sequence[QuestionResult], *, seed: int = 0
) -> Comparison:
    """Compare two runs question by question.

    Args:
        second: Of the run that may be better.
        seed: Of the test.

    Raises:
        QuestionSetError: If they have no question in common.
    """
    later = {result.id: result for result in second}
    pairs = [(before, later[before.id]) for before in first if before.id in later]
    if not pairs:
        raise QuestionSetError(
            "The two runs have no question in common.", hint="Compare runs of one question set."
        )
    return Comparison(
        differences=_differences(pairs, seed),
        won=tuple(_change(a, b) for a, b in pairs if b.is_right and not a.is_right),
        lost=tuple(_change(a, b) for a, b in pairs if a.is_right and not b.is_right),
        missing=len({r.id for r in first} ^ later.keys()),
    )


def _differences(
    pairs: Sequence[tuple[QuestionResult, QuestionResult]], seed: int
) -> tuple[Difference, ...]:
    known: dict[str, tuple[list[float], list[float]]] = {}
    for name, (_, read) in _MEASURES.items():
        values = [(read(a), read(b)) for a, b in pairs]
        both = [(float(a), float(b)) for a, b in values if a is not None and b is not None]
        if both:
            known[name] = ([a for a, _ in both], [b for _, b in both])
    found = {name: paired_randomisation(*runs, seed=seed) for name, runs in known.items()}
    adjusted = holm(list(found.values()))
    return tuple(
        Difference(
            name, mean(before), mean(now), found[name], p, _verdict(name, before, now, p),
            len(before),
        )
        for (name, (before, now)), p in zip(known.items(), adjusted, strict=True)
    )  # fmt: skip


def _verdict(name: str, before: Sequence[float], now: Sequence[float], p: float) -> Verdict:
    direction, _ = _MEASURES[name]
    gain = direction * (mean(now) - mean(before))
    if p >= SIGNIFICANT or gain == 0:
        return "no difference"
    return "better" if gain > 0 else "worse"


def _change(before: QuestionResult, now: QuestionResult) -> Change:
    return Change(
        now.id, now.question, now.answers, said(before), said(now),
        before.lost_at or now.lost_at,
    )  # fmt: skip


def said(result: QuestionResult) -> str:
    """The reply, or why there is none."""
    return f"(failed: {result.error})" if result.status == "failed" else result.reply
