"""Formulas of the evaluation: plain values in, one number out, nothing kept."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from rag.text import fold
from rag.types import Answer

T = TypeVar("T")

_MARKER = re.compile(r"\s*\[\d{1,4}\]")
_GROUPED_DIGITS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DOTTED_LETTERS = re.compile(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)")
_PERCENT = re.compile(r"%|\bper cent\b")
_POSSESSIVE = re.compile(r"'s\b")
# A full stop or comma between digits is part of the number: "7" must not be found in "4.7".
_PUNCTUATION = re.compile(r"(?<!\d)[^\w\s]|[^\w\s](?!\d)|[^\w\s.,]|_")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of an estimate, low <= high."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RefusalScores:
    """How well an assistant refuses; None where the share has no denominator."""

    precision: float | None
    recall: float | None
    f1: float | None


def recall_at_k(retrieved: Sequence[str], expected: Sequence[str], *, k: int) -> float:
    """Share of the expected documents among those of the first ``k`` hits.

    ``|expected ∩ set(retrieved[:k])| / |expected|``; Manning, Raghavan, Schütze, *Introduction to
    Information Retrieval*, 2008, section 8.4.

    Args:
        retrieved: One document per hit, best first; repetitions take places.
        expected: At least one.

    Raises:
        ValueError: If nothing is expected, or ``k < 1``.
    """
    wanted = set(expected)
    if not wanted or k < 1:
        raise ValueError("recall needs at least one expected document and k >= 1")
    return len(wanted & set(retrieved[:k])) / len(wanted)


def reciprocal_rank(retrieved: Sequence[str], expected: Sequence[str]) -> float:
    """``1 / rank`` of the first hit of an expected document, 0 when there is none.

    Its mean over questions is MRR; Voorhees, *The TREC-8 Question Answering Track Report*, 1999.

    Args:
        retrieved: One document per hit, best first.
    """
    wanted = set(expected)
    for rank, document in enumerate(retrieved, start=1):
        if document in wanted:
            return 1 / rank
    return 0.0


def normalise_answer(text: str) -> str:
    """A text for comparing answers: folded, without markers, punctuation and articles.

    After Rajpurkar et al., *SQuAD*, 2016. Unlike there, punctuation parts words, so that
    "Turkey-Azerbaijan" holds "Azerbaijan"; diacritics do not count; and ``4,500``, ``82 %`` and
    ``U.S.`` equal ``4500``, ``82 percent`` and ``US``.
    """
    text = fold(_MARKER.sub("", text))
    text = _DOTTED_LETTERS.sub("", _GROUPED_DIGITS.sub("", text))
    text = _POSSESSIVE.sub("", _PERCENT.sub(" percent ", text))
    return " ".join(_ARTICLES.sub(" ", _PUNCTUATION.sub(" ", text)).split())


def gold_held(reply: str, answers: Sequence[str], *, all: bool = False) -> bool:
    """Whether a reply holds a gold answer, word for word after `normalise_answer`.

    "7" is not found inside "27" or "4.7", nor in the marker ``[7]``.

    Args:
        answers: At least one.
        all: Every answer is needed, not just one of them.

    Raises:
        ValueError: If there is no answer, or one has no word left after normalising.
    """
    wanted = [normalise_answer(answer) for answer in answers]
    if not wanted or not min(wanted, key=len):
        raise ValueError("gold answers need at least one word each")
    padded = f" {normalise_answer(reply)} "
    found = [f" {answer} " in padded for answer in wanted]
    return sum(found) == len(found) if all else any(found)


def token_recall(reply: str, answers: Sequence[str]) -> float:
    """Share of a gold answer's words that stand in a reply; of several answers the best.

    The recall inside SQuAD's token F1 (Rajpurkar et al., 2016), for answers that are too long to be
    held word for word. A word that the answer has twice must be there twice.
    """
    said = Counter(normalise_answer(reply).split())
    wanted = [Counter(normalise_answer(answer).split()) for answer in answers]
    return max((words & said).total() / max(1, words.total()) for words in wanted)


def citation_precision(cited: Sequence[str], expected: Sequence[str]) -> float | None:
    """Share of citations whose document is an expected one; None without citations.

    After Gao et al., *Enabling Large Language Models to Generate Text with Citations*, 2023, with
    the gold documents in the place of the entailment model.

    Args:
        cited: One document per citation.
    """
    if not cited:
        return None
    wanted = set(expected)
    return sum(document in wanted for document in cited) / len(cited)


def refusal_scores(outcomes: Sequence[tuple[bool, bool]]) -> RefusalScores:
    """Precision, recall and F1 of refusing, where the unanswerable is what should be found.

    With ``both`` = refused and unanswerable: ``precision = both / refused``, ``recall = both /
    unanswerable``, ``f1 = 2 both / (refused + unanswerable)``; van Rijsbergen, *Information
    Retrieval*, 1979, chapter 7.

    Args:
        outcomes: Pairs of "was refused" and "is unanswerable".
    """
    refused = sum(was for was, _ in outcomes)
    unanswerable = sum(should for _, should in outcomes)
    both = sum(was and should for was, should in outcomes)
    return RefusalScores(
        precision=both / refused if refused else None,
        recall=both / unanswerable if unanswerable else None,
        f1=2 * both / (refused + unanswerable) if refused + unanswerable else None,
    )


def area_under_roc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Share of pairs of which the good one has the higher score; ties count half.

    Fawcett, *An introduction to ROC analysis*, 2006. 0.5 is chance.

    Args:
        good: Scores of what should score high; at least one.
        bad: Scores of the rest; at least one.
    """
    first, second = np.asarray(good)[:, None], np.asarray(bad)
    return float((first > second).mean() + 0.5 * (first == second).mean())


def calibration_error(predictions: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """Expected calibration error: how far probabilities are from what came true, on average.

    ``sum over bins of share of the bin x |mean probability - share that came true|`` for bins of
    equal width; Guo et al., *On Calibration of Modern Neural Networks*, 2017.

    Args:
        predictions: Pairs of probability (0 to 1) and whether it came true; at least one.
    """
    places = [min(int(p * bins), bins - 1) for p, _ in predictions]
    total = 0.0
    for place in set(places):
        rows = [row for row, at in zip(predictions, places, strict=True) if at == place]
        total += abs(sum(p for p, _ in rows) - sum(came for _, came in rows))
    return total / len(predictions)


def unsupported_values(
    answer: Answer, *, unsupported: Callable[[str, str], tuple[str, ...]]
) -> tuple[str, ...]:
    """Names, numbers and dates of an answer that the quotes its sentences cite do not hold.

    A sentence without citations has no quote, so each of its values counts. Refusals state
    nothing about the documents and count none.

    Args:
        unsupported: Sentence and evidence to the values that are missing, as
            `rag.grounding.unsupported`.
    """
    if answer.status == "abstained":
        return ()
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    missing: list[str] = []
    for sentence in answer.sentences:
        evidence = "\n".join(quotes[m] for m in sentence.markers if m in quotes)
        missing.extend(unsupported(sentence.text, evidence))
    return tuple(missing)


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
    signs = np.random.default_rng(seed).integers(0, 2, size=(rounds, len(first))) * 2 - 1
    drawn = np.abs((signs * differences).sum(axis=1))
    # Sums of the same numbers in another order may differ in the last digit.
    large = int((drawn >= abs(differences.sum()) - 1e-9).sum())
    return (1 + large) / (1 + rounds)
