"""The library: renames, purges, and what it says of its word index."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from rag import generations, private_copy, schema
from rag.errors import ConfigError, LibraryError
from rag.types import SyncReport
from tests.small_library import found, open_library, read, write
from tests.test_library import FOLDER, rows

SET_ASIDE = "00000001.lexical-20260101T000000000000"


@pytest.fixture
def root(tmp_path) -> Path:
    write(tmp_path, **FOLDER)
    return tmp_path


@pytest.fixture
def library(root, embedder):
    with open_library(root, embedder) as opened:
        yield opened


# --- titles that come from names ----------------------------------------------------------------


def read_titled(path, doc_id):
    """As the readers do it: a text without a title of its own is called by its name."""
    made = read(path, doc_id)
    title = path.stem if made.title == "Untitled" else made.title
    return replace(made, title=title)


def test_a_renamed_file_that_is_titled_by_its_name_is_not_embedded_again(tmp_path, embedder):
    write(tmp_path, before="The lighthouse stands.\n\nIts light is seen.")
    with open_library(tmp_path, embedder, read=read_titled) as library:
        library.sync()
        assert embedder.embedded[0] == "before\nThe lighthouse stands."
        vectors = [row[-1] for row in rows(library)]
        embedder.embedded.clear()
        for old, new in (("before", "after"), ("after", "again")):
            (tmp_path / "docs" / f"{old}.txt").rename(tmp_path / "docs" / f"{new}.txt")
            assert library.sync().added == (f"{new}.txt",)
        assert embedder.embedded == []
        assert [row[-1] for row in rows(library)] == vectors
        assert [d.title for d in library.documents()] == ["again"]
        assert found(library, "again") == {"again.txt"}  # the words know the new name
        assert not any(check.problems for check in library.examine())


def test_files_that_take_each_others_names_are_not_embedded_again(tmp_path, embedder):
    docs = tmp_path / "docs"
    write(tmp_path, a="The first lighthouse.", b="The second windmill.", c="The third quarry.")
    with open_library(tmp_path, embedder, read=read_titled) as library:
        library.sync()
        embedder.embedded.clear()
        (docs / "a.txt").rename(docs / ".a")
        (docs / "b.txt").rename(docs / "a.txt")
        (docs / "c.txt").rename(docs / "b.txt")
        (docs / ".a").rename(docs / "c.txt")
        assert library.sync().changed == ("a.txt", "b.txt", "c.txt")
        assert embedder.embedded == []
        assert found(library, "lighthouse") == {"c.txt"}
        (docs / "a.txt").replace(docs / "c.txt")
        report = library.sync()
        assert (report.changed, report.removed) == (("c.txt",), ("a.txt",))
        assert embedder.embedded == []
        assert found(library, "windmill") == {"c.txt"}


def test_another_title_of_its_own_is_embedded(library, root, embedder):
    library.sync()
    embedder.embedded.clear()
    write(root, baku=FOLDER["baku"].replace("# Baku", "# City"))
    library.sync()
    assert embedder.embedded[1] == "City\nThe embassy was opened in Baku."


# --- readers that have improved -----------------------------------------------------------------


def shouting(path, doc_id):
    """Makes another text of the files that hold "tariff"."""
    made = read(path, doc_id)
    return replace(made, text=made.text.replace("tariff", "TARIFF"))


def test_files_are_read_again_when_the_readers_have_improved(root, embedder, caplog):
    names = ("baku.txt", "sub/music.txt", "trade.txt")
    with open_library(root, embedder) as library:
        assert library.sync().added == names
        assert caplog.text == ""
        library._store.note("readers", None)  # as before they were counted
    embedder.embedded.clear()
    with open_library(root, embedder, read=shouting, readers_version=2) as library:
        assert library.sync().changed == names
        assert embedder.embedded == ["Trade\nThe TARIFF agreement lowered prices."]
        assert "The readers have been improved, so every file is read again." in caplog.text
        assert library.sync().unchanged == names
        assert "unread_until" not in library._store.meta()


def test_a_reading_anew_that_was_stopped_goes_on_where_it_ended(root, embedder):
    with open_library(root, embedder) as library:
        library.sync()
    seen = []

    def stop(event) -> None:
        if event.action == "indexed":
            raise KeyboardInterrupt

    def noting(path, doc_id):
        seen.append(doc_id)
        return shouting(path, doc_id)

    with open_library(root, embedder, read=noting, readers_version=2) as library:
        with pytest.raises(KeyboardInterrupt):
            library.sync(progress=stop)
        assert library.sync().unchanged == ("baku.txt",)
    assert seen == ["baku.txt", "sub/music.txt", "trade.txt"]


def test_a_file_that_is_renamed_as_the_readers_improve_keeps_its_vectors(root, embedder):
    with open_library(root, embedder) as library:
        library.sync()
    embedder.embedded.clear()
    (root / "docs" / "baku.txt").rename(root / "docs" / "moved.txt")
    with open_library(root, embedder, readers_version=2) as library:
        report = library.sync()
        assert (report.added, report.removed) == (("moved.txt",), ("baku.txt",))
    assert embedder.embedded == []


# --- purging ------------------------------------------------------------------------------------


def everything(root: Path) -> bytes:
    files = sorted(p for p in (root / "index").rglob("*") if p.is_file())
    return b"".join(p.read_bytes() for p in files).lower()


@pytest.mark.parametrize("sqlite", [(3, 40, 1), (3, 51, 3)])
def test_a_purge_leaves_no_byte_anywhere(root, monkeypatch, sqlite):
    pragmas = schema.pragmas
    monkeypatch.setattr(schema, "pragmas", lambda _version: pragmas(sqlite))
    with open_library(root) as library, open_library(root) as reader:
        assert library._store._rows("PRAGMA journal_mode")[0][0] in ("delete", "wal")
        assert reader.snapshot().passage_count == 0
        purge_all(library, root)
        assert b"canaryxyzz" not in everything(root)
        assert found(reader, "canaryxyzzy") == set()
        assert b"canaryxyzz" not in everything(root)


def purge_all(library, root):
    write(root, secret="# Canaryxyzzy\n\nThe canaryxyzzy sings.", bad="Canaryxyzzy too.")
    library.sync()
    (root / "index" / "quarantine").mkdir()
    (root / "index" / "quarantine" / SET_ASIDE).write_text("canaryxyzzy")
    write(root, more="More.")
    library.sync()
    assert b"canaryxyzz" in everything(root)
    library.remove("secret.txt", "bad.txt", purge=True)
    assert b"canaryxyzz" not in everything(root)
    assert found(library, "canaryxyzzy") == set()
    assert found(library, "embassy") == {"baku.txt"}
    assert not any(check.problems for check in library.examine())


def test_a_purge_that_was_cut_short_is_finished_by_the_next_sync(library, root, monkeypatch):
    write(root, secret="The canaryxyzzy sings.")
    library.sync()
    (root / "docs" / "secret.txt").unlink()
    (root / "index" / "quarantine").mkdir()
    (root / "index" / "quarantine" / SET_ASIDE).write_text("canaryxyzzy")
    with monkeypatch.context() as patch:
        patch.setattr(generations, "clear", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            library.remove("secret.txt", purge=True)
    assert b"canaryxyzz" in everything(root)
    with open_library(root) as again:
        again.sync()
    assert b"canaryxyzz" not in everything(root)


THEIRS = ("notes.txt", "reading-list.md", "reading-abcd1234", "my.lexical/a.txt", "sub/b.txt")


def test_a_purge_removes_no_file_that_is_not_ours(library, root):
    library.sync()
    theirs = [root / "index" / f / name for f in ("index", "quarantine") for name in THEIRS]
    for path in theirs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Mine.")
    for name in ("reading-abcd1235", "reading-00000001.gone", "making.lexical.tmp"):
        (root / "index" / "index" / name).mkdir()
    library.remove("baku.txt", purge=True)
    assert [path for path in theirs if not path.exists()] == []
    left = {p.name for p in (root / "index" / "index").iterdir()}
    assert left - {name.partition("/")[0] for name in THEIRS} == {"00000004.lexical"}


def test_what_a_killed_reader_left_is_removed_and_nothing_else(tmp_path):
    for name in ("reading-abcd_123", "reading-00000003.gone", "reading-notes"):
        (tmp_path / name).mkdir()
    private_copy.remove_left_behind(tmp_path, older_than_s=0)
    assert [p.name for p in tmp_path.iterdir()] == ["reading-notes"]


@pytest.mark.parametrize("index", ["docs", ".", "docs/../docs", "link"])
def test_an_index_folder_that_holds_the_documents_is_refused(root, index):
    (root / "link").symlink_to(root / "docs", target_is_directory=True)
    before = sorted(root.rglob("*"))
    with pytest.raises(ConfigError, match="is or holds the documents' folder") as caught:
        open_library(root, index=root / index)
    assert "docs/.kaynak" in caught.value.hint
    assert sorted(root.rglob("*")) == before


def test_an_index_folder_inside_the_documents_is_passed_over(root):
    with open_library(root, index=root / "docs" / ".kaynak") as library:
        library.sync()
    removed = root / "docs" / "index" / "removed"
    removed.mkdir(parents=True)
    (removed / "old.txt").write_text("Old.")
    with open_library(root, index=root / "docs" / "index") as library:
        assert library.sync().added == ("baku.txt", "sub/music.txt", "trade.txt")


def test_the_index_of_another_program_is_passed_over(root):
    docs = root / "docs"
    with open_library(root, index=docs / "idx") as other:
        other.sync()
        (docs / "idx" / "removed").mkdir()
        (docs / "baku.txt").rename(docs / "idx" / "removed" / "baku.txt")
    (docs / "sub" / "link").symlink_to(docs / "idx", target_is_directory=True)
    with open_library(root) as library:
        report = library.sync()
    assert report == SyncReport(added=("sub/music.txt", "trade.txt"))


def test_an_index_that_is_a_link_inside_the_documents_is_passed_over(root):
    (root / "index").mkdir()
    (root / "docs" / "idx").symlink_to(root / "index", target_is_directory=True)
    with open_library(root, index=root / "docs" / "idx") as library:
        assert library.sync() == SyncReport(added=("baku.txt", "sub/music.txt", "trade.txt"))


def test_a_folder_with_a_file_of_the_stores_name_is_no_index(root):
    (root / "docs" / "sub" / "store.db").write_text("theirs")
    with open_library(root) as library:
        assert "sub/music.txt" in library.sync().added


def test_documents_are_removed_together_or_not_at_all(library):
    library.sync()
    with pytest.raises(LibraryError, match=r"no document absent\.txt"):
        library.remove("baku.txt", "absent.txt", purge=True)
    assert found(library, "embassy") == {"baku.txt"}
    library.remove("baku.txt", "trade.txt")
    assert [d.doc_id for d in library.documents()] == ["sub/music.txt"]


# --- what is said of it -------------------------------------------------------------------------


def test_a_missing_word_index_is_said(library, root, caplog):
    library.sync()
    shutil.rmtree(root / "index" / "index")
    with open_library(root) as again:
        assert found(again, "embassy") == {"baku.txt"}
    assert "00000003.lexical is missing" in caplog.text
    caplog.clear()
    with open_library(root) as again:
        assert found(again, "embassy") == {"baku.txt"}
    assert caplog.text == ""


def test_an_index_that_cannot_be_read_for_now_is_not_set_aside(library, root, monkeypatch, caplog):
    library.sync()

    def refuse(_folder):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(generations, "private_copy", refuse)
    with open_library(root) as again:
        assert found(again, "embassy") == {"baku.txt"}
    assert "cannot be read: [Errno 24]" in caplog.text
    assert not (root / "index" / "quarantine").exists()
    assert len(list((root / "index" / "index").glob("*.lexical"))) == 1


def test_half_of_a_generation_is_never_found_under_its_name(library, root, monkeypatch):
    """A prune that is killed leaves a folder that nobody takes for an index."""
    library.sync()
    with monkeypatch.context() as patch:
        patch.setattr(private_copy.shutil, "rmtree", lambda *_, **__: None)
        for text in ("One.", "Two.", "Three."):
            write(root, more=text)
            library.sync()
    folder = root / "index" / "index"
    assert len(list(folder.glob("*.lexical"))) == 2
    assert list(folder.glob("reading-*"))
    assert not any(check.problems for check in library.examine())
    private_copy.remove_left_behind(folder, older_than_s=0)
    assert sorted(folder.iterdir()) == sorted(folder.glob("*.lexical"))


def test_a_status_says_since_when_and_with_what(library, root):
    assert library.status().since is None
    library.sync()
    status = library.status()
    assert status.since == library.documents()[0].indexed_at
    assert (status.embedder, status.chunker) == ("hash-64", "paragraphs-1")
    assert not status.is_rebuilding


def test_a_reader_that_copies_the_index_meanwhile_does_not_stop_a_purge(
    tmp_path, monkeypatch
) -> None:
    """The copy is put into the folder between the removal of its files and of itself."""
    folder, remove, come = tmp_path / "index", shutil.rmtree, iter([True, True])

    def removed_beside_a_reader(path, **options) -> None:
        remove(path, **options)
        if next(come, False):
            (folder / "reading-abcd_123").mkdir(parents=True)

    monkeypatch.setattr(generations.shutil, "rmtree", removed_beside_a_reader)
    (folder / "00000001.lexical").mkdir(parents=True)
    generations.clear(folder, tmp_path / "quarantine")
    assert not folder.exists()
