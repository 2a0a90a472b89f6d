"""The second largest is not the largest."""

from __future__ import annotations

import re

from rag.text import fold

_SUPERLATIVES = (
    "largest|biggest|smallest|longest|shortest|highest|tallest|lowest|deepest|oldest|youngest"
    r"|greatest|richest|poorest|fastest|slowest|strongest|heaviest|busiest|widest|hottest|coldest"
    r"|wettest|driest|(?:most|least) \w{5,}"
)
_RANKED = re.compile(
    r"\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d{0,2}(?:2nd|3rd|\dth))[ -]"
    rf"(?P<word>{_SUPERLATIVES})\b",
    re.IGNORECASE,
)
# Of one; "which are the largest lakes?" asks for the second as well.
_ASKED = re.compile(rf"\b(?P<word>{_SUPERLATIVES})\b(?! \w+s\b)", re.IGNORECASE)
# What may say all the same which one is the first: "the tallest peak and the fourth highest of the
# seven", "second only to Van", "the second largest lies behind Van".
_FIRST = re.compile(
    r"\b(?:\w{3,}est|most|least|first|top|only|after|behind|follow\w*|next|then|runners?-up"
    r"|surpass\w*|exceed\w*|ahead|except|but)\b",
    re.IGNORECASE,
)


def is_of_lower_rank(question: str, text: str) -> bool:
    """Whether a text tells of the second or third where the first is asked for, and of it alone.

    Example:
        >>> is_of_lower_rank("What is the largest lake?", "Sevan is the second largest lake.")
        True
    """
    asked = {fold(m["word"]) for m in _ASKED.finditer(_RANKED.sub(" ", question))}
    lower = {fold(m["word"]) for m in _RANKED.finditer(text)}
    return bool(asked & lower) and _FIRST.search(_RANKED.sub(" ", text)) is None
