"""The page: Gradio components and their wiring, and the server they run in."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ui import frame
from ui.handlers import Answerer, Chat, View
from ui.security import Guard, close_environment, require_loopback
from ui.server import Server
from ui.shelf import Keeper, Shelf, ShelfView
from ui.turns import Conversation

close_environment()

import gradio as gr  # noqa: E402 - it reads the environment when it is imported
from fastapi import FastAPI  # noqa: E402
from gradio import events  # noqa: E402

_HERE = Path(__file__).parent
_SESSIONS = 100
_UPLOADS_KEPT_SECONDS = 3600
_SANS = (
    "Inter", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "DejaVu Sans",
    "sans-serif",
)  # fmt: skip
_MONO = ("ui-monospace", "SF Mono", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")
# Nothing but the question for programs is an open endpoint, and the page shows its own progress.
_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_Updates = tuple[object, ...]


class Assistant(Answerer, Keeper, Protocol):
    """What the page needs of `rag.Assistant`."""


@dataclass(frozen=True, slots=True)
class _Page:
    """The components that handlers change."""

    conversation: gr.State
    done: gr.HTML
    live: gr.HTML
    hint: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    restart: gr.Button
    picked: gr.JSON
    documents: gr.HTML
    status: gr.HTML
    upload: gr.UploadButton
    sync: gr.Button

    def talk(self) -> list[Any]:
        """What a `View` changes, in the order of `_talk_updates`."""
        return [
            self.conversation, self.done, self.live, self.hint, self.question, self.send, self.stop,
        ]  # fmt: skip


def build(assistant: Assistant) -> gr.Blocks:
    """The page of an assistant, not yet served."""
    chat, shelf = Chat(assistant), Shelf(assistant)
    blocks: gr.Blocks = gr.Blocks(
        title="Kaynak", analytics_enabled=False, fill_width=True, fill_height=True,
        delete_cache=(_UPLOADS_KEPT_SECONDS, _UPLOADS_KEPT_SECONDS),
    )  # fmt: skip
    with blocks:
        page = _lay_out()
        _wire_chat(blocks, page, chat)
        _wire_shelf(page, chat, shelf)
        blocks.load(
            lambda: (*_talk_updates(chat.start()), *_shelf_updates(shelf.show())),
            outputs=[*page.talk(), page.documents, page.status], **_QUIET,
        )  # fmt: skip
    blocks.queue(max_size=assistant.config.chat.queue, api_open=False)
    blocks.state_session_capacity = _SESSIONS
    blocks.max_file_size = int(assistant.config.chat.max_upload_mb * 1024 * 1024)
    return blocks


def launch(assistant: Assistant, *, host: str, port: int, open_browser: bool = False) -> None:
    """Serve the chat until it is interrupted; prints the address.

    Raises:
        RagError: If the port is in use, or others than this machine could reach the host.
    """
    server = serve(assistant, host=host, port=port)
    sys.stdout.write(f"Kaynak is at {server.url} (Ctrl-C stops it)\n")
    sys.stdout.flush()
    if open_browser:
        webbrowser.open(server.url)
    try:
        server.wait()
    finally:
        server.close()


def serve(assistant: Assistant, *, host: str, port: int) -> Server:
    """Serve the chat in a thread, until the server is closed.

    Raises:
        RagError: As `launch`.
    """
    host = require_loopback(host)
    # Outside a running event loop, gradio makes some of its own and never closes them.
    with ThreadPoolExecutor(max_workers=1) as pool:
        application = pool.submit(asyncio.run, _application(assistant)).result()
    server = Server(Guard(application, hosts=[host]), host=host, port=port)
    server.start()
    return server


async def _application(assistant: Assistant) -> FastAPI:
    blocks = build(assistant)
    # Not `launch`: its CORS headers would stand before the guard, and it looks for another port.
    application: FastAPI = gr.mount_gradio_app(
        FastAPI(docs_url=None, redoc_url=None, openapi_url=None), blocks, path="/",
        ssr_mode=False, mcp_server=False, pwa=False, run_history=False, enable_monitoring=False,
        show_error=False, footer_links=[], allowed_paths=[], favicon_path=str(_HERE / "icon.png"),
        max_file_size=blocks.max_file_size, theme=_theme(),
        css_paths=sorted((_HERE / "style").glob("*.css")),
        head=f"<script>{(_HERE / 'chat.js').read_text(encoding='utf-8')}</script>",
    )  # fmt: skip
    return application


def _lay_out() -> _Page:
    with gr.Row(elem_id="top"):
        _html(frame.BRAND, elem_id="brand")
        _html(frame.OPEN_LIBRARY, elem_id="open-library")
        restart = gr.Button("New conversation", elem_id="restart", size="sm")
    with gr.Row(elem_id="shell"):
        with gr.Column(elem_id="library", min_width=0):
            documents, status, upload, sync = _library_column()
        with gr.Column(elem_id="talk", min_width=0):
            with gr.Column(elem_id="scroller"):
                done = _html(elem_id="done", js_on_load="window.kaynak.talk(element, trigger)")
                live = _html(frame.announced(""), elem_id="live")
            question, hint, send, stop = _composer()
        with gr.Column(elem_id="sources", min_width=0):
            _html(frame.SOURCES)
    return _Page(
        conversation=gr.State(Conversation()), done=done, live=live, hint=hint, question=question,
        send=send, stop=stop, restart=restart, picked=gr.JSON(visible=False), documents=documents,
        status=status, upload=upload, sync=sync,
    )  # fmt: skip


def _library_column() -> tuple[gr.HTML, gr.HTML, gr.UploadButton, gr.Button]:
    _html(frame.LIBRARY_HEAD, elem_id="library-head")
    with gr.Row(elem_id="library-tools"):
        upload = gr.UploadButton("Add files", file_count="multiple", size="sm", elem_id="upload")
        sync = gr.Button("Sync folder", size="sm", elem_id="sync")
    status = _html(elem_id="library-status")
    documents = _html(
        elem_id="documents", js_on_load="window.kaynak.library(element, trigger, watch)"
    )
    return documents, status, upload, sync


def _composer() -> tuple[gr.Textbox, gr.HTML, gr.Button, gr.Button]:
    with gr.Column(elem_id="composer"):
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                placeholder="Ask about your documents", show_label=False, label="Question",
                lines=1, max_lines=6, container=False, elem_id="question",
            )  # fmt: skip
            send = gr.Button("Ask", variant="primary", elem_id="send", min_width=0)
            stop = gr.Button("Stop", visible=False, elem_id="stop", min_width=0)
        with gr.Row(elem_id="below-ask"):
            _html(frame.SCOPE, elem_id="scope")
            hint = _html(elem_id="hint")
    return question, hint, send, stop


def _html(value: str = "", *, elem_id: str | None = None, js_on_load: str | None = None) -> gr.HTML:
    return gr.HTML(value, apply_default_css=False, elem_id=elem_id, js_on_load=js_on_load)


def _wire_chat(blocks: gr.Blocks, page: _Page, chat: Chat) -> None:
    def ask_typed(
        question: str, conversation: Conversation, picked: object, request: gr.Request
    ) -> Generator[_Updates, None, None]:
        views = chat.ask(question, conversation, _names(picked), session=_session(request))
        with closing(views):
            for view in views:
                yield _talk_updates(view)

    def ask_suggested(
        conversation: Conversation, picked: object, event: gr.EventData, request: gr.Request
    ) -> Iterator[_Updates]:
        with closing(ask_typed(str(event.ask), conversation, picked, request)) as updates:
            yield from updates

    asking = {**_QUIET, "outputs": page.talk(), "concurrency_id": "model", "concurrency_limit": 1}
    typed = gr.on(
        [page.question.submit, page.send.click], ask_typed,
        inputs=[page.question, page.conversation, page.picked],
        js="(question, conversation, picked) => [question, conversation, kaynak.picked()]",
        **asking,
    )  # fmt: skip
    clicked = page.done.select(
        ask_suggested, inputs=[page.conversation, page.picked],
        js="(conversation, picked) => [conversation, kaynak.picked()]", **asking,
    )  # fmt: skip
    _wire_leaving(blocks, page, chat, (typed, clicked))
    events.api(chat.answer, api_name="ask", concurrency_id="model", concurrency_limit=1)


def _wire_leaving(
    blocks: gr.Blocks, page: _Page, chat: Chat, asking: Sequence[events.Dependency]
) -> None:
    def stop(request: gr.Request) -> None:
        chat.stop(_session(request))

    def leave(request: gr.Request) -> None:
        chat.leave(_session(request))

    def restart(request: gr.Request) -> _Updates:
        return _talk_updates(chat.restart(_session(request)))

    def broken(conversation: Conversation) -> _Updates:
        return _talk_updates(chat.broken(conversation))

    for asked in asking:
        asked.failure(broken, page.conversation, page.talk(), **_QUIET)
    page.stop.click(stop, queue=False, **_QUIET)
    page.restart.click(restart, outputs=page.talk(), cancels=list(asking), queue=False, **_QUIET)
    blocks.unload(leave)


def _wire_shelf(page: _Page, chat: Chat, shelf: Shelf) -> None:
    def shown(views: Iterable[ShelfView], conversation: Conversation) -> Iterator[_Updates]:
        for view in views:
            is_last = view.documents is not None
            done = chat.start().done if is_last and not conversation.asked else None
            yield (*_shelf_updates(view), _or_skip(done))

    def add(files: Sequence[str] | None, conversation: Conversation) -> Iterator[_Updates]:
        yield from shown(shelf.add([Path(file) for file in files or ()]), conversation)

    def sync(conversation: Conversation) -> Iterator[_Updates]:
        yield from shown(shelf.sync(), conversation)

    def remove(conversation: Conversation, event: gr.EventData) -> Iterator[_Updates]:
        yield from shown([shelf.remove(str(event.document))], conversation)

    changing = {
        **_QUIET, "outputs": [page.documents, page.status, page.done],
        "concurrency_id": "library", "concurrency_limit": 1,
    }  # fmt: skip
    page.upload.upload(add, [page.upload, page.conversation], **changing)
    page.sync.click(sync, page.conversation, **changing)
    page.documents.delete(remove, page.conversation, **changing)


def _talk_updates(view: View) -> _Updates:
    """A view as values for `_Page.talk`."""
    live = None if view.live is None else frame.announced(view.live)
    return (
        _or_skip(view.conversation), _or_skip(view.done), _or_skip(live), view.hint,
        "" if view.is_taken else gr.skip(), gr.update(visible=not view.is_busy),
        gr.update(visible=view.is_busy),
    )  # fmt: skip


def _shelf_updates(view: ShelfView) -> _Updates:
    return _or_skip(view.documents), _or_skip(view.status)


def _or_skip(value: object) -> object:
    return gr.skip() if value is None else value


def _names(picked: object) -> list[str]:
    return [str(name) for name in picked] if isinstance(picked, list) else []


def _session(request: gr.Request) -> str:
    return str(request.session_hash or "")


def _theme() -> gr.themes.Base:
    """Colours and sizes come from style/; the page's ground is set here for the first paint."""
    return gr.themes.Base(font=_SANS, font_mono=_MONO).set(
        body_background_fill="#faf9f6", body_background_fill_dark="#14171a",
        body_text_color="#20262b", body_text_color_dark="#e4e7e9",
    )  # fmt: skip
