"""What a command needs of its process: streams in UTF-8, messages, a free port."""

from __future__ import annotations

import io
import logging
import os
import socket
import sys
import warnings
from typing import TextIO

from rag.errors import ConfigError
from rag.printable import safe


def set_up_messages(*, verbose: bool) -> None:
    """Warnings of our own; those of libraries, and all details, only when asked for."""
    shown = logging.StreamHandler()
    shown.setFormatter(_Safe("%(message)s"))
    logging.basicConfig(level=logging.WARNING if verbose else logging.ERROR, handlers=[shown])
    logging.getLogger("rag").setLevel(logging.DEBUG if verbose else logging.WARNING)
    if not verbose and not sys.warnoptions:
        warnings.simplefilter("ignore")


class _Safe(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return safe(super().format(record))


def write_utf8(stream: TextIO) -> None:
    """Quotation marks and any letter, also through a pipe on Windows."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def check_port(host: str, port: int) -> None:
    """Find out before the long steps whether a port could be listened on.

    Raises:
        ConfigError: If it could not.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name != "nt":  # there it would let two programs share the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as exc:
        raise ConfigError(
            f"The chat cannot open port {port} on {host}: {exc.strerror or exc}.",
            hint="Stop the program that uses it, or choose another: `kaynak chat --port N`.",
        ) from exc
