"""Statistics of the evaluation: estimates with their uncertainty, tests, calibration."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of an estimate, low <= high."""

    low: float
    high: float


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean of at least one value."""
    return float(np.mean(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies, linear between neighbours.

    Definition 7 of Hyndman and Fan, *Sample Quantiles in Statistical Packages*, 1996.

    Args:
        values: At least one, in any order.
        share: 0 to 1; 0.5 is the median.
    """
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def bootstrap_interval(
    values: Sequence[T],
    *,
    seed: int,
    level: float = 0.95,
    rounds: int = 1000,
    statistic: Callable[[Sequence[T]], float | None] | None = None,
) -> Interval:
    """Percentile bootstrap of a statistic; Efron, *Bootstrap Methods*, 1979.

    Args:
        values: One per question, at least one; resampled with replacement.
        seed: Equal seeds give equal intervals.
        level: Share of the resampled statistics between the bounds.
        rounds: How often to resample.
        statistic: None for the mean. Resamples for which it is None are left out.

    Raises:
        ValueError: If there are no values, or the statistic was None throughout.
    """
    if not values:
        raise ValueError("an interval needs at least one value")
    picks = np.random.default_rng(seed).integers(0, len(values), size=(rounds, len(values)))
    if statistic is None:
        drawn = np.asarray(values, dtype=float)[picks].mean(axis=1)
    else:
        found = [statistic([values[i] for i in row]) for row in picks]
        drawn = np.array([value for value in found if value is not None])
    if not drawn.size:
        raise ValueError("the statistic has no value for these")
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def paired_randomisation(
    first: Sequence[float], second: Sequence[float], *, seed: int, rounds: int = 10_000
) -> float:
    """How likely a difference of means this large is when it is chance which run is which.

    Fisher's randomisation test on pairs, two-sided: the signs of the differences are drawn anew;
    ``p = (1 + as large) / (1 + rounds)``. Smucker, Allan and Carterette, *A Comparison of
    Statistical Significance Tests for Information Retrieval Evaluation*, 2007.

    Args:
        first: One value per question.
        second: Of the same questions, in the same order.

    Raises:
        ValueError: If there are no pairs, or not as many of each.
    """
    if not first or len(first) != len(second):
        raise ValueError("a paired test needs one value of each run for every question")
    differences = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    if not differences.any():
        return 1.0
    signs = np.random.default_rng(seed).integers(0, 2, size=(rounds, len(first))) * 2 - 1
    drawn = np.abs((signs * differences).sum(axis=1))
    # Sums of the same numbers in another order may differ in the last digit.
    large = int((drawn >= abs(differences.sum()) - 1e-9).sum())
    return (1 + large) / (1 + rounds)


def area_under_roc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Share of pairs of which the good one has the higher score; ties count half.

    Fawcett, *An introduction to ROC analysis*, 2006. 0.5 is chance.

    Args:
        good: Scores of what should score high; at least one.
        bad: Scores of the rest; at least one.
    """
    first, second = np.asarray(good)[:, None], np.asarray(bad)
    return float((first > second).mean() + 0.5 * (first == second).mean())


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about one probability.

    Attributes:
        predicted: Mean probability.
        came_true: Share that came true.
        n: How many.
    """

    predicted: float
    came_true: float
    n: int


def reliability(predictions: Sequence[tuple[float, bool]], *, bins: int = 10) -> list[Bin]:
    """Predictions in bins of equal width, those that are not empty, lowest first.

    Args:
        predictions: Pairs of probability (0 to 1) and whether it came true.
    """
    rows: dict[int, list[tuple[float, bool]]] = {}
    for probability, came_true in predictions:
        place = min(int(probability * bins), bins - 1)
        rows.setdefault(place, []).append((probability, came_true))
    return [
        Bin(mean([p for p, _ in found]), mean([float(came) for _, came in found]), len(found))
        for _, found in sorted(rows.items())
    ]


def calibration_error(predictions: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """Expected calibration error: how far probabilities are from what came true, on average.

    ``sum over bins of share of the bin x |mean probability - share that came true|`` for bins of
    equal width; Guo et al., *On Calibration of Modern Neural Networks*, 2017.

    Args:
        predictions: Pairs of probability (0 to 1) and whether it came true; at least one.
    """
    found = reliability(predictions, bins=bins)
    off = sum(b.n * abs(b.predicted - b.came_true) for b in found)
    return off / sum(b.n for b in found)


def risk_coverage(outcomes: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """How often the most confident replies are wrong, as more and more of them are given.

    El-Yaniv and Wiener, *On the Foundations of Noise-free Selective Classification*, 2010.

    Args:
        outcomes: Pairs of confidence and whether the reply is right; at least one. Among equal
            confidences the order is chance, so their errors are spread evenly.

    Returns:
        Pairs of coverage ``i / n`` and risk, the share of the ``i`` most confident that is wrong.
    """
    by_confidence: dict[float, list[bool]] = {}
    for confidence, is_right in outcomes:
        by_confidence.setdefault(confidence, []).append(is_right)
    curve, given, wrong = [], 0, 0.0
    for _, tied in sorted(by_confidence.items(), reverse=True):
        share_wrong = 1 - sum(tied) / len(tied)
        for _ in tied:
            given, wrong = given + 1, wrong + share_wrong
            curve.append((given / len(outcomes), wrong / given))
    return curve


def area_under_risk_coverage(outcomes: Sequence[tuple[float, bool]]) -> float:
    """Mean risk over all coverages, see `risk_coverage`; 0 is best.

    AURC of Geifman, Uziel and El-Yaniv, *Bias-Reduced Uncertainty Estimation for Deep Neural
    Classifiers*, 2019. No order of confidences brings it below what the wrong ones cost.
    """
    return mean([risk for _, risk in risk_coverage(outcomes)])


def holm(p_values: Sequence[float]) -> list[float]:
    """Probabilities of several tests, adjusted so that all together err once in as many runs.

    ``p'(i) = max over j <= i of min(1, (m - j + 1) p(j))``, with ``p(1) <= ... <= p(m)``; Holm, *A
    Simple Sequentially Rejective Multiple Test Procedure*, 1979.

    Returns:
        Adjusted probabilities in the order given.
    """
    adjusted = [0.0] * len(p_values)
    so_far = 0.0
    for done, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        so_far = max(so_far, min(1.0, (len(p_values) - done) * p_values[place]))
        adjusted[place] = so_far
    return adjusted
