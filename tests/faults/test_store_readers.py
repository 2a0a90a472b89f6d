"""One writer, many readers: each answer is of a state that was committed while it was made."""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from dataclasses import asdict
from pathlib import Path
from queue import Empty

import pytest

from rag.errors import IndexLockedError, RagError
from tests.fakes import HashEmbedder
from tests.faults import naive_store as naive
from tests.faults import world
from tests.faults.figures import Figure, size
from tests.faults.world import Operation
from tests.small_library import open_library

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.faults.naive_store", "tests.faults.world", "tantivy"])
_READERS = 8
_DOCUMENTS = 4


def _begin(together, seconds: float) -> float:
    """Wait until every process is there; when to end."""
    together.wait(120)
    return time.time() + seconds


def _write(root: Path, together, seconds: float) -> None:
    """Change documents without a pause; each change is announced and acknowledged."""
    until = _begin(together, seconds)
    rng, log = random.Random(1), (root / "log").open("ab", buffering=0)
    state = world.folder_state(root)
    with open_library(root) as library:
        number = 0
        while time.time() < until:
            number += 1
            operation = world.next_operation(state, rng, number)
            if operation.kind in ("rebuild", "rename"):
                continue
            log.write(f"{json.dumps(asdict(operation))}\n".encode())
            operation.edit(root)
            operation.index(library)
            state = operation.after(state)
            log.write(b"done\n")


def _states(root: Path, doc_id: str) -> tuple[str | None, list[str | None]]:
    """The text of a document that was acknowledged last, and those that were announced since."""
    lines = (root / "log").read_text(encoding="utf-8").splitlines()
    acknowledged = lines[: len(lines) - (bool(lines) and lines[-1] != "done")]
    texts = [
        operation.text
        for line in acknowledged
        if line != "done" and (operation := Operation(**json.loads(line))).doc_id == doc_id
    ]
    return (texts[-1] if texts else world.text_of(doc_id.removesuffix(".txt"), 0)), [
        Operation(**json.loads(line)).text
        for line in lines[len(acknowledged) :]
        if Operation(**json.loads(line)).doc_id == doc_id
    ]


def _announced(root: Path, doc_id: str, since: int) -> list[str | None]:
    lines = (root / "log").read_bytes()[since:].decode().splitlines()
    made = (Operation(**json.loads(line)) for line in lines if line != "done")
    return [operation.text for operation in made if operation.doc_id == doc_id]


def _ask(root: Path, library, doc_id: str) -> str | None:
    """Ask for one document; None when all is as it may be."""
    size_before = (root / "log").stat().st_size
    before, under_way = _states(root, doc_id)
    snapshot = library.snapshot()
    name = doc_id.removesuffix(".txt")
    vector = HashEmbedder().embed_question(f"harbour keeper {name}")
    ids = [i for i, _ in snapshot.search_dense(vector, k=50)]
    ids += [i for i, _ in snapshot.search_lexical("harbour keeper title", k=50)]
    found = {p for p in snapshot.passages(ids).values() if p.doc_id == doc_id}
    allowed = [before, *under_way, *_announced(root, doc_id, size_before)]
    versions = {world.version_of(p.text) for p in found}
    if len(versions) > 1:
        return f"{doc_id}: versions {versions} at once"
    if not found and None not in allowed and len(allowed) == 1:
        return f"{doc_id}: acknowledged, and not found"
    if versions and not versions <= {world.version_of(text) for text in allowed if text}:
        return f"{doc_id}: {versions} is none of {allowed}"
    return None


def _read(root: Path, together, seconds: float, seed: int, results) -> None:
    rng = random.Random(seed)
    until = _begin(together, seconds)
    asked, wrong = 0, []
    with open_library(root) as library:
        while time.time() < until:
            try:
                problem = _ask(root, library, f"{rng.choice(world.NAMES[:_DOCUMENTS])}.txt")
            except RagError as exc:
                problem = f"error: {exc}"
            asked += 1
            wrong += [problem] if problem else []
    results.put((asked, wrong))


def _write_naively(root: Path, together, seconds: float) -> None:
    library, number = naive.NaiveLibrary(root), 0
    until = _begin(together, seconds)
    while time.time() < until:
        number += 1
        library.put(**{f"d{i}": f"text {i} of {number}" for i in range(200)})


def _read_naively(root: Path, together, seconds: float, _seed: int, results) -> None:
    asked, wrong = 0, []
    until = _begin(together, seconds)
    while time.time() < until:
        wrong += naive.check(root)[:1]
        asked += 1
    results.put((asked, wrong))


def _together(root: Path, seconds: float, writer, reader) -> tuple[int, int, list[str]]:
    """Questions, changes, and what was wrong."""
    results = _PROCESSES.Queue()
    together = _PROCESSES.Barrier(_READERS + 1)
    processes = [_PROCESSES.Process(target=writer, args=(root, together, seconds))]
    processes += [
        _PROCESSES.Process(target=reader, args=(root, together, seconds, seed, results))
        for seed in range(_READERS)
    ]
    for process in processes:
        process.start()
    asked, wrong = 0, []
    for _ in range(_READERS):
        try:
            n, problems = results.get(timeout=seconds + 180)
        except Empty:
            problems, n = ["a reader has died"], 0
        asked, wrong = asked + n, [*wrong, *problems]
    for process in processes:
        process.join(60)
        wrong += [f"a process ended with {process.exitcode}"] if process.exitcode else []
    log = root / "log"
    changes = log.read_text(encoding="utf-8").count("done") if log.exists() else 0
    return asked, changes, wrong


def readers(folder: Path) -> list[Figure]:
    timer, seconds = world.Timer(), size(10, 60)
    root = world.new_root(folder / "root", documents=_DOCUMENTS)
    (root / "log").touch()
    asked, changes, wrong = _together(root, seconds, _write, _read)
    wrong += world.settle(root)
    (folder / "naive").mkdir()
    naive.NaiveLibrary(folder / "naive").put(d0="text")
    tries, _, broken = _together(folder / "naive", 3, _write_naively, _read_naively)
    return [
        Figure(
            f"{_READERS} readers beside a writer for {seconds} s: answers", asked, len(wrong),
            timer.seconds, f"{changes} changes meanwhile",
            f"two files in place: {len(broken)} of {tries} wrong", tuple(wrong[:20]),
        )
    ]  # fmt: skip


def _hold(root: Path, ready) -> None:
    def wait(_progress) -> None:
        ready.set()
        time.sleep(600)

    with open_library(root) as library:
        library.sync(progress=wait)


def second_writer(folder: Path) -> list[Figure]:
    """A second writer is refused within a second, and told who is first."""
    timer, n, wrong = world.Timer(), size(5, 20), []
    root = world.new_root(folder / "root")
    ready = _PROCESSES.Event()
    holder = _PROCESSES.Process(target=_hold, args=(root, ready))
    holder.start()
    assert ready.wait(60)
    longest = 0.0
    with open_library(root) as library:
        for _ in range(n):
            one = world.Timer()
            try:
                library.sync()
                wrong.append("it was let in")
            except IndexLockedError as exc:
                longest = max(longest, one.seconds)
                if f"process {holder.pid} since 2" not in str(exc) or one.seconds > 1:
                    wrong.append(f"{exc} after {one.seconds:.2f} s")
    holder.kill()
    holder.join()
    wrong += world.settle(root)
    return [
        Figure(
            "a second writer is refused", n, len(wrong), timer.seconds,
            f"after {longest:.2f} s at the most; works once the first was killed",
            "no lock: the row above", tuple(wrong),
        )
    ]  # fmt: skip


HARNESSES = [readers, second_writer]


@pytest.mark.timeout(200)
def test_readers(tmp_path):
    figure = readers(tmp_path)[0]
    assert figure.examples == ()
    assert figure.n >= 100
    assert int(figure.note.split()[0]) >= 5
    assert int(figure.control.split()[4]) > 0, "the control found nothing wrong"


def test_a_second_writer(tmp_path):
    assert second_writer(tmp_path)[0].examples == ()
