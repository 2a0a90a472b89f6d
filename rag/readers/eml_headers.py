"""Headers of a message, as a person reads them."""

from __future__ import annotations

import codecs
import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.txt import decode

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_HEADER_CHARS = 2000
_WORD = r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?\s]*\?="
_WORDS = re.compile(rf"{_WORD}(?:\s+{_WORD})*")

_CHARSET = re.compile(
    r"utf-|ascii|iso8859|iso2022|cp\d|koi8|gb|hz|big5|euc|shift_jis|johab|mac-|tis|ptcp|kz"
)
BROKEN = (MessageError, ValueError, TypeError, LookupError, AttributeError, AssertionError)
"""What the parser of headers raises for broken ones, address lists and dates above all."""


def shown(message: EmailMessage, limits: Readers) -> dict[str, str]:
    """Those that are shown, by name, in their order; only the ones that hold anything."""
    # As they stand: the parser of addresses takes minutes for a long list of them.
    raw: dict[str, str] = {}
    for name, value in message.raw_items():
        raw.setdefault(name.title(), str(value)[:_HEADER_CHARS])
    charset = message.get_content_charset()
    found = {name: _decoded(raw[name], charset, limits) for name in _SHOWN if name in raw}
    return {name: value for name, value in found.items() if value}


def filename(part: EmailMessage, limits: Readers) -> str:
    """Name of the file that a part is, or empty."""
    name = part.get_filename() or ""
    if "\ufffd" in name:  # it stands there in bytes, as it should not
        for header, value in part.raw_items():
            wanted = header.lower() in ("content-disposition", "content-type")
            if wanted and len(str(value)) <= _HEADER_CHARS:
                parsed = default.header_factory(header, _text(str(value), None, limits))
                name = parsed.params.get("filename") or parsed.params.get("name") or name
    return " ".join(name.split())


def encoding_of(content: bytes, charset: str | None) -> str | None:
    """The charset that a part declares, when it is one of texts and the part is in it."""
    try:
        codec = codecs.lookup(charset or "ascii").name
        # "punycode" and its like are no charsets of texts, and take minutes for a megabyte.
        if not _CHARSET.match(codec):
            return None
        content.decode(codec)
    except (LookupError, ValueError):
        return None
    return codec


def _decoded(value: str, charset: str | None, limits: Readers) -> str:
    text = _WORDS.sub(lambda words: _words(words.group()), _text(value, charset, limits))
    return " ".join(text.split())


def _words(words: str) -> str:
    try:
        return str(make_header(decode_header(words)))
    except BROKEN:
        return words  # one broken header is no reason to lose the message


def _text(value: str, charset: str | None, limits: Readers) -> str:
    """A header whose bytes are no ASCII: the parser keeps each of them as a surrogate."""
    try:
        data = value.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return value
    if data.isascii():
        return value
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)  # its last letter may be cut
    except UnicodeDecodeError:
        encoding = encoding_of(data, charset)
    try:
        return data.decode(encoding) if encoding else decode(data, limits)
    except ReadError:
        return data.decode("utf-8", errors="replace")
