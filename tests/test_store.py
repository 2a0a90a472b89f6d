"""The store: whole documents or nothing, ids that never come back, errors in plain words."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from rag import queries, schema
from rag.errors import IndexCorruptError, LibraryError
from rag.schema import Pipeline, pragmas
from rag.store import Store
from rag.types import FailedFile, Passage
from tests.small_library import PIPELINE, stored, vectors_of


@pytest.fixture
def db(tmp_path):
    opened = Store(tmp_path)
    yield opened
    opened.close()


def put(db: Store, doc_id: str, text: str, **more):
    document, passages = stored(doc_id, text)
    db.put(document, passages, vectors_of(passages), PIPELINE, **more)
    return document, passages


def ids_and_vectors(db: Store, *, after: int = 0, pipeline: Pipeline = PIPELINE):
    batches = list(db.vectors(after=after, until=db.state().max_passage_id, pipeline=pipeline))
    return [i for ids, _ in batches for i in ids.tolist()], [v for _, vs in batches for v in vs]


def raw(db: Store) -> sqlite3.Connection:
    return sqlite3.connect(db.path)


def test_document_and_passages_come_back_as_they_were(db):
    document, passages = put(db, "folder/ä.pdf", "# One\n\nFirst.\n\nİkinci 🙂 paragraf.")
    assert db.document("folder/ä.pdf") == document
    assert db.document("other") is None
    assert db.passages([1, 2, 3, 99]) == {
        i: replace(p, passage_id=i) for i, p in enumerate(passages, start=1)
    }
    info = db.documents()[0]
    assert (info.doc_id, info.title, info.format) == ("folder/ä.pdf", "One", "pdf")
    assert (info.pages, info.passages, info.characters) == (2, 3, len(document.text))
    assert info.indexed_at.endswith("+00:00")
    assert db.counts() == (1, 3)


def test_vectors_come_back_bit_by_bit_and_in_batches(db, monkeypatch):
    monkeypatch.setattr(queries, "_BATCH", 2)
    _, passages = put(db, "a", "one\n\ntwo\n\nthree\n\nfour\n\nfive")
    ids, vectors = ids_and_vectors(db)
    assert ids == [1, 2, 3, 4, 5]
    assert np.array_equal(np.stack(vectors), vectors_of(passages))
    assert [p.passage_id for p in db.texts(after=1, until=4)] == [2, 3, 4]
    assert ids_and_vectors(db, after=3)[0] == [4, 5]


def test_ids_are_never_used_again(db):
    put(db, "a", "one\n\ntwo")
    put(db, "a", "changed")
    assert db.live([1, 2, 3]) == {3}
    assert db.remove("a")
    put(db, "b", "new")
    assert db.live(range(10)) == {4}
    assert db.deletions(after=0, until=2) == [(1, 2), (3, 3)]
    assert db.deletions(after=1, until=2) == [(3, 3)]


def test_state_counts_every_change_of_content(db):
    before = db.state()
    assert (before.generation, before.max_passage_id, before.delete_seq) == (0, 0, 0)
    put(db, "a", "one\n\ntwo")
    put(db, "a", "three")
    after = db.state()
    assert (after.store, after.max_passage_id, after.delete_seq) == (before.store, 3, 1)
    db.fail(FailedFile("z", "odd"))  # changes nothing that can be found
    db.forget_failed(keep=())
    assert db.remove("nothing") is False
    assert db.state() == after
    db.fail(FailedFile("a", "odd"))
    assert db.state().generation > after.generation


def test_replaced_documents_go_in_the_same_transaction(db):
    put(db, "old.txt", "text")
    put(db, "new.txt", "text", replaces=["old.txt"])
    assert [d.doc_id for d in db.documents()] == ["new.txt"]


def test_failed_files_are_kept_until_they_are_indexed_or_forgotten(db):
    put(db, "a", "one")
    for doc_id in "abc":
        db.fail(FailedFile(doc_id, f"reason {doc_id}"))
    db.fail(FailedFile("b", "another reason"))
    assert db.documents() == ()
    assert db.failed() == (
        FailedFile("a", "reason a"), FailedFile("b", "another reason"), FailedFile("c", "reason c"),
    )  # fmt: skip
    put(db, "a", "one")
    db.forget_failed(keep={"c"})
    assert db.failed() == (FailedFile("c", "reason c"),)
    assert db.remove("c")
    assert db.failed() == ()


def test_vectors_are_known_by_what_they_were_made_from(db):
    document, passages = put(db, "a", "# T\n\none\n\ntwo")
    same = db.known("other", document.sha256, PIPELINE)
    assert same.title == "T"
    known = same.vectors
    assert set(known) == {("T", "", "# T"), ("T", "", "one"), ("T", "", "two")}
    assert np.array_equal(known["T", "", "two"], vectors_of(passages)[2])
    assert db.known("a", "0", PIPELINE).title is None
    assert set(db.known("a", "0", PIPELINE).vectors) == set(known)
    assert db.known("other", "0", PIPELINE).vectors == {}
    assert db.known("a", document.sha256, replace(PIPELINE, chunker="x")).vectors == {}


def test_a_rebuild_hides_vectors_until_documents_are_indexed_again(db):
    db.set_pipeline(PIPELINE)
    put(db, "a", "one")
    put(db, "b", "two")
    other = Pipeline("other", 64, "c")
    db.set_pipeline(other, rebuild=True)
    assert db.versions(other) == {"a": None, "b": None}
    assert ids_and_vectors(db)[0] == ids_and_vectors(db, pipeline=other)[0] == []
    document, passages = stored("a", "one")
    db.put(document, passages, vectors_of(passages), other)
    assert db.versions(other) == {"a": document.sha256, "b": None}
    assert ids_and_vectors(db, pipeline=other)[0] == [3]
    assert (db.pipeline(), db.meta()["rebuilding"]) == (other, "yes")
    db.note("rebuilding", None)
    assert "rebuilding" not in db.meta()


@pytest.mark.parametrize("spoil", ["count", "dim", "nan", "span"])
def test_what_does_not_fit_is_refused_as_a_whole(db, spoil):
    put(db, "a", "one")
    document, passages = stored("a", "one\n\ntwo")
    vectors = vectors_of(passages)
    if spoil == "count":
        vectors = vectors[:1]
    elif spoil == "dim":
        vectors = vectors[:, :8]
    elif spoil == "nan":
        vectors[1, 3] = np.nan
    else:
        passages[1] = Passage("a", 1, 4, "two")
    before = db.state()
    with pytest.raises(ValueError, match=r"^a: "):
        db.put(document, passages, vectors, PIPELINE)
    assert db.state() == before
    assert db.counts() == (1, 1)


def test_an_error_midway_leaves_the_old_document(db):
    put(db, "a", "one")
    before = db.state()
    with raw(db) as other:
        other.execute(
            "CREATE TRIGGER t BEFORE INSERT ON passages WHEN NEW.ord = 2"
            " BEGIN SELECT RAISE(ABORT, 'no third'); END"
        )
    other.close()
    with pytest.raises(LibraryError, match="no third"):
        put(db, "a", "1\n\n2\n\n3")
    assert db.state() == before
    assert [p.text for p in db.texts(after=0, until=9)] == ["one"]
    put(db, "a", "1\n\n2")
    assert db.counts() == (1, 2)


def test_a_full_disk_is_named_and_harms_nothing(db):
    put(db, "a", "one")
    db._rows("PRAGMA max_page_count = 30")
    with pytest.raises(LibraryError, match="disk is full") as caught:
        put(db, "b", "\n\n".join(f"paragraph {i}" for i in range(2000)))
    assert "Free some space" in caught.value.hint
    assert [d.doc_id for d in db.documents()] == ["a"]
    db._rows("PRAGMA max_page_count = 100000")
    put(db, "b", "two")
    assert db.counts() == (2, 2)


def test_a_file_that_is_no_database_is_reported(tmp_path):
    (tmp_path / "store.db").write_bytes(b"not a database, but long enough" * 200)
    with pytest.raises(IndexCorruptError, match=r"store\.db is damaged: file is not a database"):
        Store(tmp_path)


def test_damaged_pages_are_reported(tmp_path):
    db = Store(tmp_path)
    put(db, "a", "\n\n".join(f"paragraph {i}" for i in range(300)))
    db.close()
    file = tmp_path / "store.db"
    data = bytearray(file.read_bytes())
    data[4096 * 20 :] = b"\xff" * (len(data) - 4096 * 20)
    file.write_bytes(data)
    db = Store(tmp_path)
    with pytest.raises(IndexCorruptError, match="damaged: database disk image is malformed"):
        list(db.texts(after=0, until=300))
    db.close()


def test_a_vector_of_the_wrong_length_is_reported(db):
    put(db, "a", "one")
    with raw(db) as other:
        other.execute("UPDATE passages SET vector = x'00000000'")
    other.close()
    with pytest.raises(IndexCorruptError, match="wrong length"):
        ids_and_vectors(db)


def test_a_store_of_a_newer_version_is_refused(tmp_path):
    db = Store(tmp_path)
    with raw(db) as other:
        other.execute(
            "UPDATE meta SET value = ? WHERE key = 'schema'", (schema.SCHEMA_VERSION + 1,)
        )
    other.close()
    db.close()
    with pytest.raises(LibraryError, match="newer version of Kaynak"):
        Store(tmp_path)


def old_store(tmp_path) -> None:
    """A store as the first version wrote it."""
    db = Store(tmp_path)
    put(db, "a", "# T\n\none")
    db.close()
    with sqlite3.connect(tmp_path / "store.db") as other:
        other.execute("ALTER TABLE documents DROP COLUMN embedded_title")
        other.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
    other.close()


def test_a_store_of_the_first_version_is_brought_up_to_date(tmp_path):
    old_store(tmp_path)
    db = Store(tmp_path)
    assert db.meta()["schema"] == str(schema.SCHEMA_VERSION)
    document, _ = stored("a", "# T\n\none")
    known = db.known("other", document.sha256, PIPELINE)
    assert known.title == "T"
    assert set(known.vectors) == {("T", "", "# T"), ("T", "", "one")}
    put(db, "b", "two")
    assert db.counts() == (2, 3)
    db.close()


def test_a_migration_that_fails_changes_nothing(tmp_path, monkeypatch):
    old_store(tmp_path)
    before = (tmp_path / "store.db").read_bytes()
    monkeypatch.setitem(schema.MIGRATIONS, 1, (*schema.MIGRATIONS[1], "UPDATE absent SET x = 1"))
    with pytest.raises(LibraryError, match="no such table: absent"):
        Store(tmp_path)
    monkeypatch.undo()
    assert (tmp_path / "store.db").read_bytes() == before
    Store(tmp_path).close()


def test_titles_of_one_document_are_embedded_alike(db):
    document, passages = stored("a", "one\n\ntwo")
    mixed = [passages[0], replace(passages[1], title="Another")]
    with pytest.raises(ValueError, match="different titles"):
        db.put(document, mixed, vectors_of(passages), PIPELINE)


def test_copies_are_named(db):
    for doc_id in ("a", "b", "c"):
        put(db, doc_id, "other" if doc_id == "b" else "same")
    assert db.copies("a") == ["c"]
    assert db.copies("b") == db.copies("absent") == []


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LibraryError, match="unable to open database file"):
        Store(tmp_path / "absent")


def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path):
    with pytest.raises(LibraryError, match="unable to open database file"):
        Store(tmp_path / ("long" * 100))


def test_a_closed_store_says_so(db):
    db.close()
    db.close()
    with pytest.raises(LibraryError, match="closed database"):
        db.state()


def test_settings_of_the_connection(db):
    assert pragmas((3, 51, 2))[0] == "PRAGMA journal_mode = DELETE"
    assert pragmas((3, 51, 2))[1] == "PRAGMA synchronous = EXTRA"
    assert pragmas((3, 51, 3))[0] == "PRAGMA journal_mode = WAL"
    assert pragmas((3, 51, 3))[1] == "PRAGMA synchronous = FULL"
    old = sqlite3.sqlite_version_info < (3, 51, 3)
    assert db._rows("PRAGMA journal_mode")[0][0] == ("delete" if old else "wal")
    assert db._rows("PRAGMA synchronous")[0][0] == (3 if old else 2)
    assert db._rows("PRAGMA foreign_keys")[0][0] == db._rows("PRAGMA secure_delete")[0][0] == 1


def test_a_removed_text_is_not_left_in_the_file(db):
    canary = "canary" + "xyzzy" * 4
    put(db, "a", f"# {canary}\n\n{canary} one\n\n{canary} two")
    assert canary.encode() in db.path.read_bytes()
    db.remove("a")
    assert canary.encode() not in db.path.read_bytes()


def test_two_stores_see_what_the_other_commits(db, tmp_path):
    second = Store(tmp_path)
    put(db, "a", "one")
    assert second.state() == db.state()
    put(second, "b", "two")
    assert [d.doc_id for d in db.documents()] == ["a", "b"]
    second.close()


def test_threads_share_a_store(db):
    def read_often() -> None:
        for _ in range(200):
            # A document has five passages: half of one would show.
            texts = list(db.texts(after=0, until=db.state().max_passage_id))
            assert len(texts) % 5 == 0

    with ThreadPoolExecutor() as pool:
        readers = [pool.submit(read_often) for _ in range(4)]
        for i in range(20):
            put(db, f"d{i % 4}", "\n\n".join(f"{i} {j}" for j in range(5)))
        for reader in readers:
            reader.result()
    assert db.counts() == (4, 20)


def test_doc_ids_with_quotes_and_brackets_are_only_names(db):
    odd = """a'b"c,[d]{e} 🙂.txt"""
    put(db, odd, "one")
    put(db, "other", "two")
    assert db.passage_ids([odd]).tolist() == [1]
    assert db.passage_ids([json.dumps([odd])]).tolist() == []
    assert db.passage_ids([]).tolist() == []
