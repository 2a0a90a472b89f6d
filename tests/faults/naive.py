"""Readers as one would write them first: the libraries called as their manuals show, in process.

They are the negative control: what passes the checks of the real readers must not pass with these.
"""

from __future__ import annotations

import email
import hashlib
import warnings
from email.policy import default
from io import BytesIO
from pathlib import Path

from rag.types import Document


def naive_read(path: Path, doc_id: str) -> Document:
    """Read a file by its ending, with no check and no limit."""
    data = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = _text(path.suffix, data)
    return Document(doc_id, hashlib.sha256(data).hexdigest(), path.stem, text, path.suffix[1:])


def _text(suffix: str, data: bytes) -> str:
    if suffix == ".pdf":
        import pypdfium2

        pdf = pypdfium2.PdfDocument(data)
        try:
            return "\n".join(pdf[i].get_textpage().get_text_bounded() for i in range(len(pdf)))
        finally:
            pdf.close()
    if suffix == ".docx":
        import docx

        return "\n".join(p.text for p in docx.Document(BytesIO(data)).paragraphs)
    if suffix == ".xlsx":
        import openpyxl

        rows = openpyxl.load_workbook(BytesIO(data)).active.iter_rows(values_only=True)
        return "\n".join(" ".join(str(cell) for cell in row) for row in rows)
    if suffix == ".eml":
        return str(email.message_from_bytes(data, policy=default).get_body().get_content())
    if suffix in (".html", ".htm"):
        from bs4 import BeautifulSoup

        return BeautifulSoup(data, "lxml").get_text()
    return data.decode("utf-8")
