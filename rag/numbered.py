"""What has a number for a name: section 5 is not section 4, nor the second largest the largest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text import STOPWORDS, fold, stem
from rag.units import measure
from rag.values import dates, numbers

_ROMAN = re.compile(r"(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
# "Section 5", "Louis XV", "plant No. 3": a word, and at once its number.
_BEHIND = re.compile(
    r"(?<![\w-])(?P<word>[^\W\d_][\w’'-]*) (?:(?i:no\.?|number|nr\.?) |# ?)?"
    r"(?P<number>\d{1,5}|[IVXL]*[IVX][IVXLC]*)(?P<letter>[a-z]?)"
    r"(?![\w%°^²³]|[.,:/–-]\d| ?(?:%|percent\b))"
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
)
_ORDINAL = rf"(?:(?P<number>\d{{1,3}})(?:st|nd|rd|th)|(?P<said>{'|'.join(_ORDINALS)}))"
# "The 9th Amendment", "the second president"; not "a second time", "first and second".
_BEFORE = re.compile(
    rf"\b{_ORDINAL}[ -](?P<word>(?!half\b|time\b|place\b|step\b)[^\W\d_]{{3,}})", re.IGNORECASE
)
# "The largest", "the second most populous"; not "one of the largest", "at most".
_RANKED = re.compile(
    rf"(?<!of the )(?<!among the )\b(?:{_ORDINAL}[ -])?(?P<word>largest|biggest|smallest|longest"
    r"|shortest|highest|tallest|lowest|deepest|oldest|youngest|greatest|richest|poorest|fastest"
    r"|slowest|strongest|heaviest|busiest|widest|hottest|coldest|wettest|driest"
    r"|(?:most|least) \w{5,})\b",
    re.IGNORECASE,
)
# "The largest is Van, followed by Sevan" tells of the second as well.
_IN_A_ROW = re.compile(
    r"\b(?:after|behind|follow\w*|next|then|runners?-up|surpass\w*|only to|ahead)\b", re.IGNORECASE
)
_ANY_ORDINAL = re.compile(rf"\b{_ORDINAL}\b", re.IGNORECASE)
# "19 Quay Street".
_HOUSE = re.compile(
    r"(?<![\w.,])(?P<number>\d{1,4})(?P<letter>[a-z]?) (?P<word>(?:[^\W\d_][\w’'-]*,? ){1,3}"
    r"(?:street|road|avenue|lane|square|drive|court|close|terrace|place|row|hill|st|rd|ave)\b)",
    re.IGNORECASE,
)
# "Q3", "H1N1", "FY24": letters and digits in one.
_CODE = re.compile(r"(?<![\w./-])(?=\w*\d)(?=\w*[^\W\d_])\w{2,8}(?![\w/]|[.-]\w)")
_PER = re.compile(r" ?/ ?\w+| per \w+")
_DIGITS = re.compile(r"\d+")
_AMOUNT = re.compile(r"\d+[a-z]{1,3}")  # 5km, 3rd
_RANGE = re.compile(r"(?<!\d)(\d{1,3}) ?(?:-|–|to|through|until) ?(\d{1,3})(?!\d)")
# "Does it employ 250 people?" is answered by "It employs 300 people."
_COUNTED = re.compile(
    r"\b\d[\d,.]*(?= (?:\w+ )?(?:people|persons?|men|women|children|\w+[^\W\dsui]s|hundred|thousand"
    r"|[mbtr]+illion|times|or more|or less)\b)"
)
# What stands before a number that counts or compares, and names nothing.
_COUNTING = STOPWORDS | frozenset(
    "than least most around nearly almost roughly approximately exactly last first next past top "
    "every within total or nor plus minus times another per".split()
)


def of_another_number(question: str, text: str) -> bool:
    """Whether a text speaks of another one than the question, and of that one not at all.

    Example:
        >>> of_another_number("Who played at Super Bowl 51?", "Super Bowl 50 was in Santa Clara.")
        True
        >>> of_another_number("What does section 5 say?", "Sections 4 to 6 are on rent.")
        False
        >>> of_another_number("What is the largest lake?", "Sevan is the second largest lake.")
        True
    """
    return _of_another(question, text) or _of_another_rank(question, text)


def _of_another(question: str, text: str) -> bool:
    asked = set(_numbered(_COUNTED.sub(" ", question)))
    if not asked:
        return False
    said = set(_numbered(text))
    kinds = {kind for kind, _ in said}
    held = {v.key for v in numbers(text)} | {number for _, number in said}
    held |= {_value(m["number"] or m["said"]) for m in _ANY_ORDINAL.finditer(text)}
    held |= {str(n) for a, b in _RANGE.findall(text) for n in range(int(a), int(b) + 1)}
    return any(kind in kinds and number not in held for kind, number in asked)


def _of_another_rank(question: str, text: str) -> bool:
    said = set(_ranked(text))
    if not said or _IN_A_ROW.search(text):
        return False
    kinds = {kind for kind, _ in said}
    return any(kind in kinds and (kind, rank) not in said for kind, rank in _ranked(question))


def _ranked(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of a superlative and its rank: the largest is the first."""
    for match in _RANKED.finditer(text):
        yield fold(match["word"]), _value(match["number"] or match["said"] or "1")


def _numbered(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of what is numbered and its number; dates are none, nor what has a unit."""
    for value in dates(text):
        end = value.start + len(value.text)
        text = text[: value.start] + "." * (end - value.start) + text[end:]
    for pattern in (_BEHIND, _BEFORE, _HOUSE):
        for match in pattern.finditer(text):
            found = match.groupdict()
            number = _value(found["number"] or found.get("said") or "")
            word = fold(found["word"].removesuffix("'s"))
            behind = _PER.sub("", text[match.end("number") :][:24])
            is_amount = measure(0, behind) is not None
            if number and word not in _COUNTING and not is_amount:
                yield stem(word), number + (found.get("letter") or "")
    for match in _CODE.finditer(text):
        code = fold(match.group())
        if not _AMOUNT.fullmatch(code):
            yield _DIGITS.sub("#", code), code


def _value(number: str) -> str:
    """Of digits, an ordinal or a Roman number; empty for what is none."""
    if fold(number) in _ORDINALS:
        return str(_ORDINALS.index(fold(number)) + 1)
    if number.isdigit():
        return str(int(number))
    if not _ROMAN.fullmatch(number):
        return ""
    digits = [_ROMAN_DIGITS[c] for c in number]
    return str(sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits)))
