"""Documents that answer one question with different values; no side is taken.

Three ways to notice: dates, times of day or numbers that a question asks for, or dates between
which it lets choose, and that exclude each other; yes and no; and copies of one sentence that
differ in little, see `rag.changed_copies`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.asking import offered_dates, value_kinds
from rag.clock import asked_hours
from rag.evidence import Opinion, in_context
from rag.extent import holds_items, with_sentence_before
from rag.polarity import is_polar, polar_stems, spoken_of, told
from rag.scope import (
    above,
    are_apart,
    names_behind,
    of_another_part,
    of_other_days,
    of_other_lines,
    of_other_periods,
    of_other_times,
)
from rag.text import content_stems, held_stems, stem, words
from rag.types import Evidence
from rag.values import FINDERS, Value, among, dates, excludes, is_named, names, numbers

# Evidence speaks of the thing asked when it holds this share of the question's content words, by
# weight: "Shusha" counts for more than "signed".
MIN_COVERAGE = 0.6
# Where no sides are found so: this share, or all of its names, of what the judge says yes to.
# "Established in 1989" answers "When was it founded?" as well.
MIN_COVERAGE_JUDGED = 0.4
# How far behind the best sentence one may be to be a side: in score, and in the judge's log-odds.
COMPARED_MARGIN = 1.2
COMPARED_ODDS = 1.0
# What says yes must hold more than what says no: "the board postponed the merger" is no yes.
MIN_COVERAGE_YES = 0.75
# A "no" is further behind a "yes" than one year behind another.
POLAR_MARGIN = 2.0
POLAR_ODDS = 2.0
_MOST_COMPARED = 12


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
    polar = is_polar(question)
    margin = POLAR_MARGIN if polar else COMPARED_MARGIN
    odds = POLAR_ODDS if polar else COMPARED_ODDS
    close = [e for e in single if e.score >= evidence[0].score - margin]
    judged = [e for e in close if e.verdict is not None]
    if not judged:
        return close[:_MOST_COMPARED]
    best = max(e.verdict for e in evidence if e.verdict is not None)
    likely = [e for e in judged if e.verdict is not None and e.verdict >= best - odds]
    if opinion is not None:
        found = _found(question, judged, judged, weights)
        sides = [item for _, item in found]
        if any(item not in likely for item in sides):
            read = _likely_bare(question, sides, opinion, odds)
            likely = [e for e in likely if e not in read] + list(read.values())
    return sorted(likely, key=lambda e: -e.score)[:_MOST_COMPARED]


def _likely_bare(
    question: str, sides: Sequence[Evidence], opinion: Opinion, margin: float
) -> dict[Evidence, Evidence]:
    """Read without headings: what is nearly as likely as the best, to itself with that verdict."""
    odds = opinion(question, [("", in_context(item)[1]) for item in sides])
    return {
        e: replace(e, verdict=x if e.verdict is None else max(e.verdict, x))
        for e, x in zip(sides, odds, strict=True)
        if x >= max(odds) - margin
    }


def conflicting(
    question: str, evidence: Sequence[Evidence], weights: Mapping[str, float]
) -> list[tuple[str, Evidence]]:
    """Evidence of different documents whose values exclude each other.

    Args:
        question: Decides the kind of value, see `value_kinds`; when it offers dates, they are the
            only ones that can be sides.
        evidence: Best first. If the sentences that hold most of the question's words agree, those
            count that hold fewer and that the judge says yes to (verdict 0 or more). Numbers of
            other times, periods and places are no sides.
        weights: Of the question's stems; rare ones weigh more.

    Returns:
        Pairs of value, as it stands, and its evidence, one per distinct value; empty when the
        documents agree or fewer than two speak of it.
    """
    liked = [e for e in evidence if e.verdict is not None and e.verdict >= 0]
    return _found(question, evidence, liked, weights)


def _found(
    question: str, evidence: Sequence[Evidence], liked: Sequence[Evidence],
    weights: Mapping[str, float],
) -> list[tuple[str, Evidence]]:  # fmt: skip
    if is_polar(question):
        return _yes_and_no(question, evidence, weights)
    for kind in value_kinds(question):
        found = _sides(question, kind, evidence, weights)
        found = found or _sides(question, kind, liked, weights, is_likely=True)
        if found:
            return found
    return []


def _yes_and_no(
    question: str, evidence: Sequence[Evidence], weights: Mapping[str, float]
) -> list[tuple[str, Evidence]]:
    """The first two that say yes and no of the same; no document that says both."""
    asked = polar_stems(question)
    total = sum(weights.get(s, 0.0) for s in asked)
    said: list[tuple[str, bool, Evidence]] = []
    for item in evidence:
        found = told(question, item.text)
        if found is None or of_another_part(item, question):
            continue
        spoken = spoken_of(question, with_sentence_before(item).text)
        least = MIN_COVERAGE if found[1] else MIN_COVERAGE_YES
        if sum(weights.get(s, 0.0) for s in spoken) >= least * total:
            said.append((*found, item))
    both = {a.passage.doc_id for _, no, a in said for _, yes, b in said
            if no != yes and a.passage.doc_id == b.passage.doc_id}  # fmt: skip
    clear = [s for s in said if s[2].passage.doc_id not in both]
    for i, (first, no, a) in enumerate(clear):
        for second, also, b in clear[i + 1 :]:
            if no != also and not are_apart(question, a, b):
                return [(first, a), (second, b)]
    return []


@dataclass(frozen=True, slots=True)
class _Side:
    """What one document gives: its value, and all of that kind in the sentence."""

    value: Value
    all: Sequence[Value]
    item: Evidence


def _sides(
    question: str, kind: str, evidence: Sequence[Evidence], weights: Mapping[str, float],
    *, is_likely: bool = False,
) -> list[tuple[str, Evidence]]:  # fmt: skip
    """See `conflicting`.

    Args:
        is_likely: The judge said yes to all, so that fewer of the question's words are enough.
    """
    options = offered_dates(question)
    own = [v for v in FINDERS[kind](question) if v not in options]
    asked = set(content_stems(question)) - _value_stems(question, kind)
    sides: list[_Side] = []
    heard: set[str] = set()
    for item in evidence:
        said = asked_hours(question, item.text) if kind == "time" else FINDERS[kind](item.text)
        found = [v for v in said if not is_named(v, own)]
        if options:
            found = [v for v in found if among(v, options)]
        value = _nearest(item, found, asked)
        # A document that gives two values speaks of two things; its better evidence counts.
        if value is None or item.passage.doc_id in heard:
            continue
        if kind == "number" and of_another_part(item, question):
            continue
        if not _speaks_of(item, question, asked, weights, is_likely=is_likely):
            continue
        # The office in Felden has hours of its own.
        if kind == "time" and not _holds_names(item, question):
            continue
        heard.add(item.passage.doc_id)
        side = _Side(value, found, item)
        if all(_exclude(question, side, other) for other in sides):
            sides.append(side)
    return [(side.value.text, side.item) for side in sides] if len(sides) > 1 else []


def _exclude(question: str, a: _Side, b: _Side) -> bool:
    """Whether not both can be right."""
    kind = a.value.kind
    if kind == "date" or not excludes(a.value, b.value, kind):
        return excludes(a.value, b.value, kind)
    # "340 at the opening and 212 at the closure": which one is meant may be read wrongly.
    if among(a.value, b.all) or among(b.value, a.all) or of_other_lines(a.item, b.item):
        return False
    if kind == "time":
        return not (are_apart(question, a.item, b.item) or of_other_days(a.item, b.item))
    return not (of_other_times(a.item, b.item) or of_other_periods(a.item, b.item))


def _speaks_of(
    item: Evidence, question: str, asked: set[str], weights: Mapping[str, float],
    *, is_likely: bool,
) -> bool:  # fmt: skip
    """Whether evidence is on the thing asked: by words, or by name where the judge says yes."""
    covered = _coverage(item, asked, weights)
    if not is_likely:
        return covered >= MIN_COVERAGE
    # Not those above it: in a folder about Norlund all documents are titled so.
    named = {s for value in names(question) for s in content_stems(value.text)}
    said = held_stems(with_sentence_before(item).text)
    return covered >= MIN_COVERAGE_JUDGED or (bool(named) and named <= said)


def _holds_names(item: Evidence, question: str) -> bool:
    named = {s for value in names(question) for s in content_stems(value.text)}
    said = with_sentence_before(item).text
    # "The office in Felden", in a guide to Marsby.
    is_elsewhere = bool(names_behind(said, set(content_stems(question))))
    return named <= held_stems(said if is_elsewhere else f"{above(item)} {said}")


def _coverage(item: Evidence, asked: set[str], weights: Mapping[str, float]) -> float:
    # "It cost 3.4 million" says what "it" is in the sentence before.
    said = held_stems(with_sentence_before(item).text)
    total = sum(weights.get(s, 0.0) for s in asked)
    return sum(weights.get(s, 0.0) for s in asked & said) / total if total else 0.0


def _value_stems(question: str, kind: str) -> set[str]:
    """Stems that name a value, or what kind of value is asked for."""
    found = [*dates(question), *numbers(question)]
    named = {"time", "hour", "late", "earli"} if kind == "time" else {"date", "day", "year"}
    return {s for value in found for s in content_stems(value.text)} | named


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
