"""Lines below which an evaluation fails."""

from __future__ import annotations

import pytest

from rag.errors import ConfigError
from rag.gate import Limit, broken, limits, metric_key
from rag.summary import Metric, Summary, metric_names

SUMMARY = Summary(
    (
        Metric("gold held", 0.8, 0.7, 0.9, 10),
        Metric("refusal F1", None, None, None, 0),
        Metric("latency p95", 2.5, 2.0, 3.0, 10, "s"),
    ),
    {},
)


def test_measures_are_typed_without_spaces() -> None:
    assert metric_key("recall@5") == "recall_at_5"
    assert metric_key("confidence, area under ROC") == "confidence_area_under_roc"
    keys = [metric_key(name) for name in metric_names()]
    assert len(set(keys)) == len(keys)
    assert {"gold_held", "refusal_f1", "right", "latency_p95", "sentences_supported"} <= set(keys)


def test_limits_are_read_with_any_spelling_of_the_name() -> None:
    found = limits(["gold_held=0.8", "Recall@5 = .5"], ["latency_p95=3"])
    assert found == [
        Limit("gold held", 0.8, True), Limit("recall@5", 0.5, True),
        Limit("latency p95", 3.0, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gold_held", "no number"),
        ("gold_held=much", "no number"),
        ("gold=0.5", "Did you mean gold_held?"),
        ("=1", "there is no measure"),
    ],
)
def test_a_limit_that_cannot_be_read_is_named(text, told) -> None:
    with pytest.raises(ConfigError) as caught:
        limits([text], [])
    assert f"--min {text}" in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [
        (["gold_held=0.8"], ["latency_p95=2.5"], []),
        (["gold_held=0.81"], [], ["gold held is 0.800, and at least 0.81 is wanted."]),
        ([], ["latency_p95=2"], ["latency p95 is 2.50 s, and at most 2 is wanted."]),
        # What was not measured does not pass.
        (["refusal_f1=0"], [], ["refusal F1 was not measured, and at least 0 is wanted: no "
                                "question asks for it."]),
    ],
)  # fmt: skip
def test_what_falls_short_is_told(least, most, told) -> None:
    assert broken(SUMMARY, limits(least, most)) == told
