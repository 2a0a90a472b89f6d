"""Books (EPUB): their chapters in reading order, each as HTML."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote
from zipfile import ZipFile

from rag.config import Readers
from rag.errors import ReadError
from rag.readers import html
from rag.readers.archive import DAMAGED, open_archive, parse_xml
from rag.readers.extracted import Builder, Extracted

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_PAGES = ("application/xhtml+xml", "text/html", "application/xml")


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a .epub.

    Raises:
        ReadError: If it is damaged, protected or too long.
    """
    builder = Builder(most=limits.max_characters)
    try:
        with open_archive(data, "epub") as archive:
            if _RIGHTS in archive.namelist():
                raise ReadError.because("protected", "it may be opened by its shop's reader alone")
            for name in _chapters(archive, builder):
                html.write(builder, archive.read(name))
    except DAMAGED as exc:
        raise ReadError.because("damaged", exc) from exc
    return builder.extracted()


def _chapters(archive: ZipFile, builder: Builder) -> Iterator[str]:
    """Names of the chapters in reading order; a chapter is read once, however often it is named."""
    rootfile = parse_xml(archive.read(_CONTAINER)).find(".//{*}rootfile")
    if rootfile is None:
        raise ReadError.because("damaged", "it does not say where its table of contents is")
    path = rootfile.get("full-path", "")
    package = parse_xml(archive.read(path))
    builder.title = " ".join((package.findtext(f".//{_TITLE}") or "").split())
    items = {item.get("id"): item for item in package.iterfind(".//{*}manifest/{*}item")}
    names = set(archive.namelist())
    for reference in package.iterfind(".//{*}spine/{*}itemref"):
        item = items.pop(reference.get("idref"), None)
        if item is None or item.get("media-type") not in _PAGES:
            continue
        name = posixpath.normpath(
            posixpath.join(posixpath.dirname(path), unquote(item.get("href", "")))
        )
        if name in names:
            names.discard(name)
            yield name
