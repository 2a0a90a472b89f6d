"""What a reader hands over, and the builder that keeps its offsets exact."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Literal

from rag.errors import ReadError
from rag.text import normalise
from rag.types import Heading

MOST_HEADINGS = 10_000
"""Of one document; every passage looks through them."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """Normalised text with its structure.

    Attributes:
        title: May be empty.
        page_starts: Offset at which each page begins; empty for formats without pages.
        empty: What to say when there is no text in it.
    """

    text: str
    title: str = ""
    page_starts: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()
    empty: Literal["no_text", "scanned", "uncalculated"] = "no_text"


@dataclass(slots=True)
class Builder:
    """Collects blocks of text; normalises each, so that offsets fit the result.

    Attributes:
        most: Characters that are allowed; whatever adds more raises `ReadError`.
    """

    title: str = ""
    most: int = sys.maxsize
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _headings: list[Heading] = field(default_factory=list)
    _page_starts: list[int] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length

    def block(self, text: str, *, gap: str = "\n\n") -> None:
        """Add a block of text; white space around it is dropped, nothing is added when empty."""
        check_length(len(text), self.most)
        text = normalise(text).strip()
        if text:
            self._append(text, gap)

    def heading(self, text: str, level: int) -> None:
        """Add a heading on a line of its own."""
        text = " ".join(normalise(text).split())
        if text:
            if len(self._headings) >= MOST_HEADINGS:
                raise ReadError.because("too_long", f"more than {MOST_HEADINGS:,} headings")
            start = self._append(text, "\n\n")
            self._headings.append(Heading(start, start + len(text), level, text))

    def page(self) -> None:
        """Begin a page, or a slide; what follows stands on it."""
        self._page_starts.append(self._length)

    def extracted(self) -> Extracted:
        """All blocks so far, as one text."""
        first = next((h.text for h in self._headings), "")
        return Extracted(
            "".join(self._parts),
            self.title or first,
            tuple(self._page_starts),
            tuple(self._headings),
        )

    def _append(self, text: str, gap: str) -> int:
        if self._parts:
            self._parts.append(gap)
            self._length += len(gap)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        check_length(self._length, self.most)
        return start


def check_length(characters: int, most: int) -> None:
    """Refuse a text that is too long.

    Raises:
        ReadError: If it is.
    """
    if characters > most:
        raise ReadError.because("too_long", f"more than {most:,} characters")
