"""The library: what a sync does with a folder, and what readers find meanwhile."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag import files, sync_run
from rag.errors import (
    IndexCorruptError,
    IndexLockedError,
    IndexStaleError,
    LibraryError,
    ReadError,
)
from rag.indexing import _SLICE
from rag.library import passage_input
from rag.reasons import code_of
from rag.terminal import sync_text
from rag.types import FailedFile, Passage, SyncReport
from tests.fakes import HashEmbedder
from tests.small_library import PIPELINE, found, open_library, read, write

FOLDER = {
    "baku": "# Baku\n\nThe embassy was opened in Baku.\n\nIt stands by the sea.",
    "trade": "# Trade\n\nThe tariff agreement lowered prices.",
    "sub__music": "# Music\n\nThe orchestra played a symphony.",
}


@pytest.fixture
def root(tmp_path) -> Path:
    write(tmp_path, **FOLDER)
    return tmp_path


@pytest.fixture
def library(root, embedder):
    with open_library(root, embedder) as opened:
        yield opened


def rows(library) -> list[tuple]:
    """All that is stored, without the numbers and times that a repetition may change."""
    store = library._store
    vectors = {}
    until = store.state().max_passage_id
    for ids, matrix in store.vectors(after=0, until=until, pipeline=PIPELINE):
        vectors |= dict(zip(ids.tolist(), matrix, strict=True))
    return sorted(
        (p.doc_id, p.start, p.end, p.text, p.title, vectors[p.passage_id].tobytes())
        for p in store.texts(after=0, until=until)
    )


# --- sync -------------------------------------------------------------------------------------


def test_a_first_sync_adds_everything(library, embedder):
    report = library.sync()
    assert report == SyncReport(added=("baku.txt", "sub/music.txt", "trade.txt"))
    assert [d.doc_id for d in library.documents()] == list(report.added)
    assert [d.title for d in library.documents()] == ["Baku", "Music", "Trade"]
    assert len(embedder.embedded) == 7
    assert "Baku\nThe embassy was opened in Baku." in embedder.embedded
    assert found(library, "embassy") == {"baku.txt"}
    assert found(library, "orchestra symphony") == {"sub/music.txt"}


def test_a_second_sync_embeds_and_changes_nothing(library, embedder):
    library.sync()
    before, state, count = rows(library), library._store.state(), len(embedder.embedded)
    names = ("baku.txt", "sub/music.txt", "trade.txt")
    assert library.sync() == library.sync() == SyncReport(unchanged=names)
    assert (rows(library), library._store.state(), len(embedder.embedded)) == (before, state, count)


def test_added_changed_and_removed_files(library, root, embedder):
    library.sync()
    write(root, new="A brand new volcano.", trade="# Trade\n\nQuotas replaced it.")
    (root / "docs" / "baku.txt").unlink()
    report = library.sync()
    assert report == SyncReport(
        added=("new.txt",), changed=("trade.txt",), unchanged=("sub/music.txt",),
        removed=("baku.txt",),
    )  # fmt: skip
    assert found(library, "embassy Baku") == found(library, "tariff agreement") == set()
    assert found(library, "quotas") == {"trade.txt"}
    assert found(library, "volcano") == {"new.txt"}


def test_only_changed_passages_are_embedded_again(library, root, embedder):
    library.sync()
    embedder.embedded.clear()
    write(root, baku=FOLDER["baku"].replace("by the sea", "on a hill"))
    assert library.sync().changed == ("baku.txt",)
    assert embedder.embedded == ["Baku\nIt stands on a hill."]


def test_a_moved_file_keeps_its_vectors(library, root, embedder):
    library.sync()
    before = rows(library)
    embedder.embedded.clear()
    (root / "docs" / "far").mkdir()
    (root / "docs" / "baku.txt").rename(root / "docs" / "far" / "away.txt")
    report = library.sync()
    assert (report.added, report.removed) == (("far/away.txt",), ("baku.txt",))
    assert embedder.embedded == []
    assert rows(library) == sorted(
        ("far/away.txt", *row[1:]) if row[0] == "baku.txt" else row for row in before
    )
    assert found(library, "embassy") == {"far/away.txt"}


def test_a_copy_is_a_document_of_its_own_and_is_not_embedded(library, root, embedder):
    library.sync()
    embedder.embedded.clear()
    shutil.copy(root / "docs" / "baku.txt", root / "docs" / "copy.txt")
    assert library.sync().added == ("copy.txt",)
    assert embedder.embedded == []
    assert found(library, "embassy") == {"baku.txt", "copy.txt"}


def test_files_that_cannot_be_read_are_reported_and_the_rest_goes_on(library, root):
    write(root, bad="!bad", blank="  \n\n ")
    (root / "docs" / "bytes.txt").write_bytes(b"\xff\xfe\x00")

    def picky(path, doc_id):
        if doc_id == "bytes.txt":
            raise PermissionError(13, "Permission denied")
        return read(path, doc_id)

    with open_library(root, read=picky) as other:
        report = other.sync()
        failed = (
            FailedFile("bad.txt", "it is bad"),
            FailedFile("blank.txt", "it holds no text"),
            FailedFile("bytes.txt", "it cannot be read: permission denied"),
        )
        assert report.failed == other.failed() == failed
        assert report.added == ("baku.txt", "sub/music.txt", "trade.txt")
        assert other.sync().failed == failed
        for name in ("bad", "blank", "bytes"):
            (root / "docs" / f"{name}.txt").unlink()
        assert other.sync().failed == other.failed() == ()


def test_a_file_that_cannot_be_read_any_more_is_not_answered_from(library, root):
    library.sync()
    old = library.snapshot()
    write(root, baku="!bad")
    report = library.sync()
    assert report.failed == (FailedFile("baku.txt", "it is bad"),)
    assert report.removed == ()
    assert found(library, "embassy") == set()
    assert old.search_lexical("embassy", k=5) == []
    write(root, baku=FOLDER["baku"])
    assert library.sync().added == ("baku.txt",)
    assert library.failed() == ()


def test_a_moved_file_that_cannot_be_read_leaves_nothing_behind(library, root):
    library.sync()
    (root / "docs" / "baku.txt").rename(root / "docs" / "moved.txt")

    def picky(path, doc_id):
        if doc_id == "moved.txt":
            raise FileNotFoundError(2, "No such file or directory")
        return read(path, doc_id)

    with open_library(root, read=picky) as other:
        report = other.sync()
    assert report.failed == (
        FailedFile("moved.txt", "it cannot be read: no such file or directory"),
    )
    assert report.removed == ("baku.txt",)
    assert found(library, "embassy") == set()


def test_every_file_is_in_one_list(library, root):
    library.sync()
    write(root, bad="!bad", new="New.", trade="Changed.")
    (root / "docs" / "baku.txt").unlink()
    report = library.sync()
    lists = [*report.added, *report.changed, *report.unchanged, *(f.doc_id for f in report.failed)]
    assert sorted(lists) == ["bad.txt", "new.txt", "sub/music.txt", "trade.txt"]
    assert report.removed == ("baku.txt",)


def test_progress_knows_the_total_and_names_each_file(library, root):
    write(root, bad="!bad")
    seen = []
    library.sync(progress=seen.append)
    assert {p.total for p in seen} == {4}
    assert {p.doc_id for p in seen} == {"bad.txt", "baku.txt", "sub/music.txt", "trade.txt"}
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert seen[-1].done == 4
    assert {p.action for p in seen} == {"checking", "reading", "embedding", "indexed", "failed"}
    seen.clear()
    library.sync(progress=seen.append)
    assert [p.done for p in seen if p.action in ("unchanged", "failed")] == [1, 2, 3, 4]


def test_a_large_document_is_embedded_in_slices(root):
    class Measuring(HashEmbedder):
        largest = 0

        def embed(self, texts):
            self.largest = max(self.largest, len(texts))
            return super().embed(texts)

    write(root, large="\n\n".join(f"paragraph number{i}" for i in range(_SLICE * 2 + 7)))
    embedder, seen = Measuring(), []
    with open_library(root, embedder) as library:
        library.sync(progress=seen.append)
        assert embedder.largest == _SLICE
        assert [p.action for p in seen if p.doc_id == "large.txt"].count("embedding") == 3
        vector = embedder.embed_question("paragraph number500")
        best, cosine = library.snapshot().search_dense(vector, k=1)[0]
        assert library.snapshot().passages([best])[best].text == "paragraph number500"
        assert cosine > 0.6


def test_a_passage_too_long_for_the_embedder_fails_its_file_only(root):
    write(root, long="word " * 300)
    with open_library(root) as library:
        report = library.sync()
    assert [f.doc_id for f in report.failed] == ["long.txt"]
    assert "it cannot be embedded: a text of 302 tokens" in report.failed[0].reason
    assert len(report.added) == 3


@pytest.mark.parametrize(
    ("title", "heading", "expected"),
    [
        ("", "", "Text."),
        ("T", "", "T\nText."),
        ("", "H", "H\nText."),
        ("T", "H > I", "T > H > I\nText."),
        ("T", "T > I", "T > I\nText."),
        ("T", "T", "T\nText."),
        ("T", "Thing", "T > Thing\nText."),
    ],
)
def test_passage_input(title, heading, expected):
    assert passage_input(Passage("d", 0, 5, "Text.", None, heading, title)) == expected


def test_a_passage_that_just_fits_is_embedded_without_its_title(root):
    embedder = HashEmbedder(max_tokens=12)
    write(root, a="# Some Title\n\none two three four five six seven eight nine", b="short")
    (root / "docs" / "baku.txt").unlink()
    with open_library(root, embedder) as library:
        library.sync()
    assert "one two three four five six seven eight nine" in embedder.embedded
    assert "Untitled\nshort" in embedder.embedded


# --- the folder -------------------------------------------------------------------------------


def test_a_folder_that_does_not_exist_is_named(library, root):
    library.sync()
    shutil.move(root / "docs", root / "elsewhere")
    for allow_empty in (False, True):  # gone is not empty: a disk that is not there, a typing error
        with pytest.raises(LibraryError, match="docs does not exist"):
            library.sync(allow_empty=allow_empty)
    (root / "docs").write_text("a file")
    with pytest.raises(LibraryError, match="docs is not a folder"):
        library.sync()
    assert found(library, "embassy") == {"baku.txt"}


def test_a_folder_that_became_empty_removes_nothing_unless_told(library, root):
    library.sync()
    shutil.rmtree(root / "docs")
    (root / "docs").mkdir()
    for rebuild in (False, True):
        with pytest.raises(LibraryError, match="is empty, but the index holds 3") as caught:
            library.sync(rebuild=rebuild)
        assert "--allow-empty" in caught.value.hint
    assert found(library, "embassy") == {"baku.txt"}
    assert len(library.sync(allow_empty=True).removed) == 3
    assert library.sync() == SyncReport()
    assert library.is_empty()


def test_hidden_files_other_types_and_the_index_are_passed_over(tmp_path):
    write(tmp_path, seen="One.")
    docs = tmp_path / "docs"
    (docs / ".hidden").mkdir()
    (docs / "index").mkdir()
    for name in (".hidden/a.txt", "index/a.txt", ".b.txt", "~$c.txt", "d.csv", "e", "UPPER.TXT"):
        (docs / name).write_text("Two.")
    (docs / "folder.txt").mkdir()
    (tmp_path / "index").symlink_to(docs / "index", target_is_directory=True)
    with open_library(tmp_path) as library:
        others = (("", 1), (".csv", 1))
        assert library.sync() == SyncReport(added=("UPPER.TXT", "seen.txt"), others=others)


def test_documents_of_types_that_are_not_read_fail(root):
    for name in ("a.doc", "sub/B.XLS", "c.odp", "d.jpg", "e.jpg", "f.zip"):
        (root / "docs" / name).write_bytes(b"x")
    with open_library(root) as library:
        report = library.sync()
        assert {f.doc_id: code_of(f.reason) for f in report.failed} == {
            "a.doc": "old_format", "sub/B.XLS": "old_format", "c.odp": "unknown_type",
        }  # fmt: skip
        assert report.others == ((".jpg", 2), (".zip", 1))
        assert library.failed() == report.failed
        assert "Passed over: 3 files of other types (.jpg, .zip)." in sync_text(report)


@pytest.mark.skipif(sys.platform != "linux", reason="names there are always text")
def test_a_bad_name_and_the_name_that_it_is_shown_as_are_two_files(root):
    (root / "docs" / "bad\udcff.txt").write_text("One.")
    (root / "docs" / "bad\\udcff.txt").write_text("Two.")
    with open_library(root) as library:
        report = library.sync()
        assert "bad\\udcff.txt" in report.added
        failed = (FailedFile("bad\\udcff.txt~2", "its name is not valid text"),)
        assert report.failed == failed
        again = library.sync()
        assert (again.failed, len(again.unchanged), again.removed) == (failed, 4, ())


@pytest.mark.skipif(os.name == "nt", reason="links and pipes need rights there")
def test_links_and_pipes(tmp_path, root):
    docs = root / "docs"
    (tmp_path / "secret.txt").write_text("Secret volcano.")
    (tmp_path / "outside").mkdir()
    (docs / "out.txt").symlink_to(tmp_path / "secret.txt")
    (docs / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
    (docs / "loop.txt").symlink_to(docs / "loop.txt")
    (docs / "broken.txt").symlink_to(docs / "absent.txt")
    (docs / "inside.txt").symlink_to(docs / "baku.txt")
    (docs / "again").symlink_to(docs / "sub", target_is_directory=True)
    os.mkfifo(docs / "pipe.txt")
    with open_library(root) as library:
        report = library.sync()
        assert {f.doc_id: f.reason for f in report.failed} == {
            "out.txt": "it leads outside the folder",
            "folder": "it leads outside the folder",
            "loop.txt": "it cannot be read: too many levels of symbolic links",
            "broken.txt": "it cannot be read: no such file or directory",
            "pipe.txt": "it is not a regular file",
        }
        assert report.added == ("baku.txt", "inside.txt", "sub/music.txt", "trade.txt")
        assert found(library, "volcano") == set()


@pytest.mark.skipif(sys.platform != "linux", reason="names there are always text")
def test_a_name_that_is_no_text_is_reported(root):
    (root / "docs" / "bad\udcff.txt").write_text("One.")
    with open_library(root) as library:
        report = library.sync()
    assert report.failed == (FailedFile("bad\\udcff.txt", "its name is not valid text"),)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_files_without_permission_are_reported(root):
    (root / "docs" / "trade.txt").chmod(0)
    (root / "docs" / "sub").chmod(0)
    try:
        with open_library(root) as library:
            report = library.sync()
    finally:
        (root / "docs" / "sub").chmod(0o700)
    assert {f.doc_id for f in report.failed} == {"trade.txt", "sub"}
    assert report.added == ("baku.txt",)


def refusing(monkeypatch, module, name: str, paths, code: int) -> None:
    real = getattr(module, name)

    def refuse(path, *more, **options):
        if str(path) in map(str, paths):
            raise OSError(code, os.strerror(code))
        return real(path, *more, **options)

    monkeypatch.setattr(module, name, refuse)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ESTALE])
def test_a_folder_that_cannot_be_listed_keeps_its_documents(library, root, monkeypatch, code):
    library.sync()
    for name in ("baku", "trade"):  # nothing but the folder: that is no empty one
        (root / "docs" / f"{name}.txt").rename(root / "docs" / "sub" / f"{name}.txt")
    library.sync()
    before = rows(library)
    with monkeypatch.context() as patch:
        refusing(patch, os, "scandir", [root / "docs" / "sub"], code)
        report = library.sync()
        assert report.removed == ()
        said = os.strerror(code)
        reason = f"it cannot be read: {said[0].lower()}{said[1:]}; 3 documents in it stay as they"
        assert report.failed == library.failed() == (FailedFile("sub", f"{reason} were"),)
        write(root, new="New.")
        assert library.sync().added == ("new.txt",)
    assert before == [row for row in rows(library) if row[0] != "new.txt"]
    assert found(library, "orchestra") == {"sub/music.txt"}
    assert (len(library.sync().unchanged), library.failed()) == (4, ())


def test_files_that_cannot_be_opened_keep_their_earlier_version(library, root, monkeypatch):
    library.sync()
    before = rows(library)
    names = ("baku.txt", "sub/music.txt", "trade.txt")
    with monkeypatch.context() as patch:
        refusing(patch, sync_run, "file_sha256", [root / "docs" / n for n in names], errno.EIO)
        report = library.sync()
    reason = "it cannot be read: input/output error; its earlier version is still used"
    assert report == SyncReport(failed=tuple(FailedFile(name, reason) for name in names))
    assert library.failed() == report.failed
    assert code_of(reason) == "cannot_open"
    assert rows(library) == before
    assert library.sync().unchanged == names
    assert library.failed() == ()


def test_a_file_that_changes_while_it_is_read_keeps_its_earlier_version(library, root):
    library.sync()
    write(root, baku="# Baku\n\nHalf of a sen")

    def busy(path, doc_id):
        raise ReadError.because("changed")

    with open_library(root, read=busy) as other:
        report = other.sync()
    reason = "it changed while it was read: its earlier version is still used"
    assert report.failed == (FailedFile("baku.txt", reason),)
    assert code_of(reason) == "changed"
    assert found(library, "embassy") == {"baku.txt"}
    assert library.sync().changed == ("baku.txt",)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_only_files_that_can_be_read_make_a_folder_not_empty(library, root):
    library.sync()
    shutil.rmtree(root / "docs")
    (root / "docs").mkdir()
    (root / "docs" / "baku.txt").symlink_to(root / "absent.txt")
    with pytest.raises(LibraryError, match=r"holds no file that can be read, but .* holds 3"):
        library.sync()
    assert found(library, "embassy") == {"baku.txt"}
    assert library.sync(allow_empty=True).removed == ("sub/music.txt", "trade.txt")


@pytest.mark.parametrize("text", ["!bad", ""])
def test_a_file_that_cannot_be_read_does_not_let_all_others_go(library, root, text):
    library.sync()
    for name in ("baku", "trade", "sub__music"):
        (root / "docs" / f"{name.replace('__', '/')}.txt").unlink()
    write(root, baku=text, x=text)
    for _ in range(2):
        with pytest.raises(LibraryError, match=r"holds no file that can be read, but .* holds 3"):
            library.sync()
    assert found(library, "embassy") == {"baku.txt"}
    assert [f.doc_id for f in library.failed()] == ["baku.txt", "x.txt"]
    report = library.sync(allow_empty=True)
    assert report.removed == ("sub/music.txt", "trade.txt")
    assert [f.doc_id for f in report.failed] == ["baku.txt", "x.txt"]
    assert (library.documents(), len(library.failed())) == ((), 2)


def test_one_file_that_is_indexed_lets_the_others_go(library, root):
    library.sync()
    shutil.rmtree(root / "docs")
    write(root, baku="!bad", new="A volcano.")
    report = library.sync()
    assert (report.added, report.removed) == (("new.txt",), ("sub/music.txt", "trade.txt"))
    assert [f.doc_id for f in library.failed()] == ["baku.txt"]
    assert [d.doc_id for d in library.documents()] == ["new.txt"]


@pytest.mark.parametrize("when", ["checking", "reading"])
def test_a_file_that_goes_while_it_is_looked_at_is_removed(library, root, when):
    library.sync()
    write(root, baku="# Baku\n\nChanged.", trade="# Trade\n\nChanged as well.")

    def delete(event) -> None:
        if (event.action, event.doc_id) == (when, "baku.txt"):
            (root / "docs" / "baku.txt").unlink()

    assert library.sync(progress=delete) == SyncReport(
        changed=("trade.txt",), unchanged=("sub/music.txt",), removed=("baku.txt",)
    )
    assert found(library, "embassy") == set()
    assert library.failed() == ()


@pytest.mark.skipif(os.name == "nt", reason="pipes are something else there")
def test_a_file_that_becomes_something_else_is_not_answered_from(library, root):
    library.sync()
    write(root, baku="# Baku\n\nChanged.")

    def swap(path, doc_id):
        path.unlink()
        os.mkfifo(path)
        raise ReadError.because("cannot_open", "invalid argument")

    with open_library(root, read=swap) as other:
        report = other.sync()
    assert report.failed == (FailedFile("baku.txt", "it cannot be read: invalid argument"),)
    assert found(library, "embassy") == set()


def test_a_file_that_is_too_large_is_not_read(root, monkeypatch):
    with (root / "docs" / "sparse.txt").open("wb") as file:
        file.truncate(1 << 40)  # hashing it would take an hour
    (root / "docs" / "just.txt").write_bytes(b"a" * 1000)
    with open_library(root, most_bytes=1000) as library:
        report = library.sync()
        reason = "it is too large: more than 0.001 MB"
        assert report.failed == library.failed() == (FailedFile("sparse.txt", reason),)
        assert "just.txt" in report.added
        # One that grows while it is hashed: its size says nothing.
        monkeypatch.setattr(files.os, "fstat", lambda _: os.stat_result((0o100644, *[0] * 9)))
        with pytest.raises(ReadError, match="too large"):
            files.sha256_of(root / "docs" / "just.txt", most=999)


# --- removing ---------------------------------------------------------------------------------


def test_removed_means_removed_even_for_an_old_snapshot(library, root):
    write(root, **{f"other{i}": f"# Other\n\nThe embassy number {i}." for i in range(30)})
    library.sync()
    old = library.snapshot()
    vector = HashEmbedder().embed_question("The embassy was opened in Baku.")
    before = [i for i, _ in old.search_dense(vector, k=5)]
    target = old.passages(before)[before[0]]
    assert target.doc_id == "baku.txt"
    library.remove("baku.txt")
    for snapshot in (old, library.snapshot()):
        hits = snapshot.search_dense(vector, k=5)
        assert len(hits) == 5  # others take its place
        assert before[0] not in [i for i, _ in hits]
        assert snapshot.search_lexical("Baku", k=5) == []
        assert before[0] not in snapshot.passages(before)
        assert snapshot.document("baku.txt") is None
    assert (root / "docs" / "baku.txt").exists()
    with pytest.raises(LibraryError, match=r"no document baku\.txt"):
        library.remove("baku.txt")


def test_another_process_sees_a_removal_at_its_next_question(library, root):
    library.sync()
    with open_library(root) as reader:
        old = reader.snapshot()
        library.remove("baku.txt")
        assert old.search_lexical("embassy", k=5) == []
        assert found(reader, "embassy") == set()
        write(root, fresh="A volcano.")
        library.sync()
        assert found(reader, "volcano") == {"fresh.txt"}


# --- searching --------------------------------------------------------------------------------


def test_both_searches_keep_to_the_chosen_documents(library, embedder):
    library.sync()
    snapshot = library.snapshot()
    vector = embedder.embed_question("embassy tariff orchestra")
    every = snapshot.search_dense(vector, k=10)
    assert len(every) == snapshot.passage_count == 7
    chosen = ["trade.txt", "sub/music.txt"]
    some = snapshot.search_dense(vector, k=10, documents=chosen)
    texts = snapshot.passages([i for i, _ in every])
    assert some == [hit for hit in every if texts[hit[0]].doc_id in chosen]
    words = snapshot.search_lexical("embassy tariff orchestra", k=10, documents=chosen)
    assert {texts[i].doc_id for i, _ in words} == set(chosen)
    assert snapshot.search_dense(vector, k=10, documents=["absent"]) == []
    assert snapshot.passage_frequencies(["embassy", "Baku", "zebra"]) == {
        "embassy": 1, "Baku": 2, "zebra": 0,
    }  # fmt: skip


def test_a_snapshot_gives_documents_whose_passages_are_spans_of_them(library):
    library.sync()
    snapshot = library.snapshot()
    passages = snapshot.passages(range(1, 8)).values()
    assert len(passages) == 7
    for passage in passages:
        document = snapshot.document(passage.doc_id)
        assert document.text[passage.start : passage.end] == passage.text


def test_a_snapshot_stays_the_same_object_until_something_changes(library, root):
    library.sync()
    first = library.snapshot()
    assert library.snapshot() is first
    library.sync()
    assert library.snapshot() is first
    write(root, more="More.")
    library.sync()
    assert library.snapshot() is not first
    assert library.snapshot().generation == first.generation + 1


def test_an_empty_library_finds_nothing(tmp_path, embedder):
    (tmp_path / "docs").mkdir()
    with open_library(tmp_path) as library:
        assert library.is_empty()
        assert library.sync() == SyncReport()
        snapshot = library.snapshot()
        assert snapshot.passage_count == 0
        assert snapshot.search_dense(embedder.embed_question("x"), k=5) == []
        assert snapshot.search_lexical("x", k=5) == []
        assert snapshot.passage_frequencies(["x"]) == {"x": 0}


def test_status(library, root):
    status = library.status()
    assert (status.documents, status.passages, status.generation) == (0, 0, 0)
    assert (status.embedder, status.last_change) == (None, None)
    library.sync()
    status = library.status()
    assert (status.documents, status.passages, status.generation) == (3, 7, 3)
    assert status.embedder == "hash-64"
    assert status.last_change.endswith("+00:00")
    assert status.bytes == sum(f.stat().st_size for f in (root / "index").rglob("*") if f.is_file())


# --- another embedder or chunker --------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "chunker", "message"),
    [
        (HashEmbedder(dim=32), "paragraphs-1", r"another embedder \(hash-64\) than .*\(hash-32\)"),
        (HashEmbedder(name="same dim"), "paragraphs-1", r"another embedder \(hash-64\)"),
        (HashEmbedder(), "paragraphs-2", r"another chunker \(paragraphs-1\)"),
    ],
)
def test_an_index_of_another_pipeline_is_refused_until_rebuilt(
    library, root, other, chunker, message
):
    library.sync()
    names = tuple(d.doc_id for d in library.documents())
    with open_library(root, other, chunker=chunker) as stale:
        for act in (stale.snapshot, stale.sync):
            with pytest.raises(IndexStaleError, match=message) as caught:
                act()
            assert "kaynak sync --rebuild" in caught.value.hint
        assert stale.sync(rebuild=True).changed == names
        assert stale.sync().unchanged == names
        vector = other.embed_question("The embassy was opened in Baku.")
        best = stale.snapshot().search_dense(vector, k=1)[0][0]
        assert stale.snapshot().passages([best])[best].doc_id == "baku.txt"
        assert len(other.embedded) == 7
    with pytest.raises(IndexStaleError):
        library.snapshot()


def test_an_empty_index_takes_any_pipeline(root, tmp_path):
    with open_library(root) as library:
        library.sync()
        for info in library.documents():
            library.remove(info.doc_id)
    with open_library(root, HashEmbedder(dim=32)) as other:
        assert len(other.sync().added) == 3


def stop_at(n: int, action: str = "indexed"):
    def progress(event) -> None:
        if event.action == action and event.done >= n:
            raise KeyboardInterrupt

    return progress


def test_a_rebuild_that_was_cut_short_goes_on(root):
    with open_library(root) as library:
        library.sync()
    embedder = HashEmbedder(name="other")
    for _ in range(3):
        with open_library(root, embedder) as library, pytest.raises(KeyboardInterrupt):
            library.sync(rebuild=True, progress=stop_at(1))
            pytest.fail("it went on")
    with open_library(root, embedder) as library:
        assert len(library._store.documents()) == 3
        library.sync()
        assert len(embedder.embedded) == 7
        # Complete now, so another rebuild starts from the beginning.
        assert len(library.sync(rebuild=True).changed) == 3


def test_ctrl_c_loses_nothing_that_was_committed(root):
    embedder = HashEmbedder()
    with open_library(root, embedder) as library:
        with pytest.raises(KeyboardInterrupt):
            library.sync(progress=stop_at(1))
        assert [d.doc_id for d in library.documents()] == ["baku.txt"]
        assert found(library, "embassy") == {"baku.txt"}
        with pytest.raises(KeyboardInterrupt):
            library.sync(progress=stop_at(1, "embedding"))
        report = library.sync()
        assert (report.unchanged, report.added) == (
            ("baku.txt",), ("sub/music.txt", "trade.txt"),
        )  # fmt: skip
        assert found(library, "tariff") == {"trade.txt"}


# --- processes and threads --------------------------------------------------------------------


def child(root: Path, what: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.small_library", str(root), what]
    here = Path(__file__).parent.parent
    return subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def holder(root):
    process = child(root, "hold")
    assert process.stdout.readline() == "holding\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_writer_is_refused_at_once_and_told_who_is_first(library, root, holder):
    for act in (library.sync, lambda: library.remove("baku.txt")):
        began = time.monotonic()
        with pytest.raises(
            IndexLockedError, match=rf"written by process {holder.pid} since \d{{4}}"
        ):
            act()
        assert time.monotonic() - began < 1
    assert library.snapshot().passage_count == 0  # readers need no lock
    holder.kill()
    holder.wait()
    assert len(library.sync().added) == 3


def test_two_threads_do_not_write_at_once(library, root):
    errors = []

    def again(_event) -> None:
        if not errors:
            with open_library(root) as other, pytest.raises(IndexLockedError) as caught:
                other.sync()
            errors.append(str(caught.value))

    library.sync(progress=again)
    assert f"process {os.getpid()} since" in errors[0]


def test_a_reader_beside_a_writer_gets_the_words_of_what_was_published(library, root, holder):
    holder.kill()
    holder.wait()
    library.sync()
    second = child(root, "hold")
    try:
        assert second.stdout.readline() == "holding\n"
        with open_library(root) as reader:
            assert found(reader, "embassy") == {"baku.txt"}
            shutil.rmtree(root / "index" / "index")
        with open_library(root) as reader:  # nothing published: made in memory
            assert found(reader, "embassy") == {"baku.txt"}
            assert not (root / "index" / "index").exists()
    finally:
        second.kill()
        second.wait()
        second.stdout.close()


def test_words_kept_in_memory_serve_again_when_a_snapshot_was_not_made(root, holder, monkeypatch):
    """What is in memory was never published, so there is nothing of it to seal."""

    def failing(_store):
        raise LibraryError("the disk failed")

    with open_library(root) as reader:
        with monkeypatch.context() as patch, pytest.raises(LibraryError, match="disk failed"):
            patch.setattr(type(reader._store), "counts", failing)
            reader.snapshot()
        words = reader._snapshots._words
        assert words is not None
        assert words.folder is None
        assert reader.snapshot()._words is words


def test_a_sync_that_is_killed_leaves_whole_documents(root):
    write(root, **{f"d{i:02}": "\n\n".join(f"Text {i} {j}." for j in range(40)) for i in range(30)})
    rng = np.random.default_rng(7)
    killed_midway = 0
    for _ in range(10):
        process = child(root, "sync")
        for _ in range(int(rng.integers(35, 100))):
            process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        with open_library(root) as library:
            documents = library.documents()
            killed_midway += 0 < len(documents) < 33
            assert all(d.passages == 40 for d in documents if d.doc_id.startswith("d"))
            snapshot = library.snapshot()
            assert snapshot.passage_count == sum(d.passages for d in documents)
            for info in documents[:3]:
                text = snapshot.document(info.doc_id).text.split("\n\n")[1]
                assert info.doc_id in found(library, text, k=50)
            for info in documents[::2]:  # so that there is work for the next one
                library.remove(info.doc_id)
    assert killed_midway >= 3
    with open_library(root) as library:
        library.sync()
        survived = rows(library)
    with open_library(root) as library:
        library.sync(rebuild=True)
        assert rows(library) == survived


def test_threads_search_while_one_syncs(library, root, embedder):
    library.sync()
    vector = embedder.embed_question("embassy")

    def search() -> int:
        n = 0
        for _ in range(60):
            snapshot = library.snapshot()
            ids = [i for i, _ in snapshot.search_dense(vector, k=20)]
            ids += [i for i, _ in snapshot.search_lexical("the embassy number", k=20)]
            for passage in snapshot.passages(ids).values():
                document = snapshot.document(passage.doc_id)
                # It may have been replaced since, but never be another text at the same place.
                n += document is not None and passage.text.startswith(("#", "The", "It"))
        return n

    with ThreadPoolExecutor() as pool:
        searches = [pool.submit(search) for _ in range(4)]
        for round_ in range(6):
            texts = {f"n{i}": f"# New\n\nThe embassy number {round_ + i}." for i in range(6)}
            write(root, **texts)
            library.sync()
            (root / "docs" / f"n{round_}.txt").unlink()
        assert all(search.result() > 0 for search in searches)
    library.sync()
    with open_library(root) as fresh:
        for question in ("embassy", "number 7", "the"):
            assert found(fresh, question, k=50) == found(library, question, k=50)


# --- damage -----------------------------------------------------------------------------------


def hits(library):
    snapshot = library.snapshot()
    return [snapshot.search_lexical(q, k=9) for q in ("embassy Baku", "the agreement", "symphony")]


@pytest.mark.parametrize("how", ["deleted", "garbage", "foreign"])
def test_a_damaged_word_index_is_made_again(library, root, tmp_path, how, caplog):
    library.sync()
    before = hits(library)
    library.close()
    folder = root / "index" / "index"
    published = next(folder.glob("*.lexical"))
    if how == "deleted":
        shutil.rmtree(folder)
    elif how == "garbage":
        for file in published.iterdir():
            file.unlink()
            file.write_bytes(b"garbage")
    else:
        write(tmp_path / "other", a="One.", b="Two.", c="Three.")
        with open_library(tmp_path / "other") as other:
            other.sync()
        shutil.rmtree(published)
        shutil.copytree(tmp_path / "other" / "index" / "index" / published.name, published)
    with open_library(root) as again:
        assert hits(again) == before
    quarantined = list((root / "index").glob("quarantine/*"))
    assert len(quarantined) == (how != "deleted")
    assert ("cannot be used" in caplog.text) == (how != "deleted")
    assert published.exists()


def test_an_index_folder_that_cannot_be_written_is_searched_in_memory(library, root, caplog):
    library.sync()
    before = hits(library)
    library.close()
    shutil.rmtree(root / "index" / "index")
    (root / "index" / "index").write_text("a file in its place")
    with open_library(root) as again:
        assert hits(again) == before
        assert "kept in memory" in caplog.text
        write(root, more="A volcano.")
        again.sync()
        assert found(again, "volcano") == {"more.txt"}
        again.remove("more.txt")
        assert found(again, "volcano") == set()


def test_a_damaged_store_is_reported(library, root):
    library.sync()
    library.close()
    (root / "index" / "store.db").write_bytes(b"garbage" * 5000)
    with pytest.raises(IndexCorruptError, match="is damaged") as caught:
        open_library(root)
    assert "Move the index folder away" in caught.value.hint


def test_an_index_folder_that_cannot_be_made_is_named(root):
    (root / "index").write_text("a file in its place")
    with pytest.raises(LibraryError, match="index cannot be made"):
        open_library(root)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_folder_that_becomes_a_link_while_it_is_synced_leads_nowhere(library, root, tmp_path):
    docs, outside = root / "docs", tmp_path / "outside"
    for folder, text in ((docs / "sea", "Of the folder."), (outside, "Of somebody else.")):
        folder.mkdir()
        (folder / "notes.txt").write_text(text, encoding="utf-8")

    def swap(step) -> None:
        if step.doc_id == "sea/notes.txt" and step.action == "reading":
            (docs / "sea").rename(tmp_path / "moved")
            (docs / "sea").symlink_to(outside, target_is_directory=True)

    report = library.sync(progress=swap)
    assert [(f.doc_id, f.reason) for f in report.failed] == [
        ("sea/notes.txt", "it leads outside the folder")
    ]
    assert "sea/notes.txt" not in {d.doc_id for d in library.documents()}
