"""What stands beside the running text: charts, form fields, notes, text boxes, hidden text."""

from __future__ import annotations

from io import BytesIO

import pptx
import pytest
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from reportlab.pdfgen.canvas import Canvas

from tests.faults.bad_documents import made_pdf
from tests.test_reader_formats import read


def test_charts_of_a_presentation(tmp_path) -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("Sales 2020", (1.5, None))
    data.add_series("2021", (0.25, 0.5), number_format="0%")
    column = XL_CHART_TYPE.COLUMN_CLUSTERED
    chart = slide.shapes.add_chart(column, 0, 0, 99, 99, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Sales by region"
    points = XyChartData()
    points.add_series("Depth").add_data_point(3, 7)
    slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, 0, 0, 99, 99, points)
    buffer = BytesIO()
    show.save(buffer)
    assert read(tmp_path, "a.pptx", buffer.getvalue()).text == (
        "Sales by region\nEast | Sales 2020: 1.5 | 2021: 25%\nWest | 2021: 50%\n\n3 | Depth: 7"
    )


def test_a_form_that_is_filled_in(tmp_path) -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=True)
    canvas.drawString(72, 700, "The applicant said")
    form = canvas.acroForm
    form.textfield(name="a", tooltip="Name of applicant:", value="Ayse Öz", x=150, y=690)
    form.textfield(name="form1[0].town[0]", value="Kars", x=150, y=650)
    form.textfield(name="word", value="secret", fieldFlags="password", x=150, y=610)
    form.textfield(name="empty", value="", x=150, y=400)
    form.checkbox(name="member", checked=True, x=150, y=570)
    form.checkbox(name="guest", checked=False, x=150, y=540)
    form.choice(name="colour", value="red", options=["red", "blue"], x=150, y=500)
    form.radio(name="size", value="small", selected=True, x=150, y=450)
    form.radio(name="size", value="big", selected=False, x=190, y=450)
    canvas.showPage()
    canvas.drawString(72, 700, "that it is so.")
    canvas.save()
    found = read(tmp_path, "a.pdf", buffer.getvalue())
    assert found.text == (
        "The applicant said\n\nName of applicant: Ayse Öz\ntown: Kars\nmember: yes\ncolour: red\n"
        "size: small\n\nthat it is so."
    )
    assert found.page_at(found.text.index("that it")) == 2


def test_notes_on_a_page(tmp_path) -> None:
    notes = "".join(
        f"<< /Type /Annot /Subtype /{kind} /Rect [9 9 99 99] /F {flags} /Contents ({said}) >> "
        for kind, flags, said in [
            ("FreeText", 4, "seen by all"),
            ("Text", 0, "a remark"),
            ("Text", 2, "hidden"),
            ("Link", 0, "an address"),
        ]
    )
    page = f"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [{notes}] >>"
    assert read(tmp_path, "a.pdf", made_pdf(page=page)).text.endswith("seen by all\na remark")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"It was built{\footnote\pard\plain \chftn  In 1987.} here.\par Then it fell.\par",
         "It was built here.\n\nIn 1987.\n\nThen it fell."),
        (r"One {\shp{\*\shpinst\shpleft9{\sp{\sn a}{\sv b}}{\shptxt A box.\par}}"
         r"{\shprslt{\*\do{\dptxbxtext A box.\par}}}}two.\par", "One two.\n\nA box."),
        (r"Price {\deleted 500}{\v secret}750 lira\v  hid\tab den\v0 .\par",
         "Price 750 lira."),
        (r"Seen {\v\'f6\u350?x {deep} \plain but} this.\par", "Seen but this."),
        (r"{\header{\shptxt head}}Text{\footnote last {\v no}one.}", "Text\n\nlast one."),
        (r"{\footnote early}}Text.\par", "early"),
        (r"A{\pict\bin3 {{}B}\v0 C", "AC"),
        (r"\trowd Year{\footnote A note.}\cell Sum\cell\row 2020\cell 4\cell\row\pard End",
         "Year: 2020 | Sum: 4\n\nEnd\n\nA note."),
    ],
)  # fmt: skip
def test_rich_text_as_a_person_reads_it(tmp_path, source, text) -> None:
    assert read(tmp_path, "a.rtf", rf"{{\rtf1\ansi {source}}}").text == text


def test_rich_text_of_nothing_but_groups(tmp_path) -> None:
    many = r"{\footnote " * 50_000 + "deep" + "}" * 50_000
    assert "deep" in read(tmp_path, "a.rtf", rf"{{\rtf1 Text {many}\par}}").text
