"""Of what time, period and place an amount is: of two others, both may be right."""

from __future__ import annotations

import re

from rag.extent import with_sentence_before
from rag.text import content_stems
from rag.types import Evidence
from rag.value import blank
from rag.values import Value, among, dates, names

# "40 ships each month", "2,900 last year"; not "a year ago", "a quarter of the staff".
_PERIOD = re.compile(
    r"(?<![-\w])(?:(?:per|each|every|an?|last|this|next|the previous) (?:calendar )?"
    r"(hour|day|night|week|month|quarter|year)\b(?! ago| of |-long)"
    r"|(hourly|daily|nightly|weekly|monthly|quarterly|yearly|annual|annually|per annum)\b"
    r"|(p\.a\.))",
    re.IGNORECASE,
)
_SAME_PERIOD = {
    "hourly": "hour", "daily": "day", "nightly": "night", "weekly": "week", "monthly": "month",
    "quarterly": "quarter", "yearly": "year", "annual": "year", "annually": "year",
    "per annum": "year", "p.a.": "year",
}  # fmt: skip
# Times that are no dates: "last month", "the first quarter", "Q1".
_TIME = re.compile(
    r"\b(?:(?:last|this|next) (?:day|night|week|month|quarter|year)"
    r"|(?:first|second|third|fourth) (?:quarter|half)|Q[1-4])\b",
    re.IGNORECASE,
)
_SAME_TIME = {
    "q1": "first quarter", "q2": "second quarter", "q3": "third quarter", "q4": "fourth quarter",
}  # fmt: skip
# "In Hamburg it employs 85 people", "At its Hamburg office ...".
_OF_A_PART = re.compile(
    r"\W*(?:In|At|For|Among|Outside|Within|Across)\s+(?:(?:the|its|their|our|\w+ern)\s+)*"
)
# "On weekdays", "in summer": when something holds that does not always.
_RECURRING = re.compile(
    r"\b((?:mon|tues|wednes|thurs|fri|satur|sun|week)day|weekend|spring|summer|autumn|winter"
    r"|day|night|january|february|march|april|may(?= \d| to\b)|june|july|august|september|october"
    r"|november|december)s?\b",
    re.IGNORECASE,
)
_DAYS = {
    "weekday": {"monday", "tuesday", "wednesday", "thursday", "friday"},
    "weekend": {"saturday", "sunday"},
}  # fmt: skip
# "Line A" and "Line B": what has times and fares of its own.
_LINE = re.compile(
    r"\b((?:[Ll]ine|[Rr]oute|[Bb]us|[Tt]ram|[Tt]rain|[Pp]latform|[Gg]ate|[Tt]erminal|[Gg]roup|[Cc]lass)"
    r" (?:[A-Z]|\d+)\b)"
)
_ONCE = re.compile(
    r"\b(?:previously|formerly|originally|initially|at first|used to|until (?:then|recently))\b",
    re.IGNORECASE,
)
# "Ratified by Norway", "free for Members": what somebody's yes is about.
_OF_WHOM = re.compile(r"\b(?:in|at|on|for|by|to|from|with|of)\s+(?:(?:the|its|all|any)\s+)*$")
_BETWEEN_NAMES = re.compile(r"(?:['’]s)?\s+")


def of_other_times(a: Evidence, b: Evidence) -> bool:
    """Whether two pieces of evidence give other dates, each its own or those above it.

    "260,000 people in 2010" and "280,000 in 2020" may both be right. Dates that both give
    ("founded in 1987") say nothing of when an amount was counted.
    """
    texts = [dates(_whole(e)) for e in (a, b)]
    shared = {v.key for v in texts[0]} & {v.key for v in texts[1]}
    first, second = (
        [v for v in found if v.key not in shared] or dates(above(e))
        for found, e in zip(texts, (a, b), strict=True)
    )
    return bool(first) and bool(second) and not any(among(v, second) for v in first)


def of_other_periods(a: Evidence, b: Evidence) -> bool:
    """Whether two pieces of evidence count by other periods: "a month", "a year", "last month"."""
    by, times = ([read(e) for e in (a, b)] for read in (_periods, _times))
    return any(bool(x) and bool(y) and not x & y for x, y in (by, times))


def of_another_part(item: Evidence, question: str) -> bool:
    """Whether evidence begins with a place or group that neither question nor headings name."""
    known = set(content_stems(f"{question} {above(item)}"))
    found = [*_places(_whole(item)), *_places(item.text)]
    return any(not set(content_stems(v.text)) <= known for v in found)


def are_apart(question: str, a: Evidence, b: Evidence) -> bool:
    """Whether a yes and a no may both be right: of other times, days, places or parties."""
    if of_other_times(a, b) or of_other_periods(a, b):
        return True
    if bool(_ONCE.search(a.text)) != bool(_ONCE.search(b.text)):
        return True
    first, second = _recurring(a.text), _recurring(b.text)
    if first and second and not first & second:
        return True
    known = set(content_stems(question))
    parties = [names_behind(e.text, known) for e in (a, b)]
    return all(parties) and not parties[0] & parties[1]


def of_other_days(a: Evidence, b: Evidence) -> bool:
    """Whether of two times of day one holds on some days or in a season alone."""
    first, second = (_recurring(f"{above(e)} {_whole(e)}") - {"day"} for e in (a, b))
    return first != second and not first & second


def of_other_lines(a: Evidence, b: Evidence) -> bool:
    """Whether two pieces of evidence tell of line A and of line B, each of its own."""
    first, second = ({m.lower() for m in _LINE.findall(f"{above(e)} {_whole(e)}")} for e in (a, b))
    return bool(first) and bool(second) and not first & second


def _recurring(text: str) -> set[str]:
    # "Minutes of 3 March 2025" are no season.
    found = {m.lower() for m in _RECURRING.findall(blank(text, dates(text)))}
    return found.union(*(_DAYS.get(name, set()) for name in found))


def names_behind(text: str, known: set[str]) -> set[str]:
    """Stems of names behind a preposition that the question does not hold."""
    found = [v for v in names(text) if _OF_WHOM.search(text[: v.start])]
    return {s for v in found for s in content_stems(v.text)} - known


def _places(text: str) -> list[Value]:
    """The name that a sentence begins with, after "In" and the like: all words of it."""
    begin = _OF_A_PART.match(text)
    end = begin.end() if begin is not None else -1
    run: list[Value] = []
    for value in names(text):
        if value.start == end or (run and _BETWEEN_NAMES.fullmatch(text[end : value.start])):
            run.append(value)
            end = value.start + len(value.text)
    return run


def _periods(item: Evidence) -> set[str]:
    found = _PERIOD.findall(_whole(item)) or _PERIOD.findall(above(item))
    said = {"".join(groups).lower() for groups in found}
    return {_SAME_PERIOD.get(name, name) for name in said}


def _times(item: Evidence) -> set[str]:
    said = {m.lower() for m in _TIME.findall(_whole(item))}
    return {_SAME_TIME.get(name, name) for name in said}


def _whole(item: Evidence) -> str:
    return with_sentence_before(item).text


def above(item: Evidence) -> str:
    """Title and headings of a piece of evidence."""
    return f"{item.passage.title} {item.passage.heading}"
