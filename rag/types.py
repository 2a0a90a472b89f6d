"""The records that pass between the parts: frozen, and checked when they are made.

Words used throughout: a *document* is one file, a *passage* a span of it that is indexed, a *hit* a
passage that a search found, *evidence* one sentence of a hit that speaks to the question, and a
*marker* the ``[2]`` in an answer that points to a citation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rag.own_words import Own

Status = Literal["answered", "abstained"]
StageName = Literal["search", "read", "write", "check"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters ``[start, end)``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, got {self.start}, {self.end}")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``document.text[start:end] == text``; level 1 is the outermost."""

    start: int
    end: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One file as text.

    Attributes:
        doc_id: Path below the documents' folder, with ``/``: the identity.
        sha256: Hash of the file's bytes, hexadecimal: the version.
        title: For people; never empty.
        text: Normalised text (see `rag.text.normalise`). Every offset of the project counts its
            characters.
        format: "txt", "md", "html", "pdf", "docx" ...: see `rag.readers.formats`.
        page_starts: Offset at which each page or slide begins, ascending; empty without pages.
        headings: In the order of the text.
    """

    doc_id: str
    sha256: str
    title: str
    text: str
    format: str
    page_starts: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """Page number, from 1, of a character; None for formats without pages."""
        if not self.page_starts:
            return None
        return max(1, bisect_right(self.page_starts, offset))

    def heading_at(self, offset: int) -> str:
        """Headings above a character, outermost first, joined by " > "; may be empty."""
        path: list[Heading] = []
        for heading in self.headings:
            if heading.start > offset:
                break
            path = [h for h in path if h.level < heading.level] + [heading]
        return " > ".join(h.text for h in path)


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of one document: ``document.text[start:end] == text``.

    Attributes:
        start: Characters, inclusive.
        end: Characters, exclusive.
        page: From 1; None for formats without pages.
        heading: Headings above it, joined by " > ".
        title: The document's title.
        passage_id: The store's number; 0 until it has one. Never used again once deleted.
    """

    doc_id: str
    start: int
    end: int
    text: str
    page: int | None = None
    heading: str = ""
    title: str = ""
    passage_id: int = 0

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.text):
            raise ValueError(f"{self.doc_id}: the span {self.start}:{self.end} and its text differ")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found.

    Attributes:
        score: Fused score; higher is better.
        dense_rank: From 1; None when the dense search did not find it.
        lexical_rank: From 1; None when BM25 did not find it.
        cosine: Of question and passage, -1 to 1; None when the dense search did not find it.
    """

    passage: Passage
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None
    cosine: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a document that may answer the question.

    Attributes:
        start: In the document's text, characters, inclusive.
        end: Characters, exclusive.
        text: ``document.text[start:end]``.
        score: Higher is better; comparable within one question.
        cosine: Of question and sentence, -1 to 1.
        lexical: BM25 over the sentences at hand, divided by the best of them: 0 to 1.
        rank: Of its passage among the hits, from 1.
        verdict: The judge's log-odds that it answers the question; None when it was not asked.
    """

    passage: Passage
    start: int
    end: int
    text: str
    score: float
    cosine: float
    lexical: float
    rank: int
    verdict: float | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact characters of a document that a sentence of an answer stands on.

    Attributes:
        marker: The number in ``[n]``, from 1.
        document: The document's ``doc_id``.
        quote: ``document.text[start:end]``.
    """

    marker: int
    document: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str
    heading: str = ""

    def __post_init__(self) -> None:
        if self.marker < 1 or self.end - self.start != len(self.quote):
            raise ValueError(f"citation {self.marker} of {self.document} does not fit its quote")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One checked sentence of an answer, without its markers.

    Attributes:
        markers: Citations that it stands on; empty only in sentences of the program's own.
        quoted: True when it is the document's wording, False when the model wrote it.
        own: What it says, for those who say it in another language; None unless it is our own.
    """

    text: str
    markers: tuple[int, ...]
    quoted: bool
    own: Own | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Documents that give other values for one "date", "time", "number" or "answer", each cited."""

    about: str
    sides: tuple[tuple[str, Citation], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets.

    Attributes:
        question: As it was asked.
        standalone_question: As it was searched; differs for follow-ups.
        status: "answered", or "abstained": the documents do not say, or were not asked.
        text: Prose with ``[n]`` markers; when abstained, a sentence that says so.
        sentences: The same, sentence by sentence.
        citations: In the order of their markers.
        disagreements: Where the sources differ.
        hits: What was retrieved, apart from what was cited.
        confidence: Estimated probability that the documents answer the question, 0 to 1.
        timings_ms: Milliseconds by stage: "retrieve", "evidence", "write", "check"; "first" from
            the beginning to the first sentence, when there is one; "total".
        fingerprint: Of the settings that made it.
        missing: Words of the question that no passage holds.
    """

    question: str
    standalone_question: str
    status: Status
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    hits: tuple[Hit, ...] = ()
    confidence: float = 0.0
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    fingerprint: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """An event of `Assistant.stream`: what is going on now, for people."""

    name: StageName
    detail: str


@dataclass(frozen=True, slots=True)
class Checked:
    """An event of `Assistant.stream`: a sentence that passed its checks, with what it cites."""

    sentence: Sentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be indexed, and why, for people."""

    doc_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did; each document is in exactly one list, ``others`` counts other endings."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[FailedFile, ...] = ()
    others: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """One step of a sync, for a progress bar.

    Attributes:
        done: Files finished so far.
        total: Files to look at.
        action: "reading", "embedding", "indexing" ...
    """

    done: int
    total: int
    doc_id: str
    action: str


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A row of the list of documents; ``indexed_at`` in UTC, ISO 8601."""

    doc_id: str
    title: str
    format: str
    pages: int | None
    passages: int
    characters: int
    indexed_at: str
