"""What handlers and page tell each other, and what handlers need of the assistant."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.config import Config
from rag.run import Run
from rag.types import Answer, Checked, Document, DocumentInfo, Stage
from ui.turns import Conversation


class Answerer(Protocol):
    """What the conversation needs of `rag.Assistant`."""

    config: Config

    def follow(self, run: Run) -> Generator[Stage | Checked | Answer, None, None]:
        """See `rag.Assistant.follow`."""
        ...

    def answer(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """See `rag.Assistant.answer`."""
        ...

    def documents(self) -> tuple[DocumentInfo, ...]:
        """The indexed documents."""
        ...

    def document(self, doc_id: str) -> Document | None:
        """One document with its text."""
        ...

    def suggestions(self, n: int = 4) -> list[str]:
        """Example questions."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """What the conversation's part of the page shows next; None leaves its part as it is.

    Attributes:
        conversation: The state to keep.
        done: HTML of the finished turns, or of the welcome.
        live: HTML of the turn that is worked on; "" when there is none.
        hint: A line under the question box.
        is_busy: A question is being answered; None leaves the buttons as they are.
        is_taken: The question was accepted: the box may be emptied.
    """

    conversation: Conversation | None = None
    done: str | None = None
    live: str | None = None
    hint: str | None = ""
    is_busy: bool | None = False
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class ShelfView:
    """What the documents' part of the page shows next; None leaves it as it is."""

    documents: str | None = None
    status: str | None = None
