"""Hand-made bad files in the formats that are archives, and PDFs; each with its verdict."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.faults.bad_texts import INDEXED, Bad
from tests.faults.samples import archive, changed, epub, odt, parts, pdf, sample

MAIN = {
    "docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml",
    "odt": "content.xml", "epub": "text/book.opf",
}  # fmt: skip
_XXE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_LAUGHS = "<!DOCTYPE a [" + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
) + "]>"  # fmt: skip
Row = tuple[str, bytes, str]


def bad_documents() -> Iterator[Bad]:
    """All cases; the same bytes each time, but for the times inside Office files."""
    rows: list[Row] = []
    for format_ in MAIN:
        rows += _archives(format_)
    rows += [*_office(), *_odt_and_epub(), *_pdf_truncated(), *_pdf()]
    for number, (suffix, data, verdict) in enumerate(rows):
        yield Bad(f"d{number:03}.{suffix}", data, verdict)


def _archives(format_: str) -> Iterator[Row]:
    """What can be wrong with each of the formats that are archives."""
    whole, main = sample(format_), MAIN[format_]
    held = parts(whole)
    xml = held[main].decode()
    yield format_, whole[: len(whole) // 2], "damaged"
    yield format_, archive(), "damaged"
    yield format_, archive(*((n, d) for n, d in held.items() if n != main)), "damaged"
    yield format_, _with(held, main, "no XML at all"), "damaged"
    yield format_, _with(held, main, xml[: len(xml) // 2]), "damaged"
    yield format_, _with(held, main, "<a>" * 300 + "</a>" * 300), "damaged"
    start = xml.index("<", xml.index("?>") if "?>" in xml else 0)
    yield format_, _with(held, main, xml[:start] + _XXE + xml[start:]), "bomb"
    yield format_, _with(held, main, xml[:start] + _LAUGHS + xml[start:]), "bomb"
    yield format_, _with(held, main, (xml[:start] + _XXE + xml[start:]).encode("utf-16")), "bomb"
    yield format_, archive(*held.items(), *((f"x/{n}", "") for n in range(10_000))), "bomb"
    yield format_, archive(*held.items(), ("../../evil.xml", "<a/>"), ("/evil", "x")), INDEXED
    yield format_, _flagged(whole, main, flag=1), "protected"
    yield format_, _flagged(whole, main, method=97), "damaged"
    yield format_, _flagged(whole, main, crc=True), "damaged"
    yield format_, _flagged(whole, main, size=60_000_000), "bomb"
    yield format_, _overlapping(held), "bomb"
    yield format_, b"\xd0\xcf\x11\xe0" + b"x" * 600, (
        "old_format" if format_ in ("docx", "pptx", "xlsx") else "wrong_type"
    )  # fmt: skip


def _with(held: dict[str, bytes], name: str, data: bytes | str) -> bytes:
    return archive(*{**held, name: data}.items())


def _flagged(
    data: bytes, name: str, *, flag: int = 0, method: int = 0, crc: bool = False, size: int = 0
) -> bytes:
    """An archive whose directory says something else of one part."""
    made = bytearray(data)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = made.find(name.encode())
        while start >= 0:
            head = made.rfind(magic, 0, start)
            if head >= 0 and start - head in (30, 46):
                made[head + at] |= flag
                if method:
                    struct.pack_into("<H", made, head + at + 2, method)
                if crc:
                    made[head + at + 8] ^= 0xFF
                if size:
                    struct.pack_into("<I", made, head + at + 16, size)
            start = made.find(name.encode(), start + 1)
    return bytes(made)


def _overlapping(held: dict[str, bytes]) -> bytes:
    """A hundred entries of the directory for the same stretch of the file."""
    noise = b"".join(zlib.compress(bytes([n]) * 9 + struct.pack("<Q", n**7)) for n in range(250))
    whole = archive(*held.items(), ("x.bin", noise))
    end = whole.rindex(b"PK\x05\x06")
    entry = whole[whole.rindex(b"PK\x01\x02") : end]
    count, size = (struct.unpack_from("<H", whole, end + 10)[0], len(entry))
    tail = bytearray(whole[end:])
    struct.pack_into("<HH", tail, 8, count + 99, count + 99)
    length = struct.unpack_from("<I", tail, 12)[0]
    struct.pack_into("<I", tail, 12, length + 99 * size)
    return whole[:end] + entry * 99 + bytes(tail)


def _office() -> Iterator[Row]:
    types = parts(sample("docx"))["[Content_Types].xml"].decode()
    main = "wordprocessingml.document.main+xml"
    yield "docx", changed(sample("docx"), **{"[Content_Types]_dot_xml": None}), "damaged"
    for said in ("ms-word.document.macroEnabled.main+xml", "wordprocessingml.template.main+xml"):
        made = types.replace(f"openxmlformats-officedocument.{main}", said).replace(main, said)
        yield "docx", changed(sample("docx"), **{"[Content_Types]_dot_xml": made}), "wrong_type"
    for format_ in ("docx", "pptx", "xlsx"):
        head = b"\xd0\xcf\x11\xe0" + b"x" * 600
        yield format_, head + "EncryptedPackage".encode("utf-16-le"), "protected"
        for other in {"docx", "pptx", "xlsx", "odt", "epub"} - {format_}:
            yield other, sample(format_), "wrong_type"
    relations = parts(sample("docx"))["word/_rels/document.xml.rels"].decode()
    outside = (
        '<Relationship Id="r99" TargetMode="External" Target="http://192.0.2.1/x.dotm" Type="http://'
        'schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/>'
    )
    made = relations.replace("</Relationships>", outside + "</Relationships>")
    yield "docx", changed(sample("docx"), word___rels__document_dot_xml_dot_rels=made), INDEXED
    body = parts(sample("docx"))["word/document.xml"].decode()
    empty = re.sub(r"<w:body>.*</w:body>", "<w:body/>", body, flags=re.S)
    yield "docx", changed(sample("docx"), word__document_dot_xml=empty), "no_text"
    many = body.replace("<w:body>", "<w:body>" + "<w:p/>" * 140_000)
    yield "docx", _loose(sample("docx"), "word/document.xml", many), INDEXED
    sheet = parts(sample("xlsx"))["xl/worksheets/sheet1.xml"].decode()
    for cell in (
        '<c r="A1" t="s"><v>99</v></c>',
        '<c r="A1" t="n"><v>1.2.3</v></c>',
        '<c r="1A"/>',
    ):
        made = re.sub(
            r"<sheetData>.*</sheetData>", f"<sheetData><row>{cell}</row></sheetData>", sheet
        )
        yield "xlsx", changed(sample("xlsx"), xl__worksheets__sheet1_dot_xml=made), "damaged"
    slide = parts(sample("pptx"))["ppt/slides/slide1.xml"].decode()
    yield "pptx", changed(sample("pptx"), ppt__slides__slide1_dot_xml=slide[:900]), "damaged"
    yield "pptx", changed(sample("pptx"), ppt__slides__slide1_dot_xml=None), "damaged"


def _loose(data: bytes, name: str, part: str) -> bytes:
    """A part padded with what cannot be packed, so that its ratio says nothing."""
    noise = "".join(f"{zlib.crc32(str(n).encode()):08x}" for n in range(len(part) // 200))
    return _with(parts(data), name, part + f"<!--{noise}-->")


def _odt_and_epub() -> Iterator[Row]:
    manifest = "<manifest><encryption-data/></manifest>"
    yield "odt", changed(sample("odt"), **{"META-INF__manifest_dot_xml": manifest}), "protected"
    yield "odt", odt(""), "no_text"
    yield "odt", odt("<text:list>" * 200 + "<text:p>words</text:p>" + "</text:list>" * 200), INDEXED
    yield "odt", odt('<text:h text:outline-level="x">words</text:h>'), "damaged"
    text = "<office:text/>"
    yield (
        "odt",
        changed(sample("odt"), content_dot_xml=f"<a xmlns:office='x'>{text}</a>"),
        "damaged",
    )
    yield "odt", changed(sample("odt"), mimetype="application/x-other"), "wrong_type"
    yield "epub", changed(sample("epub"), **{"META-INF__container_dot_xml": None}), "damaged"
    yield "epub", changed(sample("epub"), **{"META-INF__rights_dot_xml": "<a/>"}), "protected"
    yield "epub", epub(spine="<itemref idref='nothing'/>"), "no_text"
    package = parts(sample("epub"))["text/book.opf"].decode()
    for target in ("../../../etc/passwd", "/etc/passwd", "http://192.0.2.1/c0.xhtml", "%00"):
        made = re.sub(r'href="c\d\.xhtml"', f'href="{target}"', package)
        yield "epub", changed(sample("epub"), text__book_dot_opf=made), "no_text"
    yield "epub", epub("<div>" * 50_000 + "words"), INDEXED
    yield "epub", epub("<p>words</p>", "<unclosed <<<>>"), INDEXED


def _pdf_truncated() -> Iterator[Row]:
    whole = sample("pdf")
    for percent in range(5, 100, 5):
        part = whole[: len(whole) * percent // 100]
        yield "pdf", part, "damaged"  # what says where to begin stands at the very end


def _pdf() -> Iterator[Row]:
    yield "pdf", b"%PDF-1.7", "damaged"
    yield "pdf", b"junk " * 100 + sample("pdf"), INDEXED
    yield "pdf", b"junk " * 300 + sample("pdf"), "wrong_type"
    yield "pdf", sample("pdf") + b"\x00junk" * 500, INDEXED
    yield "pdf", _protected("secret"), "protected"
    yield "pdf", _protected(""), INDEXED  # may be read by anyone, though not printed
    yield "pdf", pdf(""), "no_text"
    yield "pdf", pdf("", "", image_pages=frozenset({0, 1})), "scanned"
    yield "pdf", pdf("", "words", image_pages=frozenset({0})), INDEXED
    yield "pdf", made_pdf("<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), "damaged"
    yield (
        "pdf",
        made_pdf("<< /Type /Pages /Kids [3 0 R] /Count 999999999 >>"),
        INDEXED,
    )  # it counts itself
    yield "pdf", made_pdf("<< /Type /Pages /Kids [3 0 R] /Count -5 >>"), INDEXED
    yield "pdf", made_pdf("<< /Type /Pages /Kids [] /Count 0 >>"), "damaged"
    yield "pdf", made_pdf(f"<< /Type /Pages /Kids [{'3 0 R ' * 2001}] /Count 2001 >>"), "too_long"
    yield "pdf", made_pdf(page="<< /Type /Page /Parent 2 0 R /Contents 99 0 R >>"), "no_text"
    yield "pdf", made_pdf(page="<< /Type /Page /Parent 3 0 R /Contents 4 0 R >>"), INDEXED
    yield "pdf", made_pdf(stream=b"q " * 200_000 + b"BT /F1 9 Tf (words) Tj ET"), INDEXED
    yield "pdf", made_pdf(stream=b"[" * 100_000 + b"BT (words) Tj ET"), "no_text"
    yield "pdf", made_pdf(stream=zlib.compress(b"BT (words) Tj ET")[:9], filter_="Flate"), "no_text"
    yield "pdf", made_pdf(trailer="/Prev 0"), INDEXED
    yield "pdf", made_pdf(startxref=99_999_999), INDEXED


def made_pdf(
    pages: str = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    *,
    page: str = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
    " /Resources << /Font << /F1 5 0 R >> >> >>",
    stream: bytes = b"BT /F1 12 Tf 72 700 Td (The words of a page.) Tj ET",
    filter_: str = "",
    trailer: str = "",
    startxref: int | None = None,
) -> bytes:
    """A PDF of one page, written by hand."""
    extra = f"/Filter /{filter_}Decode" if filter_ else ""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", pages.encode(), page.encode(),
        f"<< /Length {len(stream)} {extra} >>\nstream\n".encode() + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    made, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    at = len(made) if startxref is None else startxref
    made += b"xref\n0 6\n0000000000 65535 f \n" + table
    made += f"trailer << /Size 6 /Root 1 0 R {trailer} >>\nstartxref\n{at}\n%%EOF\n".encode()
    return bytes(made)


def _protected(password: str) -> bytes:
    buffer = BytesIO()
    lock = StandardEncryption(password, ownerPassword="owner", canPrint=0)
    canvas = Canvas(buffer, encrypt=lock, invariant=True)
    canvas.drawString(72, 700, "Words that anyone may read.")
    canvas.save()
    return buffer.getvalue()
