"""A store whose rows are not as they were written: said as damage, with what to do, everywhere."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from rag.backup import backup
from rag.errors import IndexCorruptError
from tests.small_library import found, open_library, write


@pytest.fixture
def root(tmp_path) -> Path:
    text = "# Baku\n\nThe embassy opened.\n\nBy the sea."
    write(tmp_path, baku=text, trade="# T\n\nTariffs.")
    with open_library(tmp_path) as library:
        library.sync()
    return tmp_path


def tamper(root: Path, statement: str) -> None:
    with sqlite3.connect(root / "index" / "store.db") as db:
        db.execute(statement)
    db.close()


def wrong(root: Path) -> dict[str, tuple[str, ...]]:
    with open_library(root) as library:
        checks = library.examine()
    assert all(check.advice for check in checks if check.problems)
    return {check.name: check.problems for check in checks if check.problems}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM meta WHERE key = 'schema'", "its schema is missing"),
        ("UPDATE meta SET value = 'two' WHERE key = 'schema'", "its schema cannot be 'two'"),
        ("UPDATE meta SET value = '0' WHERE key = 'schema'", "its schema cannot be 0"),
        ("UPDATE meta SET value = x'00' WHERE key = 'schema'", "where a text should be"),
        ("DROP TABLE meta", "is damaged: table documents already exists"),
    ],
)
def test_a_store_that_cannot_be_opened(root, statement, said):
    tamper(root, statement)
    with pytest.raises(IndexCorruptError, match=said) as caught:
        open_library(root)
    assert "backup" in caught.value.hint


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE meta SET value = '[1' WHERE key = 'pipeline'", "its pipeline cannot be"),
        ("UPDATE meta SET value = '[\"a\", 3]' WHERE key = 'pipeline'", "its pipeline cannot be"),
        ("UPDATE meta SET value = '[1, 2, 3]' WHERE key = 'pipeline'", "its pipeline cannot be"),
        ("UPDATE meta SET value = '7' WHERE key = 'pipeline'", "its pipeline cannot be"),
        ("DELETE FROM meta WHERE key = 'generation'", "its generation is missing"),
        ("UPDATE meta SET value = 'x' WHERE key = 'generation'", "its generation cannot be 'x'"),
        ("DELETE FROM meta WHERE key = 'store'", "None where a text should be"),
        ("UPDATE documents SET doc_id = x'6261' WHERE id = 1", "b'ba' where a text should be"),
        ("UPDATE documents SET page_starts = '[' WHERE id = 1", "damaged: malformed JSON"),
        ("DROP TABLE passages", "no such table: passages"),
    ],
)
def test_facts_and_lists_that_cannot_be(root, statement, said):
    tamper(root, statement)
    with open_library(root) as library:
        for ask in (
            library.sync,
            lambda: (library.status(), library.documents()),
            library.snapshot,
        ):
            try:
                ask()
            except IndexCorruptError as exc:
                assert said in exc.message
                assert "backup" in exc.hint
                break
        else:
            pytest.fail("nobody noticed")
    found = wrong(root)
    assert list(found) == ["database"]
    assert any(said in problem for problem in found["database"])


@pytest.mark.parametrize("table", ["deletions", "failed"])
def test_a_missing_table_is_noticed(root, table):
    tamper(root, f"DROP TABLE {table}")
    assert f"the table {table} is missing" in wrong(root)["database"]


@pytest.mark.parametrize("value", ["7", "'seven'"])
def test_a_vector_that_is_none(root, value):
    tamper(root, f"UPDATE passages SET vector = {value} WHERE id = 1")
    with open_library(root) as library, pytest.raises(IndexCorruptError, match="vector"):
        found(library, "embassy")
    assert wrong(root)["vectors"] == ("passage 1 of baku.txt has 0 numbers, not 64",)


@pytest.mark.parametrize("ord_", [0, 1, 2])
def test_a_passage_that_is_missing_is_noticed(root, ord_):
    tamper(root, f"DELETE FROM passages WHERE document = 1 AND ord = {ord_}")
    assert wrong(root)["counts"] == ("baku.txt lacks passages",)


@pytest.mark.parametrize("how", ["gone", "empty"])
@pytest.mark.parametrize("set_aside", [False, True])
def test_a_store_that_is_lost_is_not_begun_anew(root, how, set_aside):
    file = root / "index" / "store.db"
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(b"")
    if set_aside:
        published = next((root / "index" / "index").glob("*.lexical"))
        (root / "index" / "quarantine").mkdir()
        published.rename(root / "index" / "quarantine" / f"{published.name}-20260101T000000")
    before = sorted(root.rglob("*"))
    for use in (open_library, lambda root: backup(root / "index", root / "copy.db")):
        with pytest.raises(IndexCorruptError, match=f"store.db is {how}, but .*lexical.* was made"):
            use(root)
    assert sorted(root.rglob("*")) == before


def test_a_first_sync_that_was_killed_goes_on(tmp_path):
    write(tmp_path, baku="# Baku")
    (tmp_path / "index" / "index" / "making.lexical.tmp").mkdir(parents=True)
    (tmp_path / "index" / "LOCK").touch()
    (tmp_path / "index" / "store.db").touch()
    with open_library(tmp_path) as library:
        assert library.sync().added == ("baku.txt",)
