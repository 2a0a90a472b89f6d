"""Documents that answer one question with different values; no side is taken.

Two ways to notice: dates or numbers that a question asks for, or dates between which it lets
choose, and that exclude each other; and sentences that are the same but for the date, number, name
or few words asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from rag.evidence import Opinion, in_context
from rag.extent import holds_items, with_sentence_before
from rag.text import content_stems, stem, words
from rag.types import Evidence
from rag.values import (
    Value,
    asks_for,
    dates,
    names,
    numbers,
    offered_dates,
    same_date,
    value_kind,
)

# Evidence speaks of the thing asked when it holds this share of the question's content words, by
# weight: "Shusha" counts for more than "signed".
MIN_COVERAGE = 0.6
# How far behind the best sentence one may be to be a side: in score, and in the judge's log-odds.
COMPARED_MARGIN = 1.2
COMPARED_ODDS = 1.0
_MOST_COMPARED = 12
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
_FINDERS: Mapping[str, Callable[[str], list[Value]]] = {
    "date": dates, "number": numbers, "name": names,
}  # fmt: skip


def comparable(
    question: str, evidence: Sequence[Evidence], weights: Mapping[str, float],
    opinion: Opinion | None = None,
) -> list[Evidence]:  # fmt: skip
    """The sentences that may be sides: wider than what is shown, all nearly as likely to answer.

    Args:
        evidence: Best first, not empty; when some were judged, the others are left out.
        weights: Of the question's stems.
        opinion: Asked again, without headings, of what the judge likes less and what would be a
            side: it takes a date in "Guide to the valley" for one of something else than the
            same in "Minutes of the council"; see docs/decisions/refusal.md.
    """
    # A list holds dates and numbers of many things.
    single = [e for e in evidence if not holds_items(e)]
    close = [e for e in single if e.score >= evidence[0].score - COMPARED_MARGIN]
    judged = [e for e in close if e.verdict is not None]
    if not judged:
        return close[:_MOST_COMPARED]
    best = max(e.verdict for e in evidence if e.verdict is not None)
    likely = [e for e in judged if e.verdict is not None and e.verdict >= best - COMPARED_ODDS]
    if opinion is not None:
        sides = [item for _, item in conflicting(question, judged, weights)]
        if any(item not in likely for item in sides):
            again = _likely_bare(question, sides, opinion)
            likely += [item for item in again if item not in likely]
    return sorted(likely, key=lambda e: -e.score)[:_MOST_COMPARED]


def _likely_bare(question: str, sides: Sequence[Evidence], opinion: Opinion) -> list[Evidence]:
    odds = opinion(question, [("", in_context(item)[1]) for item in sides])
    return [e for e, x in zip(sides, odds, strict=True) if x >= max(odds) - COMPARED_ODDS]


def conflicting(
    question: str, evidence: Sequence[Evidence], weights: Mapping[str, float]
) -> list[tuple[str, Evidence]]:
    """Evidence of different documents whose values exclude each other.

    Args:
        question: Decides the kind of value, see `value_kind`; when it offers dates, they are the
            only ones that can be sides.
        evidence: Best first.
        weights: Of the question's stems; rare ones weigh more.

    Returns:
        Pairs of value, as it stands, and its evidence, one per distinct value; empty when the
        documents agree or fewer than two speak of it.
    """
    kind = value_kind(question)
    if kind is None:
        return []
    find: Callable[[str], list[Value]] = dates if kind == "date" else numbers
    options = offered_dates(question)
    own = [v for v in find(question) if v not in options]
    asked = set(content_stems(question)) - _value_stems(question)
    sides: list[tuple[Value, Evidence]] = []
    for item in evidence:
        found = [v for v in find(item.text) if not _is_named(v, own)]
        if options:
            found = [v for v in found if _among(v, options)]
        value = _nearest(item, found, asked)
        # A document that gives two values speaks of two things; its better evidence counts.
        known = item.passage.doc_id in {other.passage.doc_id for _, other in sides}
        if value is None or known or _coverage(item, asked, weights) < MIN_COVERAGE:
            continue
        if all(_excludes(value, other, kind) for other, _ in sides):
            sides.append((value, item))
    return [(value.text, item) for value, item in sides] if len(sides) > 1 else []


def changed_copy(
    question: str, compared: Sequence[Evidence], evidence: Sequence[Evidence]
) -> list[tuple[str, Evidence]]:
    """The first two sentences of different documents that differ in what is asked, and little else.

    "Met 5 times" in the report of one year and "met 7 times" in that of another is no disagreement:
    what stands above the sentences must be alike too, and so must be what they, with what stands
    above them, say of the question.

    Args:
        question: Decides what may differ; a value that it names itself is not in dispute.
        compared: One of the two sentences is among these; see `comparable`.
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
            if is_same and _same_scope(a, b):
                changed = _changed(question, a.text, b.text, kinds)
                if changed is not None:
                    return [(changed[0], a), (changed[1], b)]
    return []


def _kinds(question: str) -> tuple[str, ...]:
    """What may answer a question: kinds of values; "words" for any others."""
    if kind := asks_for(question):
        return (kind,)
    if _ASKS_NAME.search(question):
        return ("name", "words")
    return () if _ASKS_MORE.search(question) else ("number", "name", "date", "words")


def _in_context(item: Evidence) -> set[str]:
    return set(content_stems(f"{item.passage.title} {item.passage.heading} {item.text}"))


def _changed(question: str, a: str, b: str, kinds: Sequence[str]) -> tuple[str, str] | None:
    """What one text says and the other says otherwise; None if they differ in more, or nothing."""
    only = {name: _only(find(a), find(b)) for name, find in _FINDERS.items()}
    changed = [(name, pair) for name, pair in only.items() if any(pair)]
    if len(changed) > 1 or not all(all(pair) for _, pair in changed):
        return None  # they differ in more than one thing, or one says less
    for name, (first, second) in changed:
        own = _FINDERS[name](question)
        is_named = any(_is_named(v, own) for v in (*first, *second))
        if name in kinds and not is_named and _is_copy(a, b, (*first, *second)):
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
    above = [f"{e.passage.title} {e.passage.heading}" for e in (a, b)]
    return not any(any(_only(find(above[0]), find(above[1]))) for find in (dates, numbers))


def _only(a: list[Value], b: list[Value]) -> tuple[list[Value], list[Value]]:
    """Values of each text that agree with none of the other."""
    a, b = _exact(a), _exact(b)
    return [v for v in a if not _among(v, b)], [v for v in b if not _among(v, a)]


def _exact(values: list[Value]) -> list[Value]:
    """Without the dates that a text gives more exactly as well: "the 2021 fair, on 2 May 2021"."""
    return [v for v in values if not any(w.key != v.key and _is_named(v, [w]) for w in values)]


def _among(value: Value, others: Sequence[Value]) -> bool:
    return any(not _excludes(value, other, value.kind) for other in others)


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


def _is_named(value: Value, own: Sequence[Value]) -> bool:
    """Whether a question names a value itself, no less exactly: "in 2021" leaves the day open."""
    if value.kind != "date":
        return any(value.key == v.key for v in own)
    return any(
        same_date(value.key, v.key) and v.key.count("?") <= value.key.count("?") for v in own
    )


def _excludes(a: Value, b: Value, kind: str) -> bool:
    return not same_date(a.key, b.key) if kind == "date" else a.key != b.key


def _coverage(item: Evidence, asked: set[str], weights: Mapping[str, float]) -> float:
    # "It cost 3.4 million" says what "it" is in the sentence before.
    said = set(content_stems(with_sentence_before(item).text))
    total = sum(weights.get(s, 0.0) for s in asked)
    return sum(weights.get(s, 0.0) for s in asked & said) / total if total else 0.0


def _value_stems(question: str) -> set[str]:
    found = [*dates(question), *numbers(question)]
    return {s for value in found for s in content_stems(value.text)} | {"date", "day", "year"}


def _nearest(item: Evidence, found: Sequence[Value], asked: set[str]) -> Value | None:
    """The value that stands closest to the words of the question."""
    places = [m for m in _places(item.text, asked)]
    if not found:
        return None
    if not places:
        return found[0]
    return min(found, key=lambda v: min(abs(v.start - p) for p in places))


def _places(text: str, asked: set[str]) -> list[int]:
    places, at = [], 0
    for word in words(text):
        at = text.index(word, at)
        if stem(word) in asked:
            places.append(at)
        at += len(word)
    return places
