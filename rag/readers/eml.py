"""Messages (.eml): a few headers as lines, then the text; attachments are named, not read."""

from __future__ import annotations

import codecs
import email
import re
from email.errors import MessageError
from email.header import decode_header, make_header
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
_MOST_PARTS = 10_000
_LONG_HEADER = re.compile(rb"^content-[a-z-]{1,40}:(?:[^\n]|\n[ \t]){10000}", re.I | re.M)
_CHARSET = re.compile(
    r"utf-|ascii|iso8859|iso2022|cp\d|koi8|gb|hz|big5|euc|shift_jis|johab|mac-|tis|ptcp|kz"
)
# What the parser of headers raises for broken ones, address lists and dates above all.
_BROKEN = (MessageError, ValueError, TypeError, LookupError, AttributeError, AssertionError)


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a message; plain text is preferred to HTML.

    Raises:
        ReadError: If it is no message, is damaged, or too long.
    """
    _check(data)
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


def _check(data: bytes) -> None:
    """Refuse what is no message, and what takes the parser of headers minutes."""
    head = data[:_HEADER_BYTES].lower()
    if not any(b"%b:" % name in head for name in (b"from", b"subject", b"received")):
        raise ReadError.because("wrong_type", "it has no headers of a message")
    if data.count(b"\n--") > _MOST_PARTS:
        raise ReadError.because("too_long", f"more than {_MOST_PARTS:,} parts")
    if _LONG_HEADER.search(data):
        raise ReadError.because("bomb", "a header that says what a part is has no end")


def _headers(builder: Builder, message: EmailMessage) -> None:
    # As they stand: the parser of addresses takes minutes for a long list of them.
    raw: dict[str, str] = {}
    for name, value in message.raw_items():
        raw.setdefault(name.title(), str(value)[:_HEADER_CHARS])
    shown = {name: _decoded(raw[name]) for name in _SHOWN if name in raw}
    builder.title = shown.get("Subject", "")
    builder.block("\n".join(f"{name}: {value}" for name, value in shown.items() if value))


def _decoded(value: str) -> str:
    try:
        text = str(make_header(decode_header(value)))
    except _BROKEN:
        text = value  # one broken header is no reason to lose the message
    return " ".join(text.split())


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
        codec = codecs.lookup(charset or "ascii").name
        # "punycode" and its like are no charsets of texts, and take minutes for a megabyte.
        if _CHARSET.match(codec):
            return content.decode(codec)
    except (LookupError, ValueError):
        pass
    return decode(content, limits) if content else ""
