"""A library that is open while another program deletes its index, or puts another in its place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from rag.backup import backup
from rag.errors import IndexCorruptError, LibraryError
from rag.types import SyncReport
from tests.small_library import found, open_library, write

pytestmark = pytest.mark.skipif(os.name == "nt", reason="what is open stays there")


@pytest.fixture
def root(tmp_path) -> Path:
    write(tmp_path, a="The apple falls.", secret="The banana sings.")
    return tmp_path


@pytest.fixture
def chat(root):
    with open_library(root) as opened:
        opened.sync()
        assert found(opened, "banana") == {"secret.txt"}
        yield opened


def test_an_index_that_was_made_anew_is_what_answers(chat, root):
    shutil.rmtree(root / "index")
    (root / "docs" / "secret.txt").unlink()
    with open_library(root) as other:
        other.sync()
        assert found(chat, "banana") == set()
        assert found(chat, "apple") == {"a.txt"}
        write(root, new="The kiwi grows.")
        assert chat.sync() == SyncReport(added=("new.txt",), unchanged=("a.txt",))
        assert [d.doc_id for d in other.documents()] == ["a.txt", "new.txt"]


@pytest.mark.parametrize("in_place", [False, True])
def test_a_store_that_was_put_in_its_place_is_what_answers(chat, root, tmp_path, in_place):
    write(tmp_path / "far", orange="The orange rolls.")
    with open_library(tmp_path / "far") as far:
        far.sync()
    backup(tmp_path / "far" / "index", tmp_path / "copy.db")
    if in_place:
        shutil.copyfile(tmp_path / "copy.db", root / "index" / "store.db")
    else:
        (tmp_path / "copy.db").replace(root / "index" / "store.db")
    assert found(chat, "orange") == {"orange.txt"}
    assert found(chat, "banana") == set()
    report = chat.sync()
    assert (report.added, report.removed) == (("a.txt", "secret.txt"), ("orange.txt",))
    with open_library(root) as other:
        assert found(other, "banana") == {"secret.txt"}


def test_a_snapshot_goes_on_with_what_it_was_made_of(chat, root):
    old = chat.snapshot()
    shutil.rmtree(root / "index")
    assert chat.is_empty()
    [(passage_id, _)] = old.search_lexical("banana", k=5)
    assert old.passages([passage_id])[passage_id].doc_id == "secret.txt"


def test_an_index_that_was_deleted_is_made_again(chat, root):
    shutil.rmtree(root / "index")
    assert chat.sync().added == ("a.txt", "secret.txt")
    assert found(chat, "banana") == {"secret.txt"}


def test_a_store_that_is_lost_is_said(chat, root):
    (root / "index" / "store.db").unlink()
    with pytest.raises(IndexCorruptError, match=r"store\.db is gone, but index/.* was made from"):
        chat.snapshot()


def test_a_folder_that_went_with_all_above_it_is_not_made(chat, root, tmp_path):
    with open_library(root, index=root / "disk" / "index") as library:
        library.sync()
        shutil.rmtree(root / "disk")
        with pytest.raises(LibraryError, match="is gone and cannot be made") as caught:
            library.sync()
    assert caught.value.code == "index_unwritable"
    assert not (root / "disk").exists()


def test_a_sync_says_when_its_index_went_meanwhile(chat, root):
    write(root, new="The kiwi grows.")

    def delete(event) -> None:
        if event.action == "indexed":
            shutil.rmtree(root / "index")

    with pytest.raises(LibraryError, match="was deleted or replaced while it was written"):
        chat.sync(progress=delete)
