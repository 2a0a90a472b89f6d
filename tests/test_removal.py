"""Removing documents: what becomes of their files, and of what only has their names."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from rag import places
from rag.assistant import Assistant, open_library
from rag.backup import backup
from rag.config import load_config
from rag.errors import LibraryError
from rag.removal import Removal
from tests.fakes import HashEmbedder, ScriptedGenerator

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights there")


@pytest.fixture
def folder(tmp_path) -> Path:
    documents = tmp_path / "docs"
    (documents / "s").mkdir(parents=True)
    (documents / "a.md").write_text("The embassy was opened in August 1992.\n")
    (documents / "s" / "f.md").write_text("The quarry was closed.\n")
    return documents


@pytest.fixture
def assistant(folder):
    config = load_config(documents=folder)
    embedder = HashEmbedder()
    library = open_library(config, embedder)
    with Assistant(config, library, embedder, ScriptedGenerator(), writes=False) as opened:
        opened.sync()
        yield opened


@pytest.fixture(params=["held", "by path"])
def ways(request, monkeypatch) -> None:
    """As where a folder can be held open, and as on Windows."""
    monkeypatch.setattr(places, "_HELD", request.param == "held")


def indexed(assistant) -> list[str]:
    return [document.doc_id for document in assistant.documents()]


def kept(folder: Path) -> list[str]:
    attic = folder / ".kaynak" / "removed"
    return sorted(p.relative_to(attic).as_posix() for p in attic.rglob("*") if p.is_file())


@needs_links
@pytest.mark.parametrize("purge", [False, True])
def test_a_folder_that_became_a_link_is_not_followed(assistant, folder, tmp_path, ways, purge):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f.md").write_text("Someone else's.")
    (folder / "s" / "f.md").unlink()
    (folder / "s").rmdir()
    (folder / "s").symlink_to(outside)
    with pytest.raises(LibraryError, match=r"f\.md was left where it is: .* s is a link") as caught:
        assistant.remove("s/f.md", "a.md", purge=purge)
    assert caught.value.code == "file_left"
    assert "move or delete the file yourself" in caught.value.hint
    assert (outside / "f.md").read_text() == "Someone else's."
    assert indexed(assistant) == []
    assert not (folder / "a.md").exists()  # the others go all the same


@pytest.mark.parametrize("purge", [False, True])
def test_a_folder_in_the_place_of_a_file_is_left_alone(assistant, folder, ways, purge):
    (folder / "a.md").unlink()
    (folder / "a.md").mkdir()
    (folder / "a.md" / "new.md").write_text("New.")
    with pytest.raises(LibraryError, match=r"a\.md was left where it is: it is not a regular file"):
        assistant.remove("a.md", purge=purge)
    assert (folder / "a.md" / "new.md").read_text() == "New."
    assert indexed(assistant) == ["s/f.md"]


@needs_links
def test_a_link_goes_and_what_it_leads_to_stays(assistant, folder, tmp_path, ways):
    (tmp_path / "far.md").write_text("Far.")
    (folder / "alias.md").symlink_to("a.md")
    (folder / "far.md").symlink_to(tmp_path / "far.md")
    assistant.sync()
    removal = assistant.remove("alias.md", purge=True)
    assert removal == Removal(deleted=("alias.md",), copies=("a.md",))
    assert not (folder / "alias.md").is_symlink()
    with pytest.raises(LibraryError, match=r"far\.md was left .*: it leads outside the folder"):
        assistant.remove("far.md")
    assert (folder / "far.md").is_symlink()


@needs_links
def test_an_attic_that_is_a_link_is_not_followed(assistant, folder, tmp_path, ways):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a.md").write_text("Theirs.")
    (folder / ".kaynak" / "removed").symlink_to(tmp_path / "theirs")
    with pytest.raises(LibraryError, match="removed cannot be deleted: removed is a link"):
        assistant.remove("a.md", purge=True)
    with pytest.raises(LibraryError, match=r"f\.md cannot be moved to .*: removed is a link"):
        assistant.remove("s/f.md")
    assert [p.name for p in (tmp_path / "theirs").iterdir()] == ["a.md"]


def test_files_go_to_another_disk(assistant, folder, monkeypatch, ways):
    def refuse(*_, **__):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "rename", refuse)
    (folder / "link.md").symlink_to("s/f.md")
    assistant.sync()
    assert assistant.remove("a.md", "link.md").moved == ("a.md", "link.md")
    attic = folder / ".kaynak" / "removed"
    assert (attic / "a.md").read_text() == "The embassy was opened in August 1992.\n"
    assert (attic / "link.md").readlink() == Path("s/f.md")
    assert sorted(p.name for p in folder.iterdir()) == [".kaynak", "s"]


def test_a_purge_takes_no_other_document_with_it(assistant, folder, ways):
    for name in ("notes.md", "notes.md~keep.md"):
        (folder / name).write_text(f"This is {name}.")
    assistant.sync()
    assistant.remove("notes.md~keep.md")
    for name in ("notes.md~1", "notes.md~02", "notes.md~x", "notes.md~2", "notes.md~10"):
        (folder / ".kaynak" / "removed" / name).write_text(name)
    assistant.remove("notes.md", purge=True)
    assert kept(folder) == ["notes.md~02", "notes.md~1", "notes.md~keep.md", "notes.md~x"]


@pytest.mark.parametrize("name", ["", ".", "s", "../docs/a.md", "./a.md", "s/../a.md"])
def test_what_is_no_document_is_said_to_be_none(assistant, folder, name):
    assistant.remove("s/f.md")
    said = name or "without a name"
    with pytest.raises(LibraryError) as caught:
        assistant.remove(name, purge=True)
    assert caught.value.message == f"There is no document {said}."
    assert kept(folder) == ["s/f.md"]


def test_a_purge_deletes_the_same_bytes_under_other_names(assistant, folder):
    text = "The quokka sleeps under the old bridge by the river."
    (folder / "x.md").write_text(text)
    assistant.sync()
    assistant.remove("x.md")
    (folder / "y.md").write_text(text)
    (folder / "z.md").write_text(text)
    assistant.sync()
    removal = assistant.remove("y.md", purge=True)
    attic = folder / ".kaynak" / "removed"
    assert removal == Removal(deleted=("y.md",), copies=("z.md",), also_deleted=(attic / "x.md",))
    assert kept(folder) == []


def test_a_purge_names_the_files_that_hold_the_text(assistant, folder):
    index = folder / ".kaynak"
    sentences = [f"Quokka number {i} sleeps under bridge {i * 7}." for i in range(500)]
    (folder / "long.md").write_text("\n\n".join(sentences))
    assistant.sync()
    backup(index, index / "copy.db")
    backup(index, index / "store.db.before")
    (index / "notes").mkdir()
    (index / "notes" / "mine.txt").write_text(f"I copied {' '.join(sentences[:9])}")
    (index / "notes" / "other.txt").write_text("Nothing of it.")
    removal = assistant.remove("long.md", purge=True)
    copies = (index / "copy.db", index / "store.db.before")
    assert removal.still_in == (*copies, index / "notes" / "mine.txt")


def test_a_folder_is_not_removed_for_a_document(assistant, folder):
    with pytest.raises(LibraryError, match="s is a folder; nothing was removed") as caught:
        assistant.remove("s")
    assert caught.value.code == "is_folder"
    assert indexed(assistant) == ["a.md", "s/f.md"]


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname != "Linux", reason="names are text there")
def test_a_file_whose_name_is_no_text_is_said_to_stay(assistant, folder):
    (folder / "bad\udcff.md").write_text("One.")
    assistant.sync()
    with pytest.raises(LibraryError, match="was left where it is: its name is not valid text"):
        assistant.remove("bad\\udcff.md", purge=True)
    assert (folder / "bad\udcff.md").exists()


def test_a_name_may_be_typed_in_another_normal_form(assistant, folder):
    name = unicodedata.normalize("NFD", "Şişli.md")
    (folder / name).write_text("Şişli.")
    assistant.sync()
    assert assistant.remove(unicodedata.normalize("NFC", name)).moved == (name,)
    assert not (folder / name).exists()


def test_a_file_that_is_gone_is_not_said_to_be_moved(assistant, folder):
    (folder / "a.md").unlink()
    assert assistant.remove("a.md", "a.md") == Removal(absent=("a.md",))
