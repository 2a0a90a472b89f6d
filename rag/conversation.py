"""A follow-up and what was said before -> a question that stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text import content_stems, fold, words
from rag.values import names

History = Sequence[tuple[str, str]]

_ELLIPSIS = re.compile(
    r"^\s*(?:and|but|or|so|what about|how about|what of|also|then|why|how so|when|where|who"
    r"|since when|in which|for whom)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|these|that|those|there|then"
    r"|the same|the other|the former|the latter|former|latter|others?|one|ones)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 3


def standalone(question: str, history: History) -> str:
    """Rewrite a follow-up so that it can be searched by itself.

    A question that leans on the last one gets that one put before it, so that nothing is guessed:
    "When was the embassy opened? And the consulate?". A question that names its own subject is
    left alone.

    Args:
        question: As it was asked.
        history: Pairs of question and answer, oldest first.
    """
    if not history or not leans(question):
        return question
    earlier = [q for q, _ in history]
    anchor = len(earlier) - 1
    # A chain of follow-ups ("And Kars?", "And Ganja?") hangs on the question that began it.
    while anchor > 0 and leans(earlier[anchor]) and len(earlier) - anchor < _FEW_WORDS:
        anchor -= 1
    carried = " ".join(dict.fromkeys(earlier[anchor:]))
    return f"{carried} {question}"


def leans(question: str) -> bool:
    """Whether a question needs the ones before it to be understood."""
    stems = content_stems(question)
    named = {v.key for v in names(question)} | {
        fold(w) for w in words(question)[1:] if w[0].isupper()
    }
    if _PRONOUN.search(question):
        return not named or len(stems) <= _FEW_WORDS + 1
    if re.match(r"^\s*(?:and|but|what about|how about|what of)\b", question, re.IGNORECASE):
        return True
    return len(stems) < _FEW_WORDS and not named and bool(_ELLIPSIS.match(question))
