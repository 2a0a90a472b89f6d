"""The order in which a page learns that its stream is closed and that an event was taken."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Inside a string of JSON the quotes would be escaped.
_CLOSE = b'"msg":"close_stream"'
_SETTLE_SECONDS = 0.1
_MOST_SECONDS = 1.0
_POLL_SECONDS = 0.01


class StreamOrder:
    """Middleware: no event is called taken while a stream is being closed.

    Gradio closes the stream of a tab after its last event. Its page believes that the stream is
    open until it reads otherwise; if it is told before that a new event was taken, it opens no
    stream for it, and what the event says is read by nobody.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before a Gradio application."""
        self._app = app
        self._closing = 0
        self._closed = -_SETTLE_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; the answer to a new event may wait up to a second."""

        async def streamed(message: Message) -> None:
            if _CLOSE not in message.get("body", b""):
                await send(message)
                return
            self._closing += 1
            try:
                await send(message)
            finally:
                self._closing -= 1
                self._closed = time.monotonic()

        async def taken(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._settled()
            await send(message)

        path = str(scope.get("path", "")).rstrip("/")
        is_stream, is_event = path.endswith("/queue/data"), path.endswith("/queue/join")
        sending = streamed if is_stream else taken if is_event else send
        await self._app(scope, receive, sending)

    async def _settled(self) -> None:
        until = time.monotonic() + _MOST_SECONDS
        while time.monotonic() < until and self._is_closing():
            await asyncio.sleep(_POLL_SECONDS)

    def _is_closing(self) -> bool:
        return bool(self._closing) or time.monotonic() - self._closed < _SETTLE_SECONDS
