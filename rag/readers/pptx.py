"""Presentations: slides as pages, titles as headings, tables and charts as rows, then notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.archive import DAMAGED, open_archive
from rag.readers.extracted import Builder, Extracted
from rag.readers.pptx_charts import chart_lines
from rag.readers.tables import write_rows

_MOST_SHAPES = 30_000  # python-pptx takes 130 microseconds for each


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a .pptx.

    Raises:
        ReadError: If it is damaged, or too long.
    """
    import pptx
    from pptx.exc import PythonPptxError

    broken: tuple[type[Exception], ...] = (PythonPptxError, *DAMAGED)
    open_archive(data, "pptx").close()
    try:
        show = pptx.Presentation(BytesIO(data))
        if len(show.slides) > limits.max_pages:
            found = f"{len(show.slides):,} slides; {limits.max_pages:,} are allowed"
            raise ReadError.because("too_long", found)
        builder = Builder((show.core_properties.title or "").strip(), limits.max_characters)
        read: set[int] = set()  # slides and charts are read once, however often they are named
        shapes = 0
        for slide in show.slides:
            if id(slide.part) not in read:
                shapes += int(slide.element.xpath("count(.//p:sp | .//p:graphicFrame)"))
                if shapes > _MOST_SHAPES:
                    raise ReadError.because("too_long", f"more than {_MOST_SHAPES:,} shapes")
                read.add(id(slide.part))
                _slide(builder, slide, read)
    except broken as exc:
        raise ReadError.because("damaged", exc) from exc
    return builder.extracted()


def _slide(
    builder: Builder,
    slide: Any,  # noqa: ANN401 - python-pptx has no types
    read: set[int],
) -> None:
    builder.page()
    title = slide.shapes.title
    if title is not None:
        builder.heading(title.text_frame.text, 1)
    for shape in _shapes(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if shape.has_text_frame:
            _paragraphs(builder, shape.text_frame)
        elif getattr(shape, "has_table", False):
            rows = ([cell.text for cell in row.cells] for row in shape.table.rows)
            write_rows(builder, rows, header=bool(shape.table.first_row))
        elif getattr(shape, "has_chart", False) and id(shape.chart.part) not in read:
            read.add(id(shape.chart.part))
            builder.block("\n".join(chart_lines(shape.chart.part._element)))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        builder.block(slide.notes_slide.notes_text_frame.text)


def _shapes(shapes: Iterable[Any]) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)  # a group; its depth is that of the XML, 256 at most
        else:
            yield shape


def _paragraphs(builder: Builder, frame: Any) -> None:  # noqa: ANN401
    texts = [" ".join(paragraph.text.split()) for paragraph in frame.paragraphs]
    filled = [text for text in texts if text]
    gap = "\n\n"
    for text in filled:
        builder.block(f"- {text}" if len(filled) > 1 else text, gap=gap)
        gap = "\n"
