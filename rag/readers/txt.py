"""Plain text, and the decoding that other text formats share."""

from __future__ import annotations

import codecs
import re
from itertools import islice

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.encodings import guess
from rag.readers.extracted import MOST_HEADINGS, Extracted, check_length
from rag.text import normalise
from rag.types import Heading

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADING = re.compile(r"(?:(?<=\n\n)|\A)[^\S\n]*([^\W\d_][^\n]{2,78}[^\s.!?,;:…])[^\S\n]*(?=\n\n)")
_TITLE_CHARS = 120


def read(data: bytes, limits: Readers) -> Extracted:
    """Read plain text; short lines between blank lines are headings."""
    text = re.sub(r"\n(?:[^\S\n]*\n)+", "\n\n", normalise(decode(data, limits))).strip()
    found = list(islice(_HEADING.finditer(text), MOST_HEADINGS + 1))
    if len(found) > MOST_HEADINGS:
        found = []  # where all is short lines, none of them heads a section
    headings = tuple(Heading(m.start(1), m.end(1), 1, m.group(1)) for m in found)
    first = text.split("\n", 1)[0].strip()
    return Extracted(text, first if len(first) <= _TITLE_CHARS else "", headings=headings)


def decode(data: bytes, limits: Readers) -> str:
    """Bytes to text: byte order mark, else UTF-8, else the likeliest encoding.

    Raises:
        ReadError: If the bytes are no text, or longer than a text may be.
    """
    text = _decoded(data)
    check_length(len(text), limits.max_characters)  # before the copies that normalising takes
    return text


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    if data[:4096].count(0) * 50 > len(data[:4096]):
        raise ReadError.because("not_text", "it holds binary data")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    guessed = guess(data)
    if guessed is None:
        # Mostly UTF-8 with a few broken bytes is still worth reading.
        text = data.decode("utf-8", errors="replace")
        if text.count("\ufffd") * 20 > len(text):
            raise ReadError.because("not_text")
        return text
    return data.decode(guessed, errors="replace")
