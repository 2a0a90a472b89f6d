"""Two runs side by side."""

from __future__ import annotations

import json
import random

import pytest

from rag import cli
from rag.comparison import compare, load_results
from rag.errors import QuestionSetError


def result(identity: str, *, held: bool | None = True, refused: bool = False, **more) -> dict:
    row = {
        "id": identity, "is_answerable": held is not None, "gold_held": held,
        "status": "abstained" if refused else "answered", "recall_at_5": None,
        "unsupported": [], "elapsed_ms": 1500.0, "words": 20,
    }  # fmt: skip
    return row | more


def results(*rows: dict) -> dict[str, dict]:
    return {row["id"]: row for row in rows}


def test_questions_won_and_lost_are_named() -> None:
    first = results(result("a"), result("b", held=False), result("c", held=None, refused=True))
    second = results(result("a", held=False), result("b"), result("c", held=None), result("new"))
    found = compare(first, second)
    assert (found.won, found.lost, found.missing) == (("b",), ("a", "c"), 1)
    by_name = {d.measure: d for d in found.differences}
    assert (by_name["gold_held"].first, by_name["gold_held"].second) == (0.5, 0.5)
    assert by_name["gold_held"].n == 2
    assert (by_name["refused_rightly"].first, by_name["refused_rightly"].second) == (1.0, 0.0)
    assert by_name["seconds"].second == 1.5
    assert "recall_at_5" not in by_name


@pytest.mark.parametrize("seed", range(5))
def test_a_clear_loss_is_more_than_chance_and_equal_runs_are_not(seed: int) -> None:
    pick = random.Random(seed)
    held = [pick.random() < 0.8 for _ in range(200)]
    first = results(*(result(str(i), held=h) for i, h in enumerate(held)))
    lost = set(pick.sample([i for i, h in enumerate(held) if h], 12))
    second = results(*(result(str(i), held=h and i not in lost) for i, h in enumerate(held)))
    assert next(iter(compare(first, second, seed=seed).differences)).p < 0.01
    assert next(iter(compare(first, first, seed=seed).differences)).p == 1.0


def test_runs_of_other_questions_cannot_be_compared() -> None:
    with pytest.raises(QuestionSetError, match="no question in common"):
        compare(results(result("a")), results(result("b")))


@pytest.mark.parametrize("text", ["", "not json", "[1]", '{"id": "a"}'])
def test_a_file_without_results_is_named(tmp_path, text) -> None:
    file = tmp_path / "results.jsonl"
    file.write_text(text)
    with pytest.raises(QuestionSetError, match=r"results\.jsonl"):
        load_results(file)


def test_the_command_shows_both_runs(tmp_path, capsys) -> None:
    for name, held in (("a", False), ("b", True)):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(result("q-1", held=held)) + "\n")
    files = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
    assert cli.main(["evaluate", "--compare", *files]) == cli.DONE
    shown = capsys.readouterr().out
    assert "gold held" in shown
    assert "right in B alone (1): q-1" in shown


def test_without_a_file_and_without_runs_there_is_nothing_to_do(capsys) -> None:
    assert cli.main(["evaluate"]) == cli.USAGE
    assert "There is no question set." in capsys.readouterr().err
