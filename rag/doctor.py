"""The doctor: is everything that is stored whole, and everything derived from it the same?

The documents' files are not read: what they say now is the business of a sync.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import generations
from rag.dense import DenseIndex
from rag.errors import LibraryError
from rag.generations import UnusableError
from rag.indexing import Steps, passage_input_that_fits
from rag.lexical import LexicalIndex
from rag.queries import Content
from rag.schema import Pipeline
from rag.snapshot import check_pipeline
from rag.store import Store
from rag.types import Passage

_REBUILD = "Run `kaynak sync --rebuild`: it reads all documents again."
_RESTORE = (
    "Move the index folder away, then run `kaynak sync`, or put a backup into a new folder as"
    " store.db; the documents themselves are unharmed."
)
_DERIVED = "Nothing need be done: it is made again from the store at the next question or sync."
_SHOWN = 5
_LEAST_COSINE = 0.999
_UNIT = 1e-3
_EMBEDDED_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: Of what was checked.
        looked_at: How much of it, for people.
        problems: What is wrong; empty when nothing is.
        advice: What to do about it; empty when nothing is wrong.
    """

    name: str
    looked_at: str
    problems: tuple[str, ...] = ()
    advice: str = ""


def examine(store: Store, folder: Path, steps: Steps, *, sample: int) -> tuple[Check, ...]:
    """Check an index; the caller holds the writer's lock.

    Args:
        folder: Of the index.
        sample: So many passages are embedded again.
    """
    checks = [_database(store)]
    if checks[0].problems:
        return tuple(checks)  # whatever else a damaged file says means nothing
    checks.append(_models(store, steps))
    checks.extend(_contents(store, steps.pipeline.dim))
    checks.append(_words_files(store, folder))
    checks.append(_words(store, folder))
    if not checks[1].problems:
        checks.append(_vectors_index(store, steps.pipeline))
        checks.append(_embedded_again(store, steps, sample))
    return tuple(checks)


def _check(name: str, looked_at: str, problems: Iterator[str] | list[str], advice: str) -> Check:
    found = list(problems)
    if len(found) > _SHOWN:
        found = [*found[:_SHOWN], f"and {len(found) - _SHOWN} more"]
    return Check(name, looked_at, tuple(found), advice if found else "")


def _database(store: Store) -> Check:
    try:
        problems = store.problems()
        if not problems:
            problems = list(_unreadable(store))
        documents, passages = store.counts()
    except LibraryError as exc:
        return Check("database", str(store.path), (exc.message,), _RESTORE)
    looked_at = f"{documents:,} documents, {passages:,} passages"
    return _check("database", looked_at, problems, _RESTORE)


def _unreadable(store: Store) -> Iterator[str]:
    """What its facts and lists say that cannot be."""
    for read in (store.state, store.pipeline, store.documents, store.failed):
        try:
            read()
        except LibraryError as exc:
            yield exc.message


def _models(store: Store, steps: Steps) -> Check:
    problems = []
    try:
        check_pipeline(store, steps.pipeline)
    except LibraryError as exc:
        problems.append(exc.message)
    if "rebuilding" in store.meta():
        problems.append("a rebuild was begun and has not ended")
    waiting = sum(sha256 is None for sha256 in store.versions(steps.pipeline).values())
    if waiting and not problems:
        problems.append(f"{waiting} documents are of another embedder or chunker")
    return _check("models", f"embedder {steps.pipeline.embedder}", problems, _REBUILD)


def _contents(store: Store, dim: int) -> list[Check]:
    """Counts, texts and vectors, in one reading of the store."""
    counts: list[str] = []
    texts: list[str] = []
    vectors: list[str] = []
    documents = passages = 0
    try:
        for content in store.contents():
            documents += 1
            passages += len(content.passages)
            counts.extend(_miscounted(content))
            texts.extend(_misplaced(content))
            vectors.extend(_misshapen(content, dim))
    except LibraryError as exc:
        texts.append(exc.message)
    if (documents, passages) != store.counts():
        counts.append(f"{documents} documents and {passages} passages were found")
    seen = f"{passages:,} passages"
    return [
        _check("counts", f"{documents:,} documents", counts, _REBUILD),
        _check("texts", f"{seen} are their documents' text", texts, _REBUILD),
        _check("vectors", f"{seen} have {dim} finite numbers", vectors, _REBUILD),
    ]


def _miscounted(content: Content) -> Iterator[str]:
    document = content.document
    if not content.passages:
        yield f"{document.doc_id} has no passages"
    elif content.numbers != tuple(range(len(content.numbers))) or _uncovered(content):
        yield f"{document.doc_id} lacks passages"
    if len(document.text) != content.characters:
        yield f"{document.doc_id} has {len(document.text)} characters, not {content.characters}"


def _uncovered(content: Content) -> bool:
    """Whether a part of the text is in no passage."""
    text, end = content.document.text, 0
    for passage, _ in content.passages:
        if text[end : passage.start].strip():
            return True
        end = max(end, passage.end)
    return bool(text[end:].strip())


def _misplaced(content: Content) -> Iterator[str]:
    document = content.document
    for passage, _ in content.passages:
        if document.text[passage.start : passage.end] != passage.text:
            yield f"{document.doc_id}, characters {passage.start} to {passage.end}"


def _misshapen(content: Content, dim: int) -> Iterator[str]:
    for passage, blob in content.passages:
        vector = _vector(blob)
        where = f"passage {passage.passage_id} of {content.document.doc_id}"
        if len(vector) != dim:
            yield f"{where} has {len(vector)} numbers, not {dim}"
        elif not np.isfinite(vector).all() or abs(float(vector @ vector) - 1) > _UNIT:
            yield f"{where} is no vector of length 1"


def _vector(blob: object) -> NDArray[np.float32]:
    whole = blob if isinstance(blob, bytes) and len(blob) % 4 == 0 else b""
    return np.frombuffer(whole, dtype="<f4").astype(np.float32)


def _words_files(store: Store, folder: Path) -> Check:
    """Size, hash, counts and origin of each published word index."""
    problems = []
    seals = store.seals()
    paths = generations.folders(folder / "index")
    if seals.published_name not in {None, *(path.name for path in paths)}:
        problems.append(f"{seals.published_name} is missing")
    for path in paths:
        try:
            generations.open_verified(path, store.state(), seals)
        except (UnusableError, OSError, ValueError, LibraryError) as exc:
            problems.append(f"{path}: {exc}")
    aside = sum(1 for _ in (folder / "quarantine").glob("*"))
    looked_at = f"{len(paths)} generations" + (f", {aside} set aside earlier" if aside else "")
    return _check("word index files", looked_at, problems, _DERIVED)


def _words(store: Store, folder: Path) -> Check:
    """The passages of the word index, which may be behind the store, are the store's."""
    state = store.state()
    index = generations.newest(
        folder / "index", state, seals=store.seals, known=None, quarantine=None
    )
    if index is None:
        problems = ["there is none"] if store.counts()[1] else []
        return _check("word index", "no generation", problems, _DERIVED)
    problems = _differences(np.array(sorted(index.ids()), dtype=np.int64), _expected(store, index))
    behind = "" if index.state == state else ", behind the store: the next question tops it up"
    return _check("word index", f"{len(index):,} passages{behind}", problems, _DERIVED)


def _expected(store: Store, index: LexicalIndex) -> NDArray[np.int64]:
    """The ids of the store when the index was made from it."""
    live = store.ids()
    gone = store.deletions(after=index.state.delete_seq, until=store.state().delete_seq)
    parts = [live, *(np.arange(first, last + 1, dtype=np.int64) for first, last in gone)]
    ids = np.sort(np.concatenate(parts))
    return ids[ids <= index.state.max_passage_id]


def _vectors_index(store: Store, pipeline: Pipeline) -> Check:
    state = store.state()
    batches = store.vectors(after=0, until=state.max_passage_id, pipeline=pipeline)
    try:
        index = DenseIndex.build(pipeline.dim, batches)
    except LibraryError as exc:
        return Check("vector index", "made from the store", (exc.message,), _REBUILD)
    problems = _differences(np.sort(index.ids()), store.ids(pipeline))
    return _check("vector index", f"{len(index):,} passages", problems, _REBUILD)


def _differences(found: NDArray[np.int64], expected: NDArray[np.int64]) -> list[str]:
    missing, strange = np.setdiff1d(expected, found), np.setdiff1d(found, expected)
    problems = [f"{len(missing)} passages are missing"] if len(missing) else []
    if len(strange):
        problems.append(f"{len(strange)} passages are not in the store")
    if len(found) != len(np.unique(found)):
        problems.append("passages are in it twice")
    return problems


def _embedded_again(store: Store, steps: Steps, sample: int) -> Check:
    """Does the embedder still make of a passage what is stored?"""
    ids = store.ids(steps.pipeline).tolist()
    chosen = random.Random(len(ids)).sample(ids, min(sample, len(ids)))
    try:
        passages = store.embedded(chosen)
    except LibraryError as exc:
        return Check("embedded again", "no passages", (exc.message,), _REBUILD)
    problems = [
        f"passage {passage.passage_id} of {passage.doc_id}: cosine {cosine:.4f}"
        for passage, cosine in _cosines(passages, steps)
        if not cosine > _LEAST_COSINE
    ]
    return _check("embedded again", f"{len(passages)} passages", problems, _REBUILD)


def _cosines(
    passages: list[tuple[Passage, bytes]], steps: Steps
) -> Iterator[tuple[Passage, float]]:
    embedder = steps.embedder
    for start in range(0, len(passages), _EMBEDDED_AT_ONCE):
        some = passages[start : start + _EMBEDDED_AT_ONCE]
        rows = embedder.embed([passage_input_that_fits(p, embedder) for p, _ in some])
        for (passage, blob), row in zip(some, rows, strict=True):
            stored = _vector(blob)
            yield passage, float(stored @ row) if stored.shape == row.shape else 0.0
