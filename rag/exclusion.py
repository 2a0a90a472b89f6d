"""Sentences that are close to a question and cannot answer it.

They say the opposite of what is asked, or speak of another one of what has a number for a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.evidence import in_context
from rag.numbered import of_another_number
from rag.opposites import is_opposed
from rag.polarity import is_polar
from rag.ranks import is_of_lower_rank
from rag.types import Evidence

BEHIND = 100.0  # more than any score
# "5. Rent": what stands below it is section 5, whatever else it names.
_LINE_NUMBER = re.compile(r"^[ \t]*(?:§ ?)?(\d{1,3})(?=[.) ])", re.MULTILINE)
_NO_WORD = re.compile(r"[\W_]+")


def excluded_last(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Put what cannot answer behind all others, in its own order."""
    told = [replace(e, score=e.score - BEHIND) if is_excluded(question, e) else e for e in evidence]
    return sorted(told, key=lambda e: -e.score)


def is_excluded(question: str, item: Evidence) -> bool:
    """Whether a sentence, under the headings above it, cannot answer the question."""
    return is_opposed_to(question, item) or is_of_another(question, item)


def is_opposed_to(question: str, item: Evidence) -> bool:
    """Whether a sentence, with the headings above it, says the opposite of what is asked for.

    To a polar question the opposite is an answer.
    """
    return not is_polar(question) and is_opposed(question, " ".join(in_context(item)))


def is_of_another(question: str, item: Evidence) -> bool:
    """Whether a sentence is about section 4 where section 5 is asked for; or the second largest."""
    before = item.passage.text[: item.start - item.passage.start]
    above = " ".join(_LINE_NUMBER.findall(before)[-1:])
    file = _NO_WORD.sub(" ", item.passage.doc_id)
    text = ". ".join((file, above, *in_context(item)))
    # "Is it the largest?" is answered by "It is the second largest."
    is_lower = not is_polar(question) and is_of_lower_rank(question, text)
    return is_lower or of_another_number(question, text)
