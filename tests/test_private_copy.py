"""Copies that nobody knows: hashed as they are made, gone when they were read."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time

import pytest

from rag.errors import LibraryError
from rag.private_copy import discard, private_copy, remove_left_behind


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "one.lexical"
    made.mkdir()
    (made / "a.term").write_bytes(b"terms" * 1_000_000)
    (made / "b.store").write_bytes(b"")
    (made / ".writer.lock").write_bytes(b"")
    return made


def test_a_copy_is_hashed_and_goes(folder, tmp_path):
    with private_copy(folder) as (copy, hashes):
        assert copy.parent == tmp_path
        assert {p.name: p.read_bytes() for p in copy.iterdir()} == {
            "a.term": b"terms" * 1_000_000, "b.store": b"",
        }  # fmt: skip
        assert hashes == {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in ("a.term", "b.store")
        }
    assert list(tmp_path.iterdir()) == [folder]


def test_what_cannot_be_read_is_the_folders_fault(folder, tmp_path):
    (folder / "b.store").unlink()
    (folder / "b.store").mkdir()
    with pytest.raises(IsADirectoryError), private_copy(folder):
        pass
    assert list(tmp_path.iterdir()) == [folder]


def test_what_cannot_be_written_is_the_disks_fault(folder, tmp_path):
    resource = pytest.importorskip("resource", reason="there are no such limits on Windows")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, before[1]))
    try:
        with (
            pytest.raises(LibraryError, match="cannot be written: File too large") as caught,
            private_copy(folder),
        ):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "disk" in caught.value.hint
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_that_may_only_be_read_is_copied_elsewhere(folder, tmp_path, monkeypatch):
    make = tempfile.mkdtemp

    def refuse(prefix, dir=None):
        if dir == tmp_path:
            raise PermissionError(13, "Permission denied")
        return make(prefix=prefix, dir=dir)

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with private_copy(folder) as (copy, hashes):
        assert copy.parent != tmp_path
        assert len(hashes) == 2
    assert not copy.exists()


def test_what_was_left_behind_goes_when_it_is_old(folder, tmp_path):
    hour_ago = time.time() - 3600
    for name in ("reading-new_1234", "reading-old_1234", "reading-list"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_bytes(b"")
        if name != "reading-new_1234":
            os.utime(tmp_path / name, (hour_ago, hour_ago))
    remove_left_behind(tmp_path)
    others = ["reading-list", "reading-new_1234"]  # the first was made by somebody else
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.lexical", *others]
    discard(folder)
    assert sorted(p.name for p in tmp_path.iterdir()) == others
