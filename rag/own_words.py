"""What the program says of its own: a list of sentences, each of a kind that has other languages.

`Own.text` is English; who shows it otherwise goes by the kind and the values.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

OwnKind = Literal[
    "greeting", "thanks", "about", "refused", "empty", "part_first", "part_second", "part_third",
    "above_first", "above_second", "above_third",
    "documents", "sentences", "differ",
]  # fmt: skip

COURTESIES: Collection[OwnKind] = ("greeting", "thanks", "about")
"""What is said to those who asked nothing of the documents; no refusal."""

_INVITATION = "Ask a question about your documents (passages indexed: {passages:,})."
OWN_TEXTS: Mapping[OwnKind, str] = {
    "greeting": f"Hello. {_INVITATION}",
    "thanks": f"You are welcome. {_INVITATION}",
    "about": "This is Kaynak. It answers from your documents alone, shows the sentence behind "
    f"every statement, and says so when the documents do not answer. {_INVITATION}",
    "refused": "The documents do not answer this question.",
    "empty": "There are no documents to answer from yet.",
    "part_first": "The documents do not answer the first part of the question.",
    "part_second": "The documents do not answer the second part of the question.",
    "part_third": "The documents do not answer the third part of the question.",
    "above_first": "No more was found on the first part of the question.",
    "above_second": "No more was found on the second part of the question.",
    "above_third": "No more was found on the third part of the question.",
    "documents": "There are {n:,} documents; the first {most} say:",
    "sentences": "At least {n} sentences name one or more; the first {most}:",
    "differ": "The sources differ: {said}.",
}


@dataclass(frozen=True, slots=True)
class Own:
    """One of those sentences.

    Attributes:
        values: Pairs of a name and what is put in its place.
    """

    kind: OwnKind
    values: tuple[tuple[str, int | str], ...] = ()

    @property
    def text(self) -> str:
        """In English."""
        return OWN_TEXTS[self.kind].format(**dict(self.values))
