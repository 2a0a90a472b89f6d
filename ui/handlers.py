"""What happens when a reader asks: plain generators, without gradio.

A handler yields views; a field that is None leaves its part of the page as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Protocol

from rag.config import Config
from rag.errors import RagError
from rag.types import Answer, Checked, Document, DocumentInfo, Stage
from ui import render
from ui.sources import Lookup, answer_sources, cited_source
from ui.turns import Conversation, Turn

EMPTY_HINT = "Type a question first."
_LOOKUPS = 32


class Answerer(Protocol):
    """What the conversation needs of `rag.Assistant`."""

    config: Config

    def stream(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
        stopped: Callable[[], bool] | None = None,
    ) -> Generator[Stage | Checked | Answer, None, None]:
        """See `rag.Assistant.stream`."""
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
    """What the conversation's part of the page shows next.

    Attributes:
        conversation: The state to keep.
        done: HTML of the finished turns, or of the welcome.
        live: HTML of the turn that is worked on; "" when there is none.
        hint: A line under the question box.
        is_busy: A question is being answered.
        is_taken: The question was accepted: the box may be emptied.
    """

    conversation: Conversation | None = None
    done: str | None = None
    live: str | None = None
    hint: str = ""
    is_busy: bool = False
    is_taken: bool = False


class _Running:
    """A question that is being answered; others may end it.

    Attributes:
        stop: Nobody waits for the rest any more.
        is_left: Nobody waits for what there is, either.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.is_left = False

    def leave(self) -> None:
        self.is_left = True
        self.stop.set()


class Chat:
    """Questions of all open tabs; each tab is a ``session``."""

    def __init__(self, assistant: Answerer) -> None:
        self._assistant = assistant
        self._running: dict[str, _Running] = {}

    def start(self) -> View:
        """An empty conversation."""
        return View(conversation=Conversation(), done=self._welcome(), live="")

    def ask(
        self,
        question: str,
        conversation: Conversation,
        documents: Sequence[str] | None = None,
        *,
        session: str = "",
    ) -> Generator[View, None, None]:
        """Answer a question; closing the iterator stops the model.

        Args:
            documents: Only answer from these; None or none of them for all.
        """
        question = question.strip()
        if not question:
            yield View(hint=EMPTY_HINT)
            return
        live = render.Live(number=conversation.asked + 1, question=question)
        finished = _shown(conversation)
        yield View(done=finished, live=render.live_turn(live), is_busy=True, is_taken=True)
        chosen = list(documents) if documents else None
        try:
            with self._registered(session) as running:
                yield from self._follow(live, conversation, chosen, running)
        except RagError as error:
            html = render.failed_turn(live.number, question, error)
            yield self._finished(conversation, Turn(question, "", html))

    def answer(self, question: str, documents: Sequence[str] | None = None) -> dict[str, object]:
        """One answer for a program, as plain data; an error has the key ``error``."""
        try:
            found = self._assistant.answer(question, documents=list(documents or ()) or None)
        except RagError as error:
            return {"error": error.message, "hint": error.hint}
        return asdict(found)

    def stop(self, session: str) -> None:
        """Stop what a session has under way; what was shown stays."""
        if session in self._running:
            self._running[session].stop.set()

    def leave(self, session: str) -> None:
        """Stop what a session has under way, and show nothing more of it."""
        if session in self._running:
            self._running[session].leave()

    def restart(self, session: str) -> View:
        """Leave what is under way, and begin a new conversation."""
        self.leave(session)
        return self.start()

    def broken(self, conversation: Conversation) -> View:
        """After an error that is a fault of the program: the conversation goes on without it."""
        error = RagError(
            "Something went wrong inside Kaynak, and the question was not answered.",
            hint="Ask again; the reason is in the terminal that Kaynak runs in.",
        )
        html = _shown(conversation) + render.notice(error.message, error.hint)
        return View(done=html, live="")

    def _follow(
        self,
        live: render.Live,
        conversation: Conversation,
        documents: list[str] | None,
        running: _Running,
    ) -> Iterator[View]:
        lookup: Lookup = lru_cache(maxsize=_LOOKUPS)(self._assistant.document)
        events = self._assistant.stream(
            live.question,
            history=conversation.history(),
            documents=documents,
            stopped=running.stop.is_set,
        )
        with closing(events):
            for event in events:
                if running.stop.is_set():
                    break
                if isinstance(event, Answer):
                    sources = answer_sources(event, lookup)
                    html = render.answered_turn(live.number, event, sources)
                    yield self._finished(conversation, Turn(live.question, event.text, html))
                    return
                _note(live, event, lookup)
                yield View(live=render.live_turn(live), is_busy=True)
        if running.is_left:
            return
        html = render.stopped_turn(live)
        yield self._finished(conversation, Turn(live.question, "", html))

    def _finished(self, conversation: Conversation, turn: Turn) -> View:
        keep = self._assistant.config.answering.max_history_turns
        conversation = conversation.with_turn(turn, keep=keep)
        return View(conversation=conversation, done=_shown(conversation), live="")

    def _welcome(self) -> str:
        count = len(self._assistant.documents())
        suggested = self._assistant.suggestions() if count else []
        return render.welcome(suggested, documents=count)

    @contextmanager
    def _registered(self, session: str) -> Iterator[_Running]:
        running = _Running()
        self._running[session] = running
        try:
            yield running
        finally:
            running.leave()
            if self._running.get(session) is running:
                del self._running[session]


def _note(live: render.Live, event: Stage | Checked, lookup: Lookup) -> None:
    if isinstance(event, Stage):
        live.stages.append(event)
        return
    live.checked.append(event)
    for citation in event.citations:
        key = str(citation.marker)
        if key not in live.sources:
            live.sources[key] = cited_source(citation, lookup(citation.document))


def _shown(conversation: Conversation) -> str:
    dropped = conversation.asked - len(conversation.turns)
    return render.conversation((turn.html for turn in conversation.turns), dropped=dropped)
