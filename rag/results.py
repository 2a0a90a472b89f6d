"""What became of each question of an evaluation, and one number per measure over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from rag.metrics import RefusalScores, refusal_scores
from rag.statistics import area_under_roc, bootstrap_interval, calibration_error, mean, percentile

T = TypeVar("T")

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


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure over the questions that it applies to.

    Attributes:
        value: A share from 0 to 1, unless `unit` says otherwise; None without a denominator.
        low: Lower bound of the 95 % bootstrap interval; None for counts.
        high: Upper bound.
        n: How many it was measured on.
        unit: "share", "count", "words" or "s".
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str = "share"


@dataclass(frozen=True, slots=True)
class Summary:
    """Measures over all questions and, where questions have kinds, by kind."""

    metrics: tuple[Metric, ...]
    by_kind: Mapping[str, tuple[Metric, ...]]

    def metric(self, name: str) -> Metric:
        """The measure of that name over all questions.

        Raises:
            KeyError: If there is none.
        """
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise KeyError(name)


def summarise(results: Sequence[QuestionResult], *, seed: int) -> Summary:
    """Sum up results.

    Failed questions count as misses of retrieval and gold answers, and not as refusals; the
    other measures leave them out. Latencies are those of answers and refusals alike.

    Args:
        seed: Of the bootstrap.
    """
    kinds = dict.fromkeys(result.kind for result in results if result.kind)
    by_kind = {
        kind: tuple(m for m in _metrics([r for r in results if r.kind == kind], seed) if m.n)
        for kind in kinds
    }
    return Summary(tuple(_metrics(results, seed)), by_kind)


def _metrics(results: Sequence[QuestionResult], seed: int) -> list[Metric]:
    """All measures, in the order in which they are shown."""
    done = [r for r in results if r.status != "failed"]
    replies = [r for r in done if r.status == "answered"]
    follow_ups = [r for r in results if r.is_follow_up]
    differing = [r for r in results if r.kind == DISAGREEMENT]
    agreeing = [r for r in done if r.is_answerable and r.kind != DISAGREEMENT]
    quotes = [c.verbatim for r in done for c in r.citations]
    seconds = [r.elapsed_ms / 1000 for r in done]
    firsts = [r.timings_ms["first"] / 1000 for r in replies if "first" in r.timings_ms]
    return [
        _average("recall@5", [r.recall_at_5 for r in results], seed),
        _average("recall@10", [r.recall_at_10 for r in results], seed),
        _average("MRR", [r.reciprocal_rank for r in results], seed),
        _average("gold held", [r.gold_held for r in results], seed),
        _average("gold held, follow-ups", [r.gold_held for r in follow_ups], seed),
        _average("citation precision", [r.citation_precision for r in replies], seed),
        _average("quotes verbatim", quotes, seed),
        *_refusals(results, seed),
        *_scores(done, seed),
        _count("unsupported values", [len(r.unsupported) for r in replies]),
        _average("disagreements shown", [r.disagreements > 0 for r in differing], seed),
        _average("disagreements falsely shown", [r.disagreements > 0 for r in agreeing], seed),
        _average("words per reply", [r.words for r in replies], seed, unit="words"),
        _estimate("first sentence p50", firsts, _p50, seed, unit="s"),
        _estimate("latency p50", seconds, _p50, seed, unit="s"),
        _estimate("latency p95", seconds, _p95, seed, unit="s"),
        _count("failed", [int(r.status == "failed") for r in results]),
    ]


def _average(
    name: str, values: Sequence[float | None], seed: int, *, unit: str = "share"
) -> Metric:
    known = [float(value) for value in values if value is not None]
    if not known:
        return Metric(name, None, None, None, 0, unit)
    interval = bootstrap_interval(known, seed=seed)
    return Metric(name, mean(known), interval.low, interval.high, len(known), unit)


def _estimate(
    name: str,
    values: Sequence[T],
    statistic: Callable[[Sequence[T]], float | None],
    seed: int,
    *,
    unit: str = "share",
) -> Metric:
    value = statistic(values) if values else None
    if value is None:
        return Metric(name, None, None, None, 0, unit)
    interval = bootstrap_interval(values, seed=seed, statistic=statistic)
    return Metric(name, value, interval.low, interval.high, len(values), unit)


def _count(name: str, counts: Sequence[int]) -> Metric:
    return Metric(name, sum(counts) if counts else None, None, None, len(counts), "count")


def _refusals(results: Sequence[QuestionResult], seed: int) -> list[Metric]:
    """Resampled over all questions, so that the denominators vary as they would."""
    outcomes = [(r.status == "abstained", not r.is_answerable) for r in results]

    def score(name: str, read: Callable[[RefusalScores], float | None], n: int) -> Metric:
        metric = _estimate(name, outcomes, lambda rows: read(refusal_scores(rows)), seed)
        return Metric(name, metric.value, metric.low, metric.high, n)

    refused = sum(was for was, _ in outcomes)
    unanswerable = sum(should for _, should in outcomes)
    either = sum(was or should for was, should in outcomes)
    return [
        score("refusal precision", lambda scores: scores.precision, refused),
        score("refusal recall", lambda scores: scores.recall, unanswerable),
        score("refusal F1", lambda scores: scores.f1, either),
    ]


def _scores(done: Sequence[QuestionResult], seed: int) -> list[Metric]:
    """How well the confidence tells what can be answered, whatever the threshold."""
    rows = [(r.confidence, r.is_answerable) for r in done]
    n = len(rows) if len({answerable for _, answerable in rows}) == 2 else 0
    return [
        _estimate("confidence, area under ROC", rows if n else [], _area, seed),
        _estimate("confidence, calibration error", rows if n else [], calibration_error, seed),
    ]


def _area(rows: Sequence[tuple[float, bool]]) -> float | None:
    good, bad = ([p for p, flag in rows if flag is wanted] for wanted in (True, False))
    return area_under_roc(good, bad) if good and bad else None


def _p50(seconds: Sequence[float]) -> float:
    return percentile(seconds, 0.5)


def _p95(seconds: Sequence[float]) -> float:
    return percentile(seconds, 0.95)
