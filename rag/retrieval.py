"""Question to hits: dense and BM25 searches, fused, with a cap per document.

A follow-up is searched in several wordings at once: no single one is right for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.config import Retrieval
from rag.protocols import Snapshot
from rag.types import Hit


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], *, k: int = 60, weights: Sequence[float] | None = None
) -> list[tuple[int, float]]:
    """Fuse rankings: ``score(d) = sum over rankings of w / (k + rank(d))``, rank from 1.

    Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet and individual
    rank learning methods", SIGIR 2009. ``[[7, 8], [8]]`` gives 8 the score 1/62 + 1/61.

    Args:
        weights: Of the rankings; 1 each if not given.

    Returns:
        Ids and scores, best first; ties keep the order of first appearance.
    """
    scores: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + weight / (k + rank)
    return sorted(scores.items(), key=lambda pair: -pair[1])


def retrieve(
    question: str,
    vector: NDArray[np.float32],
    snapshot: Snapshot,
    *,
    settings: Retrieval,
    documents: Sequence[str] | None = None,
    also: Sequence[tuple[str, NDArray[np.float32], float]] = (),
) -> list[Hit]:
    """Find the passages that may answer a question.

    Args:
        question: For BM25.
        vector: The question's embedding. Shape: ``(dim,)``.
        snapshot: What is searched.
        settings: How many hits, from how many candidates, and the cap per document.
        documents: Only these ``doc_id``; None for all.
        also: Other wordings of the question with their embeddings and their weights, the question
            itself having 1; fused with it.

    Returns:
        Hits, best first; passages that were deleted meanwhile are absent.
    """
    searched = [
        (
            snapshot.search_dense(row, k=settings.candidates, documents=documents),
            snapshot.search_lexical(text, k=settings.candidates, documents=documents),
        )
        for text, row, _ in [(question, vector, 1.0), *also]
    ]  # fmt: skip
    rankings = [[i for i, _ in ranking] for pair in searched for ranking in pair]
    weights = [1.0, 1.0, *(weight for _, _, weight in also for _ in range(2))]
    fused = reciprocal_rank_fusion(rankings, k=settings.rrf_k, weights=weights)
    dense, lexical = searched[0]
    live = snapshot.passages([i for i, _ in fused])
    dense_ranks = {i: rank for rank, (i, _) in enumerate(dense, start=1)}
    lexical_ranks = {i: rank for rank, (i, _) in enumerate(lexical, start=1)}
    cosines = dict(dense)
    hits = [
        Hit(live[i], score, dense_ranks.get(i), lexical_ranks.get(i), cosines.get(i))
        for i, score in fused
        if i in live
    ]
    return _capped(hits, passages=settings.passages, per_document=settings.per_document)


def _capped(hits: Sequence[Hit], *, passages: int, per_document: int) -> list[Hit]:
    """The best hits, at most ``per_document`` of each file; the rest only fills what is left."""
    seen: Counter[str] = Counter()
    kept: list[Hit] = []
    spare: list[Hit] = []
    for hit in hits:
        seen[hit.passage.doc_id] += 1
        (kept if seen[hit.passage.doc_id] <= per_document else spare).append(hit)
    return (kept + spare)[:passages]
