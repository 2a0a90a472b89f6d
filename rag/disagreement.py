"""Documents that answer one question with different values; no side is taken.

Two ways to notice: dates or numbers that a question asks for and that exclude each other, and
sentences that are the same but for the date, number or name asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from rag.extent import holds_items
from rag.text import content_stems, stem, words
from rag.types import Evidence
from rag.values import Value, asks_for, dates, names, numbers, same_date

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
_FINDERS: Mapping[str, Callable[[str], list[Value]]] = {
    "date": dates, "number": numbers, "name": names,
}  # fmt: skip


def comparable(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that may be sides: wider than what is shown, all nearly as likely to answer.

    Args:
        evidence: Best first, not empty; when some were judged, the others are left out.
    """
    best = max((e.verdict for e in evidence if e.verdict is not None), default=None)
    # A list holds dates and numbers of many things.
    single = [e for e in evidence if not holds_items(e)]
    close = [e for e in single if e.score >= evidence[0].score - COMPARED_MARGIN]
    if best is not None:
        close = [e for e in close if e.verdict is not None and e.verdict >= best - COMPARED_ODDS]
    return close[:_MOST_COMPARED]


def conflicting(
    question: str, evidence: Sequence[Evidence], weights: Mapping[str, float]
) -> list[tuple[str, Evidence]]:
    """Evidence of different documents whose values exclude each other.

    Args:
        question: Decides the kind of value; questions for neither dates nor numbers give nothing.
        evidence: Best first.
        weights: Of the question's stems; rare ones weigh more.

    Returns:
        Pairs of value, as it stands, and its evidence, one per distinct value; empty when the
        documents agree or fewer than two speak of it.
    """
    kind = asks_for(question)
    if kind is None:
        return []
    find: Callable[[str], list[Value]] = dates if kind == "date" else numbers
    asked = set(content_stems(question)) - _value_stems(question)
    sides: list[tuple[Value, Evidence]] = []
    for item in evidence:
        value = _nearest(item, find, asked)
        # A document that gives two values speaks of two things; its better evidence counts.
        known = item.passage.doc_id in {other.passage.doc_id for _, other in sides}
        if value is None or known or _coverage(item, asked, weights) < MIN_COVERAGE:
            continue
        if all(_excludes(value, other, kind) for other, _ in sides):
            sides.append((value, item))
    return [(value.text, item) for value, item in sides] if len(sides) > 1 else []


def changed_copy(
    question: str, evidence: Sequence[Evidence], weights: Mapping[str, float]
) -> list[tuple[str, Evidence]]:
    """The first two sentences of different documents that differ in what is asked, and little else.

    "Met 5 times" in the report of one year and "met 7 times" in that of another is no disagreement:
    what stands above the sentences must be alike too.

    Args:
        question: Decides the kind of value; one that it names itself is not in dispute.
        evidence: Best first.
        weights: Of the question's stems; a sentence must speak of what is asked.

    Returns:
        Two pairs of value, as it stands, and its evidence; empty when there are none.
    """
    kind = asks_for(question) or ("name" if _ASKS_NAME.search(question) else None)
    if kind is None:
        return []
    asked = set(content_stems(question))
    speaking = [e for e in evidence if _coverage(e, asked, weights) >= MIN_COVERAGE]
    for a, b in combinations(speaking, 2):
        if a.passage.doc_id != b.passage.doc_id and _same_scope(a, b):
            changed = _changed(question, a.text, b.text, kind)
            if changed is not None:
                return [(changed[0], a), (changed[1], b)]
    return []


def _changed(question: str, a: str, b: str, kind: str) -> tuple[str, str] | None:
    """What one text says and the other says otherwise; None if they differ in more, or nothing."""
    only = {name: _only(find(a), find(b)) for name, find in _FINDERS.items()}
    first, second = only.pop(kind)
    if not first or not second or any(any(pair) for pair in only.values()):
        return None
    asked = [v for find in _FINDERS.values() for v in find(question)]
    is_named = any(v.kind == w.kind and _among(w, [v]) for v in asked for w in (*first, *second))
    if is_named or not _is_copy(a, b, (*first, *second)):
        return None
    return _span(a, first), _span(b, second)


def _same_scope(a: Evidence, b: Evidence) -> bool:
    """Whether no date or number in title and headings sets two pieces of evidence apart."""
    above = [f"{e.passage.title} {e.passage.heading}" for e in (a, b)]
    return not any(any(_only(find(above[0]), find(above[1]))) for find in (dates, numbers))


def _only(a: list[Value], b: list[Value]) -> tuple[list[Value], list[Value]]:
    """Values of each text that agree with none of the other."""
    return [v for v in a if not _among(v, b)], [v for v in b if not _among(v, a)]


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


def _excludes(a: Value, b: Value, kind: str) -> bool:
    return not same_date(a.key, b.key) if kind == "date" else a.key != b.key


def _coverage(item: Evidence, asked: set[str], weights: Mapping[str, float]) -> float:
    said = set(content_stems(item.text))
    total = sum(weights.get(s, 0.0) for s in asked)
    return sum(weights.get(s, 0.0) for s in asked & said) / total if total else 0.0


def _value_stems(question: str) -> set[str]:
    found = [*dates(question), *numbers(question)]
    return {s for value in found for s in content_stems(value.text)} | {"date", "day", "year"}


def _nearest(item: Evidence, find: Callable[[str], list[Value]], asked: set[str]) -> Value | None:
    """The value that stands closest to the words of the question."""
    found = find(item.text)
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
