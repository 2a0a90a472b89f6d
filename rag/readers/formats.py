"""Which formats can be read, by the ending of the name and by the first bytes."""

from __future__ import annotations

import re

from rag.errors import ReadError

FORMATS: dict[str, str] = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".pptx": "pptx",
    ".xlsx": "xlsx",
    ".odt": "odt",
    ".epub": "epub",
    ".rtf": "rtf",
    ".eml": "eml",
    ".csv": "csv",
    ".tsv": "csv",
}
"""Format by suffix; lower case, with the dot."""

SUPPORTED: frozenset[str] = frozenset(FORMATS)
"""Suffixes that can be read, in lower case, with the dot."""

ARCHIVES = frozenset({"docx", "pptx", "xlsx", "odt", "epub"})
"""Formats that are zip archives."""

_PDF, _ZIP, _OLE, _RTF = "a PDF", "a zip archive", "an old Office or a protected file", "an RTF"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", _PDF),
    (b"PK\x03\x04", _ZIP),
    (b"PK\x05\x06", _ZIP),
    (b"\xd0\xcf\x11\xe0", _OLE),
    (b"{\\rtf", _RTF),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"SQLite format 3\x00", "a database"),
    (b"OggS\x00", "a sound or a film"),
    (b"ID3\x03", "a sound"),
)
# "RIFF" alone is a word: a length follows, of which one byte is zero up to 16 MB, and a kind.
_RIFF = re.compile(rb"RIFF(?:.{0,3}\0|.{4}(?:WAVE|AVI |WEBP))", re.DOTALL)
_EXPECTED = {"pdf": _PDF, "rtf": _RTF} | dict.fromkeys(ARCHIVES, _ZIP)
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_HEADER_BYTES = 1024  # some writers put bytes before the header of a PDF


def check_content(data: bytes, format_: str) -> None:
    """A file must be what its name says: a PNG named .txt is no text.

    Raises:
        ReadError: If it begins as a file of another type does.
    """
    kind = next((name for magic, name in _SIGNATURES if data.startswith(magic)), None)
    if kind is None and _RIFF.match(data):
        kind = "a sound, a film or an image"
    expected = _EXPECTED.get(format_)
    if kind == expected or (kind is None and format_ == "pdf" and b"%PDF-" in data[:_HEADER_BYTES]):
        return
    if kind == _OLE and format_ in ("docx", "pptx", "xlsx"):
        raise ReadError.because("protected" if _ENCRYPTED_PACKAGE in data else "old_format")
    said = f"it looks like {kind}" if kind else "its content is something else"
    raise ReadError.because("wrong_type", said)
