"""Greetings, thanks and questions about the chat itself: no search, a plain reply."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.own_words import Own, OwnKind
from rag.text import fold

_POLITE = r"(?:\s+(?:there|kaynak|all|everyone|again|so much|very much|a lot|you))*"
_GREETING = (
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|merhaba|selam|salam|gunaydin"
    r"|privet|привет|здравствуите)"
)
_THANKS = (
    r"(?:(?:ok |okay )?(?:thanks|thank you)|thx|cheers|tesekkurler|tesekkur ederim|sag ol|sagol"
    r"|cox sag ol|спасибо|bye|goodbye|see you)"
)
_ABOUT = (
    r"(?:who|what) are you|(?:what(?: i|')s|tell me) your name"
    r"|are you (?:a |an )?(?:bot|robot|ai|human)"
    r"|what (?:can|do) you do(?: for me)?|what can i (?:ask(?: you| here)?|do here)"
    r"|how (?:can|could|do) you (?:help(?: me)?|work)|how (?:can|do) i (?:use you|ask you)"
    r"|help|what is (?:kaynak|this chat)"
)
_SAID: Sequence[tuple[OwnKind, str]] = (
    ("greeting", _GREETING), ("thanks", _THANKS), ("about", _ABOUT),
)  # fmt: skip
_REPLIES = [(re.compile(rf"(?:{words}){_POLITE}"), kind) for kind, words in _SAID]


def plain_reply(question: str, *, passages: int) -> Own | None:
    """What to say to a greeting, to thanks, or to a question about the chat itself.

    Only whole messages count: "Hello, when was it signed?" is a question.

    Args:
        passages: How many are indexed.

    Returns:
        None for everything else.
    """
    said = fold(" ".join(question.split())).strip(" .,!?:;)(…")
    for pattern, kind in _REPLIES:
        if pattern.fullmatch(said):
            return Own(kind, (("passages", passages),))
    return None
