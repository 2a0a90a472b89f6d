"""Messages (.eml): a few headers as lines, then the text; attachments are named, not read."""

from __future__ import annotations

import email
import re
from email.message import EmailMessage
from email.policy import default

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.eml_headers import BROKEN
from rag.readers.eml_parts import Writer
from rag.readers.extracted import Builder, Extracted

_HEADER_BYTES = 64_000
_MOST_PARTS = 10_000
_LONG_HEADER = re.compile(rb"^content-[a-z-]{1,40}:(?:[^\n]|\n[ \t]){10000}", re.I | re.M)


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a message, and those that it forwards; plain text is preferred to HTML.

    Raises:
        ReadError: If it is no message, is damaged, or too long.
    """
    _check(data)
    builder = Builder(most=limits.max_characters)
    try:
        message = email.message_from_bytes(data, policy=default)
        if not isinstance(message, EmailMessage):
            raise ReadError.because("damaged", "it is no message")
        Writer(builder, limits).message(message)
    except BROKEN as exc:
        raise ReadError.because("damaged", exc) from exc
    return builder.extracted()


def _check(data: bytes) -> None:
    """Refuse what is no message, and what takes the parser of headers minutes."""
    head = data[:_HEADER_BYTES].lower()
    if not any(b"%b:" % name in head for name in (b"from", b"subject", b"received")):
        raise ReadError.because("wrong_type", "it has no headers of a message")
    if data.count(b"\n--") > _MOST_PARTS:
        raise ReadError.because("too_long", f"more than {_MOST_PARTS:,} parts")
    if _LONG_HEADER.search(data):
        raise ReadError.because("bomb", "a header that says what a part is has no end")
