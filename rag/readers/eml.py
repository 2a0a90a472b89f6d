"""Messages (.eml): a few headers as lines, then the text; attachments are named, not read."""

from __future__ import annotations

import email
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default

from rag.config import Readers
from rag.errors import ReadError
from rag.readers import html
from rag.readers.extracted import Builder, Extracted
from rag.readers.txt import decode

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_HEADER_CHARS = 2000
_HEADER_BYTES = 64_000
# What the parser of headers raises for broken ones, address lists and dates above all.
_BROKEN = (MessageError, ValueError, TypeError, LookupError, AttributeError, AssertionError)


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a message; plain text is preferred to HTML.

    Raises:
        ReadError: If it is no message, is damaged, or too long.
    """
    head = data[:_HEADER_BYTES].lower()
    if not any(b"%b:" % name.lower().encode() in head for name in ("From", "Subject", "Received")):
        raise ReadError.because("wrong_type", "it has no headers of a message")
    builder = Builder(most=limits.max_characters)
    try:
        message = email.message_from_bytes(data, policy=default)
        if not isinstance(message, EmailMessage):
            raise ReadError.because("damaged", "it is no message")
        _headers(builder, message)
        _body(builder, message, limits)
        names = [part.get_filename() or "without a name" for part in message.iter_attachments()]
    except _BROKEN as exc:
        raise ReadError.because("damaged", exc) from exc
    builder.block("\n".join(f"Attachment: {name}." for name in names))
    return builder.extracted()


def _headers(builder: Builder, message: EmailMessage) -> None:
    lines = []
    for name in _SHOWN:
        try:
            value = " ".join(str(message.get(name, "")).split())[:_HEADER_CHARS]
        except _BROKEN:
            continue  # one broken header is no reason to lose the message
        if value:
            lines.append(f"{name}: {value}")
        if name == "Subject":
            builder.title = value
    builder.block("\n".join(lines))


def _body(builder: Builder, message: EmailMessage, limits: Readers) -> None:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    if part.get_content_type() == "text/html":
        title = builder.title
        html.write(builder, content)
        builder.title = title
    else:
        builder.block(_text(content, part.get_content_charset(), limits))


def _text(content: bytes, charset: str | None, limits: Readers) -> str:
    try:
        return content.decode(charset or "ascii")
    except (LookupError, UnicodeDecodeError):
        return decode(content, limits) if content else ""
