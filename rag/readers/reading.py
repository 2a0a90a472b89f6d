"""One file to a document, in this process and without its limits; see `rag.readers.isolated`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path, PurePosixPath

from rag.config import Readers
from rag.errors import ReadError
from rag.files import read_whole
from rag.readers.extracted import Extracted, check_length
from rag.readers.formats import FORMATS, check_content
from rag.text import normalise
from rag.types import Document

_BLANK = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
_TITLE_CHARS = 200


def read_document(path: Path, *, doc_id: str, limits: Readers) -> Document:
    """Read one file.

    Args:
        path: The file; a link is not followed.
        doc_id: Its path below the documents' folder, with ``/``; its ending says the type.
        limits: What is too large.

    Raises:
        ReadError: If the file cannot be turned into text; the message is the reason.
    """
    name = PurePosixPath(doc_id)
    format_ = FORMATS.get(name.suffix.lower())
    if format_ is None:
        raise ReadError.because("unknown_type", name.suffix or "its name has no ending")
    data = read_whole(path, most=int(limits.max_file_mb * 1_000_000))
    if not data.strip(_BLANK):
        raise ReadError.because("empty")
    check_content(data, format_)
    found = _extract(format_, data, limits)
    if not any(c.isalnum() for c in found.text):
        raise ReadError.because(found.empty)
    check_length(len(found.text), limits.max_characters)
    return Document(
        doc_id=doc_id,
        sha256=hashlib.sha256(data).hexdigest(),
        title=normalise(found.title).strip()[:_TITLE_CHARS] or _stem_title(name),
        text=found.text,
        format=format_,
        page_starts=found.page_starts,
        headings=found.headings,
    )


def _extract(format_: str, data: bytes, limits: Readers) -> Extracted:
    # Imported when first needed: no one pays for the libraries of formats that are not there.
    read: Callable[[bytes, Readers], Extracted] = import_module(f"rag.readers.{format_}").read
    try:
        return read(data, limits)
    except RecursionError as exc:
        raise ReadError.because("damaged", "its parts are nested too deeply") from exc


def _stem_title(name: PurePosixPath) -> str:
    return name.stem.replace("_", " ").strip() or name.name
