"""The page put together, and the server it runs in."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from rag.errors import RagError
from rag.feedback import Feedback
from ui.security import Guard, close_environment, password, require_safe
from ui.server import Server
from ui.stream import StreamOrder

close_environment()

import gradio as gr  # noqa: E402 - it reads the environment when it is imported
from fastapi import FastAPI  # noqa: E402

from ui import frame  # noqa: E402
from ui.desk import Desk  # noqa: E402
from ui.handlers import Chat  # noqa: E402
from ui.layout import lay_out  # noqa: E402
from ui.reader import Reader  # noqa: E402
from ui.shelf import MOST_AT_ONCE, Keeper, Shelf  # noqa: E402
from ui.views import Answerer  # noqa: E402
from ui.wiring import wire  # noqa: E402

_HERE = Path(__file__).parent
_SESSIONS = 100
_UPLOADS_KEPT_SECONDS = 3600
_THREADS = 40
_SANS = (
    "Inter", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "DejaVu Sans",
    "sans-serif",
)  # fmt: skip
_MONO = ("ui-monospace", "SF Mono", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")


class Assistant(Answerer, Keeper, Protocol):
    """What the page needs of `rag.Assistant`."""


def build(assistant: Assistant) -> gr.Blocks:
    """The page of an assistant, not yet served."""
    config = assistant.config
    desk = Desk(Feedback(config.documents.index))
    chat, shelf, reader = Chat(assistant, desk), Shelf(assistant), Reader(assistant, desk)
    blocks: gr.Blocks = gr.Blocks(
        title="Kaynak", analytics_enabled=False, fill_width=True, fill_height=True,
        delete_cache=(_UPLOADS_KEPT_SECONDS, _UPLOADS_KEPT_SECONDS),
    )  # fmt: skip
    with blocks:
        wire(blocks, lay_out(config, reader), chat, shelf)
    blocks.queue(max_size=config.chat.queue, api_open=False)
    # Everybody who waits for an answer waits in a thread, and others want to read meanwhile.
    blocks.max_threads = blocks._queue.max_thread_count = _THREADS + config.chat.queue
    blocks.state_session_capacity = _SESSIONS
    blocks.max_file_size = int(config.chat.max_upload_mb * 1024 * 1024)
    return blocks


def launch(assistant: Assistant, *, host: str, port: int, open_browser: bool = False) -> None:
    """Serve the chat until it is interrupted; prints the address.

    Raises:
        RagError: If the port is in use, or others could reach the host without a password.
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
    host = require_safe(host)
    # A folder of its own, so that what waits in it can be counted, and goes with the server.
    uploads = Path(tempfile.mkdtemp(prefix="kaynak-"))
    os.environ["GRADIO_TEMP_DIR"] = str(uploads)
    # Outside a running event loop, gradio makes some of its own and never closes them.
    with ThreadPoolExecutor(max_workers=1) as pool:
        application = pool.submit(asyncio.run, _application(assistant)).result()
    most = int(assistant.config.chat.max_upload_mb * 1024 * 1024) * MOST_AT_ONCE
    guard = Guard(
        StreamOrder(application), hosts=[host], password=password(host), most_bytes=most,
        uploads=uploads,
    )  # fmt: skip
    try:
        server = Server(guard, host=host, port=port, folder=uploads)
    except RagError:
        uploads.rmdir()
        raise
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
        css_paths=sorted((_HERE / "style").glob("*.css")), head=frame.head(_HERE / "script"),
    )  # fmt: skip
    return application


def _theme() -> gr.themes.Base:
    """Colours and sizes come from style/; the page's ground is set here for the first paint."""
    return gr.themes.Base(font=_SANS, font_mono=_MONO).set(
        body_background_fill="#faf9f6", body_background_fill_dark="#14171a",
        body_text_color="#20262b", body_text_color_dark="#e4e7e9",
    )  # fmt: skip
