"""What was filled in and written onto the pages of a PDF: it is drawn there, but not their text."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

from pypdfium2 import PdfiumError, raw

_MOST = 20_000  # of a document
_UNSEEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_PASSWORD = 1 << 13
_TEXT_FIELDS = (
    raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX,
)  # fmt: skip
_TICKED_FIELDS = (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON)
_PLACE = re.compile(r"\[\d+\]|.*\.", re.DOTALL)  # in a form's tree: form1[0].page[0].name[0]


class Notes:
    """Reads the form fields and notes of pages; not too many."""

    def __init__(self, pdf: Any) -> None:  # noqa: ANN401 - pypdfium2 has no types
        with suppress(PdfiumError):  # a broken form leaves the text of its pages
            pdf.init_forms()
        self._form = pdf.formenv
        self._left = _MOST

    def of_page(self, page: Any) -> str:  # noqa: ANN401
        """Each value and note of a page on a line of its own."""
        count = min(self._left, raw.FPDFPage_GetAnnotCount(page))
        self._left -= max(0, count)
        lines = chain.from_iterable(self._one(page, index) for index in range(count))
        return "\n".join(line for line in lines if line)

    def _one(self, page: Any, index: int) -> Iterator[str]:  # noqa: ANN401
        note = raw.FPDFPage_GetAnnot(page, index)
        if not note:
            return
        kind = raw.FPDFAnnot_GetSubtype(note)
        if not raw.FPDFAnnot_GetFlags(note) & _UNSEEN:
            if kind in (raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_TEXT):
                yield _string(lambda *to: raw.FPDFAnnot_GetStringValue(note, b"Contents", *to))
            elif kind == raw.FPDF_ANNOT_WIDGET and self._form is not None:
                yield self._field(note)
        raw.FPDFPage_CloseAnnot(note)

    def _field(self, note: Any) -> str:  # noqa: ANN401
        kind = raw.FPDFAnnot_GetFormFieldType(self._form, note)
        value = ""
        if kind in _TEXT_FIELDS:
            if not raw.FPDFAnnot_GetFormFieldFlags(self._form, note) & _PASSWORD:
                value = self._said(raw.FPDFAnnot_GetFormFieldValue, note)
        elif kind in _TICKED_FIELDS and raw.FPDFAnnot_IsChecked(self._form, note):
            value = (
                "yes"
                if kind == raw.FPDF_FORMFIELD_CHECKBOX
                else self._said(raw.FPDFAnnot_GetFormFieldExportValue, note)
            )
        if not value:
            return ""
        label = self._said(raw.FPDFAnnot_GetFormFieldAlternateName, note) or _PLACE.sub(
            "", self._said(raw.FPDFAnnot_GetFormFieldName, note)
        )
        return f"{label.removesuffix(':')}: {value}" if label else value

    def _said(self, get: Callable[..., int], note: Any) -> str:  # noqa: ANN401
        return _string(lambda *to: get(self._form, note, *to))


def _string(get: Callable[..., int]) -> str:
    """A text of PDFium, which says how long it is and then fills a buffer; as one line."""
    size = get(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    get(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return " ".join(buffer.raw[: size - 2].decode("utf-16-le", errors="replace").split())
