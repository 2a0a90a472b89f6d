"""Zip archives that hold a document, checked before anything in them is parsed."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from io import BytesIO

from lxml import etree

from rag.errors import ReadError

_MOST_ENTRIES = 10_000
_MOST_ENTRY_BYTES = 64_000_000
_MOST_BYTES = 256_000_000
_MOST_RATIO = 100
_SMALL_BYTES = 1_000_000  # so little may be packed as tightly as it likes
_MOST_TAGS = 1_500_000  # a tag takes about 150 bytes once parsed
_MOST_HTML_TAGS = 1_000_000  # the parser of HTML takes about 10 microseconds for each
_XML_NAMES = (".xml", ".rels", ".opf", ".ncx", ".xhtml", ".html", ".htm")
_ENTITY = re.compile(rb"<\x00?!\x00?E\x00?N\x00?T\x00?I\x00?T\x00?Y")
_ENCRYPTED_FLAG = 1

DAMAGED: tuple[type[Exception], ...] = (
    etree.LxmlError, zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError,
    NotImplementedError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError,
    AssertionError,
)  # fmt: skip
"""What the libraries for such formats raise when parts are missing or hold nonsense.

They are written for whole files: what is missing surfaces as a wrong type or attribute, often only
while the document is walked. So the walk is guarded too, and a mistake of ours in it would look
like damage; the tests read whole files of every format to the letter.
"""

_CONTENT_TYPES = (
    (b"wordprocessingml.document.main+xml", "docx"),
    (b"presentationml.presentation.main+xml", "pptx"),
    (b"presentationml.slideshow.main+xml", "pptx"),
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"macroEnabled.", "a document with macros"),
    (b"template.main+xml", "a template"),
)
_MIMETYPES = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
}
_NAMES = {
    "docx": "a Word document", "pptx": "a presentation", "xlsx": "a workbook",
    "odt": "an OpenDocument text", "epub": "a book (EPUB)",
}  # fmt: skip


def open_archive(data: bytes, format_: str) -> zipfile.ZipFile:
    """Open the archive of a document that is what its name says, and no bomb.

    Its directory is checked before anything is unpacked, then each part of XML before it is parsed.

    Raises:
        ReadError: If it is damaged, protected, something else, or far larger than it looks.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        _check_directory(archive.infolist(), len(data))
        kind = _kind(archive)
        if kind not in (None, format_):
            raise ReadError.because("wrong_type", f"it looks like {_NAMES.get(kind, kind)}")
        _check_xml(archive, format_)
    except DAMAGED as exc:
        raise ReadError.because("damaged", exc) from exc
    return archive


def parse_xml(data: bytes) -> etree._Element:
    """Parse XML that may be hostile: no entities, no network, no depth beyond 256.

    Raises:
        lxml.etree.XMLSyntaxError: If it is not well-formed.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    return etree.fromstring(data, parser)


def _check_directory(entries: list[zipfile.ZipInfo], size: int) -> None:
    too_many = len(entries) > _MOST_ENTRIES
    total = sum(entry.file_size for entry in entries)
    # Parts that lie over each other, as in Fifield's bomb, are together longer than the file.
    overlap = sum(entry.compress_size for entry in entries) > size
    if too_many or overlap or total > _MOST_BYTES or any(map(_is_bomb, entries)):
        raise ReadError.because("bomb")
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise ReadError.because("protected")


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    allowed = max(_SMALL_BYTES, _MOST_RATIO * max(1, entry.compress_size))
    return entry.file_size > min(allowed, _MOST_ENTRY_BYTES)


def _kind(archive: zipfile.ZipFile) -> str | None:
    """Format of a document, or what else it is; None when it does not say."""
    names = set(archive.namelist())
    if "mimetype" in names:
        mimetype = archive.read("mimetype")[:100].strip()
        return _MIMETYPES.get(mimetype, "a document of another kind")
    if "[Content_Types].xml" in names:
        types = archive.read("[Content_Types].xml")
        return next((kind for part, kind in _CONTENT_TYPES if part in types), None)
    return "epub" if "META-INF/container.xml" in names else None


def _check_xml(archive: zipfile.ZipFile, format_: str) -> None:
    tags, most = 0, _MOST_HTML_TAGS if format_ == "epub" else _MOST_TAGS
    for entry in archive.infolist():
        if not entry.filename.lower().endswith(_XML_NAMES):
            continue
        part = archive.read(entry)
        tags += part.count(b"<")
        if tags > most:
            raise ReadError.because("too_long", f"more than {most:,} tags")
        if _ENTITY.search(part):
            # None of these formats needs entities of its own; bombs and break-ins do.
            raise ReadError.because("bomb", "it declares entities")
        if format_ == "odt" and entry.filename == "META-INF/manifest.xml":
            _check_manifest(part)


def _check_manifest(part: bytes) -> None:
    if b"encryption-data" in part:
        raise ReadError.because("protected")
