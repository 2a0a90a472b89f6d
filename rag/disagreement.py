"""Documents that answer one question with different values; no side is taken.

Three ways to notice: dates or numbers that a question asks for and that exclude each other,
sentences that are the same but for the date, number or name asked for, and answers that the judge
reads out of sentences which it finds to answer the question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from rag.evidence import in_context
from rag.extent import wants_list
from rag.protocols import Reading
from rag.text import STOPWORDS, content_stems, fold, stem, words
from rag.types import Evidence
from rag.values import Value, asks_for, dates, names, numbers, same_date

# Evidence speaks of the thing asked when it holds this share of the question's content words, by
# weight: "Shusha" counts for more than "signed".
MIN_COVERAGE = 0.6
# One sentence is a copy of another when so much of their words is the same.
MIN_COPIED = 0.75
# Log-odds of a sentence whose answer is compared; see docs/decisions/disagreement.md.
MIN_VERDICT = 0.5
_MOST_SIDES = 4
_MIN_SHARED_STEMS = 4
_LONGEST_VALUE = 60
_ASKS_NAME = re.compile(
    r"^\W*(?:\w+\W+)?(?:who|whom|whose|where|which|what \w+ (?:is|was|did))\b", re.I
)
Extract = Callable[[str, Sequence[tuple[str, str]]], list[Reading]]
_FINDERS: Mapping[str, Callable[[str], list[Value]]] = {
    "date": dates, "number": numbers, "name": names,
}  # fmt: skip


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


def different_answers(
    question: str, evidence: Sequence[Evidence], extract: Extract
) -> list[tuple[str, Evidence]]:
    """Evidence of different documents from which different answers are read.

    Args:
        question: One for a person, place, thing, date or number; others have many answers.
        evidence: Best first, judged.
        extract: See `rag.protocols.Judge`.

    Returns:
        Pairs of answer, as it stands, and its evidence, one per distinct answer; empty when the
        documents agree or fewer than two answer.
    """
    if wants_list(question) or not (asks_for(question) or _ASKS_NAME.search(question)):
        return []
    best: dict[str, Evidence] = {}
    for item in evidence:
        if item.verdict is not None and item.verdict >= MIN_VERDICT:
            best.setdefault(item.passage.doc_id, item)
    items = list(best.values())[:_MOST_SIDES]
    if len(items) < 2:
        return []
    sides: list[tuple[str, Evidence]] = []
    read = extract(question, list(map(in_context, items)))
    for answer, item in zip((r.text for r in read), items, strict=True):
        is_echo = set(content_stems(answer)) <= set(content_stems(question))
        if not is_echo and all(_is_other(answer, known) for known, _ in sides):
            sides.append((answer, item))
    return sides if len(sides) > 1 else []


def _is_other(a: str, b: str) -> bool:
    """Whether two answers have nothing in common: "Soviets" and "Russian forces"."""
    for find in (dates, numbers):
        first, second = find(a), find(b)
        if first and second:
            return not any(_among(v, second) for v in first)
    if set(content_stems(a)) & set(content_stems(b)):
        return False
    (short, initials), (other_short, other_initials) = map(_shortened, (a, b))
    return short != other_initials and other_short != initials


def _shortened(text: str) -> tuple[str, str]:
    """The words as one, and what their first letters make: "us", and "us" of "United States"."""
    told = [w for w in words(fold(text).replace(".", "")) if w not in STOPWORDS]
    return "".join(told), "".join(w[0] for w in told)


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
