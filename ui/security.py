"""Who may talk to the chat: this machine, under its own name, from its own page."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import RagError
from ui.password import Password

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
# What the page and a program that asks need; gradio has some sixty doors more (proxies, recordings,
# editing by a model), and each release adds some.
_SERVED = re.compile(
    r"/|/(?:assets|static|svelte)/.+|/(?:config|theme\.css|favicon\.ico|manifest\.json|robots\.txt)"
    r"|/gradio_api/(?:app_id|call/(?:v2/)?ask(?:/[^/]+)?|cancel|component_server|heartbeat/[^/]+"
    r"|info|openapi\.json|queue/(?:data|join)|reset|run/predict|startup-events|theme\.css|upload"
    r"|upload_progress)"
)
PASSWORD_VARIABLE = "KAYNAK_PASSWORD"
FEWEST_CHARS = 12
_LOGIN = 401
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
# Nobody asks or picks more; files come by another way.
_MOST_JSON_BYTES = 4 * 1024 * 1024
# Settings that would open the chat to others, or write its files elsewhere.
_OPENING = (
    "GRADIO_SHARE", "GRADIO_MCP_SERVER", "GRADIO_ALLOWED_PATHS", "GRADIO_SERVER_NAME",
    "GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "GRADIO_SSR_MODE", "GRADIO_NUM_WORKERS",
    "GRADIO_WATCH_DIRS", "GRADIO_VIBE_MODE", "GRADIO_RUN_HISTORY", "GRADIO_DEBUG",
)  # fmt: skip


def require_safe(host: str) -> str:
    """The host without brackets.

    Raises:
        RagError: If others than this machine could reach it, and no password is set.
    """
    bare = host.strip().removeprefix("[").removesuffix("]")
    if is_loopback(bare):
        return bare
    secret = os.environ.get(PASSWORD_VARIABLE, "")
    if not secret:
        raise RagError(
            f"The chat serves this machine only, and others could reach it at {host}.",
            hint=f"Use 127.0.0.1, ::1 or localhost; or set a password in {PASSWORD_VARIABLE}.",
        )
    if len(secret) < FEWEST_CHARS:
        raise RagError(
            f"The password in {PASSWORD_VARIABLE} has {len(secret)} characters.",
            hint=f"Use at least {FEWEST_CHARS}.",
        )
    # Under any other name the chat would be open to a page that made one up.
    if not _is_one_address(bare):
        raise RagError(
            f"{host or 'An empty host'} is not one address of this machine.",
            hint="Name the address that others use, such as 192.168.1.10.",
        )
    return bare


def password(host: str) -> Password | None:
    """What a host asks for; nothing on this machine."""
    return None if is_loopback(host) else Password(os.environ[PASSWORD_VARIABLE])


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_one_address(host: str) -> bool:
    try:
        return not ip_address(host).is_unspecified
    except ValueError:
        return _NAME.fullmatch(host) is not None


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

    def __init__(
        self, app: ASGIApp, hosts: Iterable[str] = (), *, password: Password | None = None,
        most_bytes: int = 0, uploads: Path | None = None,
    ) -> None:  # fmt: skip
        """Stand before an application.

        Args:
            hosts: Names beside those of this machine.
            password: What everybody is asked for; None for nothing.
            most_bytes: Of one upload, and of all that wait in ``uploads``; 0 for no limit.
            uploads: Folder that uploaded files wait in.
        """
        self._app = app
        self._hosts: frozenset[str | None] = LOCAL_NAMES | {host.casefold() for host in hosts}
        self._password = password
        self._most_bytes = most_bytes
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or pass on one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is None:
            await self._app(scope, receive, _with_headers(send))
            return
        status, reason = refused
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
            return
        headers = {"WWW-Authenticate": 'Basic realm="Kaynak"'} if status == _LOGIN else {}
        await PlainTextResponse(reason, status, headers)(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers, method = Headers(scope=scope), str(scope.get("method", "GET"))
        reason = refusal(headers, method, self._hosts)
        if reason is not None:
            return (400 if reason == "unknown host" else 403), reason
        if self._password is not None:
            client = str((scope.get("client") or ("",))[0])
            status = self._password.check(headers.get("authorization", ""), client)
            if status is not None:
                return status, "password required" if status == _LOGIN else "too many attempts"
        path = str(scope.get("path", ""))
        if not _SERVED.fullmatch(path.rstrip("/") or "/"):
            return 404, "not found"
        return self._too_much(headers, method, path)

    def _too_much(self, headers: Headers, method: str, path: str) -> tuple[int, str] | None:
        if method not in {"POST", "PUT", "PATCH"} or not self._most_bytes:
            return None
        size = headers.get("content-length", "")
        if not size.isdecimal():
            return 411, "length required"
        is_upload = path.rstrip("/").endswith("/upload")
        if int(size) > (self._most_bytes if is_upload else _MOST_JSON_BYTES):
            return 413, "too large"
        if is_upload and self._uploads and _bytes_in(self._uploads) > self._most_bytes:
            return 507, "too many uploads wait"
        return None


def _bytes_in(folder: Path) -> int:
    """Size of all files; those that go meanwhile count nothing."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(path) / name).stat().st_size
            except OSError:
                continue
    return total


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
