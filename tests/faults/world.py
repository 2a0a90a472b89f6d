"""A small library that is written to by force, and what must be true of it whatever happened.

Documents are two files deep, have three paragraphs each, and a word of their own that says which
version of which document is read: ``d3v17``.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag import generations
from rag.errors import RagError
from rag.library import Library
from rag.store import Store
from tests.fakes import HashEmbedder
from tests.small_library import chunk, open_library

NAMES = tuple(f"d{i}" for i in range(6))
OPERATIONS = ("add", "change", "change", "remove", "purge", "rename", "rebuild")
_WORD = re.compile(r"\bd\d+v\d+\b")

State = Mapping[str, str | None]
"""Text by ``doc_id``; None where there is no document."""


def text_of(name: str, version: int) -> str:
    word = f"{name}v{version}"
    return f"# Title of {word}\n\nThe harbour {word} was opened.\n\nIts keeper left {word} behind."


def version_of(text: str) -> str:
    return _WORD.findall(text)[0]


def put_file(root: Path, doc_id: str, text: str) -> None:
    """Write a file so that no sync sees half of it."""
    path = root / "docs" / doc_id
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def folder_state(root: Path) -> dict[str, str | None]:
    return {
        path.relative_to(root / "docs").as_posix(): path.read_text(encoding="utf-8")
        for path in (root / "docs").rglob("*.txt")
        if not path.name.startswith(".")
    }


@dataclass(frozen=True)
class Operation:
    """One change of the folder, and how it gets into the index."""

    kind: str
    doc_id: str
    text: str | None = None
    source: str | None = None

    def after(self, before: State) -> dict[str, str | None]:
        changed: dict[str, str | None] = {}
        if self.kind in ("add", "change", "rename"):
            changed[self.doc_id] = self.text
        if self.kind in ("remove", "purge"):
            changed[self.doc_id] = None
        if self.source is not None:
            changed[self.source] = None
        return {**before, **changed}

    def edit(self, root: Path) -> None:
        """What a person does to the folder."""
        if self.source is not None:
            (root / "docs" / self.source).rename(root / "docs" / self.doc_id)
        elif self.text is not None:
            put_file(root, self.doc_id, self.text)
        elif self.kind in ("remove", "purge"):
            (root / "docs" / self.doc_id).unlink()

    def index(self, library: Library) -> None:
        """What Kaynak does then."""
        if self.kind == "purge":
            library.remove(self.doc_id, purge=True)
        else:
            library.sync(rebuild=self.kind == "rebuild", allow_empty=True)


def next_operation(state: State, rng: random.Random, number: int) -> Operation:
    """A change that is possible now."""
    there = sorted(d for d, text in state.items() if text is not None)
    absent = sorted({f"{name}.txt" for name in NAMES} - set(there))
    kind = rng.choice(OPERATIONS)
    if kind in ("add", "rename") and not absent:
        kind = "change"
    if kind not in ("add", "rebuild") and len(there) < 3:
        kind = "add"
    if kind == "rebuild":
        return Operation(kind, "")
    doc_id = rng.choice(absent if kind in ("add", "rename") else there)
    if kind == "rename":
        source = rng.choice(there)
        return Operation(kind, doc_id, state[source], source)
    text = text_of(doc_id.removesuffix(".txt"), number) if kind in ("add", "change") else None
    return Operation(kind, doc_id, text)


def embedder_of(root: Path) -> HashEmbedder:
    """The one that the store names; a rebuild takes the other."""
    store = Store(root / "index")
    pipeline = store.pipeline()
    store.close()
    return HashEmbedder(name="hash" if pipeline is None else pipeline.embedder[:-3])


def other_embedder(embedder: HashEmbedder) -> HashEmbedder:
    return HashEmbedder(name="hush" if embedder.fingerprint.startswith("hash") else "hash")


def check(root: Path, *allowed: State) -> list[str]:
    """Open the library as the next process would, and say what is wrong with it.

    Args:
        allowed: The states that may be found, document by document.
    """
    try:
        with open_library(root, embedder_of(root)) as library:
            return [*_documents(library, allowed), *_indexes(library), *_searches(library)]
    except RagError as exc:
        return [f"it does not open: {exc}"]


def _documents(library: Library, allowed: tuple[State, ...]) -> Iterator[str]:
    stored = {c.document.doc_id: c for c in library._store.contents()}
    names = [info.doc_id for info in library.documents()]
    if len(names) != len(stored):
        yield f"doubled: {names}"
    for doc_id in {d for state in allowed for d in state} | set(stored):
        text = stored[doc_id].document.text if doc_id in stored else None
        if text not in {state.get(doc_id) for state in allowed}:
            yield f"{doc_id} is {text and version_of(text)}"
    for doc_id, content in stored.items():
        found = [(p.start, p.end, p.text) for p, _ in content.passages]
        if found != [(p.start, p.end, p.text) for p in chunk(content.document)]:
            yield f"{doc_id} is not whole: {len(found)} passages"


def _indexes(library: Library) -> Iterator[str]:
    snapshot = library.snapshot()
    pipeline = library._steps.pipeline
    every = library._store.ids().tolist()
    if sorted(snapshot._words.ids()) != every or snapshot.words_state != snapshot.state:
        yield f"the word index holds {sorted(snapshot._words.ids())}, the store {every}"
    if sorted(snapshot._dense.ids().tolist()) != library._store.ids(pipeline).tolist():
        yield "the vector index holds other passages than the store"
    if any(problems := [c.problems for c in library.examine(sample=3) if c.name != "models"]):
        yield from (problem for found in problems for problem in found)


def _searches(library: Library) -> Iterator[str]:
    """The word of each document finds its passages and no others."""
    snapshot = library.snapshot()
    for info in library.documents():
        document = snapshot.document(info.doc_id)
        word = version_of(document.text)
        hits = snapshot.passages([i for i, _ in snapshot.search_lexical(word, k=20)])
        expected = {(info.doc_id, p.text) for p in chunk(document)}
        same = [d.doc_id for d in library.documents() if d.title == info.title]
        if {(p.doc_id, p.text) for p in hits.values() if p.doc_id == info.doc_id} != expected:
            yield f"{word} finds {[p.doc_id for p in hits.values()]}"
        if not {p.doc_id for p in hits.values()} <= set(same):
            yield f"{word} finds other documents"


def settle(root: Path) -> list[str]:
    """Sync as a person would after a crash; then folder and index are the same."""
    try:
        with open_library(root, embedder_of(root)) as library:
            stale = library.status().is_rebuilding
            library.sync(rebuild=stale, allow_empty=True)
        return check(root, folder_state(root))
    except RagError as exc:
        return [f"it does not sync: {exc}"]


def new_root(root: Path, *, documents: int = 4) -> Path:
    """A folder with documents that are indexed."""
    for name in NAMES[:documents]:
        put_file(root, f"{name}.txt", text_of(name, 0))
    with open_library(root, HashEmbedder()) as library:
        library.sync()
    return root


def vectors(n: int, dim: int = 64) -> np.ndarray:
    rows = np.random.default_rng(n).standard_normal((n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Timer:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began


def lexical_folders(root: Path) -> list[Path]:
    return generations.folders(root / "index" / "index")
