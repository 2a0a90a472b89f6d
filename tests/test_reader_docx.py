"""Word documents as they stand now: changes, controls, boxes, notes and what pages carry."""

from __future__ import annotations

import pytest

from rag.config import Readers
from rag.readers import read_document
from tests.faults.samples import archive, parts, sample

_SCHEMAS = "http://schemas.openxmlformats.org"
NAMES = (
    f'xmlns:w="{_SCHEMAS}/wordprocessingml/2006/main"'
    f' xmlns:r="{_SCHEMAS}/officeDocument/2006/relationships"'
    f' xmlns:m="{_SCHEMAS}/officeDocument/2006/math"'
    f' xmlns:mc="{_SCHEMAS}/markup-compatibility/2006"'
)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*inner: str, end: str = "") -> str:
    return f"<w:p><w:pPr><w:rPr>{end}</w:rPr></w:pPr>{''.join(inner)}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    lines = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def word(body: str, **more: str) -> bytes:
    """A document of such a body, and the parts that it refers to by their names."""
    held = parts(sample("docx"))
    relations = types = ""
    for name, content in more.items():
        kind = name.rstrip("0123456789")
        relations += f'<Relationship Id="{name}" Target="{name}.xml" Type="'
        relations += f'{_SCHEMAS}/officeDocument/2006/relationships/{kind}"/></Relationships>'
        types += f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.'
        types += f'openxmlformats-officedocument.wordprocessingml.{kind}+xml"/></Types>'
        held[f"word/{name}.xml"] = content.replace(">", f" {NAMES}>", 1).encode()
    for name, end, added in (
        ("word/_rels/document.xml.rels", "</Relationships>", relations),
        ("[Content_Types].xml", "</Types>", types),
    ):
        whole = added.replace(end, "") + end
        held[name] = held[name].replace(end.encode(), whole.encode())
    held["word/document.xml"] = f"<w:document {NAMES}><w:body>{body}</w:body></w:document>".encode()
    return archive(*held.items())


def text_of(tmp_path, body: str, **more: str) -> str:
    (tmp_path / "a.docx").write_bytes(word(body, **more))
    return read_document(tmp_path / "a.docx", doc_id="a.docx", limits=Readers()).text


BOX = "<w:txbxContent>" + para(run("In a box.")) + "</w:txbxContent>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            para(
                run("Price is "), "<w:del><w:r><w:delText>500</w:delText></w:r></w:del>",
                f"<w:ins>{run('750 lira')}</w:ins>", run(" per unit."),
            ),
            "Price is 750 lira per unit.",
        ),
        (
            para(f"<w:moveFrom>{run('Gone. ')}</w:moveFrom><w:moveTo>{run('Here.')}</w:moveTo>"),
            "Here.",
        ),
        # The mark between two paragraphs was deleted: they have become one.
        (para(run("The price "), end="<w:del/>") + para(run("is 750.")), "The price is 750."),
        (para(run("Alone."), end="<w:del/>"), "Alone."),
        (f"<w:sdt><w:sdtContent>{para(run('A control.'))}</w:sdtContent></w:sdt>", "A control."),
        (
            para(run("Name: "), f"<w:sdt><w:sdtContent>{run('Ada')}</w:sdtContent></w:sdt>"),
            "Name: Ada",
        ),
        (para(f'<w:fldSimple w:instr="DATE">{run("2021")}</w:fldSimple>'), "2021"),
        (para(f"<w:smartTag><w:smartTag>{run('Kars')}</w:smartTag></w:smartTag>"), "Kars"),
        (para(f"<w:hyperlink>{run('A link')}</w:hyperlink>"), "A link"),
        (para("<w:r><w:instrText>PAGE</w:instrText></w:r>", run("3")), "3"),
        (para(run("a", "<w:vanish/>"), run("b", '<w:vanish w:val="0"/>')), "b"),
        (para("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>"), "a\tb\nc"),
        (para("<w:r><w:t>2</w:t><w:noBreakHyphen/><w:t>3</w:t></w:r>"), "2-3"),
        (
            para('<w:r><w:sym w:font="Symbol" w:char="F0A3"/></w:r>', run("5")),
            "≤5",
        ),
        (
            para(
                "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t>"
                "</m:r><m:r><m:t>+x</m:t></m:r></m:den></m:f></m:oMath>"
            ),
            "1/(2+x)",
        ),
        (
            para(
                "<m:oMath><m:rad><m:deg><m:r><m:t>3</m:t></m:r></m:deg><m:e><m:sSup><m:e><m:r>"
                "<m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:e>"
                "</m:rad></m:oMath>"
            ),
            "√([3]x^2)",
        ),
        (
            para(
                run("Beside it"),
                "<w:r><mc:AlternateContent><mc:Choice><w:drawing/>" + BOX + "</mc:Choice>"
                f"<mc:Fallback><w:pict>{BOX}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
                run(" goes on."),
            ),
            "Beside it goes on.\n\nIn a box.",
        ),
        (
            para(
                "<w:r><mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice>"
                f"<mc:Fallback><w:pict>{BOX}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
            ),
            "In a box.",
        ),
    ],
)  # fmt: skip
def test_paragraphs(tmp_path, body, text) -> None:
    assert text_of(tmp_path, para(run("First.")) + body) == f"First.\n\n{text}"


CELLS = [para(run(text)) for text in ("Town", "Year", "Kars", "1992", "inner")]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            table(CELLS[:2], (CELLS[2], CELLS[3] + table(CELLS[4:]) + para())),
            "Town | Year\nKars | 1992 inner",
        ),
        (
            table((CELLS[2] + table(CELLS[:2], CELLS[2:4]), CELLS[4])),
            "Kars\n\nTown | Year\nKars | 1992\n\ninner",
        ),
        (table((CELLS[0] + CELLS[1],), (CELLS[2],)), "Town\n\nYear\n\nKars"),
        (
            table(CELLS[:2], CELLS[2:4]).replace("<w:tr>", "<w:sdt><w:sdtContent><w:tr>")
            .replace("</w:tr>", "</w:tr></w:sdtContent></w:sdt>"),
            "Town | Year\nKars | 1992",
        ),
        (
            table(CELLS[:2], CELLS[2:4], CELLS[3:]).replace(
                f"<w:tr><w:tc>{CELLS[3]}", f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{CELLS[3]}"
            ),
            "Town | Year\nKars | 1992",
        ),
    ],
)  # fmt: skip
def test_tables(tmp_path, body, text) -> None:
    assert text_of(tmp_path, body) == text


def test_notes_follow_their_paragraph_or_table(tmp_path) -> None:
    foot, end = (f'<w:r><w:{kind}noteReference w:id="2"/></w:r>' for kind in ("foot", "end"))
    body = para(run("Body"), foot, run(" text.")) + table(
        CELLS[:2], (para(run("Kars"), end, foot), CELLS[3])
    )
    notes = {
        f"{kind}notes": f"<w:{kind}notes><w:{kind}note w:id='0'>{para(run('no'))}</w:{kind}note>"
        f"<w:{kind}note w:id='2'>{para(run(f'A {kind}note.'))}</w:{kind}note></w:{kind}notes>"
        for kind in ("foot", "end")
    }
    assert text_of(tmp_path, body + para(run("Last.")), **notes) == (
        "Body text.\n\nA footnote.\n\nTown | Year\nKars | 1992\n\nA endnote.\n\nLast."
    )


def test_what_pages_carry_is_said_once(tmp_path) -> None:
    more = {
        "header1": f"<w:hdr>{para(run('Ministry of Ports'))}</w:hdr>",
        "header2": f"<w:hdr>{para(run('Ministry  of Ports'))}</w:hdr>",
        "footer1": f"<w:ftr>{para(run('Page 3 of 12'))}</w:ftr>",
        "footer2": f"<w:ftr>{para(run('Draft of 15.06.2021'))}</w:ftr>",
        "header3": f"<w:hdr>{para(run('Nowhere used'))}</w:hdr>",
    }
    used = "".join(f'<w:{name[:-1]}Reference r:id="{name}"/>' for name in more if name != "header3")
    body = para(run("Body.")) + f"<w:sectPr>{used}</w:sectPr>"
    assert text_of(tmp_path, body, **more) == ("Ministry of Ports\n\nBody.\n\nDraft of 15.06.2021")


def test_what_is_named_a_hundred_thousand_times_is_read_once(tmp_path) -> None:
    note = f"<w:footnotes><w:footnote w:id='1'>{para(run('long ' * 9000))}</w:footnote>"
    body = para('<w:r><w:footnoteReference w:id="1"/></w:r>' * 20_000, run("Body."))
    assert text_of(tmp_path, body, footnotes=f"{note}</w:footnotes>") == (
        "Body.\n\n" + ("long " * 9000).strip()
    )


def test_wrappers_and_boxes_nested_deep_are_walked_once(tmp_path) -> None:
    deep = "<w:sdt>" * 200 + para(run("x")) * 5_000 + "</w:sdt>" * 200
    assert text_of(tmp_path, deep) == "\n\n".join("x" * 5_000)
    deep = "<w:r><mc:AlternateContent><mc:Choice>" * 60 + "<w:r/>" * 5_000
    deep += "</mc:Choice></mc:AlternateContent></w:r>" * 60
    assert text_of(tmp_path, para(deep, run("words"))) == "words"


def test_raised_digits_are_no_part_of_the_number_before_them(tmp_path) -> None:
    above = '<w:vertAlign w:val="superscript"/>'
    body = para(run("Some 10"), run("6", above), run(" people of the 5"), run("th", above))
    assert text_of(tmp_path, body) == "Some 10⁶ people of the 5th"
