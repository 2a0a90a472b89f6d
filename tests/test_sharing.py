"""One database, several programs: a commit waits for readers, and a copy lets others write."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from rag import sharing, store
from rag.errors import LibraryError
from rag.store import Store
from tests.small_library import PIPELINE, stored, vectors_of

ROLLS_BACK = sqlite3.sqlite_version_info < (3, 51, 3)


@pytest.fixture
def db(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_BUSY_S", 0.1)
    opened = Store(tmp_path)
    put(opened, "a", "one")
    yield opened
    opened.close()


@pytest.fixture
def reader(db):
    """A program that has begun to read, and goes on."""
    other = sqlite3.connect(db.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM passages").fetchone()
    yield other
    other.close()


def put(db: Store, doc_id: str, text: str) -> None:
    document, passages = stored(doc_id, text)
    db.put(document, passages, vectors_of(passages), PIPELINE)


@pytest.mark.skipif(not ROLLS_BACK, reason="readers stop nobody there")
def test_a_commit_waits_for_a_reader_that_takes_long(db, reader, caplog):
    threading.Timer(0.6, reader.execute, ("ROLLBACK",)).start()
    put(db, "b", "two")
    assert db.counts() == (2, 2)
    assert caplog.text.count("being read by another program") == 1


@pytest.mark.skipif(not ROLLS_BACK, reason="readers stop nobody there")
def test_it_does_not_wait_for_ever_and_changes_nothing_then(db, reader, monkeypatch):
    monkeypatch.setattr(sharing, "_PATIENCE_S", 0.3)
    with pytest.raises(LibraryError, match="database is locked"):
        put(db, "b", "two")
    reader.execute("ROLLBACK")
    assert db.counts() == (1, 1)
    put(db, "b", "two")
    assert db.counts() == (2, 2)


@pytest.mark.parametrize("most_idle_steps", [0, 10**9])
def test_others_commit_while_a_copy_is_made(db, tmp_path, monkeypatch, most_idle_steps):
    """Every document has five passages, all of one version: half of one would show."""
    monkeypatch.setattr(sharing, "_STEP_PAGES", 1)
    monkeypatch.setattr(sharing, "_MOST_IDLE_STEPS", most_idle_steps)
    put(db, "large", "\n\n".join(f"paragraph {i}" for i in range(500)))
    committed = threading.Event()

    def write() -> None:
        other = Store(tmp_path)
        for version in range(8):
            put(other, "changing", "\n\n".join(f"version{version} {i}" for i in range(5)))
            committed.set()
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert committed.wait(20)
    db.copy_to(tmp_path / "copy.db")
    writer.join()
    copy = Store(tmp_path, name="copy.db")
    texts = [p.text for p in copy.texts(after=0, until=10**6) if p.doc_id == "changing"]
    assert copy.problems() == []
    assert copy.counts()[0] == 3
    copy.close()
    assert len(texts) == 5
    assert len({text.split()[0] for text in texts}) == 1
