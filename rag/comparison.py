"""Two runs over the same questions: which is better, and is that more than chance?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import QuestionSetError
from rag.statistics import mean, paired_randomisation

# Of a question's result; the last three are better when they are lower.
_MEASURES = (
    "gold_held", "refused_rightly", "recall_at_5", "reciprocal_rank", "citation_precision",
    "disagreements", "unsupported", "words", "seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in two runs, over the questions for which both have it.

    Attributes:
        first: Mean in the first run.
        second: Mean in the second run.
        p: Of the paired randomisation test, see `rag.statistics.paired_randomisation`.
        n: Questions.
    """

    measure: str
    first: float
    second: float
    p: float
    n: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two runs.

    Attributes:
        won: Ids of questions that only the second run gets right: the gold answer held, or the
            unanswerable refused.
        lost: Ids of questions that only the first run gets right.
        missing: How many questions only one of the runs has; they are left out.
    """

    differences: tuple[Difference, ...]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    missing: int


def compare(first: Mapping[str, dict], second: Mapping[str, dict], *, seed: int = 0) -> Comparison:
    """Compare two runs question by question.

    Args:
        first: Results by the question's id; see `load_results`.
        second: Of the run that may be better.
        seed: Of the test.

    Raises:
        QuestionSetError: If they have no question in common.
    """
    shared = [identity for identity in first if identity in second]
    if not shared:
        raise QuestionSetError(
            "The two runs have no question in common.", hint="Compare runs of one question set."
        )
    rows = [(_measured(first[i]), _measured(second[i])) for i in shared]
    found = (_difference(name, rows, seed) for name in _MEASURES)
    right = [(i, _is_right(first[i]), _is_right(second[i])) for i in shared]
    return Comparison(
        differences=tuple(d for d in found if d is not None),
        won=tuple(i for i, before, now in right if now and not before),
        lost=tuple(i for i, before, now in right if before and not now),
        missing=len(first.keys() ^ second.keys()),
    )


def load_results(file: Path) -> dict[str, dict]:
    """The lines that `kaynak evaluate` wrote, by the question's id.

    Raises:
        QuestionSetError: If the file cannot be read, or is something else.
    """
    hint = "Give two files that `kaynak evaluate --out FILE` wrote."
    try:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as exc:
        raise QuestionSetError(f"{file} cannot be read as results: {exc}.", hint=hint) from exc
    if not rows or not all(isinstance(r, dict) and {"id", "status"} <= r.keys() for r in rows):
        raise QuestionSetError(f"{file} holds no results of an evaluation.", hint=hint)
    return {str(row["id"]): row for row in rows}


def _measured(row: dict) -> dict[str, float | None]:
    """The measures of one question; None where one does not apply."""
    refused = None if row["is_answerable"] else float(row["status"] == "abstained")
    values = {name: row.get(name) for name in _MEASURES}
    values |= {
        "refused_rightly": refused, "seconds": row["elapsed_ms"] / 1000,
        "unsupported": len(row["unsupported"]),
    }  # fmt: skip
    return {name: None if value is None else float(value) for name, value in values.items()}


def _difference(
    name: str, rows: Sequence[tuple[dict[str, float | None], dict[str, float | None]]], seed: int
) -> Difference | None:
    pairs = [(a[name], b[name]) for a, b in rows]
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not known:
        return None
    before, now = [a for a, _ in known], [b for _, b in known]
    p = paired_randomisation(before, now, seed=seed)
    return Difference(name, mean(before), mean(now), p, len(known))


def _is_right(row: dict) -> bool:
    return bool(row["gold_held"] if row["is_answerable"] else row["status"] == "abstained")
