"""The judge with its adapter."""

from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.judging import ADAPTER, LocalJudge
from rag.models import locate

QUESTION = "In which year was the ferry to Ilmar sunk?"
EVIDENCE = [
    ("Harbours > Ilmar", "The ferry to Ilmar was sunk by a storm in March 1931."),
    ("Harbours > Ilmar", "The ferry to Ilmar carried cars and cattle."),
    ("Cooking", "Boil the potatoes for twenty minutes, then let them cool."),
]


def test_the_adapter_is_small_and_holds_no_code() -> None:
    assert sorted(f.name for f in ADAPTER.iterdir()) == [
        "README.md", "adapter_config.json", "adapter_model.safetensors",
    ]  # fmt: skip
    assert sum(f.stat().st_size for f in ADAPTER.iterdir()) < 10_000_000


def test_nothing_to_judge_loads_nothing(tmp_path) -> None:
    assert LocalJudge(tmp_path / "missing").judge(QUESTION, []) == []


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        LocalJudge(tmp_path).judge(QUESTION, EVIDENCE)


@pytest.mark.models
def test_what_answers_comes_before_what_does_not() -> None:
    judge = LocalJudge(locate("default", "generator"))
    answers, same_subject, other_subject = judge.judge(QUESTION, EVIDENCE)
    assert answers > same_subject + 1
    assert answers > other_subject + 1
    alone = [judge.judge(QUESTION, [item])[0] for item in EVIDENCE]
    assert alone == pytest.approx([answers, same_subject, other_subject], abs=0.3)
