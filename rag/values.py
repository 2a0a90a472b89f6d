"""Names, numbers and dates in a text, brought to one form so that they can be compared.

``14 January 1992`` and ``January 14th, 1992`` are one date; ``4.5 billion`` and ``4,500 million``
one number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.text import RAISED, STOPWORDS, fold

Kind = Literal["date", "number", "name"]

_MONTHS = {
    name: i
    for i, names in enumerate(
        (
            "january jan ocak", "february feb subat", "march mar mart", "april apr nisan",
            "may mayis", "june jun haziran", "july jul temmuz", "august aug agustos",
            "september sep sept eylul", "october oct ekim", "november nov kasim",
            "december dec aralik",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<m1>{_MONTH})\b\.?(?:,?\s+(?P<y1>\d{{4}})\b)?"
    rf"|(?P<m2>{_MONTH})\b\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y2>\d{{4}})\b)?"
    rf"|(?P<m3>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<y3>\d{{4}})\b"
    r"|(?P<y4>\d{4})-(?P<m4>\d{2})-(?P<d4>\d{2})\b"
    r"|(?P<d5>\d{1,2})\.(?P<m5>\d{1,2})\.(?P<y5>\d{4})\b"
    r"|(?P<y6>(?:1[0-9]|20)\d{2})(?:s\b|\b(?![\d,.%]*\d|\s*(?:%|percent|million|billion)))"
    r")"
)
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_NUMBER_WORDS = {
    w: i
    for i, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_NUMBER = re.compile(
    r"(?<![\w.])(?P<n>\d+(?:[.,]\d+)*)(?:(?P<e>\^+)|st|nd|rd|th)?(?![\w])"
    r"(?:\s*-?(?P<s>hundred|thousand|million|billion|trillion)\b)?(?P<p>\s*(?:%|per ?cent\b))?"
)
_NUMBER_WORD = re.compile(
    rf"\b(?P<n>{'|'.join(_NUMBER_WORDS)})\b(?:[ -](?P<s>hundred|thousand|million|billion)\b)?"
)
_NAME = re.compile(r"[^\W\d_][\w’'.-]*[\w]|[^\W\d_]")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…]['\"”’)]*\s+|[\n•\-–—\"“‘(\[]\s*)$")

_LOWERED = str.maketrans(RAISED, "0123456789")


@dataclass(frozen=True, slots=True)
class Value:
    """A name, number or date as it stands and in one form.

    Attributes:
        key: Equal for equal values. Dates: ``year-month-day`` with ``?`` for what is not said.
        start: In the text, characters.
    """

    kind: Kind
    text: str
    key: str
    start: int


def dates(text: str) -> list[Value]:
    """Dates and years, in order."""
    folded = _aligned_fold(text)
    found = []
    for match in _DATE.finditer(folded):
        groups = {k[0]: v for k, v in match.groupdict().items() if v}
        month = groups.get("m", "?")
        number = _MONTHS.get(month) or (int(month) if month.isdigit() else 0)
        day = groups.get("d")
        key = f"{groups.get('y', '?')}-{number or '?'}-{int(day) if day else '?'}"
        found.append(Value("date", text[match.start() : match.end()], key, match.start()))
    return found


def numbers(text: str) -> list[Value]:
    """Numbers that are no part of a date, in order; words up to ninety count."""
    folded = _blank(_aligned_fold(text), dates(text))
    found = []
    for match in _NUMBER.finditer(folded):
        found.append(_number(text, match, _amount(match["n"])))
    for match in _NUMBER_WORD.finditer(folded):
        found.append(_number(text, match, float(_NUMBER_WORDS[match["n"]])))
    return sorted(found, key=lambda v: v.start)


def names(text: str) -> list[Value]:
    """Words with a capital, in order; the first word of a sentence only if it is no plain word."""
    blanked = _blank(text, dates(text))
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


def same_date(a: str, b: str) -> bool:
    """Whether two date keys may mean the same day: ``2021-?-?`` agrees with ``2021-6-15``."""
    pairs = zip(a.split("-"), b.split("-"), strict=True)
    return all(x == y or "?" in (x, y) for x, y in pairs)


def excludes(a: Value, b: Value, kind: str) -> bool:
    """Whether two values of a kind cannot both be right: "2021" leaves room for "June 2021"."""
    return not same_date(a.key, b.key) if kind == "date" else a.key != b.key


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


def _number(text: str, match: re.Match[str], amount: float) -> Value:
    scale = _SCALES.get(match["s"] or "", 1.0)
    groups = match.groupdict()
    unit = "%" if groups.get("p") else ""
    shown = text[match.start() : match.end()].strip()
    power = ""
    if groups.get("e"):
        power = f"^{int(text[match.start('e') : match.end('e')].translate(_LOWERED))}"
    return Value("number", shown, f"{amount * scale:.10g}{power}{unit}", match.start())


def _amount(digits: str) -> float:
    """4,500 and 4.500 are thousands; 4.5 and 4,5 are decimals."""
    groups = re.split(r"[.,]", digits)
    if len(groups) == 1:
        return float(digits)
    if all(len(g) == 3 for g in groups[1:]) and not (len(groups) == 2 and "." in digits):
        return float("".join(groups))
    return float("".join(groups[:-1]) + "." + groups[-1])


def _aligned_fold(text: str) -> str:
    """Lower case without diacritics, character for character; raised digits are ``^``."""
    return "".join(map(_folded, text))


def _folded(char: str) -> str:
    if char in RAISED:
        return "^"
    if char.isspace() or (char.isnumeric() and not char.isdecimal()):
        return char  # a half would become its first digit
    return (fold(char) or char)[0]


def _blank(text: str, found: list[Value]) -> str:
    for value in found:
        end = value.start + len(value.text)
        text = text[: value.start] + " " * (end - value.start) + text[end:]
    return text
