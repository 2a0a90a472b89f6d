"""From collected examples to what the judge is trained on.

It learns from single sentences, from sentences with the one before or after them, from whole
replies (a few sentences of different places, with the gold sentence and without it), and from
questions in which a name or a number was exchanged, so that nothing answers them. Articles of an
encyclopaedia stand under what they are about, other documents need not: some texts that name what
is asked about themselves stand under no headings or under those of another question, and as many
of those that do not answer.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.metrics import normalise_answer
from rag.text import content_stems

SENTENCES = 3
# A short answer is learned along with the verdict; longer ones would teach copying.
LONGEST_ANSWER = 60
# Of the texts that answer and name what is asked about, so many stand under other headings or none.
ELSEWHERE = 0.5
SHARED = 0.5
# Not at the beginning of the question, where every word is written large.
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"(?<!\S)\d{3,4}(?=[\s?,.])")


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
    """Lessons of all questions that are not held out."""
    by_group = defaultdict(list)
    for row in rows:
        if not row["held_out"]:
            by_group[row["source"], row["group"]].append(row)
    pick = random.Random(seed)
    spare = {kind: _named(kind, by_group.values()) for kind in (_NAME, _NUMBER)}
    found: list[Lesson] = []
    for group in by_group.values():
        known = [r for r in group if r["label"] is not None]
        found += _single(known)
        found += _replies(known, pick)
        found += _with_neighbours(known, pick)
        found += _exchanged(known, spare, pick)
    return _elsewhere(found, pick)


def _elsewhere(found: Sequence[Lesson], pick: random.Random) -> list[Lesson]:
    """Some of the lessons without headings or under others, of each label the same share."""
    right = [x for x in found if x.label]
    moved = {id(x) for x in right if _names_it_all(x) and pick.random() < ELSEWHERE}
    share = len(moved) / max(1, len(right))
    moved |= {id(x) for x in found if not x.label and pick.random() < share}
    others = [x.above for x in found]
    return [
        replace(x, above=pick.choice(("", pick.choice(others)))) if id(x) in moved else x
        for x in found
    ]


def _names_it_all(lesson: Lesson) -> bool:
    """Whether a text holds the question's names, numbers and most of its words.

    And all of those that its headings hold: without headings nothing else would say them.
    """
    said = set(normalise_answer(lesson.text).split())
    told = [*_NAME.findall(lesson.question), *_NUMBER.findall(lesson.question)]
    if any(not set(normalise_answer(name).split()) <= said for name in told):
        return False
    stems, text = set(content_stems(lesson.question)), set(content_stems(lesson.text))
    if stems & set(content_stems(lesson.above)) - text:
        return False
    return len(stems & text) >= SHARED * max(1, len(stems))


def _single(group: Sequence[dict]) -> Iterator[Lesson]:
    """The sentence that answers, and the most likely of those that do not."""
    right = [r for r in group if r["label"] == 1]
    wrong = [r for r in group if r["label"] == 0]
    for row in right[:2] + wrong[: 1 if right else 2]:
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


def _with_neighbours(group: Sequence[dict], pick: random.Random) -> Iterator[Lesson]:
    """A sentence that answers with a neighbour; one that does not, whose neighbour may."""
    ranked = sorted(group, key=lambda r: r["rank"])
    right = [r for r in ranked if r["label"] == 1]
    wrong = [r for r in ranked if r["label"] == 0][:SENTENCES]
    for row in right[:1]:
        yield from _stretched(row, pick.choice(("before", "after")), 1)
    if wrong:
        row, side = pick.choice(wrong), pick.choice(("before", "after"))
        yield from _stretched(row, side, _answers(row[side], row, right))


def _answers(text: str, row: dict, right: Sequence[dict]) -> int | None:
    """Whether a neighbour answers; None when it cannot be known."""
    if not row["answerable"]:
        return 0
    if any(r["text"] in text for r in right):
        return 1
    answer = normalise_answer(str(row["answer"] or ""))
    # A short answer is known by its words. Where another sentence was marked, words prove nothing.
    if not answer or len(answer) > LONGEST_ANSWER:
        return None
    return None if f" {answer} " in f" {normalise_answer(text)} " else 0


def _stretched(row: dict, side: str, label: int | None) -> Iterator[Lesson]:
    if not row[side] or label is None:
        return
    parts = [row["text"], row["after"]] if side == "after" else [row["before"], row["text"]]
    yield _lesson([{**row, "text": " ".join(parts), "label": label}])


def _named(kind: re.Pattern[str], groups: Iterable[Sequence[dict]]) -> list[str]:
    """Names or numbers of all questions, to put one in the place of another."""
    return sorted({m for group in groups for m in kind.findall(group[0]["question"])})


def _exchanged(
    group: Sequence[dict], spare: dict[re.Pattern[str], list[str]], pick: random.Random
) -> Iterator[Lesson]:
    """The sentence that answers, beside the question with another name or number in it."""
    for row in [r for r in group if r["label"] == 1][:1]:
        question, read = row["question"], f"{row['above']} {row['text']}"
        found = [(k, m) for k in spare for m in k.finditer(question) if m.group() in read]
        if not found:
            return
        kind, match = pick.choice(found)
        other = pick.choice(spare[kind])
        if other not in read:
            asked = question[: match.start()] + other + question[match.end() :]
            yield _lesson([{**row, "question": asked, "label": 0}])


def _lesson(rows: Sequence[dict]) -> Lesson:
    label = max(r["label"] for r in rows)
    above = " | ".join(dict.fromkeys(r["above"] for r in rows))
    answer = str(rows[0].get("answer") or "") if label else ""
    return Lesson(
        rows[0]["question"], above, " ".join(r["text"] for r in rows), label,
        answer if len(answer) <= LONGEST_ANSWER else "",
    )  # fmt: skip
