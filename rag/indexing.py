"""One file on its way into the index: read, cut into passages, embedded."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.errors import ReadError
from rag.protocols import Closes, Embedder
from rag.schema import Pipeline
from rag.sync import explain
from rag.types import Document, Passage

Content = tuple[str, str, str]
KnownVectors = Mapping[Content, NDArray[np.float32]]

# So many passages are embedded between two reports, however large a document is.
_SLICE = 256


@dataclass(frozen=True, slots=True)
class Steps:
    """How a file becomes passages and vectors.

    Attributes:
        read: Path and ``doc_id`` to a document; raises `ReadError`. May have a method ``close``.
        chunk: A document to its passages, none longer than ``embedder.max_tokens``.
        chunker_fingerprint: Changes when ``chunk`` would cut otherwise.
        suffixes: Of the files that ``read`` can read; lower case, with the dot.
        most_bytes: Larger files are refused before anything of them is read.
        readers_version: Changes when ``read`` would make another text of the same bytes.
    """

    embedder: Embedder
    read: Callable[[Path, str], Document]
    chunk: Callable[[Document], list[Passage]]
    chunker_fingerprint: str
    suffixes: frozenset[str]
    most_bytes: int = sys.maxsize
    readers_version: int = 0

    @property
    def pipeline(self) -> Pipeline:
        """What the store must say about its content."""
        embedder = self.embedder
        return Pipeline(embedder.fingerprint, embedder.dim, self.chunker_fingerprint)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:  # fmt: skip
        """End the process that ``read`` may have started; reading again starts another."""
        read: object = self.read
        if isinstance(read, Closes):
            read.close()


def passage_input(passage: Passage) -> str:
    """What is embedded for a passage: its title and headings on a line, then its text.

    A heading that begins with the title does not repeat it.
    """
    title, heading = passage.title, passage.heading
    repeats = heading == title or heading.startswith(f"{title} > ")
    context = heading if repeats else " > ".join(part for part in (title, heading) if part)
    return f"{context}\n{passage.text}" if context else passage.text


def read_passages(path: Path, doc_id: str, steps: Steps) -> tuple[Document, list[Passage]]:
    """Read a file and cut it.

    Raises:
        ReadError: If it cannot be read or holds no text.
    """
    try:
        document = steps.read(path, doc_id)
    except OSError as exc:
        raise ReadError(explain(exc), code="cannot_open") from exc
    passages = [replace(passage, title=document.title) for passage in steps.chunk(document)]
    if not passages:
        raise ReadError.because("no_text")
    return document, passages


def embed_slices(
    passages: Sequence[Passage], embedder: Embedder, known: KnownVectors
) -> Iterator[NDArray[np.float32]]:
    """Embed the passages, a slice at a time; those whose content is known are not embedded.

    Args:
        known: Vectors by title, heading and text.

    Yields:
        The vectors of the next passages. Shape: ``(slice, embedder.dim)``.

    Raises:
        ReadError: If a passage is too long for the embedder.
    """
    for start in range(0, len(passages), _SLICE):
        contents = [(p.title, p.heading, p.text) for p in passages[start : start + _SLICE]]
        unknown = [
            passage_input_that_fits(p, embedder)
            for p, content in zip(passages[start:], contents, strict=False)
            if content not in known
        ]
        try:
            fresh = iter(embedder.embed(unknown) if unknown else ())
        except ValueError as exc:
            raise ReadError.because("embedding", exc) from exc
        yield np.stack([known[c] if c in known else next(fresh) for c in contents])


def passage_input_that_fits(passage: Passage, embedder: Embedder) -> str:
    """What is embedded for a passage; the text alone when title and headings are too much."""
    full = passage_input(passage)
    return full if embedder.count_tokens(full) <= embedder.max_tokens else passage.text
