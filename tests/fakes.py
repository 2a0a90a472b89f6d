"""Small stand-ins for the two models: deterministic, and honest about the same contracts."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Messages
from rag.text import content_stems, words
from rag.types import Document, DocumentInfo, Passage


class HashEmbedder:
    """Each word stem has a fixed random direction; a text is the unit sum of its words."""

    def __init__(self, dim: int = 64, max_tokens: int = 256, name: str = "hash") -> None:
        self.dim = dim
        self.max_tokens = max_tokens
        self.fingerprint = f"{name}-{dim}"
        self.embedded: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(words(text)) + 2

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        for text in texts:
            if self.count_tokens(text) > self.max_tokens:
                raise ValueError(f"a text of {self.count_tokens(text)} tokens would be cut")
        self.embedded.extend(texts)
        rows = [self._vector(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed(texts)

    def embed_question(self, question: str) -> NDArray[np.float32]:
        return self._vector(question)

    def _vector(self, text: str) -> NDArray[np.float32]:
        total = np.full(self.dim, 1e-3, dtype=np.float32)
        for word in content_stems(text):
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
            total += np.random.default_rng(seed).standard_normal(self.dim).astype(np.float32)
        return (total / np.linalg.norm(total)).astype(np.float32)


class ScriptedGenerator:
    """Gives its replies in turn and remembers the prompts; likelihood is word overlap."""

    name = "scripted"

    def __init__(self, *replies: str) -> None:
        self.replies = deque(replies)
        self.prompts: list[Messages] = []

    def write(
        self, messages: Messages, *, max_new_tokens: int, stopped: Callable[[], bool] | None = None
    ) -> Iterator[str]:
        self.prompts.append(messages)
        reply = self.replies.popleft() if self.replies else ""
        for i, piece in enumerate(reply.split(" ")):
            if i >= max_new_tokens or (stopped is not None and stopped()):
                return
            yield piece if i == 0 else f" {piece}"


class OverlapJudge:
    """Says yes where the text holds most of the question's words, and little beside them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []

    def judge(self, question: str, evidence: Sequence[tuple[str, str]]) -> list[float]:
        self.asked.append((question, list(evidence)))
        return [
            8.0 * (_overlap(text, question) - 0.5) - 0.2 * len(text.split()) for _, text in evidence
        ]


class MemorySnapshot:
    """All passages in memory: cosines of the fake embedder, words by plain counting.

    The text of a document is its passages with a blank line between them.
    """

    generation = 1

    def __init__(self, *passages: Passage) -> None:
        self._all = {p.passage_id: p for p in passages}
        self.passage_count = len(passages)

    def search_dense(
        self, vector: NDArray[np.float32], *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        embedder = HashEmbedder()
        return self._best(lambda p: float(embedder.embed_question(p.text) @ vector), k, documents)

    def search_lexical(
        self, question: str, *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        wanted = set(content_stems(question))

        def shared(passage: Passage) -> float:
            return float(len(wanted & set(content_stems(passage.text))))

        return [hit for hit in self._best(shared, k, documents) if hit[1] > 0]

    def _best(
        self, score: Callable[[Passage], float], k: int, documents: Sequence[str] | None
    ) -> list[tuple[int, float]]:
        found = [
            (i, score(p))
            for i, p in self._all.items()
            if documents is None or p.doc_id in documents
        ]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def passages(self, passage_ids: Sequence[int]) -> dict[int, Passage]:
        return {i: self._all[i] for i in passage_ids if i in self._all}

    def documents(self) -> list[DocumentInfo]:
        counts = Counter(p.doc_id for p in self._all.values())
        return [DocumentInfo(d, "Title", "md", None, counts[d], 1, "") for d in sorted(counts)]

    def document(self, doc_id: str) -> Document | None:
        texts = [p.text for p in self._all.values() if p.doc_id == doc_id]
        return Document(doc_id, "00", "Title", "\n\n".join(texts), "md") if texts else None

    def passage_frequencies(self, words: Sequence[str]) -> dict[str, int]:
        return {w: sum(w.lower() in p.text.lower() for p in self._all.values()) for w in words}


def _overlap(prompt: str, continuation: str) -> float:
    wanted = set(content_stems(continuation))
    return len(wanted & set(content_stems(prompt))) / len(wanted) if wanted else 0.0
