"""Dense search: an exact inner-product index of FAISS over the store's vectors.

Derived from the store and never changed once made: a change makes a copy, and whoever searches
the old one goes on undisturbed. There is no file: up to about 100,000 passages the store gives
the vectors back in 2 s. A file of generations would be read in `rag.snapshot.load_dense` and
written after a sync; nothing else would have to know.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Batch = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Passage ids, shape ``(n,)``, and their vectors, shape ``(n, dim)``."""


class DenseIndex:
    """Unit vectors by passage id; immutable, so any number of threads may search.

    Attributes:
        dim: Of the vectors.
    """

    def __init__(self, index: Any, dim: int) -> None:  # noqa: ANN401 - faiss has no stubs for it
        self._index = index
        self.dim = dim

    @classmethod
    def build(cls, dim: int, batches: Iterable[Batch]) -> Self:
        """Build an index.

        Args:
            dim: Of the vectors.
            batches: Passage ids, each once, and their L2-normalised vectors.

        Raises:
            ValueError: If ids and vectors do not fit each other or ``dim``.
        """
        import faiss

        if sys.platform == "darwin":
            # torch brings a second OpenMP runtime; two with threads of their own crash on macOS.
            faiss.omp_set_num_threads(1)
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
        _add(index, dim, batches)
        return cls(index, dim)

    def changed(self, *, removed: Iterable[tuple[int, int]], added: Iterable[Batch]) -> Self:
        """A copy without the removed ids and with the added ones.

        Args:
            removed: First and last id of each range, both inclusive; ids that are not in the
                index do not matter.
            added: As for `build`.
        """
        import faiss

        index = faiss.clone_index(self._index)
        gone = _within(self.ids(), removed)
        if len(gone):
            index.remove_ids(faiss.IDSelectorBatch(gone))
        _add(index, self.dim, added)
        return type(self)(index, self.dim)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def ids(self) -> NDArray[np.int64]:
        """The passage ids it holds, in no particular order. Shape: ``(len(self),)``."""
        import faiss

        return np.array(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def search(
        self, vector: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The passages nearest to a vector.

        Args:
            vector: L2-normalised. Shape: ``(dim,)``.
            k: At most so many.
            allowed: Only these passage ids; None for all.

        Returns:
            Passage ids and inner products (cosines), best first; equal ones by id.
        """
        import faiss

        if vector.shape != (self.dim,):
            raise ValueError(f"a vector of shape {vector.shape} for an index of {self.dim}")
        k = min(k, len(self) if allowed is None else len(allowed))
        if k < 1 or not len(self):
            return []
        query = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        if allowed is None:
            scores, ids = self._index.search(query, k)
        else:
            # The selector must outlive the search: FAISS keeps no reference of its own.
            selector = faiss.IDSelectorBatch(np.ascontiguousarray(allowed, dtype=np.int64))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
            scores, ids = self._index.search(query, k, params=parameters)
        found = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return sorted(((i, s) for i, s in found if i >= 0), key=lambda hit: (-hit[1], hit[0]))


def _within(ids: NDArray[np.int64], ranges: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
    """The ids that lie in one of the ranges, which do not overlap."""
    bounds = np.array(sorted(ranges), dtype=np.int64).reshape(-1, 2)
    if not len(bounds):
        return ids[:0]
    nearest = np.searchsorted(bounds[:, 0], ids, side="right") - 1
    inside: NDArray[np.bool_] = (nearest >= 0) & (ids <= bounds[nearest, 1])
    return ids[inside]


def _add(index: Any, dim: int, batches: Iterable[Batch]) -> None:  # noqa: ANN401
    for ids, vectors in batches:
        if vectors.shape != (len(ids), dim):
            raise ValueError(f"{len(ids)} ids, vectors of shape {vectors.shape}, dimension {dim}")
        if len(ids):
            index.add_with_ids(
                np.ascontiguousarray(vectors, dtype=np.float32),
                np.ascontiguousarray(ids, dtype=np.int64),
            )
