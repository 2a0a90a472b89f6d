"""What kind of value a question asks for, and whether a text holds one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.values import FINDERS, Value, clock_times, dates

# What stands between dates that are offered, and what a question is like that offers some.
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_JOINED = re.compile(r"\W*(?:\bor\W+)?(?:(?:on|in)\s+)?", re.IGNORECASE)
_YES_OR_NO = re.compile(r"\W*(?:is|are|was|were|do|does|did|has|have|had|will)\b", re.IGNORECASE)
_ASKS_OPENLY = re.compile(r"\b(?:what|how|why|where|when|which|who|whom|whose)\b", re.IGNORECASE)
_APART = re.compile(r"[,:]\s*(?:(?:on|in)\s+)?\Z", re.IGNORECASE)

# "When" asks at the beginning, behind "and" or "do you know", before a verb, and at the end;
# elsewhere it says at which time: "Who was king when it was signed?", "When it rains, does it
# leak?". "Will" and "May" are names as well.
_AUXILIARY = (
    "is|are|was|were|do|does|did|has|have|had|can|could|would|shall|should|must|might"
    "|(?-i:will)|(?-i:may)"
)
_LEADS = r"(?:\b(?:and|but|or|so|then|since|until|till|by|from|ok|okay|well)\b\W*)*"
_TOLD = (
    r"\A(?:(?!\b(?:what|how|why|where|who|whom|whose|which)\b)[^?])*\b(?:know|me|us|says?|said|tells?"
    r"|find out|states?|stated|shows?|clear|known|wonder|remember|recall|idea|mentions?|sure|ask)"
)
_WHEN = re.compile(
    rf"(?:\A\W*{_LEADS}|\b(?:and|or)\s+|{_TOLD}\s+)when\b"
    rf"(?!\s+(?!{_AUXILIARY})\b[^?]*(?:,\s*(?:{_AUXILIARY}|who|whom|whose|which)\b"
    r"|(?<!and )(?<!or )\b(?:what|where|why|how)\b))"
    rf"|\bwhen(?=\s+(?:{_AUXILIARY})\b|\W*\Z)"
    r"|\b(?:what|which) (?:day|date|year|month)s?\b|\bhow long ago\b"
    r"|\A\W*(?:the )?(?:date|day|year) (?:of|on|when|in which)\b"
    r"|\b(?:what(?:['’]s| is| was| are| were)|give(?: me)?|tell me|know|need)"
    r" (?:the|its|his|her|their) (?:\w+ ){0,2}(?:date|day|year)s?"
    r"(?=\W*\Z| (?:of|on|for|when|that|in|the|it|was|is|did)\b)",
    re.IGNORECASE,
)
# How somebody can be reached: how it is asked for, and what it looks like. "Who invented the
# telephone?" and "Is my e-mail address sold?" do not ask for it.
_WANTED = r"\b(?:what|which|need|give|tell)\b[^?]{0,40}?\b"
_CONTACTS = tuple(
    (re.compile(rf"{_WANTED}(?:{asked})(?= *(?:\?|$|of\b|for\b))", re.IGNORECASE), re.compile(held))
    for asked, held in (
        ("(?:phone|telephone|fax|mobile) numbers?", r"(?<!\w)\+?\(?\d[\d ()./-]{5,}\d"),
        ("e-?mail(?: address(?:es)?)?", r"[^\s@]@[\w-]+\.\w"),
    )
)
_HOW_MANY = re.compile(
    r"\bhow (?:many|much|large|big|high|long|old|far)\b"
    r"|\bwhat (?:number|share|percentage|sum|amount)\b",
    re.IGNORECASE,
)
# The same, for what is always said in numbers.
_ASKS_AMOUNT = re.compile(
    r"\bwhat (?:did|does|do|will|would)\b.*\bcost\b"
    r"|\bwhat (?:is|was|are|were) (?:the|its|their|his|her) (?:\w+ ){0,2}(?:prices?|costs?|rent"
    r"|fees?|salary|wage|population|area|height|length|width|depth|weight|age|capacity|budget|turnover"
    r"|revenue|speed|distance|total|sum|amount|number)\b",
    re.IGNORECASE,
)
# Not "what time zone", "how late was it"; "what time frame".
_WHAT_TIME = re.compile(
    r"\b(?:(?:what|which) (?:time|hour)(?=\W*\Z| (?:is|are|was|were|do|does|did|can|could|will"
    r"|would|shall|should|must|may|has|have|had|the|it|every|each|on)\b)"
    r"|how (?:late|early) (?:is|are|can|do|does|may)"
    r"|(?:opening|closing|office|business|visiting) (?:hours|times?))\b",
    re.IGNORECASE,
)
_AT = re.compile(
    r"\b(?:in|on|during|for|from|of|year)(?: the (?:year|month) (?:of )?)?\s*\Z",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"(?<=\w )(?:that|which|who|whose|where|when)\b", re.IGNORECASE)
_HOW_LONG = re.compile(
    r"\bhow (?:long|old|many (?:years?|months?|weeks?|days?|decades?|centuries))\b", re.IGNORECASE
)
_WHO = re.compile(r"\b(?:who|whom|whose)\b", re.IGNORECASE)


def asks_for(question: str) -> str | None:
    """The kind of value a question asks for first: "date", "time" of day, "number", or None."""
    if _WHAT_TIME.search(question):
        return "time"
    when, how_many = _WHEN.search(question), _HOW_MANY.search(question)
    if when and (how_many is None or when.start() <= how_many.start()):
        return "date"
    return "number" if how_many else None


def asks_for_contact(question: str) -> bool:
    """Whether a question asks for a number to call or an e-mail address."""
    return any(asked.search(question) for asked, _ in _CONTACTS)


def holds_asked(question: str, text: str) -> bool | None:
    """Whether a text holds a value of the kind asked for, other than the question's own.

    Returns:
        None when the question asks for no date, time, number or person, nor how to reach somebody.
    """
    for asked, held in _CONTACTS:
        if asked.search(question):
            return held.search(text) is not None
    kind = asks_for(question)
    if kind is None and not _WHO.search(question):
        return None
    found = FINDERS[kind or "name"](text)
    if kind in ("date", "time"):
        found += [*dates(text), *clock_times(text)]
    if kind == "number" and _HOW_LONG.search(question):
        found += dates(text)
    own = {v.key for find in FINDERS.values() for v in find(question)}
    return bool({v.key for v in found} - own)


def offered_dates(question: str) -> list[Value]:
    """Dates between which a question lets choose: "Was it on 2 May, on 3 May or on 4 May?".

    Only at its end, and only if it asks for nothing else: "What was sold in 1990 or 1991?" and
    "Did those who came in 1990 or 1991 stay?" take both as given.
    """
    run: list[Value] = []
    joined = ""
    for value in sorted(dates(question), key=lambda v: v.start):
        between = question[run[-1].start + len(run[-1].text) : value.start] if run else ""
        joined = between if run and _JOINED.fullmatch(between) else ""
        run = [*run, value] if joined else [value]
    if not joined or not _OR.search(joined):
        return []
    before, after = question[: run[0].start], question[run[-1].start + len(run[-1].text) :]
    is_closed = _YES_OR_NO.match(question) and not _ASKS_OPENLY.search(question)
    return run if not after.strip(" ?.!") and (is_closed or _APART.search(before)) else []


def dated_by(question: str) -> list[Value]:
    """The dates with a year at which a question sets what it asks: "How many came in 1999?".

    Not "the 2020 war", which is a name, nor what a question for a date holds beside it.
    """
    if asks_for(question) == "date" or offered_dates(question):
        return []
    found = [v for v in dates(question) if not v.key.startswith("?") and not v.text.endswith("s")]
    # "The troops that came in 1918" may have left in another year.
    return [
        v for v in found
        if _AT.search(question, 0, v.start) and not _RELATIVE.search(question, 0, v.start)
    ]  # fmt: skip


def value_kinds(question: str) -> tuple[str, ...]:
    """The kinds of value asked for or offered, likelier first: of "date", "time" and "number"."""
    kind = asks_for(question)
    if kind == "date":
        return ("date", "time")
    if kind is None and offered_dates(question):
        return ("date",)
    if kind is None and _ASKS_AMOUNT.search(question):
        return ("number",)
    return (kind,) if kind else ()


def kind_of(question: str, said: Sequence[str]) -> str:
    """What the sides of a disagreement differ in: a kind that is asked for, or the "answer"."""
    kinds = value_kinds(question)
    return next((k for k in kinds if all(FINDERS[k](value) for value in said)), "answer")
