"""A browser's tab without a browser: what the page sends, and what comes back."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit


@cache
def asking(url: str) -> tuple[int, int]:
    """Number of the function that answers a typed question, and of what triggers it."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request("GET", "/config")
    config = json.loads(connection.getresponse().read())
    connection.close()
    box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "question")
    for dependency in config["dependencies"]:
        if [box, "submit"] in dependency["targets"]:
            return dependency["id"], box
    raise AssertionError("nothing answers the question box")


class Tab:
    """One open page; it holds its stream and its heartbeat as a browser does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = secrets.token_hex(6)
        self._open: list[http.client.HTTPConnection | http.client.HTTPResponse] = []
        self._sockets: list[socket.socket] = []
        self._get(f"/gradio_api/heartbeat/{self.session}")

    def _get(self, path: str) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=120)
        connection.request("GET", path)
        # The connection forgets its socket once there is a response.
        assert connection.sock is not None
        self._sockets.append(connection.sock)
        self._open.append(connection)
        return connection

    def ask(self, question: str, picked: tuple[str, ...] = ()) -> str:
        """Everything that the server says to a question, as one text."""
        self.begin(question, picked)
        return "".join(self.lines())

    def begin(self, question: str, picked: tuple[str, ...] = ()) -> None:
        """Send a question."""
        number, trigger = asking(self.url)
        body = {
            "data": [{"picked": list(picked), "settings": {}}, question, None],
            "event_data": None, "fn_index": number, "trigger_id": trigger,
            "session_hash": self.session,
        }  # fmt: skip
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=120)
        connection.request(
            "POST", "/gradio_api/queue/join", json.dumps(body),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        response = connection.getresponse()
        said = response.read()
        connection.close()
        if response.status != 200:
            raise AssertionError(f"{response.status} {said[:200]!r}")

    def lines(self):
        """What comes back, event by event, until the question is done."""
        connection = self._get(f"/gradio_api/queue/data?session_hash={self.session}")
        response = connection.getresponse()
        self._open.append(response)
        for raw in response:
            line = raw.decode()
            if not line.startswith("data:"):
                continue
            message = json.loads(line[5:])
            yield line
            if message["msg"] in {"process_completed", "close_stream"}:
                if not message.get("success", True):
                    raise AssertionError(line)
                break
        # Who asks again and again would soon hold all the files that a process may open.
        for one in (response, connection, self._sockets.pop()):
            one.close()
        del self._open[-2:]

    def leave(self) -> None:
        """Hang up, without a word."""
        for sock in self._sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for one in self._open:
            one.close()
        for sock in self._sockets:
            sock.close()
        self._open, self._sockets = [], []

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
