"""Backups: whole, of one moment, and replacing nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rag.backup import backup
from rag.errors import IndexCorruptError, LibraryError
from rag.store import Store
from tests.small_library import found, open_library, write


@pytest.fixture
def root(tmp_path) -> Path:
    write(tmp_path, baku="# Baku\n\nThe embassy opened.", trade="# T\n\nTariffs.")
    with open_library(tmp_path) as library:
        library.sync()
    return tmp_path


def restored(root: Path, file: Path) -> Path:
    (root / "again" / "index").mkdir(parents=True)
    file.rename(root / "again" / "index" / "store.db")
    return root / "again"


def test_a_backup_answers_as_the_index_does(root):
    report = backup(root / "index", root / "copy.db")
    assert (report.documents, report.passages) == (2, 4)
    assert report.bytes == (root / "copy.db").stat().st_size
    with open_library(restored(root, root / "copy.db")) as library:
        assert found(library, "embassy") == {"baku.txt"}
        assert not any(check.problems for check in library.examine())


def test_nothing_is_replaced_and_nothing_is_left(root):
    file = root / "copy.db"
    file.write_text("precious")
    with pytest.raises(LibraryError, match=r"copy\.db exists; a backup replaces nothing"):
        backup(root / "index", file)
    assert file.read_text() == "precious"
    with pytest.raises(LibraryError, match="absent does not exist"):
        backup(root / "index", root / "absent" / "copy.db")
    assert sorted(p.name for p in root.iterdir()) == ["copy.db", "docs", "index"]


def test_without_an_index_there_is_none_made(tmp_path):
    with pytest.raises(LibraryError, match="There is no index"):
        backup(tmp_path / "index", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_store_is_not_copied_silently(root):
    store = root / "index" / "store.db"
    data = bytearray(store.read_bytes())
    data[4096 * 4 : 4096 * 9] = b"\xff" * (4096 * 5)
    store.write_bytes(data)
    with pytest.raises((IndexCorruptError, LibraryError), match="damaged"):
        backup(root / "index", root / "copy.db")
    assert not (root / "copy.db").exists()


def test_indexes_of_the_original_are_not_taken_for_the_copys(root):
    """A copy that is put back goes another way: equal numbers then mean other things."""
    backup(root / "index", root / "copy.db")
    with open_library(root) as library:
        write(root, more="A volcano.")
        library.sync()
    (root / "index" / "store.db").unlink()
    (root / "copy.db").rename(root / "index" / "store.db")
    (root / "docs" / "more.txt").unlink()
    write(root, other="A glacier.")
    with open_library(root) as library:
        library.sync()
        assert found(library, "volcano") == set()
        assert found(library, "glacier") == {"other.txt"}


def test_a_backup_beside_a_writer_is_of_one_moment(root):
    code = (
        "from pathlib import Path; from tests.small_library import open_library, write\n"
        f"root = Path({str(root)!r})\n"
        "with open_library(root) as library:\n"
        "    for i in range(1000):\n"
        "        write(root, baku='\\n\\n'.join(f'Text {i} {j}.' for j in range(20)))\n"
        "        library.sync(); print(i, flush=True)\n"
    )
    here = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=here, stdout=subprocess.PIPE, text=True
    ) as writer:
        for i in range(5):
            writer.stdout.readline()
            report = backup(root / "index", root / f"copy{i}.db")
            assert (report.documents, report.passages) == (2, 22)
            store = Store(root, name=f"copy{i}.db")
            texts = {p.text.split()[1] for p in store.texts(after=0, until=10**6)
                     if p.doc_id == "baku.txt"}  # fmt: skip
            store.close()
            assert len(texts) == 1
        writer.kill()
