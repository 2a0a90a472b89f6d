"""The naive layout that the harnesses must find wanting: two files, written in place.

Vectors in ``index.faiss``, texts in ``docs.json`` by position; no transaction, no lock, no hash.
"""

from __future__ import annotations

import json
from pathlib import Path

import faiss
import numpy as np

DIM = 64


def vector_of(text: str) -> np.ndarray:
    row = np.random.default_rng(sum(text.encode()) % 2**32).standard_normal(DIM)
    return (row / np.linalg.norm(row)).astype(np.float32)


class NaiveLibrary:
    """Documents by name, each with one text and one vector."""

    def __init__(self, root: Path) -> None:
        self._vectors = root / "index.faiss"
        self._texts = root / "docs.json"
        self.texts: list[tuple[str, str]] = []
        self.index = faiss.IndexFlatIP(DIM)
        if self._texts.exists():
            self.texts = [tuple(pair) for pair in json.loads(self._texts.read_text())]
            self.index = faiss.read_index(str(self._vectors))

    def put(self, **texts: str) -> None:
        kept = [(name, text) for name, text in self.texts if name not in texts]
        self._save([*kept, *texts.items()])

    def remove(self, *names: str) -> None:
        self._save([(name, text) for name, text in self.texts if name not in names])

    def search(self, text: str) -> str:
        _, ids = self.index.search(vector_of(text)[None], 1)
        return self.texts[ids[0][0]][1]

    def problems(self) -> list[str]:
        if self.index.ntotal != len(self.texts):
            return [f"{self.index.ntotal} vectors, {len(self.texts)} texts"]
        return [name for name, text in self.texts if self.search(text) != text]

    def _save(self, texts: list[tuple[str, str]]) -> None:
        self.texts = texts
        self.index = faiss.IndexFlatIP(DIM)
        self.index.add(np.stack([vector_of(text) for _, text in texts]))
        faiss.write_index(self.index, str(self._vectors))
        self._texts.write_text(json.dumps(texts))


def check(root: Path) -> list[str]:
    """What is wrong when it is opened again."""
    try:
        return NaiveLibrary(root).problems()
    except (RuntimeError, ValueError, IndexError, OSError) as exc:
        return [f"it does not open: {exc}"]
