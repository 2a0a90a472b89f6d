"""Two runs side by side."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, replace

import pytest

from rag import cli
from rag.comparison import Change, compare
from rag.errors import QuestionSetError
from rag.evaluation import read_run
from rag.results import QuestionResult


def result(identity: str, *, held: bool | None = True, refused: bool = False, **more):
    status = "abstained" if refused else "answered"
    return QuestionResult(
        identity, "", f"{identity}?", held is not None, False, status, gold_held=held,
        reply=f"Reply {held}.", elapsed_ms=1500.0, words=20, **more,
    )  # fmt: skip


def test_questions_won_and_lost_are_named() -> None:
    first = [result("a"), result("b", held=False, lost_at="not retrieved"),
             result("c", held=None, refused=True)]  # fmt: skip
    second = [result("a", held=False), result("b"), result("c", held=None), result("new")]
    found = compare(first, second)
    assert [c.id for c in found.won] == ["b"]
    assert [c.id for c in found.lost] == ["a", "c"]
    assert found.missing == 1
    assert found.won[0] == Change("b", "b?", (), "Reply False.", "Reply True.", "not retrieved")
    by_name = {d.measure: d for d in found.differences}
    assert (by_name["gold_held"].first, by_name["gold_held"].second) == (0.5, 0.5)
    assert by_name["gold_held"].n == 2
    assert (by_name["right"].first, by_name["right"].second, by_name["right"].n) == (
        2 / 3,
        1 / 3,
        3,
    )
    assert (by_name["refused_rightly"].first, by_name["refused_rightly"].second) == (1.0, 0.0)
    assert by_name["seconds"].second == 1.5
    assert "recall_at_5" not in by_name


def run_of(rights: Sequence[bool]) -> list[QuestionResult]:
    """Half of the questions can be answered; the others are refused when they are right."""
    return [
        result(str(i), held=right) if i % 2 else result(str(i), held=None, refused=right)
        for i, right in enumerate(rights)
    ]


def verdicts(first, second, seed: int) -> dict[str, str]:
    return {d.measure: d.verdict for d in compare(first, second, seed=seed).differences}


@pytest.mark.parametrize("seed", range(20))
def test_five_points_lost_of_200_questions_are_flagged(seed: int) -> None:
    pick = random.Random(seed)
    rights = [pick.random() < 0.8 for _ in range(200)]
    lost = set(pick.sample([i for i, right in enumerate(rights) if right], 10))
    now = [right and i not in lost for i, right in enumerate(rights)]
    found = compare(run_of(rights), run_of(now), seed=seed)
    assert found.differences[0].measure == "right"
    assert found.differences[0].second - found.differences[0].first == pytest.approx(-0.05)
    assert found.differences[0].verdict == "worse"
    assert {c.id for c in found.lost} == set(map(str, lost))
    assert verdicts(run_of(now), run_of(rights), seed)["right"] == "better"


@pytest.mark.parametrize("seed", range(20))
def test_equal_runs_are_not_flagged(seed: int) -> None:
    pick = random.Random(seed)
    rights = [pick.random() < 0.8 for _ in range(200)]
    assert set(verdicts(run_of(rights), run_of(rights), seed).values()) == {"no difference"}
    # Equally good, but one question in twenty comes out anew.
    drawn = [pick.random() < 0.8 if pick.random() < 0.05 else right for right in rights]
    assert set(verdicts(run_of(rights), run_of(drawn), seed).values()) == {"no difference"}


def test_less_is_better_for_invented_values_and_neither_for_words() -> None:
    first = [result(str(i)) for i in range(40)]
    second = [
        replace(result(str(i)), unsupported=("1999",), words=30, elapsed_ms=900.0)
        for i in range(40)
    ]
    found = verdicts(first, second, 0)
    assert found["unsupported"] == "worse"
    assert found["seconds"] == "better"
    assert found["words"] == "no difference"


def test_runs_of_other_questions_cannot_be_compared() -> None:
    with pytest.raises(QuestionSetError, match="no question in common"):
        compare([result("a")], [result("b")])


@pytest.mark.parametrize("text", ["", "not json", "[1]", '{"id": "a"}', "[[]]"])
def test_a_file_without_results_is_named(tmp_path, text) -> None:
    file = tmp_path / "results.jsonl"
    file.write_text(text)
    with pytest.raises(QuestionSetError, match=r"results\.jsonl"):
        read_run(file)


def test_the_command_shows_both_runs(tmp_path, capsys) -> None:
    for name, held in (("a", False), ("b", True)):
        line = json.dumps(asdict(result("q-1", held=held)))
        (tmp_path / f"{name}.jsonl").write_text(f"{line}\n")
    files = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
    assert cli.main(["evaluate", "--compare", *files]) == cli.DONE
    shown = capsys.readouterr().out
    assert "gold held" in shown
    assert "right in B alone (1): q-1" in shown
    assert "    A: Reply False.\n    B: Reply True." in shown


def test_without_a_file_and_without_runs_there_is_nothing_to_do(capsys) -> None:
    assert cli.main(["evaluate"]) == cli.USAGE
    assert "There is no question set." in capsys.readouterr().err


def test_what_failed_is_neither_quick_nor_honest() -> None:
    first = [replace(result(str(i)), unsupported=("1999",)) for i in range(40)]
    second = [
        replace(result(str(i)), status="failed", error="out of memory", elapsed_ms=1.0)
        for i in range(40)
    ]
    found = verdicts(first, second, 0)
    assert "unsupported" not in found
    assert "seconds" not in found
