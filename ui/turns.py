"""A conversation as plain data: what one browser tab has asked, and what it was told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rag.types import Answer, Sentence
from ui.sources import Source
from ui.told import Problem

State = Literal["answered", "refused", "stopped", "failed", "withheld"]


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched for a refusal."""

    documents: int
    passages: int
    least: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A finished question.

    Attributes:
        number: In its conversation, from 1.
        key: Names the answer for ratings and explanations; nobody can guess it.
        reply: None when there was none (an error, or it was stopped).
        sources: Cards of what is cited, or of the nearest passages.
        shown: What had passed until it was stopped.
        error: Of one that failed.
        searched: For a refusal.
        following: Questions that could be asked next.
    """

    number: int
    question: str
    state: State
    key: str = ""
    reply: Answer | None = None
    sources: tuple[Source, ...] = ()
    shown: tuple[Sentence, ...] = ()
    error: Problem | None = None
    searched: Searched | None = None
    following: tuple[str, ...] = ()

    @property
    def answer(self) -> str:
        """Text of the answer; "" when there was none."""
        return "" if self.reply is None else self.reply.text

    def standing_on(self, documents: Collection[str]) -> Turn:
        """What of it holds words of no other document than these.

        Without the answer when its sources do; without what was only retrieved (why it is as it is,
        suggested questions) when that does.
        """
        hits = () if self.reply is None else self.reply.hits
        if any(source.document not in documents for source in self.sources):
            return Turn(self.number, self.question, "withheld")
        if any(hit.passage.doc_id not in documents for hit in hits):
            return replace(self, key="", following=())
        return self


@dataclass(frozen=True, slots=True)
class Conversation:
    """The latest turns.

    Attributes:
        asked: Questions asked so far, those that are no longer kept included.
    """

    turns: tuple[Turn, ...] = field(default=())
    asked: int = 0

    def with_turn(self, turn: Turn, *, keep: int) -> Conversation:
        """With one more turn; only the last ``keep`` stay."""
        return replace(self, turns=(*self.turns, turn)[-max(1, keep) :], asked=self.asked + 1)

    def history(self) -> list[tuple[str, str]]:
        """Pairs of question and answer, oldest first; questions without an answer are left out."""
        return [(turn.question, turn.answer) for turn in self.turns if turn.answer]

    def questions(self) -> Sequence[str]:
        """What was asked."""
        return [turn.question for turn in self.turns]

    def standing_on(self, documents: Collection[str]) -> Conversation:
        """Without what holds words of any other document than these; see `Turn.standing_on`."""
        known = set(documents)
        return replace(self, turns=tuple(turn.standing_on(known) for turn in self.turns))
