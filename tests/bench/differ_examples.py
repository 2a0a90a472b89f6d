"""Collect what the judge learns about two texts: do they answer a question differently?

    python -m tests.bench.differ_examples DATA examples.jsonl --out pairs.jsonl

Pairs come from documents that contradict each other (the half that `tests.bench.conflicts` calls
"choose"; the other half reports), and from the judge's own examples: a sentence that answers beside
the same sentence with another answer, with another name or number that is not the answer, beside a
sentence that says the same, and beside one that answers nothing.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

from rag.metrics import gold_held, normalise_answer
from rag.text import content_stems, sentence_spans
from rag.values import dates, names, numbers
from tests.bench.conflicts import TYPES, half, said
from tests.bench.judge_examples import read_rows

LONGEST_ANSWER = 60
LONGEST_TEXT = 400
PAIRS_A_QUESTION = 6


@dataclass(frozen=True)
class Pair:
    """Two texts for one question; label 1 when both answer it and the answers differ."""

    question: str
    first: str
    second: str
    label: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("examples", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    pick = random.Random(args.seed)
    found = list(of_conflicts(read_rows(args.data / "conflicts_rag" / "dev.jsonl"), pick))
    print(f"{len(found)} of documents, {sum(p.label for p in found)} of them differ")
    found += of_examples(read_rows(args.examples), pick)
    print(f"{len(found)} pairs, {sum(p.label for p in found)} differ")
    lines = (json.dumps(asdict(pair), ensure_ascii=False) + "\n" for pair in found)
    args.out.write_text("".join(lines), encoding="utf-8")


def of_conflicts(rows: Sequence[dict], pick: random.Random) -> Iterator[Pair]:
    """Pairs of documents of one question."""
    for row in rows:
        if half(row["id"]) != "choose":
            continue
        if row["type"] in TYPES:
            pairs = list(_of_answers(row))
            yield from map(_shuffled(pick), _few(pairs, pick))
        elif row["type"] == "conflictqa":
            yield from map(_shuffled(pick), _of_sides(row))


def _few(pairs: Sequence[Pair], pick: random.Random) -> list[Pair]:
    """As many that differ as do not."""
    kept = []
    for label in (0, 1):
        these = [p for p in pairs if p.label == label]
        kept += pick.sample(these, min(len(these), PAIRS_A_QUESTION // 2))
    return kept


def _of_answers(row: dict) -> Iterator[Pair]:
    """What documents with an answer say, beside each other and beside documents without one."""
    question = row["question"]
    found = [(said(row, d), _telling(question, d["text"], said(row, d))) for d in row["docs"]]
    for (answer, text), (other, text_2) in combinations([f for f in found if f[1]], 2):
        if (answer or other) and text != text_2:
            # Text that holds both answers proves nothing.
            both = answer != other and any(
                gold_held(t, a) for t, a in ((text, other), (text_2, answer)) if a
            )
            if not both:
                yield Pair(question, text, text_2, int(bool(answer and other and answer != other)))


def _telling(question: str, text: str, answer: Sequence[str]) -> str:
    """The sentence with the answer; the likeliest one when none is known, or it is yes or no."""
    pieces = [" ".join(text[s.start : s.end].split()) for s in sentence_spans(text)]
    if set(map(normalise_answer, answer)) & {"yes", "no"}:
        return text[:LONGEST_TEXT]
    if answer:
        return next((p[:LONGEST_TEXT] for p in pieces if gold_held(p, answer)), "")
    return _closest(question, pieces)


def _closest(question: str, pieces: Sequence[str]) -> str:
    asked = set(content_stems(question))
    return max(pieces, key=lambda p: len(asked & set(content_stems(p))), default="")[:LONGEST_TEXT]


def _of_sides(row: dict) -> Iterator[Pair]:
    """A question for yes or no, with a text and a claim for each."""
    a, b = (next(d for d in row["docs"] if d["role"] == f"side_{s}") for s in "ab")
    question = row["question"]
    for_a = a["text"][:LONGEST_TEXT]
    for_b = _closest(question, [b["text"][s.start : s.end] for s in sentence_spans(b["text"])])
    yield Pair(question, for_a, for_b, 1)
    yield Pair(question, a["answer"], for_b, 1)
    yield Pair(question, a["answer"], for_a, 0)
    yield Pair(question, b["answer"], for_b, 0)


def of_examples(rows: Sequence[dict], pick: random.Random) -> Iterator[Pair]:
    """Pairs of sentences that search brought up for one question."""
    groups = defaultdict(list)
    for row in rows:
        if not row["held_out"]:
            groups[row["source"], row["group"]].append(row)
    spare = _spare(groups)
    for group in groups.values():
        wrong = [r["text"] for r in group if r["label"] == 0][:3]
        right = next((r for r in group if r["label"] == 1), None)
        answer = str(right["answer"] or "") if right else ""
        if right is None:
            if len(wrong) > 1 and pick.random() < 0.3:
                yield _shuffled(pick)(Pair(group[0]["question"], *wrong[:2], 0))
        elif answer in right["text"] and 0 < len(answer) <= LONGEST_ANSWER:
            alike = [
                r["text"] for r in group
                if r is not right and r["label"] is None and gold_held(r["text"], [answer])
            ]  # fmt: skip
            made = _around(right["question"], right["text"], answer, alike, wrong, spare, pick)
            yield from map(_shuffled(pick), made)


def _around(
    question: str, text: str, answer: str, alike: Sequence[str], wrong: Sequence[str],
    spare: Mapping[str, Sequence[str]], pick: random.Random,
) -> Iterator[Pair]:  # fmt: skip
    """One pair that differs and one or two that do not, about one sentence that answers."""
    other = pick.choice(spare[_kind(answer)])
    if normalise_answer(other) != normalise_answer(answer) and other not in text:
        changed = text.replace(answer, other)
        yield Pair(question, pick.choice([text, *alike]), changed, 1)
    if alike:
        yield Pair(question, text, pick.choice(alike), 0)
    beside = _changed_beside(question, text, answer, spare, pick)
    options = [*wrong[:2], *([beside] * 2 if beside else [])]
    if options:
        yield Pair(question, text, pick.choice(options), 0)


def _changed_beside(
    question: str, text: str, answer: str, spare: Mapping[str, Sequence[str]], pick: random.Random
) -> str:
    """The sentence with a name or number exchanged that is neither answer nor asked about."""
    found = [
        v.text for find in (dates, numbers, names) for v in find(text)
        if v.text not in answer and answer not in v.text and v.text not in question
    ]  # fmt: skip
    if not found:
        return ""
    value = pick.choice(found)
    other = pick.choice(spare[_kind(value)])
    return text.replace(value, other) if other != value else ""


def _spare(groups: Mapping[tuple[str, str], Sequence[dict]]) -> dict[str, list[str]]:
    """Answers of all questions, by their kind."""
    found = defaultdict(set)
    for group in groups.values():
        answer = str(group[0]["answer"] or "")
        if 0 < len(answer) <= LONGEST_ANSWER:
            found[_kind(answer)].add(answer)
    return {kind: sorted(answers) for kind, answers in found.items()}


def _kind(answer: str) -> str:
    """What could stand in its place."""
    if dates(answer):
        return "date" if len(answer.split()) > 1 else "year"
    if any(c.isdigit() for c in answer):
        return "number"
    return "name" if answer[:1].isupper() else "words"


class _shuffled:  # noqa: N801
    """Either text first."""

    def __init__(self, pick: random.Random) -> None:
        self._pick = pick

    def __call__(self, pair: Pair) -> Pair:
        if self._pick.random() < 0.5:
            return pair
        return Pair(pair.question, pair.second, pair.first, pair.label)


if __name__ == "__main__":
    main()
