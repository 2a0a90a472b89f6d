"""What the pure steps need from the parts that hold something heavy.

The fakes of the tests implement these too; `tests/contracts` runs the same tests over both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rag.types import Document, DocumentInfo, Passage

Messages = Sequence[tuple[str, str]]
"""A chat: pairs of role ("system", "user", "assistant") and text."""


@runtime_checkable
class Closes(Protocol):
    """Holds something that has an end, such as a process."""

    def close(self) -> None:
        """Give it up; may be called more than once."""
        ...


class TokenCounter(Protocol):
    """Counts as the embedder does."""

    @property
    def max_tokens(self) -> int:
        """Longest text that is embedded whole, special tokens included."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, special tokens included."""
        ...


class Embedder(TokenCounter, Protocol):
    """Texts to unit vectors."""

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Differs when the same text would get another vector."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts.

        Returns:
            One row per text, L2-normalised. Shape: ``(len(texts), dim)``.

        Raises:
            ValueError: If a text is longer than ``max_tokens`` (it would be cut silently).
        """
        ...

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts that are compared at once and not kept: like `embed`, perhaps less exactly.

        Cosines are within .01.
        """
        ...

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """Embed a question, cut to ``max_tokens``. Shape: ``(dim,)``."""
        ...


class Generator(Protocol):
    """A causal language model."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def write(
        self, messages: Messages, *, max_new_tokens: int, stopped: Callable[[], bool] | None = None
    ) -> Iterator[str]:
        """Write a reply, greedily, piece by piece; ends early when ``stopped()`` turns true.

        Blocks of reasoning (``<think>``) are not yielded.

        Raises:
            GenerationError: If the model fails.
        """
        ...


class Judge(Protocol):
    """Says of each piece of evidence whether it answers a question."""

    def judge(self, question: str, evidence: Sequence[tuple[str, str]]) -> list[float]:
        """Log-odds, one per piece; 0 is even.

        Args:
            evidence: Pairs of the headings above a text and the text.

        Raises:
            GenerationError: If the model fails.
        """
        ...


class Snapshot(Protocol):
    """One committed state of the library; any number of readers may use it."""

    @property
    def generation(self) -> int:
        """Grows with every change."""
        ...

    @property
    def passage_count(self) -> int:
        """Live passages."""
        ...

    def search_dense(
        self, vector: NDArray[np.float32], *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """Passage ids and cosines, best first; at most ``k``."""
        ...

    def search_lexical(
        self, question: str, *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """Passage ids and BM25 scores, best first; at most ``k``; empty when no word matches."""
        ...

    def passages(self, passage_ids: Sequence[int]) -> dict[int, Passage]:
        """The live passages among the ids; deleted ones are absent."""
        ...

    def documents(self) -> Sequence[DocumentInfo]:
        """All documents, by ``doc_id``."""
        ...

    def document(self, doc_id: str) -> Document | None:
        """A document with its text; None when it is not there any more."""
        ...

    def passage_frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each word occurs, under the index's own folding and stemming."""
        ...
