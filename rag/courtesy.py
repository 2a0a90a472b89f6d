"""Greetings, thanks and questions about the chat itself: no search, a plain reply."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
_HELLO, _WELCOME, _SELF = (
    re.compile(rf"(?:{words}){_POLITE}") for words in (_GREETING, _THANKS, _ABOUT)
)

_INVITATION = "Ask a question about your documents (passages indexed: {})."
_REPLIES: Sequence[tuple[re.Pattern[str], str]] = (
    (_HELLO, f"Hello. {_INVITATION}"),
    (_WELCOME, f"You are welcome. {_INVITATION}"),
    (
        _SELF,
        "This is Kaynak. It answers from your documents alone, shows the sentence behind every "
        f"statement, and says so when the documents do not answer. {_INVITATION}",
    ),
)


def plain_reply(question: str, *, passages: int) -> str | None:
    """What to say to a greeting, to thanks, or to a question about the chat itself.

    Only whole messages count: "Hello, when was it signed?" is a question.

    Args:
        passages: How many are indexed.

    Returns:
        None for everything else.
    """
    said = fold(" ".join(question.split())).strip(" .,!?:;)(…")
    for pattern, reply in _REPLIES:
        if pattern.fullmatch(said):
            return reply.format(f"{passages:,}")
    return None
