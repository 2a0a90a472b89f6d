"""What has a number for a name: "Section 5" is not section 4, and "Q3" is not Q2."""

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
# "The 9th Amendment".
_BEFORE = re.compile(r"\b(?P<number>\d{1,3})(?:st|nd|rd|th) (?P<word>[^\W\d_]{3,})")
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
    """
    asked = set(_numbered(_COUNTED.sub(" ", question)))
    if not asked:
        return False
    said = set(_numbered(text))
    kinds = {kind for kind, _ in said}
    held = {v.key for v in numbers(text)} | {number for _, number in said}
    held |= {str(n) for a, b in _RANGE.findall(text) for n in range(int(a), int(b) + 1)}
    return any(kind in kinds and number not in held for kind, number in asked)


def _numbered(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of what is numbered and its number; dates are none, nor what has a unit."""
    for value in dates(text):
        end = value.start + len(value.text)
        text = text[: value.start] + "." * (end - value.start) + text[end:]
    for pattern in (_BEHIND, _BEFORE, _HOUSE):
        for match in pattern.finditer(text):
            found = match.groupdict()
            number = _value(found["number"])
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
    """Of digits or a Roman number; empty for what is neither."""
    if number.isdigit():
        return str(int(number))
    if not _ROMAN.fullmatch(number):
        return ""
    digits = [_ROMAN_DIGITS[c] for c in number]
    return str(sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits)))
