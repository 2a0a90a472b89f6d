"""A conversation as plain data: what one browser tab has asked, and what it was told."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Turn:
    """A finished question.

    Attributes:
        answer: Text of the answer; "" when there was none (an error, or it was stopped).
        html: The question with its answer and sources, ready to be shown.
    """

    question: str
    answer: str
    html: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """The latest turns.

    Attributes:
        asked: Questions asked so far, those that are no longer kept included.
    """

    turns: tuple[Turn, ...] = ()
    asked: int = 0

    def with_turn(self, turn: Turn, *, keep: int) -> Conversation:
        """With one more turn; only the last ``keep`` stay."""
        return replace(self, turns=(*self.turns, turn)[-max(1, keep) :], asked=self.asked + 1)

    def history(self) -> list[tuple[str, str]]:
        """Pairs of question and answer, oldest first; questions without an answer are left out."""
        return [(turn.question, turn.answer) for turn in self.turns if turn.answer]
