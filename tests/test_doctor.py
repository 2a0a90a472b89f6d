"""The doctor: each kind of damage is named, with what to do about it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from rag import generations
from rag.errors import IndexLockedError, LibraryError
from rag.snapshot import Snapshots
from tests.fakes import HashEmbedder
from tests.small_library import open_library, write

NAMES = [
    "database", "models", "counts", "texts", "vectors", "word index files", "word index",
    "vector index", "embedded again",
]  # fmt: skip


@pytest.fixture
def root(tmp_path) -> Path:
    write(tmp_path, baku="# Baku\n\nThe embassy opened.\n\nBy the sea.", trade="# T\n\nTariffs.")
    with open_library(tmp_path) as library:
        library.sync()
    return tmp_path


def examine(root: Path, **more):
    with open_library(root, **more) as library:
        return {check.name: check for check in library.examine()}


def wrong(root: Path, **more) -> dict[str, tuple[str, ...]]:
    checks = examine(root, **more)
    for check in checks.values():
        assert bool(check.problems) == bool(check.advice)
    return {name: check.problems for name, check in checks.items() if check.problems}


def tamper(root: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(root / "index" / "store.db") as db:
        db.execute(statement, values)
    db.close()


def test_a_whole_index_is_healthy_and_stays_as_it_is(root):
    before = {p: p.read_bytes() for p in (root / "index").rglob("*") if p.is_file()}
    checks = examine(root)
    assert list(checks) == NAMES
    assert wrong(root) == {}
    assert checks["database"].looked_at == "2 documents, 5 passages"
    assert checks["embedded again"].looked_at == "5 passages"
    after = {p: p.read_bytes() for p in (root / "index").rglob("*") if p.is_file()}
    lock = root / "index" / "LOCK"
    assert before | {lock: b""} == after | {lock: b""}


def test_an_empty_index_is_healthy(tmp_path):
    (tmp_path / "docs").mkdir()
    assert wrong(tmp_path) == {}


def test_after_changes_an_index_is_healthy(root):
    with open_library(root) as library:
        write(root, trade="# T\n\nQuotas.", more="More.")
        library.sync()
        library.remove("baku.txt")
        (root / "docs" / "more.txt").rename(root / "docs" / "renamed.txt")
    assert wrong(root) == {}


def test_an_index_that_is_behind_is_healthy(root):
    with open_library(root) as library:
        library._store.remove("trade.txt")  # committed, and killed before the words were made
    checks = examine(root)
    assert not any(check.problems for check in checks.values())
    assert "the next question tops it up" in checks["word index"].looked_at


def test_a_text_that_is_not_the_documents(root):
    tamper(root, "UPDATE passages SET text = 'The embassy closed.' WHERE ord = 1 AND document = 1")
    found = wrong(root)
    assert found["texts"] == ("baku.txt, characters 8 to 27",)
    assert set(found) == {"texts", "embedded again"}
    assert "--rebuild" in examine(root)["texts"].advice


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE passages SET text = 'Short.' WHERE id = 2", "damaged passage: baku.txt: the span"),
        ("UPDATE documents SET headings = '[{' WHERE id = 1", "damaged document, baku.txt"),
    ],
)
def test_rows_that_make_no_sense(root, statement, said):
    tamper(root, statement)
    assert said in wrong(root)["texts"][0]


def test_vectors_of_the_wrong_shape_length_or_value(root):
    tamper(root, "UPDATE passages SET vector = x'0000' WHERE id = 1")
    tamper(root, "UPDATE passages SET vector = ? WHERE id = 2", np.zeros(64, "<f4").tobytes())
    bad = np.full(64, np.nan, "<f4").tobytes()
    tamper(root, "UPDATE passages SET vector = ? WHERE id = 3", bad)
    found = wrong(root)
    assert found["vectors"] == (
        "passage 1 of baku.txt has 0 numbers, not 64",
        "passage 2 of baku.txt is no vector of length 1",
        "passage 3 of baku.txt is no vector of length 1",
    )
    assert len(found["embedded again"]) == 3
    assert "wrong length" in found["vector index"][0]


def test_vectors_of_another_passage(root):
    tamper(root, "UPDATE passages SET vector = (SELECT vector FROM passages WHERE id = 3)")
    found = wrong(root)
    assert set(found) == {"embedded again"}
    assert len(found["embedded again"]) == 4


def test_counts_that_do_not_fit(root):
    tamper(root, "UPDATE documents SET characters = 7 WHERE doc_id = 'baku.txt'")
    tamper(root, "DELETE FROM passages WHERE document = 2")
    found = wrong(root)
    assert found["counts"] == ("baku.txt has 40 characters, not 7", "trade.txt has no passages")
    assert found["word index"] == ("2 passages are not in the store",)


def test_passages_without_a_document(root):
    tamper(root, "DELETE FROM documents WHERE doc_id = 'baku.txt'")
    found = wrong(root)
    assert found["database"][0] == "row 1 of passages belongs to no document"
    assert list(found) == ["database"]


def test_damaged_pages(root):
    file = root / "index" / "store.db"
    data = bytearray(file.read_bytes())
    data[4096 * 4 : 4096 * 9] = b"\xff" * (4096 * 5)
    file.write_bytes(data)
    found = wrong(root)
    assert list(found) == ["database"]
    assert "backup" in examine(root)["database"].advice


@pytest.mark.parametrize("how", ["deleted", "damaged", "stamp"])
def test_word_index_files(root, how):
    published = next((root / "index" / "index").glob("*.lexical"))
    if how == "deleted":
        shutil.rmtree(published)
    elif how == "damaged":
        file = next(f for f in published.iterdir() if f.suffix == ".store")
        file.write_bytes(file.read_bytes()[:-1])
    else:
        stamp = published / "stamp.json"
        stamp.write_text(stamp.read_text() + " ")
    found = wrong(root)
    reasons = {
        "deleted": "00000002.lexical is missing", "damaged": "its files are damaged",
        "stamp": "it is not the one that was published",
    }  # fmt: skip
    assert reasons[how] in found["word index files"][0]
    assert found["word index"] == ("there is none",)
    assert "made again" in examine(root)["word index"].advice
    with open_library(root) as library:
        library.snapshot()
    assert wrong(root) == {}
    aside = "" if how == "deleted" else ", 1 set aside earlier"
    assert examine(root)["word index files"].looked_at == f"1 generations{aside}"


def test_a_sync_mends_an_older_word_index(root):
    """The newest was whole, so nothing else ever looked at the older one."""
    write(root, trade="# T\n\nOther tariffs.")
    with open_library(root) as library:
        library.sync()
    older, _newest = sorted((root / "index" / "index").glob("*.lexical"))
    next(f for f in older.iterdir() if f.suffix == ".store").write_bytes(b"damaged")
    assert wrong(root)["word index files"] == (f"{older}: its files are damaged",)
    with open_library(root) as library:
        library.sync()
    assert wrong(root) == {}
    looked_at = examine(root)["word index files"].looked_at
    assert looked_at == "1 generations, 1 set aside earlier"


def test_a_sync_seals_what_a_killed_writer_left_unsealed(root, monkeypatch):
    """Published, and killed before that was noted, twice over."""

    def killed(*_):
        raise LibraryError("killed")

    for text in ("One.", "Two."):
        write(root, trade=f"# T\n\n{text}")
        with monkeypatch.context() as patch, open_library(root) as library:
            patch.setattr(Snapshots, "_seal", killed)
            library.sync()
    newest, _, sealed = generations.folders(root / "index" / "index")
    with open_library(root) as library:
        assert library._store.meta()["words"].startswith(f"{sealed.name} ")
        assert library.status().generation == int(newest.stem)
    assert wrong(root) == {}
    with open_library(root) as library:
        library.sync()
        assert library._store.meta()["words"].startswith(f"{newest.name} ")
    assert wrong(root) == {}
    assert generations.folders(root / "index" / "index")[0] == newest
    assert not sealed.exists()


def test_a_word_index_that_lacks_passages(root, monkeypatch):
    from rag.lexical import LexicalIndex

    monkeypatch.setattr(LexicalIndex, "ids", lambda self: [1, 2, 2, 9])
    assert wrong(root)["word index"] == (
        "3 passages are missing", "1 passages are not in the store", "passages are in it twice",
    )  # fmt: skip


def test_another_embedder(root):
    found = wrong(root, embedder=HashEmbedder(name="other"))
    assert "another embedder (hash-64)" in found["models"][0]
    assert set(found) == {"models"}


def test_an_embedder_that_has_changed_under_its_name(root):
    class Changed(HashEmbedder):
        def _vector(self, text):
            return super()._vector(f"changed {text}")

    found = wrong(root, embedder=Changed())
    assert set(found) == {"embedded again"}
    assert len(found["embedded again"]) == 5


def test_a_rebuild_that_has_not_ended(root):
    def stop(step):
        if step.action == "indexed":
            raise KeyboardInterrupt

    other = HashEmbedder(name="other")
    with open_library(root, other) as library, pytest.raises(KeyboardInterrupt):
        library.sync(rebuild=True, progress=stop)
    with open_library(root, other) as library:
        assert library.status().is_rebuilding
    assert wrong(root, embedder=other)["models"] == ("a rebuild was begun and has not ended",)


def test_only_twenty_passages_are_embedded(root):
    write(root, large="\n\n".join(f"Paragraph number{i}." for i in range(50)))
    embedder = HashEmbedder()
    with open_library(root, embedder) as library:
        library.sync()
        embedder.embedded.clear()
        library.examine()
    assert len(embedder.embedded) == 20


def test_nobody_writes_meanwhile(root):
    with open_library(root) as library:

        def examine_too(_step):
            with open_library(root) as other, pytest.raises(IndexLockedError):
                other.examine()

        write(root, more="More.")
        library.sync(progress=examine_too)
