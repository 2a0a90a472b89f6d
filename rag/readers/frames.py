"""What passes between the two processes: JSON, each piece after its length. Never pickle."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from typing import BinaryIO

from rag.types import Document, Heading

_MOST_HEADINGS = 100_000
_MOST_PAGES = 1_000_000
_LENGTH = struct.Struct(">Q")


class FrameError(Exception):
    """The other side has gone, or what it sends makes no sense."""


def send(stream: BinaryIO, value: dict[str, object]) -> None:
    """Write one piece.

    Raises:
        OSError: If the other side has gone.
    """
    stream.write(packed(value))
    stream.flush()


def packed(value: dict[str, object]) -> bytes:
    """A piece as it is sent."""
    # Names of files may hold surrogates: "surrogatepass" takes them there and back.
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return _LENGTH.pack(len(body)) + body


def receive(stream: BinaryIO, *, most: int) -> dict[str, object] | None:
    """Read one piece; None when the other side has closed the stream.

    Args:
        most: Bytes that are allowed.

    Raises:
        FrameError: If it is too long, cut short or no JSON object.
    """
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    size = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else most + 1
    if size > most:
        raise FrameError("a piece is too long")
    body = stream.read(size)
    if len(body) != size:
        raise FrameError("a piece was cut short")
    try:
        value = json.loads(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as exc:
        raise FrameError("a piece is no JSON") from exc
    if not isinstance(value, dict):
        raise FrameError("a piece is no JSON object")
    return value


def document_to(document: Document) -> dict[str, object]:
    """A document as JSON can hold it."""
    return asdict(document)


def document_from(value: object, *, doc_id: str) -> Document:
    """A document as it was sent, checked: its reader may have been taken over by the file.

    Raises:
        FrameError: If it is no document, or not the one that was asked for.
    """
    try:
        document = _document(value)
    except (TypeError, KeyError, ValueError) as exc:
        raise FrameError("it is no document") from exc
    text, starts = document.text, document.page_starts
    whole = document.doc_id == doc_id and len(document.sha256) == len(_SHA256)
    pages = all(0 <= start <= len(text) for start in starts) and list(starts) == sorted(starts)
    few = len(document.headings) <= _MOST_HEADINGS and len(starts) <= _MOST_PAGES
    headings = few and all(text[h.start : h.end] == h.text for h in document.headings)
    if not (whole and pages and headings):
        raise FrameError("it is not the document that was asked for")
    return document


_SHA256 = "0" * 64


def _document(value: object) -> Document:
    if not isinstance(value, dict):
        raise TypeError("no object")
    names = ("doc_id", "sha256", "title", "text", "format")
    if not all(isinstance(value[name], str) for name in names):
        raise TypeError("no string")
    starts = tuple(int(start) for start in value["page_starts"])
    headings = tuple(
        Heading(int(h["start"]), int(h["end"]), int(h["level"]), str(h["text"]))
        for h in value["headings"]
    )
    strings = {name: value[name] for name in names}
    return Document(**strings, page_starts=starts, headings=headings)
