"""Times of day in a text, brought to one form: ``9 am``, ``9:00``, ``nine o'clock``.

The form is ``HH:MM`` of 24 hours, with ``?`` before it where morning and evening are both possible.
Opening hours are two of them, ``09:00-17:00``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.value import Value, aligned_fold

_HOURS = "one two three four five six seven eight nine ten eleven twelve".split()
_HOUR_WORD = "|".join(_HOURS)
_HALF = r"\s?(?P<{}>[ap])(?:m\b|\.\s?m\b\.?)"
_TO = r"\s?[-–—]\s?|\s(?:to|until|till)\s"
_TIME = re.compile(
    r"(?<![\w.,:/$€£^])(?:"
    # 9:00, 9:00 pm, 9.30 am, 9am, 9 o'clock; not 3:45 minutes, 10:30:15, a scale of 1:50.
    rf"(?<!scale )(?<!scale of )(?P<h1>[01]?\d|2[0-4]):(?P<m1>[0-5]\d)(?:{_HALF.format('x1')})?"
    r"(?![\w:%]|[.,]\d|\s?(?:minute|min|hour|second|sec|h\b))"
    rf"|(?P<h2>0?\d|1[0-2])(?:\.(?P<m2>[0-5]\d))?{_HALF.format('x2')}(?!\w)"
    # The first of "9-11 am".
    rf"|(?P<h3>0?[1-9]|1[0-2])(?:\.(?P<m3>[0-5]\d))?(?=(?:{_TO})\d{{1,2}}(?:[:.][0-5]\d)?\s?[ap]\.?m\b)"
    rf"|(?P<h4>0?[1-9]|1[0-2]|{_HOUR_WORD})\s?o['’]clock\b"
    rf"|(?P<q>half past|quarter past|quarter to) (?P<h5>0?[1-9]|1[0-2]|{_HOUR_WORD})\b"
    r"|(?:12 )?(?P<w>noon|midday|midnight)\b)"
)
_ADDED = {"half past": 30, "quarter past": 15, "quarter to": -15}
_NAMED = {"noon": "12:00", "midday": "12:00", "midnight": "24:00"}
_RANGE, _AND, _BETWEEN = (re.compile(p) for p in (_TO, r"\sand\s", r"\bbetween\s\Z"))
# Where "1:20" is no ratio, score or verse.
_AT = re.compile(
    r"(?:\b(?:at|from|to|until|till|by|before|after|between|since|around|about)\s|[-–—]\s?)\Z"
)
# Which end of opening hours a question asks for, or a time alone is.
_BEGINS = r"(?:open(?:s|ed|ing)?|start(?:s|ed|ing)?|beg[iau]ns?|earliest|early)"
_ENDS = r"(?:clos(?:es?|ed|ing)|shuts?|end(?:s|ed|ing)?|finish(?:es|ed)?|until|till|latest|late)"
_ASKS_BEGIN, _ASKS_END = (
    re.compile(rf"\b{v}\b(?! (?:hours|times))", re.IGNORECASE) for v in (_BEGINS, _ENDS)
)
_IS_BEGIN, _IS_END = (
    re.compile(rf"\b(?:{v})\b[^.;,]{{0,20}}\Z", re.IGNORECASE) for v in (rf"{_BEGINS}|from", _ENDS)
)
_OF_24 = re.compile(r"(?:1[3-9]|2\d):\d\d")
_HALF_DAY = 12 * 60


def clock_times(text: str) -> list[Value]:
    """Times of day, in order: "9 am", "21:30", "half past nine", "noon"."""
    found = [
        _value(text, match)
        for match in _TIME.finditer(aligned_fold(text))
        if not match["w"] or text[match.start("w")].islower()  # "Midnight Express" is a film
    ]
    for i, (a, b) in enumerate(pairwise(found)):
        if a.key[0] == "?" and b.key[0] != "?" and _is_range(text, a, b):
            found[i] = Value("time", a.text, _beside(a.key, b), a.start)
    return found


def clear_times(text: str) -> list[Value]:
    """Those that are nothing else: "9 am", "at 9:00"; "1:20" may be a ratio or a score."""
    return [
        value
        for value in clock_times(text)
        if ":" not in value.text
        or value.text[-1] in "mM."
        or _AT.search(text[: value.start].lower())
    ]


def hours(text: str) -> list[Value]:
    """Times of day with those of one range together: "9:00 to 17:00"."""
    found: list[Value] = []
    for value in clock_times(text):
        if found and "-" not in found[-1].key and _is_range(text, found[-1], value):
            first = found.pop()
            shown = text[first.start : value.start + len(value.text)]
            value = Value("time", shown, f"{first.key}-{value.key}", first.start)
        found.append(value)
    return found


def asked_hours(question: str, text: str) -> list[Value]:
    """The times that may answer: of "When does it open?" the first of hours, no "until 5 pm"."""
    begins, ends = _ASKS_BEGIN.search(question), _ASKS_END.search(question)
    found = hours(text)
    if bool(begins) == bool(ends):
        return found
    at, other = (0, _IS_END) if begins else (-1, _IS_BEGIN)
    return [
        Value("time", value.text, value.key.split("-")[at], value.start)
        for value in found
        if "-" in value.key or not other.search(text[: value.start])
    ]


def may_be_same(a: str, b: str) -> bool:
    """Whether two keys leave room for each other: 9:00 may be 9 pm, and 9:00 begins 9:00-17:00."""
    first, second = a.split("-"), b.split("-")
    if len(first) == len(second):
        return all(_agree(x, y) for x, y in zip(first, second, strict=True))
    return any(_agree(x, y) for x in first for y in second)


def _beside(key: str, end: Value) -> str:
    """9:00 is in the morning beside 17:00, and so is 9 beside "11 am" and beside "5 pm"."""
    if _OF_24.fullmatch(end.text):
        return key[1:]
    if not end.text[0].isdigit():
        return key
    last = _minutes(end.key)
    total = _minutes(key) % _HALF_DAY + last // _HALF_DAY * _HALF_DAY
    total = total if total < last else (total + _HALF_DAY) % (2 * _HALF_DAY)
    return f"{total // 60:02}:{total % 60:02}"


def is_told(said: str, known: Sequence[str]) -> bool:
    """Whether a time is one of others, which are no less exact: 9:00 does not tell of 9 pm."""
    return any((said[0] == "?" or k[0] != "?") and _agree(said, k) for k in known)


def _agree(a: str, b: str) -> bool:
    if a[0] == "?" or b[0] == "?":
        return _minutes(a) % _HALF_DAY == _minutes(b) % _HALF_DAY
    return _minutes(a) % (2 * _HALF_DAY) == _minutes(b) % (2 * _HALF_DAY)


def _minutes(key: str) -> int:
    hour, minute = key.lstrip("?").split(":")
    return int(hour) * 60 + int(minute)


def _is_range(text: str, a: Value, b: Value) -> bool:
    between = text[a.start + len(a.text) : b.start]
    is_both = _AND.fullmatch(between) is not None and _BETWEEN.search(text[: a.start].lower())
    return bool(is_both or _RANGE.fullmatch(between))


def _value(text: str, match: re.Match[str]) -> Value:
    start, shown = match.start(), text[match.start() : match.end()].rstrip()
    if match["w"]:
        return Value("time", shown, _NAMED[match["w"]], start)
    said = next(match[g] for g in ("h1", "h2", "h3", "h4", "h5") if match[g])
    hour = _HOURS.index(said) + 1 if said in _HOURS else int(said)
    half = match["x1"] or match["x2"]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    total = hour * 60 + int(match["m1"] or match["m2"] or match["m3"] or _ADDED.get(match["q"], 0))
    is_known = bool(half) or hour > 12 or said.startswith("0")
    key = f"{'' if is_known else '?'}{total // 60:02}:{total % 60:02}"
    return Value("time", shown, key, start)
