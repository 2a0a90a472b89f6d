"""The parts of a message: its text, the messages that it forwards, and what is attached."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from rag.config import Readers
from rag.errors import ReadError
from rag.readers import html
from rag.readers.eml_headers import encoding_of, filename, shown
from rag.readers.extracted import Builder
from rag.readers.txt import decode

_TAGS_OF_PAGE, _BYTES_OF_TAG = 300, 15  # as long as so many takes what is done for each page
_MOST_DEPTH = 3  # of messages within messages
# They hold nothing to be read, and no one attached them.
_SILENT = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    "message/delivery-status", "message/disposition-notification", "text/rfc822-headers",
})  # fmt: skip


@dataclass(slots=True)
class _Html:
    """What was read of it so far: many small pages take as long as a large one."""

    tags: int = 0
    size: int = 0

    def add(self, page: bytes) -> None:
        self.tags += page.count(b"<") + _TAGS_OF_PAGE
        self.size += len(page) + _TAGS_OF_PAGE * _BYTES_OF_TAG
        html.check_tags(self.tags, self.size)


class Writer:
    """Writes one message, and those in it, to a builder.

    Args:
        within: The writer of the message that this one stands in.
    """

    def __init__(self, builder: Builder, limits: Readers, *, within: Writer | None = None) -> None:
        self._builder = builder
        self._limits = limits
        self._depth: int = within._depth + 1 if within else 0
        self._html: _Html = within._html if within else _Html()
        self._names: list[str] = []
        self._forwarded: list[EmailMessage] = []
        self._has_text = False

    def message(self, message: EmailMessage) -> None:
        """Write the headers, the text, the names of the attachments, and what is forwarded."""
        headers = shown(message, self._limits)
        if self._depth:
            self._builder.heading(headers.get("Subject") or "Forwarded message", self._depth)
        elif not self._builder.title:
            self._builder.title = headers.get("Subject", "")
        self._builder.block("\n".join(f"{name}: {value}" for name, value in headers.items()))
        self._part(message)
        self._builder.block("\n".join(f"Attachment: {name}." for name in self._names))
        # Last, for what follows a heading counts as below it.
        for inner in self._forwarded:
            Writer(self._builder, self._limits, within=self).message(inner)

    def _part(self, part: EmailMessage) -> None:
        kind = part.get_content_type()
        if kind in _SILENT:
            return
        if kind == "message/rfc822" and part.is_multipart():
            self._forward(_children(part)[0])
        elif kind == "multipart/alternative" and part.is_multipart():
            self._alternatives(_children(part))
        elif part.is_multipart():
            for child in _children(part):
                self._part(child)
        elif not self._is_text(part, kind):
            self._names.append(filename(part, self._limits) or "without a name")
        else:
            self._text(part, kind)

    def _forward(self, inner: EmailMessage) -> None:
        if self._depth < _MOST_DEPTH:
            self._forwarded.append(inner)
        else:
            self._names.append(shown(inner, self._limits).get("Subject") or "without a name")

    def _alternatives(self, parts: list[EmailMessage]) -> None:
        """The first that has text: plain text, else the richest, which stands last."""
        plain = [part for part in parts if part.get_content_type() == "text/plain"]
        others = [part for part in reversed(parts) if part.get_content_type() != "text/plain"]
        before = self._builder.length
        for part in plain + others:
            if self._builder.length == before:
                self._part(part)
            else:
                self._names.extend(self._attached(part))

    def _attached(self, part: EmailMessage) -> list[str]:
        """Names of what is attached to an alternative that is not read."""
        return [
            name
            for inner in part.walk()
            if isinstance(inner, EmailMessage) and not inner.is_multipart()
            if (name := filename(inner, self._limits))
        ]

    def _is_text(self, part: EmailMessage, kind: str) -> bool:
        if kind not in ("text/plain", "text/html") and not kind.startswith("multipart/"):
            return False
        # Some programs name the text itself: what comes first is no attachment.
        named = self._has_text and filename(part, self._limits)
        return not part.is_attachment() and not named

    def _text(self, part: EmailMessage, kind: str) -> None:
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        encoding = encoding_of(content, part.get_content_charset())
        before = self._builder.length
        if kind == "text/html":
            self._html.add(content)
            title = self._builder.title
            html.write(self._builder, content, encoding=encoding)
            self._builder.title = title
        elif encoding:
            self._builder.block(content.decode(encoding))
        elif content:
            self._unknown(part, content)
        self._has_text |= self._builder.length > before

    def _unknown(self, part: EmailMessage, content: bytes) -> None:
        try:
            self._builder.block(decode(content, self._limits))
        except ReadError as exc:
            if exc.code != "not_text" or not self._has_text:
                raise
            self._names.append(filename(part, self._limits) or "without a name")


def _children(part: EmailMessage) -> list[EmailMessage]:
    payload = part.get_payload()
    found = payload if isinstance(payload, list) else []
    return [child for child in found if isinstance(child, EmailMessage)]
