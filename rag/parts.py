"""A question that asks for two things -> two questions, each searched and answered by itself."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.conversation import ASKING, JOINT, completed, refers_back, with_names
from rag.text import content_stems, content_words

MOST_PARTS = 3
# After the question word an auxiliary verb, or a noun with one, must follow: in "the town where and
# when he was born" nothing is asked twice.
_JOINT = re.compile(rf"{JOINT}|(?<=\?)\s+(?=\S)", re.IGNORECASE)
_ASKS = re.compile(rf"^(?:\W*(?:\w+\W+){{0,3}})?{ASKING}\b", re.IGNORECASE)
_FEW_STEMS = 2
_MIN_WORDS = 3


def parts(question: str) -> list[str]:
    """The questions that a question is made of, in order; one for most.

    A part that leans on the one before it ("... and on what day did it enter Baku?") gets that one
    put before it, as a follow-up would.

    Example:
        >>> parts("Who built it in Kars, and when was the harbour of Poti closed?")
        ['Who built it in Kars', 'when was the harbour of Poti closed?']
    """
    pieces = [p for p in _JOINT.split(question) if p.strip()]
    if not 1 < len(pieces) <= MOST_PARTS or not all(map(_asks_something, pieces)):
        return [question]
    whole = pieces[:1]
    for before, piece in pairwise(pieces):
        leans = refers_back(piece) or len(content_stems(piece)) < _FEW_STEMS
        whole.append(_behind(piece, before) if leans else with_names(piece, before))
    return whole


def _behind(piece: str, before: str) -> str:
    """A part that leans, with what the one before it is about; not with what that one asks."""
    whole = completed(piece, before)
    if not whole.startswith(before):
        return whole
    return f"{piece.rstrip(' ?')} ({' '.join(content_words(before))})?"


def _asks_something(piece: str) -> bool:
    return (
        bool(_ASKS.match(piece)) and len(piece.split()) >= _MIN_WORDS and bool(content_stems(piece))
    )
