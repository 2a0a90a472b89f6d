"""One web server on one address of this machine."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from rag.errors import RagError

_POLL_SECONDS = 0.02
_JOIN_SECONDS = 10


class Server:
    """Serves an application in a thread of its own.

    Attributes:
        url: Where it is, with a slash at the end.
    """

    def __init__(
        self, app: ASGIApp, *, host: str, port: int, folder: Path | None = None
    ) -> None:  # fmt: skip
        """Take the address.

        Args:
            folder: Temporary files, deleted when it is closed.

        Raises:
            RagError: If the port is in use, or the host is not one of this machine.
        """
        self._socket = _bind(host, port)
        self._folder = folder
        named = f"[{host}]" if ":" in host else host
        self.url = f"http://{named}:{port}/"
        # Streams stay open as long as a page does: without a limit, stopping would wait for them.
        config = uvicorn.Config(
            app, log_level="warning", timeout_graceful_shutdown=1, ws="none", server_header=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="web", daemon=True
        )

    def start(self) -> None:
        """Begin; returns once requests are answered.

        Raises:
            RagError: If the application did not start; the log says why.
        """
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                self._socket.close()
                raise RagError("The web server did not start.", hint="The lines above say why.")
            time.sleep(_POLL_SECONDS)

    def wait(self) -> None:
        """Wait until it is interrupted from the keyboard."""
        try:
            while self._thread.is_alive():
                self._thread.join(timeout=1)
        except KeyboardInterrupt:
            return

    def close(self) -> None:
        """Stop answering, and give the address back."""
        self._server.should_exit = True
        self._thread.join(timeout=_JOIN_SECONDS)
        self._socket.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family)
    except OSError as exc:
        if isinstance(exc, socket.gaierror):
            raise RagError(f"{host} is no address of this machine.") from exc
        raise RagError(
            f"Port {port} cannot be taken: {str(exc.strerror or exc).lower()}.",
            hint="Stop what uses it, or choose another one with --port.",
        ) from exc
