"""Documents that answer one question with different dates or numbers; no side is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rag.text import content_stems, stem, words
from rag.types import Evidence
from rag.values import Value, asks_for, dates, numbers, same_date

# Evidence speaks of the thing asked when it holds this share of the question's content words, by
# weight: "Shusha" counts for more than "signed".
MIN_COVERAGE = 0.6


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
