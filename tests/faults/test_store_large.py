"""Many passages: memory stays flat while they are indexed, and the index opens quickly."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest

from rag.library import Library
from rag.types import SyncProgress
from tests.faults import world
from tests.faults.figures import Figure, size
from tests.small_library import SUFFIXES, chunk, read

_ROOT = Path(__file__).parent.parent.parent
_PASSAGES = size(5_000, 100_000)
_A_DOCUMENT = 100
_DIM = 384
_TABLE = np.random.default_rng(1).standard_normal((4096, _DIM)).astype(np.float32)
_GROWTH_MB = 60
_COPIES = size(20, 1)  # so that the small size keeps as much as the full one
_OPEN_S = 3
_WORDS = [f"{a}{b}{c}" for a in "bdgklmnprstv" for b in ("ar", "el", "in", "or") for c in "adeimo"]


class CheapEmbedder:
    """Vectors from a table: their making costs nothing."""

    dim, max_tokens, fingerprint = _DIM, 10_000, "cheap"

    def count_tokens(self, text: str) -> int:
        return len(text) // 4

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        hashes = np.array([zlib.crc32(text.encode()) for text in texts], dtype=np.int64)
        rows = _TABLE[hashes % 4096] + _TABLE[hashes // 4096 % 4096]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_sentences(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed(texts)

    def embed_question(self, question: str) -> np.ndarray:
        return self.embed([question])[0]


class GreedyEmbedder(CheapEmbedder):
    """The control: it keeps what it made."""

    def __init__(self) -> None:
        self.kept: list[np.ndarray] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        made = super().embed(texts)
        self.kept += [made.copy() for _ in range(_COPIES)]
        return made


def library(root: Path, embedder: CheapEmbedder | None = None) -> Library:
    return Library.open(
        root / "docs", root / "index", embedder=embedder or CheapEmbedder(), read=read,
        chunk=chunk, chunker_fingerprint="paragraphs-1", suffixes=SUFFIXES,
    )  # fmt: skip


def write(root: Path, passages: int) -> None:
    rng = np.random.default_rng(2)
    (root / "docs").mkdir(parents=True)
    for i in range(passages // _A_DOCUMENT):
        drawn = rng.integers(0, len(_WORDS), (_A_DOCUMENT, 60))
        paragraphs = [" ".join(_WORDS[w] for w in row) for row in drawn]
        paragraphs[0] = f"# Number {i}"
        (root / "docs" / f"d{i:05}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")


def _memory_mb() -> float:
    return psutil.Process().memory_info().rss / 1e6


def sync_measured(root: Path, passages: int, *, greedy: bool = False) -> dict[str, float]:
    """Sync in this process; memory once a fifth is done, and at most after that."""
    write(root, passages)
    seen: list[tuple[float, float]] = []
    finished = threading.Event()
    share = [0.0]

    def watch() -> None:
        while not finished.wait(0.02):
            seen.append((share[0], _memory_mb()))

    def progress(step: SyncProgress) -> None:
        indexed = step.action in ("reading", "embedding", "indexed")
        share[0] = step.done / step.total if indexed else 0.0

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    with library(root, GreedyEmbedder() if greedy else None) as opened:
        opened.sync(progress=progress)
        seconds = time.monotonic() - began
    finished.set()
    watcher.join()
    warm = max(mb for at, mb in seen if at <= 0.2)
    return {"warm": warm, "most": max(mb for _, mb in seen), "seconds": seconds}


def open_measured(root: Path) -> dict[str, float]:
    """From nothing but the imports to the first hits."""
    import faiss  # noqa: F401
    import tantivy  # noqa: F401

    began = time.monotonic()
    with library(root) as opened:
        snapshot = opened.snapshot()
        opened_s = time.monotonic() - began
        dense = snapshot.search_dense(CheapEmbedder().embed_question("barda"), k=10)
        words = snapshot.search_lexical("barda belda kinde", k=10)
        total = time.monotonic() - began
        size_mb = opened.status().bytes / 1e6
        private = time.monotonic()
        opened._snapshots._newest(snapshot.state, known=None, quarantine=None)
        private_s = time.monotonic() - private
    assert len(dense) == len(words) == 10
    return {"open": opened_s, "first": total, "mb": size_mb, "words": private_s,
            "rss": _memory_mb()}  # fmt: skip


def _in_a_process(what: str, root: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.faults.test_store_large", what, str(root)]
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def large(folder: Path) -> list[Figure]:
    timer = world.Timer()
    synced = _in_a_process("sync", folder / "large")
    grown = synced["most"] - synced["warm"]
    opened = _in_a_process("open", folder / "large")
    greedy = _in_a_process("greedy", folder / "greedy")
    control = greedy["most"] - greedy["warm"]
    return [
        Figure(
            f"memory while {_PASSAGES:,} passages are indexed", 1, int(grown > _GROWTH_MB),
            synced["seconds"],
            f"{synced['warm']:.0f} MB after a fifth, {synced['most']:.0f} MB at most, with the word"
            f" index being written",
            f"vectors kept in memory: {control:+.0f} MB for as many",
        ),
        Figure(
            f"open {_PASSAGES:,} passages within {_OPEN_S} s", 1, int(opened["open"] > _OPEN_S),
            timer.seconds,
            f"{opened['open']:.2f} s, of which {opened['words']:.2f} s to copy, hash and map the"
            f" word index; {opened['mb']:.0f} MB on disk, {opened['rss']:.0f} MB in memory",
        ),
    ]  # fmt: skip


HARNESSES = [large]


@pytest.mark.timeout(300)
def test_large(tmp_path):
    memory, opening = large(tmp_path)
    assert memory.wrong == opening.wrong == 0, (memory, opening)
    assert float(memory.control.split()[4]) > _GROWTH_MB, "the control found nothing wrong"


def main(what: str, root: Path) -> dict[str, float]:
    if what == "open":
        return open_measured(root)
    return sync_measured(root, _PASSAGES, greedy=what == "greedy")


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
