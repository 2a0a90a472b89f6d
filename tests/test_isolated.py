"""The process that reads files: same results, its limits, and what becomes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from rag.config import Readers
from rag.errors import LibraryError, ReadError
from rag.readers import FORMATS, IsolatedReader, isolated, read_document
from rag.readers.frames import FrameError, document_from, document_to, packed, receive
from rag.types import Document, Heading
from tests.faults.samples import sample

ROOT = Path(__file__).parent.parent
LIMITS = Readers()
POSIX = pytest.mark.skipif(os.name == "nt", reason="there, only the clock limits a reader")


@pytest.fixture
def reader():
    made = IsolatedReader(LIMITS)
    yield made
    made.close()


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def put(folder: Path, name: str, data: bytes | str) -> Path:
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


# --- the same as without it -------------------------------------------------------------------


def test_the_seeds_are_read_as_in_this_process(reader, seeds) -> None:
    files = sorted(seeds.glob("*.md"))
    assert len(files) == 5
    for file in files:
        assert reader(file, file.name) == read_document(file, doc_id=file.name, limits=LIMITS)


@pytest.mark.parametrize("format_", sorted(set(FORMATS.values())))
def test_every_format_is_read_as_in_this_process(reader, tmp_path, format_) -> None:
    file = put(tmp_path, f"a.{format_}", sample(format_))
    found = reader(file, file.name)
    assert found == read_document(file, doc_id=file.name, limits=LIMITS)
    assert found.format == format_


def test_errors_come_back_with_their_code_and_hint(reader, tmp_path) -> None:
    with pytest.raises(ReadError, match="it is empty") as caught:
        reader(put(tmp_path, "a.txt", ""), "a.txt")
    assert (caught.value.code, caught.value.hint) == (
        "empty", "Remove the file, or put text into it.",
    )  # fmt: skip


def test_names_that_are_no_text_pass(reader, tmp_path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    folder.mkdir()
    assert reader(put(folder, "ü\n.txt", "Some words."), "ü\n.txt").text == "Some words."


# --- its life ---------------------------------------------------------------------------------


def test_it_starts_with_the_first_file_and_serves_all(reader, tmp_path) -> None:
    file = put(tmp_path, "a.txt", "Some words.")
    assert reader.process_id is None
    reader(file, "a.txt")
    first = reader.process_id
    with pytest.raises(ReadError):
        reader(put(tmp_path, "b.pdf", "no pdf"), "b.pdf")
    reader(file, "a.txt")
    assert reader.process_id == first
    reader.close()
    reader.close()
    assert reader.process_id is None
    assert is_gone(first)


def test_nothing_is_left_behind(tmp_path) -> None:
    file = put(tmp_path, "a.txt", "Some words.")
    me = psutil.Process()
    threads, open_files, children = threading.active_count(), me.num_fds(), me.children()
    for _ in range(3):
        reader = IsolatedReader(LIMITS)
        reader(file, "a.txt")
        reader.close()
    assert threading.active_count() == threads
    assert me.num_fds() == open_files
    assert me.children() == children


def test_importing_the_package_or_the_reader_starts_nothing() -> None:
    code = (
        "import rag.assistant, rag.readers, sys, psutil;"
        "reader = rag.readers.IsolatedReader(rag.load_config().readers);"
        "print(psutil.Process().children(), sorted({'docx','pptx','openpyxl','bs4','lxml',"
        "'pypdfium2','markdown_it'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[] []", done.stderr


def test_it_ends_with_the_program_that_started_it(tmp_path) -> None:
    put(tmp_path, "a.txt", "Some words.")
    code = (
        "import os, sys; from pathlib import Path; from rag.config import Readers;"
        "from rag.readers import IsolatedReader; reader = IsolatedReader(Readers());"
        "reader(Path(sys.argv[1]), 'a.txt'); print(reader.process_id, flush=True); os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.txt"], capture_output=True, text=True, cwd=ROOT
    )
    pid, until = int(done.stdout), time.monotonic() + 10
    while not is_gone(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert is_gone(pid)


def test_one_that_was_ended_from_outside_is_replaced(reader, tmp_path) -> None:
    file = put(tmp_path, "a.txt", "Some words.")
    reader(file, "a.txt")
    psutil.Process(reader.process_id).kill()
    time.sleep(0.1)
    assert reader(file, "a.txt").text == "Some words."


def test_threads_may_share_it(reader, tmp_path) -> None:
    files = [put(tmp_path, f"{n}.txt", f"This is file {n}.") for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda file: reader(file, file.name), files))
    assert [d.text for d in found] == [f"This is file {n}." for n in range(40)]
    assert [d.doc_id for d in found] == [file.name for file in files]


def test_a_process_that_cannot_be_started_is_said(monkeypatch, tmp_path, reader) -> None:
    monkeypatch.setattr(isolated, "_COMMAND", ("-c", "raise SystemExit(1)"))
    with pytest.raises(LibraryError, match="cannot be started") as caught:
        reader(put(tmp_path, "a.txt", "Some words."), "a.txt")
    assert "rag.readers.worker" in caught.value.hint
    assert reader.process_id is None


def test_the_working_folder_is_no_place_to_import_from(tmp_path, monkeypatch, reader) -> None:
    put(tmp_path, "yaml.py", "raise SystemExit('taken over')")
    file = put(tmp_path, "a.md", "---\ntitle: One\n---\nSome words.")
    monkeypatch.chdir(tmp_path)
    assert reader(file, "a.md").title == "One"


# --- its limits -------------------------------------------------------------------------------

# What a file might make a parser do; each is put in the place of a reader's module.
_MISDEEDS = {
    "loop": ("while True: pass", "time"),
    "sleep": ("import time; time.sleep(60)", "time"),
    "memory": ("held = []\n    while True: held.append(bytearray(10_000_000))", "memory"),
    "crash": ("import ctypes; ctypes.string_at(0)", "crashed"),
    "exit": ("import os; os._exit(0)", "crashed"),
    "print": ("import os; os.write(1, b'x' * 1000); print('y' * 1000)", "no_text"),
    "leak": ("raise ArithmeticError('not expected')", "unreadable"),
    "write": ("open('written', 'w')", "unreadable"),
    "remove": ("import os; os.remove('here')", "unreadable"),
    "connect": ("import socket; socket.create_connection(('127.0.0.1', 9))", "unreadable"),
    "start": ("import subprocess; subprocess.run(['true'])", "unreadable"),
    "many files": ("import os; held = [os.dup(2) for _ in range(200)]", "unreadable"),
    "write low": (
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"
        "    if libc.open(b'written', 0o101, 0o600) < 0: raise ZeroDivisionError", "unreadable",
    ),
}  # fmt: skip


@POSIX
@pytest.mark.parametrize("deed", _MISDEEDS)
def test_what_a_taken_over_reader_may_not_do(deed, tmp_path, monkeypatch, request) -> None:
    body, code = _MISDEEDS[deed]
    put(tmp_path, "here", "stays")
    put(
        tmp_path, "misled.py",
        "import sys, types\nfrom rag.readers.extracted import Extracted\n"
        f"def read(data, limits):\n    {body}\n    return Extracted('')\n"
        "module = types.ModuleType('rag.readers.txt'); module.read = read\n"
        "sys.modules['rag.readers.txt'] = module\n"
        "from rag.readers import worker\nworker.main()\n",
    )  # fmt: skip
    monkeypatch.setattr(isolated, "_COMMAND", ("-P", "-B", str(tmp_path / "misled.py")))
    monkeypatch.chdir(tmp_path)
    request.addfinalizer((reader := IsolatedReader(Readers(max_seconds=1))).close)
    file, good = put(tmp_path, "a.txt", "Some words."), put(tmp_path, "b.html", sample("html"))
    started = time.monotonic()
    with pytest.raises(ReadError) as caught:
        reader(file, "a.txt")
    assert caught.value.code == code, caught.value
    assert time.monotonic() - started < 6
    assert reader(good, "b.html").format == "html", "the next file is read all the same"
    assert not (tmp_path / "written").exists()
    assert (tmp_path / "here").read_text() == "stays"


@POSIX
def test_the_limits_grow_with_the_file(tmp_path) -> None:
    text = "Some words that stand for many. " * 300_000
    reader = IsolatedReader(Readers(max_file_mb=20))
    assert len(reader(put(tmp_path, "a.txt", text), "a.txt").text) == len(text) - 1
    reader.close()
    reader = IsolatedReader(Readers(max_file_mb=20, max_memory_mb=256, max_characters=1000))
    with pytest.raises(ReadError) as caught:
        reader(put(tmp_path, "a.txt", text), "a.txt")
    assert caught.value.code == "too_long"
    reader.close()


@POSIX
def test_ctrl_c_does_not_reach_it(reader, tmp_path) -> None:
    file = put(tmp_path, "a.txt", "Some words.")
    reader(file, "a.txt")
    pid = reader.process_id
    os.kill(pid, signal.SIGINT)
    assert reader(file, "a.txt").text == "Some words."
    assert reader.process_id == pid


def test_an_interrupted_read_leaves_no_reply_for_the_next_file(reader, tmp_path, monkeypatch):
    file = put(tmp_path, "a.txt", "Some words.")
    reader(file, "a.txt")

    def interrupted(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(isolated, "receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            reader(file, "a.txt")
    assert reader.process_id is None
    other = put(tmp_path, "b.txt", "Other words.")
    assert reader(other, "b.txt").text == "Other words."


# --- what is sent -----------------------------------------------------------------------------

DOCUMENT = Document(
    "a.md", "0" * 64, "One", "One\n\nTwo \U0001f600", "md", (0, 5), (Heading(0, 3, 1, "One"),)
)


def sent(data: bytes, *, most: int = 10_000):
    source, sink = os.pipe()
    with os.fdopen(sink, "wb") as stream:
        stream.write(data)
    with os.fdopen(source, "rb") as stream:
        return receive(stream, most=most)


def test_a_document_comes_through_whole() -> None:
    reply = sent(packed({"document": document_to(DOCUMENT)}))
    assert document_from(reply["document"], doc_id="a.md") == DOCUMENT
    assert sent(b"") is None


@pytest.mark.parametrize(
    "data",
    [
        b"\x00", b"\x00" * 7 + b"\x05{}", b"\xff" * 8 + b"{}", b"\x00" * 7 + b"\x02[]",
        b"\x00" * 7 + b"\x03\xff\xff\xff", packed({"a": "b" * 10_000}),
        b"\x00" * 6 + b"\x20\x00" + b"[" * 8192,
    ],
)  # fmt: skip
def test_what_is_no_piece_is_refused(data) -> None:
    with pytest.raises(FrameError):
        sent(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"doc_id": "b.md"}, {"sha256": "short"}, {"page_starts": (5, 0)}, {"page_starts": (0, 99)},
        {"headings": (Heading(0, 3, 1, "Two"),)}, {"text": None}, {"page_starts": "ab"},
    ],
)  # fmt: skip
def test_what_is_not_the_document_is_refused(wrong) -> None:
    with pytest.raises(FrameError):
        document_from(document_to(replace(DOCUMENT, **wrong)), doc_id="a.md")
    with pytest.raises(FrameError):
        document_from(None, doc_id="a.md")
