"""Find settings on one half of a question set, and see on the other half whether they help."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.comparison import SIGNIFICANT, Comparison, compare
from rag.config import Config
from rag.errors import QuestionSetError
from rag.questions import Question
from rag.results import QuestionResult
from rag.statistics import mean

Ask = Callable[[Config, Sequence[Question]], Sequence[QuestionResult]]
"""Asks questions under settings."""

THRESHOLD = "answering.refuse_below"
_SEARCHED: Mapping[str, tuple[int, ...]] = {
    "retrieval.passages": (4, 6, 8, 12, 16),
    "retrieval.rrf_k": (20, 60, 100),
}
_THRESHOLDS = tuple(round(0.05 * i, 2) for i in range(1, 20))
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that were tried on the half that chooses.

    Attributes:
        values: By section and key; `THRESHOLD` is the best for the others.
        right: Share of the questions that come out right.
    """

    values: Mapping[str, float]
    right: float


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was found.

    Attributes:
        values: The settings that differ from the present ones; empty when these are the best.
        trials: All that was tried, in order; the first are the present settings.
        chosen_on: How many questions the settings were chosen on.
        judged_on: How many others they were judged on.
        comparison: Of the present settings with those found, on the others; None without values.
    """

    values: Mapping[str, float]
    trials: tuple[Trial, ...]
    chosen_on: int
    judged_on: int
    comparison: Comparison | None

    @property
    def is_better(self) -> bool:
        """More of the other half comes out right, and that is more than chance."""
        if self.comparison is None:
            return False
        right = next(d for d in self.comparison.differences if d.measure == "right")
        return right.second > right.first and right.p < SIGNIFICANT


def tune(questions: Sequence[Question], config: Config, ask: Ask, *, seed: int = 0) -> Tuning:
    """Search one setting after the other, each with its best threshold for refusing.

    Every question is answered whatever the confidence, once for each setting; what a threshold
    would have refused is worked out afterwards.

    Args:
        ask: Asks questions under settings.
        seed: Of the halves and of the test.

    Raises:
        QuestionSetError: If there are too few questions to choose by.
    """
    if len(questions) < 2 * _FEWEST:
        raise QuestionSetError(
            f"{len(questions)} questions are too few to tune by.",
            hint=f"Use {2 * _FEWEST} or more; `kaynak questions new` drafts some.",
        )
    chooses, judges = halves(questions, seed=seed)
    present = {name: _value(config, name) for name in (*_SEARCHED, THRESHOLD)}
    trials = _search(chooses, config, ask, present)
    # Of equals the first: the present settings need no reason to stay.
    best = max(trials, key=lambda trial: trial.right)
    values = {k: v for k, v in best.values.items() if v != present[k]}
    if not values:
        return Tuning({}, tuple(trials), len(chooses), len(judges), None)
    before, after = ask(config, judges), ask(with_settings(config, values), judges)
    found = compare(before, after, seed=seed)
    return Tuning(values, tuple(trials), len(chooses), len(judges), found)


def halves(questions: Sequence[Question], *, seed: int) -> tuple[list[Question], list[Question]]:
    """Two halves with as many of each kind, as far as that goes, in the order of the set."""
    groups: dict[tuple[bool, str], list[int]] = {}
    for i, question in enumerate(questions):
        groups.setdefault((question.is_answerable, question.kind), []).append(i)
    pick = random.Random(seed)
    first: set[int] = set()
    odd = False
    for group in groups.values():
        pick.shuffle(group)
        # Of groups with an odd number every second gives its larger part.
        first.update(group[: (len(group) + odd) // 2])
        odd ^= bool(len(group) % 2)
    return (
        [q for i, q in enumerate(questions) if i in first],
        [q for i, q in enumerate(questions) if i not in first],
    )


def best_threshold(results: Sequence[QuestionResult], *, present: float) -> tuple[float, float]:
    """The threshold under which most questions come out right, and their share.

    Args:
        results: Of questions that were answered whatever the confidence.
        present: Kept unless another is better; of equally good ones the nearest to it.
    """
    shares = {t: mean([_is_right(r, t) for r in results]) for t in (present, *_THRESHOLDS)}
    best = max(shares, key=lambda t: (shares[t], -abs(t - present)))
    return best, shares[best]


def with_settings(config: Config, values: Mapping[str, float]) -> Config:
    """Settings with other values, by section and key."""
    changed = config.model_dump()
    for name, value in values.items():
        section, key = name.split(".")
        changed[section][key] = value
    return Config.model_validate(changed)


def _search(
    questions: Sequence[Question], config: Config, ask: Ask, present: Mapping[str, float]
) -> list[Trial]:
    def tried(values: Mapping[str, float]) -> Trial:
        results = ask(with_settings(config, {**values, THRESHOLD: 0.0}), questions)
        threshold, right = best_threshold(results, present=present[THRESHOLD])
        return Trial({**values, THRESHOLD: threshold}, right)

    best = tried(present)
    trials = [best]
    for name, options in _SEARCHED.items():
        start = best.values
        for option in options:
            if option != start[name]:
                trials.append(tried({**start, name: option}))
                best = max(best, trials[-1], key=lambda trial: trial.right)
    return trials


def _is_right(result: QuestionResult, threshold: float) -> float:
    refused = result.status != "answered" or result.confidence < threshold
    return float(bool(result.gold_held) and not refused if result.is_answerable else refused)


def _value(config: Config, name: str) -> float:
    section, key = name.split(".")
    value = getattr(getattr(config, section), key)
    return float(value) if isinstance(value, float) else int(value)
