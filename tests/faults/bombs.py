"""Small files that would take all of a machine's memory or time, and how each must end."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from tests.faults.bad_documents import MAIN, made_pdf
from tests.faults.bad_texts import Bad
from tests.faults.samples import archive, epub, odt, parts, sample

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def bombs() -> Iterator[Bad]:
    """Each bomb, made when it is asked for."""
    for number, (suffix, data, verdict) in enumerate(_rows()):
        yield Bad(
            f"b{number:02}.{suffix}", data if isinstance(data, bytes) else data.encode(), verdict
        )


Row = tuple[str, bytes | str, str]


def _rows() -> Iterator[Row]:
    for format_, main in MAIN.items():
        yield format_, _with(format_, main, b"0" * 100_000_000), "bomb"
        yield format_, _with(format_, "extra.bin", b"0" * 200_000_000), "bomb"
    yield from _word()
    yield from _other_archives()
    yield from _pdf()
    yield from _texts()


def _with(format_: str, name: str, data: bytes | str) -> bytes:
    return archive(*{**parts(sample(format_)), name: data}.items())


def _noise(size: int) -> str:
    """Letters that cannot be packed below half."""
    return "".join(f"{zlib.crc32(str(n).encode()):08x}" for n in range(size // 8))


def _word() -> Iterator[Row]:
    def body(inner: str, pad: int = 0) -> bytes:
        text = f'<w:document xmlns:w="{_W}"><w:body>{inner}</w:body></w:document>'
        return _with("docx", "word/document.xml", f"{text}<!--{_noise(pad)}-->")

    paragraph = "<w:p><w:r><w:t>x</w:t></w:r></w:p>"
    yield "docx", body(paragraph * 1_000_000), "bomb"
    yield "docx", body(paragraph * 1_000_000, 1_000_000), "too_long"
    yield "docx", body("<w:p/>" * 2_000_000, 500_000), "too_long"
    yield "docx", body("<w:p>" + "<w:r/>" * 2_400_000 + "</w:p>", 500_000), "too_long"
    yield "docx", body("<w:p><w:r>" + "<w:tab/>" * 2_400_000 + "</w:r></w:p>", 500_000), "too_long"
    for columns in (3_000_000, 1_000_000_000):
        span = f'<w:tc><w:tcPr><w:gridSpan w:val="{columns}"/></w:tcPr><w:p/></w:tc>'
        yield "docx", body(f"<w:tbl><w:tr>{span}</w:tr></w:tbl>"), "bomb"
    row = '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000"/></w:tcPr><w:p/></w:tc></w:tr>'
    yield "docx", body(f"<w:tbl>{row * 100_000}</w:tbl>", 200_000), "too_long"

    prefixed = f'<x:document xmlns:x="{_W}"><x:body>{"<x:p/>" * 1_300_000}</x:body></x:document>'
    pad = f"<!--{_noise(200_000)}-->"
    yield "docx", _with("docx", "word/document.xml", prefixed + pad), "too_long"
    yield "docx", body("<w:tbl>" + "<w:tr/>" * 1_400_000 + "</w:tbl>", 300_000), "too_long"


def _other_archives() -> Iterator[Row]:
    cells = "<row>" + "<c><v>1</v></c>" * 100 + "</row>"
    sheet = f'<worksheet xmlns="{_SHEET}"><sheetData>{{}}</sheetData></worksheet>'
    name = "xl/worksheets/sheet1.xml"
    pad = f"<!--{_noise(1_000_000)}-->"
    yield "xlsx", _with("xlsx", name, sheet.format(cells * 8000) + pad), "too_long"
    far = '<row><c r="XFD1"><v>1</v></c></row>' * 200_000
    yield "xlsx", _with("xlsx", name, sheet.format(far) + pad), "too_long"
    huge = '<row r="999999999"><c r="A999999999"><v>1</v></c></row>'
    yield "xlsx", _with("xlsx", name, sheet.format(huge)), "too_long"
    strings = f'<sst xmlns="{_SHEET}">' + "<si><t>x</t></si>" * 1_200_000 + "</sst>"
    yield "xlsx", _with("xlsx", "xl/sharedStrings.xml", strings + pad), "too_long"
    yield "odt", odt("<text:p>x</text:p>" * 1_300_000 + pad), "too_long"
    yield "epub", epub("<p>x</p>" * 1_200_000 + pad), "too_long"
    yield "epub", epub("<p>x</p>" * 200_000 + f"<!--{_noise(60_000)}-->"), "bomb"
    yield "epub", epub(*["<p>x</p>" * 20_000 + f"<!--{_noise(9000)}-->"] * 50), "too_long"
    shapes = f'<p:sld xmlns:p="{_SLIDES}"><p:cSld><p:spTree>{"<p:sp/>" * 1_400_000}'
    shapes += f"</p:spTree></p:cSld></p:sld>{pad}"
    yield "pptx", _with("pptx", "ppt/slides/slide1.xml", shapes), "too_long"
    yield "pptx", _with("pptx", "ppt/slides/slide1.xml", "<a>" * 1_100_000 + pad), "damaged"


def _pdf() -> Iterator[Row]:
    # PDFium gives up the process when it gets no more memory, so that is what is said.
    yield "pdf", made_pdf(stream=_packed(2_000_000_000), filter_="Flate"), "crashed"
    yield "pdf", flate_bomb(1_000_000_000), "crashed"
    twice = made_pdf(stream=zlib.compress(_packed(2_000_000_000)), filter_="FlateDecode /Flate")
    both = b"/Filter [/FlateDecode /FlateDecode]"
    yield "pdf", twice.replace(b"/Filter /FlateDecode /FlateDecode", both), "crashed"
    text = b"BT /F1 9 Tf 1 0 0 1 9 9 Tm (words of it) Tj ET\n" * 20
    yield "pdf", made_pdf(stream=_packed(200_000_000, text), filter_="Flate"), "crashed"
    yield "pdf", made_pdf(stream=_packed(100_000_000, b"q " * 500), filter_="Flate"), "crashed"


def flate_bomb(size: int) -> bytes:
    """A PDF whose one page unpacks to so many bytes."""
    return made_pdf(stream=_packed(size), filter_="Flate")


def _packed(size: int, unit: bytes = b" " * 1000) -> bytes:
    packer = zlib.compressobj(9)
    blocks = size // len(unit) // 1000
    return b"".join(packer.compress(unit * 1000) for _ in range(blocks)) + packer.flush()


def _texts() -> Iterator[Row]:
    yield "html", "<div>" * 490_000 + "x", "bomb"
    yield "html", "<p>x" * 5_000_000, "too_long"
    yield "csv", "," * 19_000_000, "too_long"
    yield "csv", "a\n" * 9_000_000, "too_long"
    yield "txt", "x" * 49_000_000, "too_long"
    yield "md", "# x\n" * 20_000, "too_long"
    head = "From: a@b.example\nSubject: words\n"
    parts_ = 'Content-Type: multipart/mixed; boundary="b"\n\n'
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(9_000)
    )
    yield "eml", head + nested, "damaged"
    yield "eml", head + parts_ + "--b\n\nx\n" * 200_000, "too_long"
    yield "eml", head + "Content-Type: text/plain; " + "a*0=b; " * 100_000 + "\n\nwords", "bomb"
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for format_, main in MAIN.items():
        yield format_, _with(format_, main, f"<!DOCTYPE a [{laughs}]><a>&l9;</a>"), "bomb"
