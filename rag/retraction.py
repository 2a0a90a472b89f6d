"""A sentence that takes the one before it back: "She gave up that office in 2022" belongs to it.

Quoted without it, what a document says is not what a reply says.
"""

from __future__ import annotations

import re

from rag.extent import leans, with_next
from rag.polarity import is_polar
from rag.text import content_stems, sentence_spans, words
from rag.types import Evidence
from rag.values import dates

_IT = "it|the|that|this|its|his|her|their|them"
_IS = r"\b(?:was|were|is|are|be|been|being) (?:(?!not\b|never\b)\w+ ){0,2}"
# What was so is so no more. Who succeeds somebody gives nothing up: that counts in the passive.
_ENDED = re.compile(
    r"\b(?:no longer(?! than)|any ?more(?=\W*\Z)|resign(?:ed|s|ing)|retired|quit|died|ceased"
    r"|expired|scrapped|g[ai]ve(?:s|n)? (?:\w+ )?up(?! on)|(?:step|stand)(?:ped|s|ping|ing)? down"
    r"|stood down"
    rf"|(?:dropped|sold|returned) (?:{_IT})"
    rf"|(?:left|lost) (?:{_IT}) (?:office|post|position|job|seat|role|company|title)"
    r"|closed (?:down|again|since|in \d{4}))\b"
    rf"|{_IS}(?:dismissed|replaced|succeeded|superseded|repealed|abolished|cancell?ed|terminated"
    r"|dissolved|demolished|discontinued|suspended|postponed|amended|renamed|stripped|disqualified"
    r"|refunded|lifted(?! (?:into|onto|out|up|by))|changed (?:in|on|to)|moved (?:to|away)"
    r"|(?:closed|dropped|sold) (?:in \d{4}|since|again))\b",
    re.IGNORECASE,
)
# What was said was not so, or was undone.
_UNDONE = re.compile(
    rf"{_IS}(?:annul+ed|overturned|overruled|rescinded|reversed(?! into)|retracted|revoked"
    r"|withdrawn|quashed|invalidated|voided|corrected|rejected|set aside|not true|untrue|false"
    r"|wrong|mistaken|incorrect)\b"
    r"|\b(?:annul+ed|overturned|overruled|rescinded|retracted|revoked|withdrew"
    rf"|quashed) (?:{_IT})\b"
    rf"|\bset (?:{_IT})(?: \w+)? aside\b|\b(?:does|do|did) not apply\b"
    r"|\b(?:proved|turned out) (?:to be )?(?:false|wrong|untrue)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:not|never|n['’]t|nor) (?:\w+ ){0,3}\Z|n['’]t (?:\w+ ){0,2}\Z")
_TURNS = re.compile(r"(?:but|yet|however|later|since then|then|now|today)\b", re.IGNORECASE)
_PRESENT = re.compile(r"\b(?:is|are|has|have|do|does|can|may|must|will)\b", re.IGNORECASE)
# A subject that is named again stands so near to the beginning.
_SUBJECT_WORDS = 6


def with_retraction(question: str, item: Evidence) -> Evidence:
    """Stretch evidence over the next sentence of its paragraph if that takes it back.

    Either by words for it, or since it tells with a later date what became of the same.

    Args:
        question: One of the present and one for yes or no are answered otherwise by what ended
            since; all are by what was undone.
    """
    longer = with_next(item)
    following = longer.text[len(item.text) :].strip()
    if not following:
        return item
    span = sentence_spans(following)[0]
    first = following[span.start : span.end]
    if not _is_of_the_same(item.text, first):
        return item
    is_open = is_polar(question) or _PRESENT.search(question)
    is_ended = is_open and (_says(_ENDED, first) or _is_later(item.text, first))
    return longer if is_ended or _says(_UNDONE, first) else item


def _says(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a text has one of these words, and no "not" before it."""
    return any(not _NEGATED.search(text[: m.start()]) for m in pattern.finditer(text))


def _is_of_the_same(text: str, following: str) -> bool:
    """Whether a sentence goes on about what the one before it speaks of."""
    subject = set(content_stems(" ".join(words(following)[:_SUBJECT_WORDS])))
    return (
        leans(following)
        or bool(_TURNS.match(following))
        or bool(subject & set(content_stems(text)))
    )


def _is_later(text: str, following: str) -> bool:
    """Whether both name a year, and the second a later one."""
    years, later = ([v.key[:4] for v in dates(t) if v.key[:4].isdigit()] for t in (text, following))
    return bool(years and later) and max(years) < max(later)
