"""The lines of a PDF page, each with where it stands and how large and bold it is."""

from __future__ import annotations

import ctypes
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from pypdfium2 import raw

from rag.text import normalise

# PDFium marks the hyphen at a line's end by U+0002 or U+FFFE and mostly joins the lines itself.
_MARKED = re.compile(r"(?<=[^\W\d_])[\ufffe\u0002](?=[a-zçğıöşüäß])")
_KEPT = re.compile(r"[\ufffe\u0002]")
_BROKEN = re.compile(r"[^\W\d_][-\u2010\ufffe\u0002]\Z")
# Stands where two parts of a word were joined, until all pages are known; of private use.
_JOINT = "\uf8ed"
_JOINED = re.compile(rf"([^\W\d_]+){_JOINT}(?=([^\W\d_]+))")
_HYPHENED = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_GOES_ON = re.compile(r"[a-zçğıöşüäß]")
# Names of fonts, since few files say how heavy theirs are; "Medi" and "cmbx" are TeX's.
_BOLD = re.compile(r"bold|black|heavy|medi\b|cmbx|sfbx|-bd\b", re.IGNORECASE)
_NAME_BYTES = 128
_LOOKED_THROUGH = 20_000  # letters


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is set.

    Attributes:
        size: Of its letters, in points; 0 for text that runs up or down the page.
    """

    size: float
    is_bold: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    Attributes:
        style: None when it is not known, as is all that follows.
        first: Height of its baseline above the foot of the page, in points.
        last: The same of its end; another when a hyphen joined two lines.
        right: Where it ends.
    """

    text: str
    style: Style | None = None
    first: float = 0.0
    last: float = 0.0
    right: float = 0.0


def lines_of(page: Any) -> list[Line]:  # noqa: ANN401 - pypdfium2 has no types
    """The lines of a page with text in them; see `with_whole_words` for those a hyphen ends."""
    text_page = page.get_textpage()
    shown = str(text_page.get_text_bounded()).replace(_JOINT, "")
    shown = shown.replace("\r\n", "\n").replace("\r", "\n")
    places = _Places(text_page)
    found = [places.of(line) for line in shown.split("\n")]
    text_page.close()
    return [
        replace(line, text=part.strip())
        for line in _mended(found)
        for part in normalise(_KEPT.sub("-", _MARKED.sub(_JOINT, line.text))).split("\n")
        if part.strip()
    ]


def with_whole_words(pages: list[list[Line]]) -> list[list[Line]]:
    """Make the words whole that hyphens broke at the end of a line.

    "Task-" and "specific" are "task-specific" if the document writes that elsewhere, and nowhere
    "taskspecific"; else a break is nothing but a break.
    """
    plain, compounds = set[str](), set[tuple[str, str]]()
    for line in (line for page in pages for line in page):
        for word in _HYPHENED.findall(_JOINED.sub(" ", line.text).lower()):
            first, *more = re.split("[-\u2010]", word)
            compounds.update(pairwise((first, *more)))
            if not more:
                plain.add(first)

    def joined(match: re.Match[str]) -> str:
        first, second = match[1].lower(), match[2].lower()
        is_compound = (first, second) in compounds and first + second not in plain
        return match[1] + ("-" if is_compound else "")

    return [
        [replace(line, text=_JOINED.sub(joined, line.text).replace(_JOINT, "")) for line in page]
        for page in pages
    ]


def _mended(lines: list[Line]) -> Iterator[Line]:
    """Join the lines whose last word goes on in the next one."""
    open_line: Line | None = None
    for line in lines:
        if open_line is not None and _GOES_ON.match(line.text):
            open_line = replace(
                open_line, text=f"{open_line.text[:-1]}{_JOINT}{line.text}", last=line.last,
                right=line.right,
            )  # fmt: skip
        else:
            if open_line is not None:
                yield open_line
            open_line = line
        if not _BROKEN.search(open_line.text):
            yield open_line
            open_line = None
    if open_line is not None:
        yield open_line


def _is_seen(letter: str) -> bool:
    return letter > " " and letter != "\ufffe"


class _Places:
    """Finds lines among the letters of a page, from top to bottom."""

    def __init__(self, text_page: Any) -> None:  # noqa: ANN401
        self._page = text_page
        count = raw.FPDFText_CountChars(text_page)
        text = str(text_page.get_text_range()) if count > 0 else ""
        if len(text) != count:  # letters that PDFium writes as two
            codes = (raw.FPDFText_GetUnicode(text_page, i) for i in range(count))
            text = "".join(chr(min(code, sys.maxunicode)) for code in codes)
        self._letters = [i for i, letter in enumerate(text) if _is_seen(letter)]
        self._text = "".join(text[i] for i in self._letters)
        self._at = 0

    def of(self, text: str) -> Line:
        bare = "".join(filter(_is_seen, text))
        # Not to the end: lines of which a part is outside the page are never found.
        end = self._at + len(bare) + _LOOKED_THROUGH
        at = self._text.find(bare, self._at, end) if bare else -1
        if at < 0:
            return Line(text)
        self._at = at + len(bare)
        first, last = self._letters[at], self._letters[self._at - 1]
        middle = self._letters[at + len(bare) // 2]
        styles = [self._style(index) for index in (first, middle, last)]
        return Line(
            text, Style(sorted(s.size for s in styles)[1], all(s.is_bold for s in styles)),
            self._baseline(first), self._baseline(last), self._right(last),
        )  # fmt: skip

    def _style(self, index: int) -> Style:
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(self._page, index, matrix)
        is_upright = abs(matrix.d) >= abs(matrix.c)
        size = raw.FPDFText_GetFontSize(self._page, index) * matrix.d if is_upright else 0.0
        name = ctypes.create_string_buffer(_NAME_BYTES)
        raw.FPDFText_GetFontInfo(self._page, index, name, _NAME_BYTES, ctypes.c_int())
        is_bold = _BOLD.search(name.value.decode("utf-8", errors="replace")) is not None
        return Style(round(abs(size), 1) if math.isfinite(size) else 0.0, is_bold)

    def _baseline(self, index: int) -> float:
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(self._page, index, x, y)
        return y.value

    def _right(self, index: int) -> float:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        raw.FPDFText_GetCharBox(self._page, index, left, right, bottom, top)
        return right.value
