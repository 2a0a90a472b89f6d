"""From collected examples to what the judge is trained on: single sentences, and whole replies.

A reply is a few sentences that are shown together. Of an answerable question the judge sees one
reply that holds the gold sentence and one from which it was left out; of any other, the best
sentences that the search brought up.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SENTENCES = 3
# A short answer is learned along with the verdict; longer ones would teach copying.
LONGEST_ANSWER = 60


@dataclass(frozen=True)
class Lesson:
    """One text for one question.

    Attributes:
        answer: What the text answers, when it is known and short; else empty.
    """

    question: str
    above: str
    text: str
    label: int
    answer: str


def lessons(rows: Sequence[dict], seed: int) -> list[Lesson]:
    """Lessons of all questions that are not held out: single sentences and replies."""
    by_group = defaultdict(list)
    for row in rows:
        if not row["held_out"] and row["label"] is not None:
            by_group[row["source"], row["group"]].append(row)
    pick = random.Random(seed)
    found: list[Lesson] = []
    for group in by_group.values():
        found += _single(group)
        found += _replies(group, pick)
    return found


def _single(group: Sequence[dict]) -> Iterator[Lesson]:
    """The sentence that answers, and the most likely of those that do not."""
    right = [r for r in group if r["label"] == 1]
    wrong = [r for r in group if r["label"] == 0]
    for row in right[:2] + wrong[:1]:
        yield _lesson([row])


def _replies(group: Sequence[dict], pick: random.Random) -> Iterator[Lesson]:
    """The best sentences together, with the one that answers and without it."""
    ranked = sorted(group, key=lambda r: r["rank"])
    right = [r for r in ranked if r["label"] == 1]
    wrong = [r for r in ranked if r["label"] == 0][: SENTENCES + 2]
    size = pick.randint(2, SENTENCES)
    if len(wrong) >= size:
        yield _lesson(sorted(pick.sample(wrong, size), key=lambda r: r["rank"]))
    if right:
        others = wrong[: size - 1]
        others.insert(pick.randint(0, len(others)), right[0])
        yield _lesson(others)


def _lesson(rows: Sequence[dict]) -> Lesson:
    label = max(r["label"] for r in rows)
    above = " | ".join(dict.fromkeys(r["above"] for r in rows))
    answer = str(rows[0].get("answer") or "") if label else ""
    return Lesson(
        rows[0]["question"], above, " ".join(r["text"] for r in rows), label,
        answer if len(answer) <= LONGEST_ANSWER else "",
    )  # fmt: skip
