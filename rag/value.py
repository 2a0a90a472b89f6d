"""One value that stands in a text, and how texts are prepared for finding some."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.text import RAISED, fold
from rag.units import Measure

Kind = Literal["date", "time", "number", "name"]


@dataclass(frozen=True, slots=True)
class Value:
    """A name, number, date or time of day as it stands and in one form.

    Attributes:
        key: Equal for equal values. Of dates see `rag.dates`, of times of day `rag.clock`.
        start: In the text, characters.
        measure: What a number with a unit measures; see `rag.units`.
    """

    kind: Kind
    text: str
    key: str
    start: int
    measure: Measure | None = None


@lru_cache(maxsize=1024)
def aligned_fold(text: str) -> str:
    """Lower case without diacritics, character for character; raised digits are ``^``."""
    return "".join(map(_folded, text))


def blank(text: str, found: Iterable[Value]) -> str:
    """The text with spaces in the place of values."""
    for value in found:
        end = value.start + len(value.text)
        text = text[: value.start] + " " * (end - value.start) + text[end:]
    return text


def _folded(char: str) -> str:
    if char in RAISED:
        return "^"
    if char.isspace() or (char.isnumeric() and not char.isdecimal()):
        return char  # a half would become its first digit
    return (fold(char) or char)[0]
