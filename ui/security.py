"""Who may talk to the chat: this machine, under its own name, from its own page."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import RagError

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# Gradio builds functions from strings and has inline scripts: both must be allowed. Nothing may be
# loaded from, or sent to, another host.
POLICY = "; ".join((
    "default-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:", "font-src 'self' data:",
    "connect-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'",
    "frame-ancestors 'none'",
))  # fmt: skip
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Settings that would open the chat to others, or write its files elsewhere.
_OPENING = (
    "GRADIO_SHARE", "GRADIO_MCP_SERVER", "GRADIO_ALLOWED_PATHS", "GRADIO_SERVER_NAME",
    "GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "GRADIO_SSR_MODE", "GRADIO_NUM_WORKERS",
    "GRADIO_WATCH_DIRS", "GRADIO_VIBE_MODE", "GRADIO_RUN_HISTORY", "GRADIO_DEBUG",
)  # fmt: skip


def require_loopback(host: str) -> str:
    """The host without brackets.

    Raises:
        RagError: If others than this machine could reach it.
    """
    bare = host.strip().removeprefix("[").removesuffix("]")
    try:
        is_local = bare == "localhost" or ip_address(bare).is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        raise RagError(
            f"The chat serves this machine only, and others could reach it at {host}.",
            hint="Use 127.0.0.1, ::1 or localhost.",
        )
    return bare


def close_environment() -> None:
    """Take back what the environment would open in gradio; call it before gradio is imported."""
    for name in _OPENING:
        os.environ.pop(name, None)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    # Even then gradio keeps a record of each event, and sums them all up after each one.
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)
    # Gradio calls its own address when it starts, which must not go through a proxy.
    for name in ("NO_PROXY", "no_proxy"):
        known = [part for part in os.environ.get(name, "").split(",") if part]
        os.environ[name] = ",".join(dict.fromkeys([*known, *sorted(LOCAL_NAMES)]))


class Guard:
    """Middleware: refuses foreign hosts and origins, and adds headers that keep the page closed.

    A page of another site can make the reader's browser call this machine, under its own name by
    DNS rebinding. The Host header shows the second, Origin and Sec-Fetch-Site show the first.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._hosts: frozenset[str | None] = LOCAL_NAMES | {host.casefold() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or pass on one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        reason = refusal(Headers(scope=scope), str(scope.get("method", "GET")), self._hosts)
        if reason is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            status = 400 if reason == "unknown host" else 403
            await PlainTextResponse(reason, status)(scope, receive, _with_headers(send))


def refusal(headers: Headers, method: str, hosts: Collection[str | None]) -> str | None:
    """Why a request is refused; None when it may pass."""
    named = headers.getlist("host")
    if len(named) != 1 or _hostname(f"//{named[0]}") not in hosts:
        return "unknown host"
    origins = headers.getlist("origin")
    if any(origin.casefold() != f"http://{named[0].casefold()}" for origin in origins):
        return "foreign origin"
    is_navigation = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"} and not is_navigation:
        return "foreign origin"
    return None


def _hostname(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return None
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    return parts.hostname


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
        await send(message)

    return sending
