"""What happens when a reader asks: plain generators, without gradio.

A handler yields views; a field that is None leaves its part of the page as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from functools import lru_cache

from rag.errors import RagError
from rag.explanation import explain
from rag.feedback import Feedback
from rag.next_questions import next_questions
from rag.run import Run
from rag.types import Answer, Checked, Stage
from ui import render
from ui.desk import Desk, Kept
from ui.line import Line, Ticket
from ui.messages import Words
from ui.settings import Client, Settings
from ui.sources import Lookup, answer_sources, cited_source
from ui.tabs import Tabs
from ui.told import problem_of
from ui.turns import Conversation, Searched, Turn
from ui.views import Answerer, View

_LOOKUPS = 32
_POLL_SECONDS = 0.5
_LOOKED_AT = 3


class _Running:
    """A question that is being answered; others may end it.

    Attributes:
        stop: Nobody waits for the rest any more.
        is_left: Nobody waits for what there is, either.
    """

    def __init__(self, number: int, question: str) -> None:
        self.number = number
        self.question = question
        self.stop = threading.Event()
        self.is_left = False

    def leave(self) -> None:
        self.is_left = True
        self.stop.set()


class Chat:
    """Questions of all open tabs; each tab is a ``session``."""

    def __init__(self, assistant: Answerer, desk: Desk | None = None) -> None:
        """Make the chat of an assistant.

        Args:
            desk: Where answers are kept; None for one that rates into the index folder.
        """
        self._assistant = assistant
        self._desk = Desk(Feedback(assistant.config.documents.index)) if desk is None else desk
        self._line = Line(assistant.config.chat.queue)
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()
        self._tabs = Tabs()
        self._examples: tuple[object, list[str]] = (None, [])

    def start(self, client: Client = Client()) -> View:  # noqa: B008 - frozen
        """What a page shows that was just loaded: what its tab said before, if it did.

        Answers that hold words of documents which are no longer there are not shown again.
        """
        said = self._tabs.find(client.before)
        with suppress(RagError):  # told with the next question
            said = said.standing_on([info.doc_id for info in self._assistant.documents()])
        return self._shows(said, client)

    def ask(
        self, question: str, conversation: Conversation, client: Client = Client(), *,  # noqa: B008
        session: str = "",
    ) -> Generator[View, None, None]:  # fmt: skip
        """Answer a question, after those that came before; closing the iterator stops the model."""
        running = _Running(conversation.asked + 1, question.strip())
        words = client.settings.words
        with self._registered(session, running) as other:
            if other is not None:
                # A second press of the same key says nothing new.
                is_new = running.question not in ("", other.question)
                yield View(hint=words("hint.answering") if is_new else None, is_busy=None)
            elif not running.question:
                yield View(hint=words("hint.empty"))
            elif (ticket := self._line.join()) is None:
                yield View(hint=words("hint.busy", n=len(self._line) - 1))
            else:
                with ticket:
                    yield from self._answer(running, ticket, conversation, client)
                if running.is_left:
                    # Gradio sends what was said last once more, over the new conversation.
                    yield View(live="", hint=None)

    def _answer(
        self, running: _Running, ticket: Ticket, conversation: Conversation, client: Client
    ) -> Iterator[View]:
        words = client.settings.words
        live = render.Live(number=running.number, question=running.question)
        live.before = ticket.before()
        yield View(
            done=render.conversation(conversation, words), live=render.live_turn(live, words),
            is_busy=True, is_taken=True,
        )  # fmt: skip
        yield from self._wait(live, ticket, running, words)
        try:
            yield from self._follow(live, conversation, client, running)
        except RagError as error:
            if not running.is_left:
                turn = Turn(live.number, live.question, "failed", error=problem_of(error))
                yield self._finished(conversation, turn, client)

    def answer(self, question: str, documents: Sequence[str] | None = None) -> dict[str, object]:
        """One answer for a program, as plain data; an error has the key ``error``."""
        ticket = self._line.join()
        if ticket is None:
            return {"error": Words()("hint.busy", n=len(self._line) - 1), "hint": ""}
        with ticket:
            while ticket.wait(_POLL_SECONDS):
                pass
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

    def restart(self, session: str, client: Client = Client()) -> View:  # noqa: B008 - frozen
        """Leave what is under way, and begin a new conversation."""
        self.leave(session)
        return self._shows(Conversation(), client)

    def shown(self, conversation: Conversation, settings: Settings) -> str:
        """The conversation in a language; the welcome when it is empty."""
        if not conversation.asked:
            return self.welcome(settings)
        return render.conversation(conversation, settings.words)

    def broken(self, conversation: Conversation, client: Client = Client()) -> View:  # noqa: B008
        """After an error that is a fault of the program: the conversation goes on without it."""
        words = client.settings.words
        told = render.notice(words("fault"), words("fault.hint"))
        return View(done=render.conversation(conversation, words) + told, live="")

    def welcome(self, settings: Settings) -> str:
        """What an empty conversation shows."""
        try:
            infos = self._assistant.documents()
            state = tuple((d.doc_id, d.indexed_at) for d in infos[:20])
            if infos and self._examples[0] != state:
                self._examples = state, self._assistant.suggestions()
        except RagError as error:
            return render.problem(error, settings.words)
        suggested = self._examples[1] if infos else []
        return render.welcome(suggested, settings.words, documents=len(infos))

    def _wait(
        self, live: render.Live, ticket: Ticket, running: _Running, words: Words
    ) -> Iterator[View]:
        """Until it is this question's turn, or nobody waits for it any more."""
        while not running.stop.is_set():
            before = ticket.wait(_POLL_SECONDS)
            if before != live.before:
                live.before = before
                yield View(live=render.live_turn(live, words), hint=None, is_busy=True)
            if not before:
                return

    def _follow(
        self, live: render.Live, conversation: Conversation, client: Client, running: _Running
    ) -> Iterator[View]:
        words = client.settings.words
        lookup: Lookup = lru_cache(maxsize=_LOOKUPS)(self._assistant.document)
        run = Run(
            live.question, conversation.history(), list(client.picked) or None,
            running.stop.is_set, client.settings.wishes(),
        )  # fmt: skip
        with closing(self._assistant.follow(run)) as events:
            # Who left while waiting is not answered at all.
            for event in () if running.stop.is_set() else events:
                if running.stop.is_set():
                    break
                if isinstance(event, Answer):
                    turn = self._turn(live.number, event, run, conversation, lookup)
                    if not running.is_left:
                        yield self._finished(conversation, turn, client)
                    return
                _note(live, event, lookup)
                yield View(live=render.live_turn(live, words), hint=None, is_busy=True)
        if not running.is_left:
            shown = tuple(checked.sentence for checked in live.checked)
            turn = Turn(
                live.number, live.question, "stopped", sources=tuple(live.sources.values()),
                shown=shown,
            )  # fmt: skip
            yield self._finished(conversation, turn, client)

    def _turn(
        self, number: int, answer: Answer, run: Run, conversation: Conversation, lookup: Lookup
    ) -> Turn:
        least = run.wishes.applied(self._assistant.config).answering.refuse_below
        restricted = tuple(run.documents or ())
        kept = Kept(
            answer, explain(run, refuse_below=least), tuple(conversation.history()), restricted
        )
        names = list(dict.fromkeys(hit.passage.doc_id for hit in answer.hits))[:_LOOKED_AT]
        documents = [found for name in names if (found := lookup(name)) is not None]
        infos = [d for d in self._assistant.documents() if not restricted or d.doc_id in restricted]
        return Turn(
            number, answer.question, "refused" if answer.status == "abstained" else "answered",
            key=self._desk.keep(kept), reply=answer, sources=answer_sources(answer, lookup),
            searched=Searched(len(infos), sum(d.passages for d in infos), least),
            following=tuple(next_questions(answer, documents, asked=conversation.questions())),
        )  # fmt: skip

    def _finished(self, conversation: Conversation, turn: Turn, client: Client) -> View:
        keep = self._assistant.config.answering.max_history_turns
        return self._shows(conversation.with_turn(turn, keep=keep), client)

    def _shows(self, conversation: Conversation, client: Client) -> View:
        self._tabs.keep(client.tab, conversation)
        done = self.shown(conversation, client.settings)
        return View(conversation=conversation, done=done, live="")

    @contextmanager
    def _registered(self, session: str, running: _Running) -> Iterator[_Running | None]:
        """Have others find a question; gives the one that its session must wait for, if any.

        A question whose conversation lacks the answer before it would make that answer disappear.
        """
        with self._lock:
            other = self._running.get(session) if session else None
            if other is not None and (other.is_left or running.number > other.number):
                other = None
            if other is None:
                self._running[session] = running
        try:
            yield other
        finally:
            running.leave()
            with self._lock:
                if self._running.get(session) is running:
                    del self._running[session]


def _note(live: render.Live, event: Stage | Checked, lookup: Lookup) -> None:
    if isinstance(event, Stage):
        live.note(event)
        return
    live.checked.append(event)
    for citation in event.citations:
        key = str(citation.marker)
        if key not in live.sources:
            live.sources[key] = cited_source(citation, lookup(citation.document))
