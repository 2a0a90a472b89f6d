"""What happens on which event: handlers and components put together."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import events

from ui import frame
from ui.handlers import Chat
from ui.layout import Page, worded_updates
from ui.settings import parse_client
from ui.shelf import Shelf
from ui.turns import Conversation
from ui.views import ShelfView, View

# Nothing but the question for programs is an open endpoint, and the page shows its own progress.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
Updates = tuple[object, ...]
# Programs wait in threads of the server.
_PROGRAMS_AT_ONCE = 4


def wire(blocks: gr.Blocks, page: Page, chat: Chat, shelf: Shelf) -> None:
    """Connect everything."""
    _wire_start(blocks, page, chat, shelf)
    asking = _wire_chat(page, chat)
    _wire_leaving(blocks, page, chat, asking)
    _wire_renewal(page, shelf, asking)
    _wire_shelf(page, chat, shelf)


def _wire_start(blocks: gr.Blocks, page: Page, chat: Chat, shelf: Shelf) -> None:
    def start(sent: object) -> Updates:
        client = parse_client(sent)
        words = client.settings.words
        first = talk_updates(chat.start(client))
        # The box and its button are told twice: what they say, and whether they are there.
        return (*first, *shelf_updates(shelf.show(words)), *worded_updates(words)[3:])

    def speak(sent: object, conversation: Conversation) -> Updates:
        settings = parse_client(sent).settings
        listed = shelf.show(settings.words).documents
        return chat.shown(conversation, settings), listed, *worded_updates(settings.words)

    blocks.load(
        start, page.client, [*page.talk(), page.documents, page.status, *page.worded()[3:]],
        js="() => kaynak.client()", **QUIET,
    ).then(
        lambda sent: tuple(worded_updates(parse_client(sent).settings.words)[:3]),
        page.client, page.worded()[:3], js="() => kaynak.client()", **QUIET,
    )  # fmt: skip
    page.dialogs.language(
        speak, [page.client, page.conversation], [page.done, page.documents, *page.worded()],
        js="(_, conversation) => [kaynak.client(), conversation]", **QUIET,
    ).then(None, js="() => kaynak.retold()")  # fmt: skip


def _wire_chat(page: Page, chat: Chat) -> tuple[events.Dependency, ...]:
    def ask_typed(
        sent: object, question: str, conversation: Conversation, request: gr.Request
    ) -> Generator[Updates, None, None]:
        views = chat.ask(question, conversation, parse_client(sent), session=_session(request))
        with closing(views):
            for view in views:
                yield talk_updates(view)

    def ask_suggested(
        sent: object, conversation: Conversation, event: gr.EventData, request: gr.Request
    ) -> Iterator[Updates]:
        with closing(ask_typed(sent, str(event.ask), conversation, request)) as updates:
            yield from updates

    # Those who wait stand in the chat's own line, which shows how long it is. By default Gradio
    # drops what is asked before it has ended the last event; the chat takes it, or says why not.
    asking = {
        **QUIET, "outputs": page.talk(), "concurrency_limit": None, "trigger_mode": "multiple",
    }  # fmt: skip
    typed = gr.on(
        [page.question.submit, page.send.click], ask_typed,
        inputs=[page.client, page.question, page.conversation],
        js="(_, question, conversation) => [kaynak.client(), question, conversation]", **asking,
    )  # fmt: skip
    clicked = page.done.select(
        ask_suggested, inputs=[page.client, page.conversation],
        js="(_, conversation) => [kaynak.client(), conversation]", **asking,
    )  # fmt: skip
    events.api(
        chat.answer, api_name="ask", concurrency_id="programs",
        concurrency_limit=_PROGRAMS_AT_ONCE,
    )  # fmt: skip
    return typed, clicked


def _wire_renewal(page: Page, shelf: Shelf, asking: Sequence[events.Dependency]) -> None:
    def renew(sent: object) -> object:
        client = parse_client(sent)
        return _or_skip(shelf.renew(client.settings.words, client.listed).documents)

    for asked in asking:
        asked.then(renew, page.client, page.documents, js="() => kaynak.client()", **QUIET)


def _wire_leaving(
    blocks: gr.Blocks, page: Page, chat: Chat, asking: Sequence[events.Dependency]
) -> None:
    def stop(request: gr.Request) -> None:
        chat.stop(_session(request))

    def leave(request: gr.Request) -> None:
        chat.leave(_session(request))

    def restart(sent: object, request: gr.Request) -> Updates:
        return talk_updates(chat.restart(_session(request), parse_client(sent)))

    def broken(sent: object, conversation: Conversation) -> Updates:
        return talk_updates(chat.broken(conversation, parse_client(sent)))

    for asked in asking:
        asked.failure(
            broken, [page.client, page.conversation], page.talk(),
            js="(_, conversation) => [kaynak.client(), conversation]", **QUIET,
        )  # fmt: skip
    page.stop.click(stop, queue=False, **QUIET)
    page.restart.click(
        restart, page.client, page.talk(), js="() => kaynak.client()", cancels=list(asking),
        queue=False, **QUIET,
    )  # fmt: skip
    blocks.unload(leave)


def _wire_shelf(page: Page, chat: Chat, shelf: Shelf) -> None:
    def shown(
        views: Iterable[ShelfView], sent: object, conversation: Conversation
    ) -> Iterator[Updates]:
        for view in views:
            is_last = view.documents is not None
            is_empty = is_last and not conversation.asked
            done = chat.welcome(parse_client(sent).settings) if is_empty else None
            yield (*shelf_updates(view), _or_skip(done))

    def add(
        sent: object, files: Sequence[str] | None, conversation: Conversation
    ) -> Iterator[Updates]:
        words = parse_client(sent).settings.words
        views = shelf.add([Path(file) for file in files or ()], words)
        yield from shown(views, sent, conversation)

    def sync(sent: object, conversation: Conversation) -> Iterator[Updates]:
        yield from shown(shelf.sync(parse_client(sent).settings.words), sent, conversation)

    def remove(
        sent: object, conversation: Conversation, event: gr.EventData
    ) -> Iterator[Updates]:  # fmt: skip
        view = shelf.remove(str(event.document), parse_client(sent).settings.words)
        yield from shown([view], sent, conversation)

    def reread(
        sent: object, conversation: Conversation, event: gr.EventData
    ) -> Iterator[Updates]:  # fmt: skip
        views = shelf.reread(str(event.document), parse_client(sent).settings.words)
        yield from shown(views, sent, conversation)

    changing = {
        **QUIET, "outputs": [page.documents, page.status, page.done],
        "concurrency_id": "library", "concurrency_limit": 1,
    }  # fmt: skip
    client = "(_, conversation) => [kaynak.client(), conversation]"
    page.upload.upload(
        add, [page.client, page.upload, page.conversation],
        js="(_, files, conversation) => [kaynak.client(), files, conversation]", **changing,
    )  # fmt: skip
    talk = [page.client, page.conversation]
    page.sync.click(sync, talk, js=client, **changing)
    page.documents.delete(remove, talk, js=client, **changing)
    page.documents.reread(reread, talk, js=client, **changing)


def talk_updates(view: View) -> Updates:
    """A view as values for `Page.talk`."""
    live = None if view.live is None else frame.announced(view.live)
    busy = view.is_busy
    send, stop = (gr.skip(), gr.skip()) if busy is None else (_visible(not busy), _visible(busy))
    return (
        _or_skip(view.conversation), _or_skip(view.done), _or_skip(live),
        _or_skip(view.hint), "" if view.is_taken else gr.skip(), send, stop,
    )  # fmt: skip


def shelf_updates(view: ShelfView) -> Updates:
    """A view as values for documents and status."""
    return _or_skip(view.documents), _or_skip(view.status)


def _visible(shown: bool) -> object:
    return gr.update(visible=shown)


def _or_skip(value: object) -> object:
    return gr.skip() if value is None else value


def _session(request: gr.Request) -> str:
    return str(request.session_hash or "")
