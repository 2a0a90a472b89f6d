"""A word index is believed only by the store that it was made from, whatever its numbers say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rag import generations
from rag.errors import LibraryError
from rag.seals import Seals
from tests.small_library import found, open_library, write


@pytest.fixture
def root(tmp_path) -> Path:
    write(tmp_path, baku="# Baku\n\nThe embassy opened.", trade="# T\n\nTariffs.")
    sync(tmp_path)
    return tmp_path


def sync(root: Path, **texts: str) -> None:
    write(root, **texts)
    with open_library(root) as library:
        library.sync()


def newest(root: Path) -> Path:
    return generations.folders(root / "index" / "index")[0]


def problems(root: Path) -> dict[str, tuple[str, ...]]:
    with open_library(root) as library:
        return {check.name: check.problems for check in library.examine() if check.problems}


def test_seals_come_back_as_they_were():
    for seals in (Seals(), Seals("2 b"), Seals(None, ("1 a",)), Seals("3 c", ("2 b", "1 a"))):
        assert Seals.parse(seals.text) == seals
    assert Seals.parse(None) == Seals()


def test_seals_of_what_is_gone_are_forgotten():
    seals = Seals("2 b", ("1 a",)).announced("3 c", {"2"})
    assert seals == Seals("2 b", ("3 c",))
    assert seals.know("3 c")
    assert not seals.know("3 d")
    assert seals.sealed("3 c", {"3", "2"}) == Seals("3 c", ("2 b",))


@pytest.mark.parametrize("later", [False, True])
def test_an_index_of_a_copy_that_went_another_way(root, later, caplog):
    """Same store, same numbers, other content: the volcano's passage is here the glacier's."""
    other = root / "other"
    shutil.copytree(root / "docs", other / "docs")
    shutil.copytree(root / "index", other / "index")
    sync(other, more="A volcano.")
    sync(root, more="A glacier.")
    if later:  # the store has gone on, and has no index of this name
        (root / "docs" / "more.txt").unlink()
        sync(root)
        sync(root, last="A last one.")
    for path in generations.folders(root / "index" / "index"):
        shutil.rmtree(path)
    shutil.copytree(newest(other), root / "index" / "index" / newest(other).name)
    assert any("not the one that was published" in p for p in problems(root)["word index files"])
    with open_library(root) as library:
        assert library.snapshot().search_lexical("volcano", k=5) == []
        assert found(library, "glacier") == (set() if later else {"more.txt"})
    assert "it is not the one that was published" in caplog.text
    assert problems(root) == {}


def test_a_store_that_is_put_back_and_changed(root):
    shutil.copy(root / "index" / "store.db", root / "old.db")
    sync(root, more="A volcano.")
    shutil.move(root / "old.db", root / "index" / "store.db")
    (root / "docs" / "more.txt").unlink()
    sync(root, some="A glacier.", trade="# T\n\nQuotas.")
    with open_library(root) as library:
        assert library.snapshot().search_lexical("volcano", k=5) == []
        assert found(library, "glacier") == {"some.txt"}
    assert problems(root) == {}


@pytest.mark.parametrize("named", [False, True])
def test_a_writer_that_is_killed_around_the_renaming_alarms_nobody(
    root, named, monkeypatch, caplog
):  # fmt: skip
    rename = Path.rename

    def killed(path, target):
        if path.suffix == ".tmp":
            if named:
                rename(path, target)
            raise LibraryError("killed")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        sync(root, more="A volcano.")
    caplog.clear()
    assert problems(root) == {}
    with open_library(root) as library:
        assert found(library, "volcano") == {"more.txt"}
    assert caplog.text == ""
    assert problems(root) == {}
    assert not (root / "index" / "quarantine").exists()


def test_a_writer_that_is_killed_before_it_prunes_alarms_nobody(root, monkeypatch):
    sync(root, more="A volcano.")

    def killed(*_):
        raise LibraryError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(generations, "prune", killed)
        sync(root, more="A glacier.")
    assert len(generations.folders(root / "index" / "index")) == 3
    assert problems(root) == {}


def test_a_reader_beside_a_purge_is_not_alarmed(root, monkeypatch, caplog):
    clear = generations.clear

    def read_and_clear(folder, quarantine):
        with open_library(root) as reader:
            assert found(reader, "embassy") == {"baku.txt"}
        assert caplog.text == ""
        clear(folder, quarantine)

    monkeypatch.setattr(generations, "clear", read_and_clear)
    with open_library(root) as library:
        library.remove("trade.txt", purge=True)
    assert problems(root) == {}
    assert caplog.text == ""


def test_a_folder_that_goes_while_it_is_listed_holds_nothing(tmp_path, monkeypatch):
    def gone(_path, _pattern):
        raise FileNotFoundError

    monkeypatch.setattr(Path, "glob", gone)
    assert generations.folders(tmp_path) == []


def test_a_backup_knows_of_no_index(root, caplog):
    from rag.backup import backup

    backup(root / "index", root / "copy.db")
    shutil.rmtree(root / "index")
    (root / "index").mkdir()
    (root / "copy.db").rename(root / "index" / "store.db")
    with open_library(root) as library:
        assert found(library, "embassy") == {"baku.txt"}
    assert caplog.text == ""
