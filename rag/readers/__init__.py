"""Files to documents: one module per family of formats."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from rag.config import Readers
from rag.errors import ReadError
from rag.readers import docx, html, markdown, pdf, plain
from rag.readers.extracted import Extracted
from rag.types import Document

_Reader = Callable[[bytes, Readers], Extracted]
_READERS: dict[str, tuple[str, _Reader]] = {
    ".txt": ("txt", plain.read),
    ".text": ("txt", plain.read),
    ".md": ("md", markdown.read),
    ".markdown": ("md", markdown.read),
    ".html": ("html", html.read),
    ".htm": ("html", html.read),
    ".pdf": ("pdf", pdf.read),
    ".docx": ("docx", docx.read),
}
SUPPORTED: frozenset[str] = frozenset(_READERS)
"""Suffixes that can be read, in lower case, with the dot."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office or a protected file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
)


def read_document(path: Path, *, doc_id: str, limits: Readers) -> Document:
    """Read one file.

    Args:
        path: The file.
        doc_id: Its path below the documents' folder, with ``/``.
        limits: What is too large.

    Raises:
        ReadError: If the file cannot be turned into text; the message is the reason.
    """
    data = _bytes(path, limits)
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise ReadError(f"has the unknown type {suffix or 'without a name'}")
    format_, read = _READERS[suffix]
    _check_signature(data, format_)
    found = read(data, limits)
    if not any(c.isalnum() for c in found.text):
        raise ReadError(found.empty_reason)
    if len(found.text) > limits.max_characters:
        raise ReadError(
            f"has {len(found.text):,} characters; {limits.max_characters:,} are allowed",
            hint="Split the file, or raise `readers.max_characters` in config.yaml.",
        )
    return Document(
        doc_id=doc_id,
        sha256=hashlib.sha256(data).hexdigest(),
        title=found.title.strip()[:200] or _stem_title(path),
        text=found.text,
        format=format_,
        page_starts=found.page_starts,
        headings=found.headings,
    )


def _bytes(path: Path, limits: Readers) -> bytes:
    try:
        size = path.stat().st_size
        if size > limits.max_file_mb * 1_000_000:
            raise ReadError(
                f"is larger than {limits.max_file_mb:g} MB",
                hint="Split the file, or raise `readers.max_file_mb` in config.yaml.",
            )
        data = path.read_bytes()
    except OSError as exc:
        raise ReadError(f"cannot be opened: {exc.strerror or exc}") from exc
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise ReadError("is empty", hint="Remove the file, or put text into it.")
    return data


def _check_signature(data: bytes, format_: str) -> None:
    """A file must be what its name says: a PNG named .txt is no text."""
    kind = next((name for magic, name in _SIGNATURES if data.startswith(magic)), None)
    expected = {"pdf": "a PDF", "docx": "a zip archive"}.get(format_)
    if format_ == "docx" and kind == "an old Office or a protected file":
        raise ReadError("is protected by a password, or in the old .doc format")
    if format_ == "pdf" and kind is None and b"%PDF-" in data[:1024]:
        return  # some writers put bytes before the header
    if kind != expected:
        said = f"it looks like {kind}" if kind else "its content is something else"
        raise ReadError(f"is not what its name says: {said}")


def _stem_title(path: Path) -> str:
    return path.stem.replace("_", " ").strip() or path.name
