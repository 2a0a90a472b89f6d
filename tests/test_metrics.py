"""Each formula against numbers worked out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rag.metrics import (
    RefusalScores,
    citation_precision,
    exact_match,
    gold_held,
    ndcg_at_k,
    normalise_answer,
    recall_at_k,
    reciprocal_rank,
    refusal_scores,
    token_f1,
    token_recall,
    unsupported_values,
)
from rag.statistics import (
    area_under_risk_coverage,
    area_under_roc,
    bootstrap_interval,
    calibration_error,
    holm,
    mean,
    paired_randomisation,
    percentile,
    reliability,
    risk_coverage,
)
from rag.types import Answer, Citation, Sentence

RETRIEVED = ["a", "a", "b", "c"]


@pytest.mark.parametrize(
    ("expected", "k", "value"),
    [
        (["a"], 1, 1.0),
        (["b"], 2, 0.0),
        (["b"], 3, 1.0),
        (["a", "c"], 3, 1 / 2),
        (["a", "b", "x"], 10, 2 / 3),
        (["a", "a"], 1, 1.0),
    ],
)
def test_recall_counts_documents_within_the_first_hits(expected, k, value):
    assert recall_at_k(RETRIEVED, expected, k=k) == value


def test_recall_of_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="expected"):
        recall_at_k(RETRIEVED, [], k=5)
    with pytest.raises(ValueError, match="k >= 1"):
        recall_at_k(RETRIEVED, ["a"], k=0)


@pytest.mark.parametrize(
    ("expected", "value"), [(["a"], 1.0), (["b", "c"], 1 / 3), (["c"], 1 / 4), (["x"], 0.0)]
)
def test_reciprocal_rank(expected, value):
    assert reciprocal_rank(RETRIEVED, expected) == value


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Shusha Declaration [1].", "shusha declaration"),
        ("Türkiye's  Recep Tayyip ERDOĞAN", "turkiye recep tayyip erdogan"),
        ("Erdoğan’s", "erdogan"),
        ("Turkey-Azerbaijan ties", "turkey azerbaijan ties"),
        ("4,500 km, 4.5 billion and 3,5", "4500 km 4.5 billion and 3,5"),
        ("82%, 82 % or 82 per cent", "82 percent 82 percent or 82 percent"),
        ("the U.S. and an E.U.", "us and eu"),
        ("1918-1920; a (b)_c", "1918 1920 b c"),
        ("$7.5.", "7.5"),
        ("The a an", ""),
        ("İlaha", "ilaha"),
    ],
)
def test_normalising_an_answer(text, normal):
    assert normalise_answer(text) == normal


@pytest.mark.parametrize(
    ("reply", "answers", "needs_all", "held"),
    [
        ("It was signed on June 15, 2021 [1].", ["June 15, 2021"], False, True),
        ("It was 27 km.", ["7"], False, False),
        ("It was 4.7 km.", ["7"], False, False),
        ("It was 4.7 km [7].", ["7"], False, False),
        ("Between 7 and 9.", ["7"], False, True),
        ("President Erdogan did.", ["Recep Tayyip Erdoğan", "Erdoğan"], False, True),
        ("June 15, 2021, others say June 16, 2021", ["June 15, 2021", "June 16 2021"], True, True),
        ("June 15, 2021", ["June 15, 2021", "June 16, 2021"], True, False),
        ("June 15, 2021", ["June 15, 2021", "June 16, 2021"], False, True),
        ("A treaty of peace", ["treaty of the peace"], False, True),
        ("", ["x"], False, False),
    ],
)
def test_gold_held(reply, answers, needs_all, held):
    assert gold_held(reply, answers, all=needs_all) is held


@pytest.mark.parametrize("answers", [[], ["the"], ["x", "?!"]])
def test_gold_without_a_word_is_a_mistake(answers):
    with pytest.raises(ValueError, match="at least one word"):
        gold_held("anything", answers)


def test_citation_precision():
    assert citation_precision(["a", "b", "a", "x"], ["a", "b"]) == 3 / 4
    assert citation_precision([], ["a"]) is None


def test_refusal_scores():
    # Refused 3, of which 2 rightly; 4 are unanswerable.
    outcomes = [(True, True), (True, True), (True, False), (False, True), (False, True)]
    scores = refusal_scores([*outcomes, (False, False)])
    assert scores == RefusalScores(precision=2 / 3, recall=2 / 4, f1=2 * 2 / (3 + 4))


def test_refusal_scores_without_a_denominator():
    assert refusal_scores([(False, False)]) == RefusalScores(None, None, None)
    assert refusal_scores([(False, True)]) == RefusalScores(None, 0.0, 0.0)


def _answer(*sentences: Sentence, status="answered") -> Answer:
    quotes = ("Aliyev came in 1992.", "Ankara agreed.")
    citations = tuple(
        Citation(i, "a.md", "A", None, 0, len(quote), quote) for i, quote in enumerate(quotes, 1)
    )
    return Answer("q", "q", status, "t", sentences, citations)


def _missing_words(sentence: str, evidence: str) -> tuple[str, ...]:
    return tuple(word for word in sentence.split() if word not in evidence)


def test_unsupported_values_are_looked_up_in_the_cited_quotes_only():
    answer = _answer(
        Sentence("Aliyev 1992", (1,), quoted=False),
        Sentence("Ankara 1992", (2,), quoted=False),
        Sentence("Ankara Aliyev", (1, 2), quoted=False),
        Sentence("Baku", (), quoted=False),
        Sentence("Ankara", (9,), quoted=False),
    )
    assert unsupported_values(answer, unsupported=_missing_words) == ("1992", "Baku", "Ankara")


def test_a_refusal_has_no_unsupported_values():
    answer = _answer(Sentence("Baku", (), quoted=False), status="abstained")
    assert unsupported_values(answer, unsupported=_missing_words) == ()


def test_percentile_is_linear_between_neighbours():
    values = [4.0, 1.0, 3.0, 2.0]
    assert percentile(values, 0.5) == 2.5
    assert percentile(values, 0.95) == pytest.approx(3 + 0.85)  # position 0.95 x 3 = 2.85
    assert percentile([7.0], 0.95) == 7.0
    assert (percentile(values, 0), percentile(values, 1)) == (1.0, 4.0)


def test_percentile_agrees_with_numpy():
    values = np.random.default_rng(0).random(37).tolist()
    for share in (0.05, 0.5, 0.9, 0.95):
        assert percentile(values, share) == pytest.approx(np.quantile(values, share))


def test_bootstrap_interval_of_a_mean():
    values = [0.0] * 50 + [1.0] * 50
    interval = bootstrap_interval(values, seed=1)
    # Standard error 0.05, so about 0.5 -+ 1.96 x 0.05.
    assert interval.low == pytest.approx(0.402, abs=0.02)
    assert interval.high == pytest.approx(0.598, abs=0.02)
    assert bootstrap_interval(values, seed=1) == interval
    assert bootstrap_interval(values, seed=2) != interval


def test_bootstrap_interval_of_equal_values_has_no_width():
    interval = bootstrap_interval([0.25] * 8, seed=0)
    assert (interval.low, interval.high) == (0.25, 0.25)


def test_the_bootstrap_of_a_statistic_agrees_with_that_of_the_mean():
    values = np.random.default_rng(3).random(40).tolist()
    by_mean = bootstrap_interval(values, seed=5)
    by_statistic = bootstrap_interval(values, seed=5, statistic=mean)
    assert by_statistic.low == pytest.approx(by_mean.low)
    assert by_statistic.high == pytest.approx(by_mean.high)


def test_resamples_without_a_value_are_left_out():
    outcomes = [(True, True), (False, False)]
    interval = bootstrap_interval(
        outcomes, seed=0, rounds=50, statistic=lambda rows: refusal_scores(rows).precision
    )
    assert (interval.low, interval.high) == (1.0, 1.0)
    with pytest.raises(ValueError, match="no value"):
        bootstrap_interval([1], seed=0, statistic=lambda rows: None)
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_interval([], seed=0)


def test_area_under_roc_is_the_share_of_pairs_in_the_right_order():
    # Of six pairs four are right, one is a tie.
    assert area_under_roc([0.9, 0.4], [0.1, 0.4, 0.5]) == pytest.approx(4.5 / 6)


def test_calibration_error_weighs_bins_by_their_size():
    # Two of .95 of which one came true: off by .45 each; one of .25 that did not: off by .25.
    rows = [(0.95, True), (0.95, False), (0.25, False)]
    assert calibration_error(rows) == pytest.approx((0.9 + 0.25) / 3)
    assert calibration_error([(1.0, True), (0.0, False)]) == 0.0


def test_a_paired_test_of_three_questions_counts_all_eight_signs():
    # All three got better by one: of 8 draws of signs two are as large.
    p = paired_randomisation([0, 0, 0], [1, 1, 1], seed=0, rounds=20_000)
    assert p == pytest.approx(2 / 8, abs=0.01)
    assert paired_randomisation([1, 0, 1], [1, 0, 1], seed=0) == 1.0
    with pytest.raises(ValueError, match="every question"):
        paired_randomisation([1, 0], [1], seed=0)


def test_token_recall_counts_words_as_often_as_they_stand():
    assert token_recall("The ferry sank, and sank again.", ["ferry sank twice"]) == 2 / 3
    assert token_recall("It sank.", ["sank sank", "no"]) == 1 / 2
    assert token_recall("", ["anything"]) == 0.0


def test_ndcg_of_a_ranking_by_hand():
    # Gains at ranks 2 and 4; at best at 1, 2 and 3.
    gained = 1 / np.log2(3) + 1 / np.log2(5)
    assert ndcg_at_k(["x", "a", "a", "b"], ["a", "b", "c"], k=10) == pytest.approx(
        gained / (1 + 1 / np.log2(3) + 1 / 2)
    )
    assert ndcg_at_k(["x", "a"], ["a"], k=1) == 0.0
    assert ndcg_at_k(["a", "b"], ["a", "b", "c"], k=2) == 1.0
    with pytest.raises(ValueError, match="expected"):
        ndcg_at_k(["a"], [], k=5)


@pytest.mark.parametrize(
    ("reply", "answers", "is_exact", "f1"),
    [
        # As SQuAD's script scores them: punctuation is taken out, not made a space.
        ("The Denver Broncos!", ["Denver Broncos"], True, 1.0),
        ("a 24-10 win [1]", ["24–10"], False, 0.0),
        ("24-10", ["24 10", "2410."], True, 1.0),
        ("in the year 1752", ["1752"], False, 2 * 1 / (3 + 1)),
        ("cat cat dog", ["cat cat cat"], False, 2 * 2 / 6),
        ("Erdoğan", ["Erdogan"], False, 0.0),
        ("", ["the"], True, 1.0),
        ("", ["x"], False, 0.0),
    ],
)
def test_exact_match_and_token_f1_follow_squad(reply, answers, is_exact, f1):
    assert exact_match(reply, answers) is is_exact
    assert token_f1(reply, answers) == pytest.approx(f1)


def test_risk_grows_with_coverage():
    # Right, wrong, right, wrong from the most confident to the least.
    rows = [(0.1, False), (0.9, True), (0.5, True), (0.7, False)]
    assert risk_coverage(rows) == [(0.25, 0.0), (0.5, 1 / 2), (0.75, 1 / 3), (1.0, 1 / 2)]
    assert area_under_risk_coverage(rows) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_risk_of_equal_confidences_is_the_mean_over_their_orders():
    rows = [(0.9, True), (0.5, True), (0.5, False), (0.5, False), (0.1, True)]
    orders = [
        [r[1] for r in [rows[0], *middle, rows[4]]] for middle in itertools.permutations(rows[1:4])
    ]
    risks = [[1 - sum(o[: i + 1]) / (i + 1) for i in range(5)] for o in orders]
    assert area_under_risk_coverage(rows) == pytest.approx(np.mean(risks))


def test_holm_multiplies_the_smallest_most():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


def test_reliability_has_a_bin_for_what_is_there():
    found = reliability([(0.95, True), (0.95, False), (0.25, False), (1.0, True)])
    assert [(b.n, b.came_true) for b in found] == [(1, 0.0), (3, 2 / 3)]
    assert found[1].predicted == pytest.approx(2.9 / 3)
