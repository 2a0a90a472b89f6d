"""What stands apart on the pages of a PDF: headings and paragraphs, by size, weight and distance.

The text of a PDF has lines and no paragraphs. Where two lines do not belong together they become
two blocks; else a heading would be read as the beginning of the sentence below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.readers.extracted import MOST_HEADINGS
from rag.readers.pdf_lines import Line, Style

_LARGER = 1.1  # times the size of the text, for a heading that is not bold
_SMALLER = 0.9  # a bold line below that is the head of a table, or a note
_OTHER_SIZE = 1.08
_FAR = 1.35  # times the usual distance of two lines
_FULL_LINE = 0.85  # of the lines around it; below that, nothing goes on in the next line
_AROUND = 3
_MOST_LINES = 3  # of one heading
_MOST_CHARS = 160
_MOST_LEVELS = 6
_FEW = 2
# A page of many large letters is a poster or a form, and has no text below its headings.
_MOST_OF_TEXT = 1 / 3
_ENDS = re.compile(r"[.!?:;…][\"”’»)\]]*\Z")
_NO_HEADING = re.compile(r"[.,;…][\"”’»)\]]*\Z|[-–—]\Z|@|\.{4}")
_WORD = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together.

    Attributes:
        level: Of a heading, from 1; 0 for text.
        is_large: Its letters are larger than those of the text.
        stands_out: It looks like a heading; a letterhead does, too.
    """

    lines: tuple[str, ...]
    level: int = 0
    is_large: bool = False
    stands_out: bool = False

    @property
    def text(self) -> str:
        """A heading is one line, however it was broken."""
        return self.as_line if self.level else "\n".join(self.lines)

    @property
    def as_line(self) -> str:
        """The same without line ends."""
        return " ".join(self.lines)


@dataclass(frozen=True, slots=True)
class _Usual:
    """How most of a document is set; the distance is that of two lines, in points."""

    style: Style
    distance: float


def blocks_of(pages: Sequence[Sequence[Line]]) -> list[list[Block]]:
    """The blocks of each page, in the order of its lines."""
    usual = _usual(pages)
    runs = [_runs(page, usual) for page in pages]
    below = [*(bool(page) and _goes_on(page[0], usual) for page in runs[1:]), False]
    runs = [_notes_first(page, usual, goes_on) for page, goes_on in zip(runs, below, strict=True)]
    levels = _levels([run for page in runs for run in page], usual, len(pages))
    return [[_block(run, levels.get(id(run), 0), usual) for run in page] for page in runs]


def _block(run: Sequence[Line], level: int, usual: _Usual) -> Block:
    is_large = _is_larger(run[0].style, usual, _LARGER)
    lines = tuple(line.text for line in run)
    return Block(lines, level, is_large, _is_heading(run, usual))


def _usual(pages: Sequence[Sequence[Line]]) -> _Usual:
    letters: Counter[Style] = Counter()
    for page in pages:
        for line in page:
            if line.style is not None:
                letters[line.style] += len(line.text)
    style = max(letters, key=letters.__getitem__, default=Style(0.0, is_bold=False))
    distances = [
        a.last - b.first
        for page in pages
        for a, b in pairwise(page)
        if a.style == b.style == style and 0 < a.last - b.first < 3 * style.size
    ]
    return _Usual(style, median(distances) if distances else 1.2 * style.size)


def _runs(page: Sequence[Line], usual: _Usual) -> list[list[Line]]:
    runs: list[list[Line]] = []
    for index, line in enumerate(page):
        if index and not _is_apart(page, index, usual):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _is_apart(page: Sequence[Line], index: int, usual: _Usual) -> bool:
    """Whether a line begins something new."""
    above, line = page[index - 1], page[index]
    if above.style is None or line.style is None:
        return False
    sizes = sorted((above.style.size, line.style.size))
    is_other_size = sizes[1] > _OTHER_SIZE * sizes[0]
    scale = max(1.0, line.style.size / usual.style.size) if usual.style.size else 1.0
    distance = above.last - line.first
    is_far = distance > _FAR * usual.distance * scale
    if line.text[0].islower():  # it goes on, if not here, then above a note
        return is_other_size and (is_far or distance < 0)
    if is_other_size or is_far:
        return True
    is_other = above.style.is_bold != line.style.is_bold
    return is_other and bool(_ENDS.search(above.text) or _is_short(page, index - 1))


def _notes_first(
    runs: Sequence[list[Line]], usual: _Usual, goes_on_below: bool
) -> list[list[Line]]:
    """Put notes that stand within a sentence, at the foot of a column or page, before it."""
    ordered: list[list[Line]] = []
    open_run: list[Line] = []  # its sentence may go on behind notes
    notes: list[list[Line]] = []
    for run in runs:
        if open_run and _is_note(run, usual):
            notes.append(run)
            continue
        if notes and _goes_on(run, usual):
            ordered += notes
            run = open_run + run
        else:
            ordered += [r for r in (open_run, *notes) if r]
        open_run, notes = run, []
        if _is_note(run, usual) or _ENDS.search(run[-1].text):
            ordered.append(run)
            open_run = []
    left = [open_run] if open_run else []
    return ordered + (notes + left if goes_on_below else left + notes)


def _is_note(run: Sequence[Line], usual: _Usual) -> bool:
    style = run[0].style
    return style is not None and style.size * _OTHER_SIZE < usual.style.size


def _goes_on(run: Sequence[Line], usual: _Usual) -> bool:
    return run[0].text[0].islower() and not _is_note(run, usual)


def _is_short(page: Sequence[Line], index: int) -> bool:
    """Whether a line ends well before those around it."""
    around = page[max(0, index - _AROUND) : index + _AROUND + 1]
    return page[index].right < _FULL_LINE * max(line.right for line in around)


def _levels(runs: Sequence[Sequence[Line]], usual: _Usual, pages: int) -> dict[int, int]:
    """The level of each heading by the identity of its run: the larger, the higher."""
    found = [run for run in runs if _is_heading(run, usual)]
    said = Counter(_said(run) for run in found)
    # What most pages have above their text is a letterhead, and tells nothing of what follows.
    found = [run for run in found if said[_said(run)] <= max(_FEW, pages / 2)]
    letters = sum(len(line.text) for run in runs for line in run)
    of_headings = sum(len(line.text) for run in found for line in run)
    if of_headings > _MOST_OF_TEXT * letters or len(found) > MOST_HEADINGS:
        return {}
    styles = sorted({_rank(run) for run in found}, reverse=True)
    return {id(run): min(_MOST_LEVELS, styles.index(_rank(run)) + 1) for run in found}


def _said(run: Sequence[Line]) -> str:
    return " ".join(line.text for line in run)


def _rank(run: Sequence[Line]) -> tuple[float, bool]:
    style = run[0].style
    return (round(style.size), style.is_bold) if style else (0.0, False)


def _is_heading(run: Sequence[Line], usual: _Usual) -> bool:
    text, style = _said(run), run[0].style
    if style is None or len(run) > _MOST_LINES or len(text) > _MOST_CHARS:
        return False
    if _NO_HEADING.search(text) or not _WORD.search(text):
        return False
    is_bolder = style.is_bold and not usual.style.is_bold
    if any(line.style is None or line.style.is_bold != style.is_bold for line in run):
        return False
    return _is_larger(style, usual, _SMALLER if is_bolder else _LARGER)


def _is_larger(style: Style | None, usual: _Usual, times: float) -> bool:
    return style is not None and style.size >= times * usual.style.size > 0
