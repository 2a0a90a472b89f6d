"""Settings are chosen on one half and judged on the other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.config import Config
from rag.errors import QuestionSetError
from rag.questions import Question
from rag.results import QuestionResult
from rag.terminal import tuning_text
from rag.tuning import THRESHOLD, best_threshold, halves, tune, with_settings

QUESTIONS = [
    *(Question(f"a{i}", f"a{i}?", ("x",), kind="fact") for i in range(60)),
    *(Question(f"u{i}", f"u{i}?", (), kind="far") for i in range(40)),
]


def result(question: Question, confidence: float, *, held: bool) -> QuestionResult:
    return QuestionResult(
        question.id, question.kind, question.question, question.is_answerable, False, "answered",
        gold_held=held if question.is_answerable else None, confidence=confidence, reply="r",
    )  # fmt: skip


class World:
    """Confidences tell what can be answered at .3; twelve passages hold every answer, eight half.

    What is under the threshold of the settings is refused, as `rag.answering` does.
    """

    def __init__(self, *, best: int = 12) -> None:
        self.best = best
        self.asked: list[tuple[int, float, list[str]]] = []

    def __call__(self, config: Config, questions: Sequence[Question]) -> list[QuestionResult]:
        passages, least = config.retrieval.passages, config.answering.refuse_below
        self.asked.append((passages, least, [q.id for q in questions]))
        found = []
        for question in questions:
            number = int(question.id[1:])
            answered = result(
                question, 0.4 if question.is_answerable else 0.2,
                held=passages == self.best or number % 2 == 0,
            )  # fmt: skip
            refused = QuestionResult(
                question.id, question.kind, question.question, question.is_answerable, False,
                "abstained", gold_held=False if question.is_answerable else None,
                confidence=answered.confidence,
            )  # fmt: skip
            found.append(answered if answered.confidence >= least else refused)
        return found


def test_halves_hold_each_kind_alike_and_nothing_twice() -> None:
    first, second = halves(QUESTIONS, seed=1)
    assert sum(q.is_answerable for q in first) == 30
    assert sum(q.is_answerable for q in second) == 30
    assert sorted(q.id for q in [*first, *second]) == sorted(q.id for q in QUESTIONS)
    assert halves(QUESTIONS, seed=1) == (first, second)
    assert halves(QUESTIONS, seed=2) != (first, second)
    odd = [Question(str(i), "q", ("x",), kind=str(i)) for i in range(7)]
    assert sorted(map(len, halves(odd, seed=0))) == [3, 4]


def test_the_best_threshold_by_hand() -> None:
    def row(confidence: float, is_answerable: bool, held: bool) -> QuestionResult:
        gold = ("x",) if is_answerable else ()
        return result(Question("q", "q", gold), confidence, held=held)

    rows = [row(0.9, True, True), row(0.6, True, True), row(0.42, False, False),
            row(0.7, False, False), row(0.3, True, False)]  # fmt: skip
    # From .45 to .6 two answers are held and one of the two is refused: 3 of 5.
    assert best_threshold(rows, present=0.5) == (0.5, 3 / 5)
    assert best_threshold(rows, present=0.2) == (0.45, 3 / 5)


def test_better_settings_are_found_and_judged_on_other_questions() -> None:
    world = World()
    found = tune(QUESTIONS, with_settings(Config(), {THRESHOLD: 0.5}), world, seed=3)
    assert found.values == {"retrieval.passages": 12, THRESHOLD: 0.4}
    assert found.is_better
    assert (found.chosen_on, found.judged_on) == (50, 50)
    assert found.comparison is not None
    right = found.comparison.differences[0]
    # As set, .5 refuses everything: 20 of 50 are right.
    assert (right.measure, right.first, right.second) == ("right", 20 / 50, 1.0)
    chose = {i for _, least, ids in world.asked if least == 0.0 for i in ids}
    judged = [ids for _, least, ids in world.asked if least > 0.0]
    assert len(judged) == 2
    assert chose.isdisjoint(judged[0])
    shown = tuning_text(found)
    assert "retrieval.passages: 12, answering.refuse_below: 0.4" in shown
    assert shown.endswith("B is better.")


def test_settings_that_are_best_already_stay() -> None:
    config = with_settings(Config(), {"retrieval.passages": 12, THRESHOLD: 0.3})
    found = tune(QUESTIONS, config, World(), seed=3)
    assert found.values == {}
    assert not found.is_better
    assert "The present settings are the best of these." in tuning_text(found)


def test_a_gain_that_is_chance_is_not_better() -> None:
    class Lucky(World):
        def __call__(self, config, questions):
            found = super().__call__(config, questions)
            if config.answering.refuse_below > 0.0:
                return [result(q, 0.9, held=False) for q in questions]
            return found

    found = tune(QUESTIONS, Config(), Lucky(), seed=3)
    assert found.values
    assert not found.is_better
    assert tuning_text(found).endswith("B is not better by more than chance.")


def test_few_questions_are_refused() -> None:
    with pytest.raises(QuestionSetError, match="39 questions are too few"):
        tune(QUESTIONS[:39], Config(), World())


def test_values_out_of_range_are_no_settings() -> None:
    with pytest.raises(ValueError, match="passages"):
        with_settings(Config(), {"retrieval.passages": 0})
