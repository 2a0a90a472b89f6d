"""Hand-made bad files: each gets the verdict it must, from one sync of a folder full of them."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from rag.chunking import chunk
from rag.errors import LibraryError
from rag.library import Library
from rag.readers import SUPPORTED, IsolatedReader
from rag.reasons import code_of
from rag.types import SyncReport
from tests.fakes import HashEmbedder
from tests.faults.bad_documents import bad_documents
from tests.faults.bad_texts import Bad, bad_texts
from tests.faults.figures import Figure
from tests.faults.naive import naive_read
from tests.faults.watch import PATIENT, Read, read_once

GOOD = "The harbour of Poti is deep."
POSIX = pytest.mark.skipif(os.name == "nt", reason="links, pipes and devices need rights there")


def sync(folder: Path, index: Path, read: Read, **more) -> SyncReport:
    with Library.open(
        folder, index, embedder=(embedder := HashEmbedder()), read=read,
        chunk=partial(chunk, counter=embedder, size_tokens=160, overlap_sentences=1),
        chunker_fingerprint="sentences", suffixes=SUPPORTED,
    ) as library:  # fmt: skip
        return library.sync(**more)


def verdicts(report: SyncReport) -> dict[str, str | None]:
    """Code, or "indexed", by doc_id; a file that stands in two lists is an error of its own."""
    found: dict[str, str | None] = {}
    for doc_id in (*report.added, *report.changed, *report.unchanged):
        found[doc_id] = "twice" if doc_id in found else "indexed"
    for file in report.failed:
        found[file.doc_id] = "twice" if file.doc_id in found else code_of(file.reason)
    return found


def measure(folder: Path) -> dict[str, object]:
    """Sync all bad files at once, among good ones.

    Returns:
        ``files``, ``right``, and the ``wrong`` ones with what they got and should have got.
    """
    docs, expected = folder / "docs", {}
    docs.mkdir()
    for bad in (*bad_texts(), *bad_documents()):
        (docs / bad.name).write_bytes(bad.data)
        expected[bad.name] = bad.verdict
    for number in range(20):
        (docs / f"good{number}.txt").write_text(f"{GOOD} {number}", encoding="utf-8")
        expected[f"good{number}.txt"] = "indexed"
    found = verdicts(sync(docs, folder / "index", IsolatedReader(PATIENT)))
    wrong = {
        name: (found.get(name), expected.get(name))
        for name in found.keys() | expected.keys()
        if found.get(name) != expected.get(name)
    }
    shutil.rmtree(docs)
    return {"files": len(expected), "right": len(expected) - len(wrong), "wrong": wrong}


def measure_naive(folder: Path) -> dict[str, int]:
    """The small ones of the same files by naive readers: ``files``, ``wrong`` and ``leaked``."""
    small = [b for b in (*bad_texts(), *bad_documents()) if len(b.data) < 20_000]
    found = {b.name: _naive(folder, b) for b in small}
    wrong = [b for b in small if found[b.name] != b.verdict]
    leaked = [b for b in wrong if found[b.name].startswith("leaked")]
    return {"files": len(small), "wrong": len(wrong), "leaked": len(leaked)}


def hand_made_bad_files(folder: Path) -> list[Figure]:
    """Each must get its exact verdict, in one sync of them all."""
    started = time.monotonic()
    found = measure(folder)
    seconds = time.monotonic() - started
    naive = measure_naive(folder)
    wrong = found["wrong"]
    assert isinstance(wrong, dict)
    return [
        Figure(
            "bad files made by hand", int(str(found["files"])), len(wrong), seconds,
            control=f"{naive['wrong']} of {naive['files']} wrong, {naive['leaked']} exceptions",
            examples=tuple(f"{name}: {got}" for name, got in wrong.items()),
        )
    ]  # fmt: skip


HARNESSES = (hand_made_bad_files,)


@POSIX
@pytest.mark.timeout(1800)
def test_every_bad_file_gets_its_verdict(tmp_path) -> None:
    result = measure(tmp_path)
    print(f"bad files: {result['right']} of {result['files']} as expected")
    assert result["wrong"] == {}
    assert result["files"] >= 300


def test_the_naive_way_fails_the_same_check(tmp_path) -> None:
    result = measure_naive(tmp_path)
    print(f"bad files, the naive way: {result}")
    assert result["wrong"] > 100
    assert result["leaked"] > 50


def _naive(folder: Path, bad: Bad) -> str:
    (folder / bad.name).write_bytes(bad.data)
    return read_once(naive_read, folder / bad.name).verdict


@POSIX
def test_places_and_names(tmp_path) -> None:
    """Links, pipes, devices and odd names, each among the files of one folder."""
    docs = tmp_path / "docs"
    docs.mkdir()
    outside = tmp_path / "secret.txt"
    outside.write_text("secret words")
    (tmp_path / "other").mkdir()
    (docs / "good.txt").write_text(GOOD)
    expected = {"good.txt": "indexed"}
    links = {
        "secret.txt": (outside, "outside"), "passwd.txt": (Path("/etc/passwd"), "outside"),
        "up.txt": (Path("../secret.txt"), "outside"), "null.txt": (Path("/dev/null"), "outside"),
        "zero.txt": (Path("/dev/zero"), "outside"), "loop.txt": (docs / "loop.txt", "cannot_open"),
        "broken.txt": (docs / "absent.txt", "cannot_open"),
        "same.txt": (docs / "good.txt", "indexed"),
        "pipelink.txt": (docs / "pipe.txt", "not_regular"), "away": (tmp_path / "other", "outside"),
        "chain.txt": (docs / "secret.txt", "outside"),
    }  # fmt: skip
    (tmp_path / "index").mkdir()
    for name, (target, verdict) in links.items():
        (docs / name).symlink_to(target)
        expected[name] = verdict
    os.mkfifo(docs / "pipe.txt")
    expected["pipe.txt"] = "not_regular"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(docs / "s.txt"))
    expected["s.txt"] = "not_regular"
    names = ["line\nend.txt", "x" * 251 + ".txt", "ü 🏴 .txt", " .txt", "CON.txt", "a..txt",
             "-rf.txt", "'\";--.txt", "<b>.txt", "a\\..\\x.txt"]  # fmt: skip
    for name in names:
        (docs / name).write_text(f"{GOOD} {name}")
        expected[name] = "indexed"
    Path(os.fsdecode(os.fsencode(docs) + b"/\xff\xfe.txt")).write_text(GOOD)
    expected["\\udcff\\udcfe.txt"] = "bad_name"
    (docs / "closed.txt").write_text(GOOD)
    (docs / "closed.txt").chmod(0)
    expected["closed.txt"] = "cannot_open" if os.geteuid() else "indexed"
    report = sync(docs, tmp_path / "index", IsolatedReader(PATIENT))
    server.close()
    assert verdicts(report) == expected


@POSIX
def test_devices(tmp_path) -> None:
    device = tmp_path / "zero.txt"
    try:
        os.mknod(device, 0o20666, os.makedev(1, 5))
    except OSError as exc:
        pytest.skip(f"a device needs rights: {exc}")
    (tmp_path / "good.txt").write_text(GOOD)
    report = sync(tmp_path, tmp_path / "index", IsolatedReader(PATIENT))
    assert verdicts(report) == {"good.txt": "indexed", "zero.txt": "not_regular"}


class _Meddler:
    """Changes each file when it is about to be read; lets one grow while it is read."""

    def __init__(self, docs: Path, secret: Path) -> None:
        self._docs, self._secret = docs, secret
        self._stop = threading.Event()
        self._begin = threading.Event()
        self._writer = threading.Thread(target=self._append)
        self._writer.start()

    def __call__(self, step) -> None:
        path = self._docs / step.doc_id
        if step.action != "reading":
            return
        if step.doc_id in ("gone.txt", "link.txt", "pipe.txt"):
            path.unlink()
        if step.doc_id == "link.txt":
            path.symlink_to(self._secret)
        elif step.doc_id == "pipe.txt":
            os.mkfifo(path)
        elif step.doc_id == "other.txt":
            path.write_text("Other words.")
        elif step.doc_id == "grows.txt":
            self._begin.set()

    def end(self) -> None:
        self._stop.set()
        self._begin.set()
        self._writer.join()

    def _append(self) -> None:
        self._begin.wait()
        with (self._docs / "grows.txt").open("a") as file:
            while not self._stop.is_set():
                file.write(".")
                file.flush()


@POSIX
def test_files_that_are_swapped_gone_or_written_to_while_they_are_read(tmp_path) -> None:
    docs, secret = tmp_path / "docs", tmp_path / "secret.txt"
    docs.mkdir()
    secret.write_text("secret words")
    for name in ("gone", "link", "pipe", "other"):
        (docs / f"{name}.txt").write_text(f"{GOOD} {name}")
    (docs / "grows.txt").write_text(f"{GOOD}\n" * 1_000_000)
    meddler = _Meddler(docs, secret)
    try:
        report = sync(docs, tmp_path / "index", IsolatedReader(PATIENT), progress=meddler)
    finally:
        meddler.end()
    assert verdicts(report) == {
        "gone.txt": "cannot_open", "link.txt": "cannot_open", "pipe.txt": "cannot_open",
        "grows.txt": "changed", "other.txt": "indexed",
    }  # fmt: skip
    (docs / "grows.txt").write_text(GOOD)
    again = verdicts(sync(docs, tmp_path / "index", IsolatedReader(PATIENT)))
    assert (again["grows.txt"], again["other.txt"]) == ("indexed", "indexed")


def test_the_process_ends_with_the_sync_whatever_happens(tmp_path, monkeypatch) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text(GOOD)
    reader = IsolatedReader(PATIENT)

    def interrupted(step) -> None:
        if step.action == "indexed":
            assert reader.process_id is not None
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync(docs, tmp_path / "index", reader, progress=interrupted)
    assert reader.process_id is None
    sync(docs, tmp_path / "index", reader)
    assert reader.process_id is None
    monkeypatch.setattr("rag.readers.isolated._COMMAND", ("-c", ""))
    (docs / "b.txt").write_text(GOOD)
    with pytest.raises(LibraryError, match="cannot be started"):
        sync(docs, tmp_path / "index", reader)
