"""Word indexes that were damaged, deleted or swapped: noticed at the next open, never believed."""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag import lexical
from rag.library import Library
from rag.schema import IndexState
from tests.fakes import HashEmbedder
from tests.faults import world
from tests.faults.figures import Figure, size
from tests.small_library import open_library

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.faults.naive_store", "tests.faults.world", "tantivy"])
_QUESTIONS = (*(f"{name}v1" for name in world.NAMES), "harbour opened", "keeper", "d1v0 d2v0")

Hits = list[list[int]]
Damage = Callable[[Path, random.Random], None]


def _files(folder: Path) -> list[Path]:
    return [f for f in sorted(folder.iterdir()) if not f.name.endswith(".lock")]


def _one_file(change: Callable[[bytearray, random.Random], bytes]) -> Damage:
    def damage(folder: Path, rng: random.Random) -> None:
        file = rng.choice([f for f in _files(folder) if f.stat().st_size])
        file.write_bytes(change(bytearray(file.read_bytes()), rng))

    return damage


def _flipped(data: bytearray, rng: random.Random) -> bytes:
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def _zeroed(data: bytearray, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    length = rng.randint(1, len(data) - start)
    zeros = bytes(length)
    # Zeros where there were zeros are no damage.
    zeros = zeros if data[start : start + length] != zeros else b"\1" * length
    return bytes(data[:start]) + zeros + bytes(data[start + length :])


def _file_deleted(folder: Path, rng: random.Random) -> None:
    rng.choice(_files(folder)).unlink()


def _folder_deleted(folder: Path, _rng: random.Random) -> None:
    shutil.rmtree(folder)


def _all_deleted(folder: Path, _rng: random.Random) -> None:
    shutil.rmtree(folder.parent)


def _file_added(folder: Path, rng: random.Random) -> None:
    (folder / "strange.idx").write_bytes(rng.randbytes(100))


def _swapped(folder: Path, _rng: random.Random) -> None:
    """The two generations take each other's names."""
    older = next(path for path in folder.parent.glob("*.lexical") if path != folder)
    beside = folder.with_name("beside")
    folder.rename(beside)
    older.rename(folder)
    beside.rename(older)


def _older_content(folder: Path, _rng: random.Random) -> None:
    older = next(path for path in folder.parent.glob("*.lexical") if path != folder)
    shutil.rmtree(folder)
    shutil.copytree(older, folder)


def _of_another_store(folder: Path, _rng: random.Random) -> None:
    other = folder.parents[2] / "other" / "index" / "index" / folder.name
    shutil.rmtree(folder)
    shutil.copytree(other, folder)


def _mixed(folder: Path, rng: random.Random) -> None:
    """One file of another generation under a name of this one."""
    older = next(path for path in folder.parent.glob("*.lexical") if path != folder)
    mine, theirs = rng.choice(_files(folder)), rng.choice(_files(older))
    changed = theirs.read_bytes()
    mine.write_bytes(changed if changed != mine.read_bytes() else changed + b"\0")


DAMAGES: dict[str, Damage] = {
    "file deleted": _file_deleted,
    "folder deleted": _folder_deleted,
    "all deleted": _all_deleted,
    "zeroed": _one_file(_zeroed),
    "truncated": _one_file(lambda data, rng: bytes(data[: rng.randrange(len(data))])),
    "bit flipped": _one_file(_flipped),
    "garbage": _one_file(lambda data, rng: rng.randbytes(rng.randint(1, 2 * len(data)))),
    "grown": _one_file(lambda data, rng: bytes(data) + rng.randbytes(10)),
    "file added": _file_added,
    "generations swapped": _swapped,
    "older content": _older_content,
    "of another store": _of_another_store,
    "files mixed": _mixed,
}


def _make(root: Path) -> Path:
    """Two generations that answer differently, and another store's index of the same name."""
    for place in (root, root / "other"):
        world.new_root(place, documents=6)
        world.put_file(place, "d5.txt", world.text_of("d5", 1))
        for name in world.NAMES[:4]:
            world.put_file(place, f"{name}.txt", world.text_of(name, 1 if place == root else 7))
        with open_library(place) as library:
            library.sync()
    assert len(world.lexical_folders(root)) == 2
    return root


def _answers(library: Library) -> Hits:
    snapshot = library.snapshot()
    words = [sorted(i for i, _ in snapshot.search_lexical(q, k=50)) for q in _QUESTIONS]
    vector = HashEmbedder().embed_question("harbour d1v1")
    return [*words, [i for i, _ in snapshot.search_dense(vector, k=5)]]


def _open(root: Path, expected: Hits, *, is_newest: bool) -> list[str]:
    """Open it as the next process would; what is wrong."""
    heard: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    handler = Handler(logging.WARNING)
    logging.getLogger("rag").addHandler(handler)
    try:
        with open_library(root) as library:
            if not is_newest:  # nobody reads it before it is needed, but the doctor does
                heard += [p for check in library.examine() for p in check.problems]
            answers = _answers(library)
            if not is_newest:
                library.sync()
            still = [p for check in library.examine() for p in check.problems]
    finally:
        logging.getLogger("rag").removeHandler(handler)
    problems = [f"wrong: {a} {e}" for a, e in zip(answers, expected, strict=True) if a != e]
    return [*problems, *([] if heard else ["not reported"]), *(f"still {s}" for s in still)]


def damage(folder: Path) -> list[Figure]:
    timer, n = world.Timer(), size(200, 2000)
    template = _make(folder / "template")
    with open_library(template) as library:
        expected = _answers(library)
    wrong = []
    for seed in range(n):
        rng = random.Random(seed)
        root = folder / "root"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template, root)
        name = rng.choice(sorted(DAMAGES))
        is_newest = rng.random() < 0.9 or "deleted" in name
        DAMAGES[name](world.lexical_folders(root)[0 if is_newest else 1], rng)
        problems = _open(root, expected, is_newest=is_newest)
        wrong += [f"seed {seed}, {name}: {problems}"] if problems else []
    tries = size(20, 100)
    broken = _control(folder, template, expected, tries)
    return [
        Figure(
            "open with a damaged, deleted or swapped index", n, len(wrong), timer.seconds,
            f"{len(DAMAGES)} kinds of damage, each reported",
            f"opened without checks: {broken} of {tries} wrong, failed or crashed", tuple(wrong),
        )
    ]  # fmt: skip


def _unchecked(folder: Path, expected: Hits) -> None:
    """What Tantivy alone makes of a folder; exit code 0 when the answers are right."""
    try:
        index = lexical.load(folder, IndexState("", 0, 0, 0), name=folder)
        found = [sorted(i for i, _ in index.search(q, k=50)) for q in _QUESTIONS]
    except BaseException:  # noqa: BLE001 - Tantivy panics on damaged files
        os._exit(2)
    os._exit(0 if found == expected[:-1] else 3)


def _control(folder: Path, template: Path, expected: Hits, n: int) -> int:
    broken = 0
    for seed in range(n):
        rng = random.Random(seed)
        root = folder / "naive"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template, root)
        newest = world.lexical_folders(root)[0]
        DAMAGES[rng.choice(sorted(DAMAGES))](newest, rng)
        broken += _ended(_unchecked, newest, expected) != 0
    return broken


def _ended(target: Callable[..., None], *args: object) -> int | None:
    process = _PROCESSES.Process(target=target, args=args)
    process.start()
    process.join(60)
    return process.exitcode


def _cut_short(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            os.truncate(file, 0)


def _search_while_cut(root: Path) -> None:
    with open_library(root) as library:
        before = _answers(library)
        _cut_short(root / "index" / "index")
        os._exit(0 if _answers(library) == before else 3)


def _search_unchecked_while_cut(folder: Path, expected: Hits) -> None:
    index = lexical.load(folder, IndexState("", 0, 0, 0), name=folder)
    _cut_short(folder)
    found = [sorted(i for i, _ in index.search(q, k=50)) for q in _QUESTIONS]
    os._exit(0 if found == expected[:-1] else 3)


def cut_while_mapped(folder: Path) -> list[Figure]:
    """All files of the index are cut to nothing in place while it is being searched."""
    timer, n = world.Timer(), size(5, 50)
    template = _make(folder / "template")
    with open_library(template) as library:
        expected = _answers(library)
    codes, naive = [], []
    for i in range(n):
        root = Path(shutil.copytree(template, folder / f"root{i}"))
        codes.append(_ended(_search_while_cut, root))
        root = Path(shutil.copytree(template, folder / f"naive{i}"))
        newest = world.lexical_folders(root)[0]
        naive.append(_ended(_search_unchecked_while_cut, newest, expected))
    return [
        Figure(
            "index files cut short in place while they are searched", n,
            sum(code != 0 for code in codes), timer.seconds, "answers stay the same",
            f"mapped as they are: {sum(code != 0 for code in naive)} of {n} processes ended by"
            f" SIGBUS", tuple(map(str, [c for c in codes if c])),
        )
    ]  # fmt: skip


HARNESSES = [damage, cut_while_mapped]


def test_damage(tmp_path):
    figure = damage(tmp_path)[0]
    assert figure.examples == ()
    assert figure.n >= 200
    assert int(figure.control.split()[3]) > 0, "the control found nothing wrong"


@pytest.mark.skipif(sys.platform != "linux", reason="what is mapped cannot be cut short elsewhere")
def test_cut_while_mapped(tmp_path):
    figure = cut_while_mapped(tmp_path)[0]
    assert figure.examples == ()
    assert int(figure.control.split()[4]) == figure.n, "the control found nothing wrong"
