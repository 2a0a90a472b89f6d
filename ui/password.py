"""The password of a chat that others may reach: HTTP's own question for one, and few guesses."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import threading
import time
from collections import OrderedDict

_ATTEMPTS = 5
_WINDOW_SECONDS = 60.0
_MOST_REMEMBERED = 256
_WRONG, _TOO_MANY = 401, 429


class Password:
    """Checks what a browser sends; threads may share it. Only a salted hash is kept."""

    def __init__(self, secret: str) -> None:
        self._salt = os.urandom(16)
        self._hash = self._slow(secret)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._failed: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, header: str, client: str) -> int | None:
        """None when it is right; else the status to answer with.

        Args:
            header: "Authorization" of the request; the user's name in it does not matter.
            client: Address that the request is from.
        """
        # The slow hash is for guesses; what was right once is known by a quick one.
        quick = hmac.digest(self._salt, header.encode("utf-8", "replace"), "sha256")
        with self._lock:
            if quick in self._right:
                return None
            now = time.monotonic()
            recent = [at for at in self._failed.get(client, []) if now - at < _WINDOW_SECONDS]
            if len(recent) >= _ATTEMPTS:
                return _TOO_MANY
            sent = _sent(header)
            if sent is None:
                return _WRONG
            if hmac.compare_digest(self._slow(sent), self._hash):
                self._right[quick] = None
                _shorten(self._right)
                return None
            self._failed[client] = [*recent, now]
            _shorten(self._failed)
            return _WRONG

    def _slow(self, secret: str) -> bytes:
        return hashlib.scrypt(
            secret.encode("utf-8", "replace"), salt=self._salt, n=2**14, r=8, p=1, dklen=32
        )


def _sent(header: str) -> str | None:
    kind, _, value = header.partition(" ")
    if kind.casefold() != "basic":
        return None
    try:
        text = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text.partition(":")[2]


def _shorten(known: OrderedDict[bytes, None] | OrderedDict[str, list[float]]) -> None:
    while len(known) > _MOST_REMEMBERED:
        known.popitem(last=False)
