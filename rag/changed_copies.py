"""Sentences of two documents that are the same but for the value or few words asked for.

Most contradictions between versions of one text look like this: what was said is repeated, and a
date, a number or a name is another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.asking import asks_for, value_kinds
from rag.scope import above, of_other_lines, of_other_periods
from rag.text import content_stems, words
from rag.types import Evidence
from rag.values import FINDERS, Value, among, dates, is_named, numbers

# One sentence is a copy of another when so much of their words is the same.
MIN_COPIED = 0.75
_MIN_SHARED_STEMS = 4
_LONGEST_VALUE = 60
_ASKS_NAME = re.compile(
    r"^\W*(?:\w+\W+)?(?:who|whom|whose|where|which|what \w+ (?:is|was|did))\b", re.I
)
# No date, number or name is the answer.
_ASKS_MORE = re.compile(
    r"\b(?:why|how|does|do|did|can|could|should|would|will|has|have|had|explain|describe)\b", re.I
)
# Two texts are the same but for so many words in one place, if so many others are the same.
_MOST_REPLACED = 4
_LEAST_KEPT = 6


def changed_copy(
    question: str, compared: Sequence[Evidence], evidence: Sequence[Evidence]
) -> list[tuple[str, Evidence]]:
    """The first two sentences of different documents that differ in what is asked, and little else.

    "Met 5 times" in the report of one year and "met 7 times" in that of another is no disagreement:
    what stands above the sentences must be alike too, and so must be what they, with what stands
    above them, say of the question.

    Args:
        question: Decides what may differ; a value that it names itself is not in dispute.
        compared: One of the two sentences is among these; see `rag.disagreement`.
        evidence: The other is among these: as a copy it needs not be likely. Best first.

    Returns:
        Two pairs of value, as it stands, and its evidence; empty when there are none.
    """
    kinds = _kinds(question)
    if not kinds:
        return []
    asked = set(content_stems(question))
    spoken = [(e, asked & _in_context(e)) for e in evidence]
    for a in compared:
        said = asked & _in_context(a)
        for b, also in spoken:
            is_same = bool(said) and said == also and a.passage.doc_id != b.passage.doc_id
            is_apart = of_other_periods(a, b) or of_other_lines(a, b)
            if is_same and _same_scope(a, b) and not is_apart:
                changed = _changed(question, a.text, b.text, kinds)
                if changed is not None:
                    return [(changed[0], a), (changed[1], b)]
    return []


def _kinds(question: str) -> tuple[str, ...]:
    """What may answer a question: kinds of values; "words" for any others."""
    if asks_for(question):
        return value_kinds(question)
    if _ASKS_NAME.search(question):
        return ("name", "words")
    return () if _ASKS_MORE.search(question) else (*FINDERS, "words")


def _in_context(item: Evidence) -> set[str]:
    return set(content_stems(f"{above(item)} {item.text}"))


def _changed(question: str, a: str, b: str, kinds: Sequence[str]) -> tuple[str, str] | None:
    """What one text says and the other says otherwise; None if they differ in more, or nothing."""
    only = {name: _only(find(a), find(b)) for name, find in FINDERS.items()}
    changed = [(name, pair) for name, pair in only.items() if any(pair)]
    if len(changed) > 1 or not all(all(pair) for _, pair in changed):
        return None  # they differ in more than one thing, or one says less
    for name, (first, second) in changed:
        own = FINDERS[name](question)
        is_given = any(is_named(v, own) for v in (*first, *second))
        if name in kinds and not is_given and _is_copy(a, b, (*first, *second)):
            return _span(a, first), _span(b, second)
    may_replace = "words" in kinds and all(name == "name" for name, _ in changed)
    return _replaced(question, a, b) if may_replace else None


def _replaced(question: str, a: str, b: str) -> tuple[str, str] | None:
    """The few words in one place that two texts do not share; other forms of one word are none."""
    sides = words(a), words(b)
    before = _alike(*sides)
    after = min(_alike(*(side[::-1] for side in sides)), min(map(len, sides)) - before)
    longest = max(map(len, sides)) - before - after
    if before + after < _LEAST_KEPT or longest > _MOST_REPLACED:
        return None
    first, second = (_stretch(t, before, len(words(t)) - after) for t in (a, b))
    stems = set(content_stems(first)), set(content_stems(second))
    if (
        not all(stems)
        or stems[0] & stems[1]
        or (stems[0] | stems[1]) & set(content_stems(question))
    ):
        return None
    return first, second


def _alike(a: Sequence[str], b: Sequence[str]) -> int:
    """How many words two texts begin with alike."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))


def _stretch(text: str, first: int, stop: int) -> str:
    """A text from one of its words up to before another, as it stands."""
    start = at = 0
    for i, word in enumerate(words(text)[:stop]):
        at = text.index(word, at)
        start = at if i == first else start
        at += len(word)
    return text[start:at] if first < stop else ""


def _same_scope(a: Evidence, b: Evidence) -> bool:
    """Whether no date or number in title and headings sets two pieces of evidence apart."""
    first, second = above(a), above(b)
    return not any(any(_only(find(first), find(second))) for find in (dates, numbers))


def _only(a: list[Value], b: list[Value]) -> tuple[list[Value], list[Value]]:
    """Values of each text that agree with none of the other."""
    a, b = _exact(a), _exact(b)
    return [v for v in a if not among(v, b)], [v for v in b if not among(v, a)]


def _exact(values: list[Value]) -> list[Value]:
    """Without the dates that a text gives more exactly as well: "the 2021 fair, on 2 May 2021"."""
    return [v for v in values if not any(w.key != v.key and is_named(v, [w]) for w in values)]


def _is_copy(a: str, b: str, values: Sequence[Value]) -> bool:
    """Whether two texts have nearly the same words, apart from some values."""
    apart = {s for v in values for s in content_stems(v.text)}
    first, second = set(content_stems(a)) - apart, set(content_stems(b)) - apart
    shared = len(first & second)
    return shared >= _MIN_SHARED_STEMS and shared >= MIN_COPIED * len(first | second)


def _span(text: str, values: Sequence[Value]) -> str:
    """The values as they stand, from the first to the last if they are close together."""
    start, last = values[0].start, values[-1]
    whole = text[start : last.start + len(last.text)]
    return whole if len(whole) <= _LONGEST_VALUE else values[0].text
