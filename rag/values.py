"""Names, numbers, dates and times of day in a text, in one form so that they can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from rag.amounts import numbers
from rag.clock import clear_times, clock_times, hours, may_be_same
from rag.dates import dates, same_date
from rag.text import STOPWORDS, fold
from rag.units import may_agree
from rag.value import Value, blank

__all__ = [
    "FINDERS", "Value", "among", "clock_times", "dates", "excludes", "is_named", "names",
    "numbers", "same_date",
]  # fmt: skip

_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
_NAME = re.compile(r"[^\W\d_][\w’'.-]*[\w]|[^\W\d_]")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…]['\"”’)]*\s+|[\n•\-–—\"“‘(\[]\s*)$")


def names(text: str) -> list[Value]:
    """Words with a capital, in order; the first word of a sentence only if it is no plain word."""
    blanked = blank(blank(text, dates(text)), clear_times(text))
    found = []
    for match in _NAME.finditer(blanked):
        word = match.group().rstrip(".'’-")
        key = _name_key(word)
        if not any(c.isupper() for c in word) or key in STOPWORDS:
            continue
        if _SENTENCE_START.search(blanked, max(0, match.start() - 4), match.start()) and (
            word[1:].islower() or len(word) == 1
        ):
            continue
        found.append(Value("name", word, key, match.start()))
    return found


FINDERS: Mapping[str, Callable[[str], list[Value]]] = {
    "date": dates, "time": hours, "number": numbers, "name": names,
}  # fmt: skip


def excludes(a: Value, b: Value, kind: str) -> bool:
    """Whether two values of a kind cannot both be right: "2021" leaves room for "June 2021".

    "4.500" may be "4,500" or 4.5, 1,500 m are 1.5 km, and 60 days no litres.
    """
    if kind == "date":
        return not same_date(a.key, b.key)
    if kind == "time":
        return not may_be_same(a.key, b.key)
    if may_agree(a.measure, b.measure):
        return False
    first, second = (_THOUSANDS.sub("", v.text) for v in (a, b))
    return a.key != b.key and first != second


def among(value: Value, others: Sequence[Value]) -> bool:
    """Whether a value agrees with one of others."""
    return any(not excludes(value, other, value.kind) for other in others)


def is_named(value: Value, own: Sequence[Value]) -> bool:
    """Whether a question names a value itself, no less exactly: "in 2021" leaves the day open."""
    if value.kind != "date":
        return any(value.key == v.key for v in own)
    return any(
        same_date(value.key, v.key) and v.key.count("?") <= value.key.count("?") for v in own
    )


def _name_key(word: str) -> str:
    folded = fold(word)
    return folded[:-2] if folded.endswith("'s") else folded
