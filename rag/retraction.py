"""A sentence that takes the one before it back: "She gave up that office in 2022" belongs to it.

Quoted without it, what a document says is not what a reply says.
"""

from __future__ import annotations

import re

from rag.extent import leans, with_next
from rag.types import Evidence
from rag.values import names

# What was so is so no more.
_ENDED = re.compile(
    r"\b(?:no longer|any ?more|g[ai]ve(?:s|n)? up|resign(?:ed|s)?|(?:step|stand)(?:ped|s)? down"
    r"|stood down|retired|(?:left|lost) (?:the|that|this|his|her|its|their)"
    r" (?:office|post|position|job|seat|role|company|title)"
    r"|dismissed|replaced|succeeded|superseded|repealed|abolished|cancell?ed|lifted|terminated"
    r"|expired|dissolved|demolished|discontinued|suspended|postponed|amended|ceased|renamed"
    r"|closed (?:down|again|in)|changed (?:in|on|by|to)|moved (?:to|away))\b",
    re.IGNORECASE,
)
# What was said was not so, or was undone.
_UNDONE = re.compile(
    r"\b(?:annul+ed|overturned|rescinded|reversed|retracted|revoked|withdr(?:ew|awn)|corrected|denied"
    r"|disproved|refuted|(?:is|was|were|are) (?:not true|untrue|false|wrong|mistaken|incorrect)"
    r"|(?:proved|turned out) (?:to be )?(?:false|wrong|untrue))\b",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"(?:but|yet|since|however|later|then|now|today|as of|from|after|until|in|on)\b", re.IGNORECASE
)
_PAST = re.compile(r"\b(?:was|were|did|had)\b", re.IGNORECASE)


def with_retraction(question: str, item: Evidence) -> Evidence:
    """Stretch evidence over the next sentence of its paragraph if that takes it back.

    Args:
        question: One about the past is not answered otherwise by what ended since; by what was
            undone it is.
    """
    longer = with_next(item)
    following = longer.text[len(item.text) :].strip()
    is_ended = _ENDED.search(following) and _is_of_the_same(item.text, following)
    is_taken_back = _UNDONE.search(following) or (is_ended and not _PAST.search(question))
    return longer if is_taken_back else item


def _is_of_the_same(text: str, following: str) -> bool:
    """Whether a sentence goes on about what the one before it speaks of."""
    named = {v.key for v in names(text)} & {v.key for v in names(following)}
    return leans(following) or bool(_TURNS.match(following)) or bool(named)
