"""The order in which a page learns that its stream is closed and that an event was taken."""

from __future__ import annotations

import asyncio
import math
import re
import time
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Inside a string of JSON the quotes would be escaped.
_CLOSE = b'"msg":"close_stream"'
_SESSION = re.compile(rb'"session_hash"\s*:\s*"([^"\\]{1,64})"')
_SETTLE_SECONDS = 0.3
_MOST_SECONDS = 1.0
_POLL_SECONDS = 0.01


class StreamOrder:
    """Middleware: no event is called taken while the stream of its tab is being closed.

    Gradio closes the stream of a tab after its last event. Its page believes that the stream is
    open until it reads otherwise; if it is told before that a new event was taken, it opens no
    stream for it, and what the event says is read by nobody.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before a Gradio application."""
        self._app = app
        # When the stream of a session was closed; infinity while it is being closed.
        self._closed: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; the answer to a new event may wait up to a second."""
        path = str(scope.get("path", "")).rstrip("/")
        if path.endswith("/queue/data"):
            await self._app(scope, receive, self._noted(scope, send))
        elif path.endswith("/queue/join"):
            await self._join(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _noted(self, scope: Scope, send: Send) -> Send:
        """Send a stream, and remember when its end is sent."""
        query = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1"))
        session = query.get("session_hash", [""])[0]

        async def noted(message: Message) -> None:
            if _CLOSE not in message.get("body", b""):
                await send(message)
                return
            self._closed[session] = math.inf
            try:
                await send(message)
            finally:
                now = time.monotonic()
                self._closed[session] = now
                old = [s for s, at in self._closed.items() if at < now - _MOST_SECONDS]
                for name in old:
                    del self._closed[name]

        return noted

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = ""

        async def read() -> Message:
            nonlocal session
            message = await receive()
            if found := _SESSION.search(message.get("body", b"")):
                session = found[1].decode("latin-1")
            return message

        async def taken(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._settled(session)
            await send(message)

        await self._app(scope, read, taken)

    async def _settled(self, session: str) -> None:
        until = time.monotonic() + _MOST_SECONDS
        while (now := time.monotonic()) < until:
            if now - self._closed.get(session, -math.inf) >= _SETTLE_SECONDS:
                return
            await asyncio.sleep(_POLL_SECONDS)
