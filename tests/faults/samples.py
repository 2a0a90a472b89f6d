"""One small whole file of every format, made by code; the same bytes each time where it can be."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from functools import cache
from io import BytesIO

import docx
import openpyxl
import pptx
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

_NAMESPACES = " ".join(
    f'xmlns:{short}="{uri}"'
    for short, uri in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
    }.items()
)
ODT_BODY = (
    "<text:tracked-changes><text:p>never said</text:p></text:tracked-changes>"
    '<text:h text:outline-level="1">Harbours</text:h>'
    '<text:p>The harbour of<text:s text:c="1000000000"/>Poti<text:note><text:note-body>'
    "<text:p>By the sea.</text:p></text:note-body></text:note> is deep.</text:p>"
    "<text:list><text:list-item><text:p>first</text:p></text:list-item>"
    "<text:list-item><text:p>second</text:p></text:list-item></text:list>"
    "<table:table><table:table-header-rows><table:table-row>"
    "<table:table-cell><text:p>Port</text:p></table:table-cell>"
    "<table:table-cell><text:p>Depth</text:p></table:table-cell>"
    "</table:table-row></table:table-header-rows><table:table-row>"
    "<table:table-cell><text:p>Poti</text:p></table:table-cell>"
    '<table:table-cell table:number-columns-repeated="16384"><text:p>12 m</text:p>'
    "</table:table-cell></table:table-row></table:table>"
)
HTML = (
    "<html><head><title>Trade</title></head><body><h1>Trade</h1><p>Gas flows <b>west</b>.</p>"
    "<ul><li>one</li><li>two</li></ul><table><tr><th>Y</th><th>S</th></tr>"
    "<tr><td>2020</td><td>4.5</td></tr></table></body></html>"
)
MARKDOWN = (
    "---\ntitle: Report\ndate: 2021-06-15\ntags: [a, b]\n---\n# Energy\n\nGas *flows* west.\n\n"
    "- one\n- two\n\n| Y | S |\n|---|---|\n| 2020 | 4.5 |\n\n> Quoted [text](http://x.example).\n"
)
TEXT = "Energy report\n\nGas flows west since 2007.\n\nPrices\n\nThey fell by 4.5 % in Größe.\n" * 5
RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1 Times;}}"
    r"{\info{\title Energy report}}\f0\fs24 Gas flows west since 2007.\par Gr\'f6\'dfe \u8364? "
    r"stays.\par\trowd\cellx100\cellx200 Year\cell Sum\cell\row 2020\cell 4.5\cell\row}"
)
CSV = 'Country,Year,"Sum, in total"\nKars,1992,4.5\n"Baku, new",2020,7\n'


@cache
def sample(format_: str) -> bytes:
    """A whole file of a format."""
    made = {
        "pdf": pdf, "docx": word, "pptx": show, "xlsx": book, "odt": odt, "epub": epub, "eml": mail,
    }  # fmt: skip
    if format_ in made:
        return made[format_]()
    return {"html": HTML, "md": MARKDOWN, "txt": TEXT, "rtf": RTF, "csv": CSV}[format_].encode()


def archive(*parts: tuple[str, bytes | str], level: int = 6) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as made:
        for name, data in parts:
            made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def changed(data: bytes, **changes: bytes | str | None) -> bytes:
    """An archive with other parts; "__" in a keyword is "/", "_dot_" a dot; None drops a part."""
    found: dict[str, bytes | str | None] = dict(parts(data))
    for name, value in changes.items():
        found[name.replace("__", "/").replace("_dot_", ".")] = value
    return archive(*((name, value) for name, value in found.items() if value is not None))


def pdf(*pages: str, image_pages: frozenset[int] = frozenset()) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=True)
    for number, page in enumerate(pages or ("Gas flows west since 2007.", "Prices fell by 4.5 %.")):
        if number in image_pages:
            canvas.drawImage(ImageReader(_image()), 0, 0, 500, 700)
        for i, line in enumerate(page.split("\n")):
            canvas.drawString(72, 760 - 14 * i, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _image() -> object:
    from PIL import Image

    return Image.new("RGB", (50, 70), (200, 200, 190))


def word() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Trade report"
    document.add_heading("Energy", level=1)
    document.add_paragraph("Gas flows west.")
    document.add_paragraph("first item", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Year", "Sum", "2020", "4.5"], strict=True):
        cell.text = text
    return _saved(document)


def show() -> bytes:
    presentation = pptx.Presentation()
    presentation.core_properties.title = "Trade show"
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "Energy"
    slide.placeholders[1].text_frame.text = "Gas flows west.\nPrices fell."
    slide.notes_slide.notes_text_frame.text = "Say this slowly."
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Numbers"
    table = slide.shapes.add_table(2, 2, 0, 0, 10**6, 10**6).table
    for at, text in {(0, 0): "Year", (0, 1): "Sum", (1, 0): "2020", (1, 1): "4.5"}.items():
        table.cell(*at).text = text
    return _saved(presentation)


def book() -> bytes:
    from datetime import datetime

    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Budget"
    sheet.append(["Budget of the town"])
    sheet.append(["Item", "Year", "Sum", "Paid", "On"])
    sheet.append(["Roads", 2020, 0.1 + 0.2, True, datetime(2020, 5, 17)])
    sheet.append(["Bridges", 2021, 7, None, datetime(2021, 1, 2, 9, 30)])
    sheet.append([])
    sheet.append(["checked", "by the council"])
    made.create_sheet("Notes")["B2"] = "One cell."
    return _saved(made)


def _saved(document: object) -> bytes:
    buffer = BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def odt(body: str = ODT_BODY, *, title: str = "Ports") -> bytes:
    content = (
        f"<office:document-content {_NAMESPACES}><office:body><office:text>{body}"
        "</office:text></office:body></office:document-content>"
    )
    meta = f"<office:document-meta {_NAMESPACES}><office:meta><dc:title>{title}</dc:title>"
    return archive(
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", content),
        ("meta.xml", f"{meta}</office:meta></office:document-meta>"),
        ("META-INF/manifest.xml", "<manifest/>"),
    )


def epub(*chapters: str, spine: str = "") -> bytes:
    chapters = chapters or ("<h1>One</h1><p>Gas flows west.</p>", "<h1>Two</h1><p>It is cold.</p>")
    names = [f"c{n}.xhtml" for n in range(len(chapters))]
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(names)
    )
    spine = spine or "".join(f'<itemref idref="i{n}"/>' for n in reversed(range(len(chapters))))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A book</dc:title></metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="text/book.opf"/></rootfiles></container>'
    )
    pages = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html'
        f' xmlns="http://www.w3.org/1999/xhtml"><head/><body>{chapter}</body></html>'
        for chapter in chapters
    )
    return archive(
        ("mimetype", "application/epub+zip"), ("META-INF/container.xml", container),
        ("text/book.opf", package), *zip((f"text/{name}" for name in names), pages, strict=True),
    )  # fmt: skip


def mail(*, html_only: bool = False) -> bytes:
    message = EmailMessage()
    message["From"] = "Ada Example <ada@example.org>"
    message["To"] = "board@example.org"
    message["Date"] = "Tue, 15 Jun 2021 10:00:00 +0000"
    message["Subject"] = "Größe of the harbour"
    if html_only:
        message.set_content("<h1>News</h1><p>The harbour is deep.</p>", subtype="html")
    else:
        message.set_content("The harbour is deep.\n\nIt was dug in 1992.\n")
        message.add_alternative("<p>Other words.</p>", subtype="html")
        message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a.pdf")
    return bytes(message)
