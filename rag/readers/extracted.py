"""What a reader hands over, and the builder that keeps its offsets exact."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.text import normalise
from rag.types import Heading

NO_TEXT = "holds no text"


@dataclass(frozen=True, slots=True)
class Extracted:
    """Normalised text with its structure.

    Attributes:
        title: May be empty.
        empty_reason: What to say when there is no text in it.
    """

    text: str
    title: str = ""
    page_starts: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()
    empty_reason: str = NO_TEXT


@dataclass(slots=True)
class Builder:
    """Collects blocks of text; normalises each, so that offsets fit the result."""

    title: str = ""
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _headings: list[Heading] = field(default_factory=list)

    def block(self, text: str, *, gap: str = "\n\n") -> None:
        """Add a block of text; white space around it is dropped, nothing is added when empty."""
        text = normalise(text).strip()
        if text:
            self._append(text, gap)

    def heading(self, text: str, level: int) -> None:
        """Add a heading on a line of its own."""
        text = " ".join(normalise(text).split())
        if text:
            start = self._append(text, "\n\n")
            self._headings.append(Heading(start, start + len(text), level, text))

    def extracted(self) -> Extracted:
        """All blocks so far, as one text."""
        first = next((h.text for h in self._headings), "")
        return Extracted("".join(self._parts), self.title or first, (), tuple(self._headings))

    def _append(self, text: str, gap: str) -> int:
        if self._parts:
            self._parts.append(gap)
            self._length += len(gap)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        return start
