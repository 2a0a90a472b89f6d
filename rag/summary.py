"""One number per measure over the results of an evaluation, each with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from rag.metrics import RefusalScores, refusal_scores
from rag.results import DISAGREEMENT, QuestionResult
from rag.statistics import (
    area_under_risk_coverage,
    area_under_roc,
    bootstrap_interval,
    calibration_error,
    mean,
    percentile,
)

T = TypeVar("T")

STAGES = ("retrieve", "evidence", "write", "check")


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


def value_text(metric: Metric) -> str:
    """The value for people, with its unit; "-" when there is none."""
    if metric.value is None:
        return "-"
    return _with_unit(metric.value, metric.unit)


def interval_text(metric: Metric) -> str:
    """The bounds for people; empty when there are none."""
    if metric.low is None or metric.high is None:
        return ""
    return f"{_with_unit(metric.low, metric.unit)} to {_with_unit(metric.high, metric.unit)}"


def _with_unit(value: float, unit: str) -> str:
    digits = {"share": ".3f", "words": ".1f", "s": ".2f", "count": ".0f"}[unit]
    return f"{value:{digits}} s" if unit == "s" else f"{value:{digits}}"


def metric_names() -> list[str]:
    """The names of all measures, in the order in which they are shown."""
    return [metric.name for metric in _metrics([], 0)]


def _metrics(results: Sequence[QuestionResult], seed: int) -> list[Metric]:
    """All measures, in the order in which they are shown."""
    done = [r for r in results if r.status != "failed"]
    return [
        _average("right", [r.is_right for r in results], seed),
        *_retrieval(results, seed),
        *_replies(results, seed),
        *_citations([r for r in done if r.status == "answered"], done, seed),
        *_refusals(results, seed),
        *_scores(done, seed),
        *_disagreements(results, done, seed),
        *_times(done, seed),
        _count("failed", [int(r.status == "failed") for r in results]),
    ]


def _retrieval(results: Sequence[QuestionResult], seed: int) -> list[Metric]:
    # A follow-up counts here when it was searched both ways.
    twice = [r for r in results if r.recall_at_5_alone is not None]
    return [
        _average("recall@5", [r.recall_at_5 for r in results], seed),
        _average("recall@10", [r.recall_at_10 for r in results], seed),
        _average("MRR", [r.reciprocal_rank for r in results], seed),
        _average("nDCG@10", [r.ndcg_at_10 for r in results], seed),
        _average("passage recall@5", [r.passage_recall_at_5 for r in results], seed),
        _average("passage MRR", [r.passage_reciprocal_rank for r in results], seed),
        _average("passage nDCG@10", [r.passage_ndcg_at_10 for r in results], seed),
        _average("character recall", [r.character_recall for r in results], seed),
        _average("follow-ups, recall@5", [r.recall_at_5 for r in twice], seed),
        _average("follow-ups, recall@5 alone", [r.recall_at_5_alone for r in twice], seed),
    ]


def _replies(results: Sequence[QuestionResult], seed: int) -> list[Metric]:
    follow_ups = [r for r in results if r.is_follow_up]
    words = [r.words for r in results if r.status == "answered"]
    return [
        _average("gold held", [r.gold_held for r in results], seed),
        _average("gold held, follow-ups", [r.gold_held for r in follow_ups], seed),
        _average("token F1", [r.token_f1 for r in results], seed),
        _average("exact match", [r.exact_match for r in results], seed),
        _average("words per reply", words, seed, unit="words"),
    ]


def _citations(
    replies: Sequence[QuestionResult], done: Sequence[QuestionResult], seed: int
) -> list[Metric]:
    quotes = [c.verbatim for r in done for c in r.citations]
    return [
        _average("citation precision", [r.citation_precision for r in replies], seed),
        _average("citation precision, ALCE", [r.citation_support_precision for r in replies], seed),
        _average("citation recall, ALCE", [r.citation_support_recall for r in replies], seed),
        _average("citation precision, evidence", [r.evidence_precision for r in replies], seed),
        _average("citation recall, evidence", [r.evidence_recall for r in replies], seed),
        _supported(replies, seed),
        _average("quotes verbatim", quotes, seed),
        _count("unsupported values", [len(r.unsupported) for r in replies]),
    ]


def _supported(replies: Sequence[QuestionResult], seed: int) -> Metric:
    """Over sentences; replies are resampled, as the sentences of one are not independent."""
    rows = [(r.statements_supported, r.statements) for r in replies if r.statements]
    metric = _estimate("sentences supported", rows, _share, seed)
    return replace(metric, n=sum(n for _, n in rows))


def _share(rows: Sequence[tuple[int, int]]) -> float:
    return sum(part for part, _ in rows) / sum(whole for _, whole in rows)


def _disagreements(
    results: Sequence[QuestionResult], done: Sequence[QuestionResult], seed: int
) -> list[Metric]:
    differing = [r for r in results if r.kind == DISAGREEMENT]
    agreeing = [r for r in done if r.is_answerable and r.kind != DISAGREEMENT]
    return [
        _average("disagreements shown", [r.disagreements > 0 for r in differing], seed),
        _count("disagreements missed", [int(r.disagreements == 0) for r in differing]),
        _average("disagreements falsely shown", [r.disagreements > 0 for r in agreeing], seed),
    ]


def _times(done: Sequence[QuestionResult], seed: int) -> list[Metric]:
    seconds = [r.elapsed_ms / 1000 for r in done]
    firsts = [
        r.timings_ms["first"] / 1000
        for r in done
        if r.status == "answered" and "first" in r.timings_ms
    ]
    metrics = [
        _estimate("first sentence p50", firsts, _p50, seed, unit="s"),
        _estimate("latency p50", seconds, _p50, seed, unit="s"),
        _estimate("latency p95", seconds, _p95, seed, unit="s"),
    ]
    for stage in STAGES:
        spent = [r.timings_ms[stage] / 1000 for r in done if stage in r.timings_ms]
        metrics.append(_estimate(f"{stage} p50", spent, _p50, seed, unit="s"))
        metrics.append(_estimate(f"{stage} p95", spent, _p95, seed, unit="s"))
    return metrics


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
    # What was refused counts as wrong: nobody saw what would have been said.
    outcomes = [(r.confidence, bool(r.gold_held)) for r in done]
    return [
        _estimate("confidence, area under ROC", rows if n else [], _area, seed),
        _estimate("confidence, calibration error", rows if n else [], calibration_error, seed),
        _estimate("area under risk-coverage", outcomes, area_under_risk_coverage, seed),
    ]


def _area(rows: Sequence[tuple[float, bool]]) -> float | None:
    good, bad = ([p for p, flag in rows if flag is wanted] for wanted in (True, False))
    return area_under_roc(good, bad) if good and bad else None


def _p50(seconds: Sequence[float]) -> float:
    return percentile(seconds, 0.5)


def _p95(seconds: Sequence[float]) -> float:
    return percentile(seconds, 0.95)
