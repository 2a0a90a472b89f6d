"""kill -9 at random instants: what was acknowledged is there, what was not is there or is not."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults import naive_store as naive
from tests.faults import world
from tests.faults.figures import Figure, size
from tests.faults.world import Operation
from tests.small_library import open_library

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.faults.naive_store", "tests.faults.world", "tantivy"])
_LONGEST_S = 0.5
_WORKERS = 2


@dataclass(frozen=True)
class Kill:
    """One kill: the operation that was under way, if any, and what was wrong afterwards."""

    operation: str | None
    problems: list[str]


def _say(log: Path, line: str) -> None:
    """A kill cannot take back what was written, and never leaves half of a line."""
    with log.open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def _work(root: Path, seed: int) -> None:
    """Operations without a pause, each announced and acknowledged."""
    rng, log = random.Random(seed), root / "log"
    state = world.folder_state(root)
    embedder = world.embedder_of(root)
    _say(log, "ready")
    for number in range(1, 1000):
        operation = world.next_operation(state, rng, seed * 1000 + number)
        if operation.kind == "rebuild":
            embedder = world.other_embedder(embedder)
        _say(log, json.dumps(asdict(operation)))
        with open_library(root, embedder) as library:
            operation.edit(root)
            operation.index(library)
        state = operation.after(state)
        _say(log, "done")


def _work_naively(root: Path, seed: int) -> None:
    library = naive.NaiveLibrary(root)
    rng, log = random.Random(seed), root / "log"
    _say(log, "ready")
    while True:
        library.put(**{f"d{rng.randrange(300)}": f"text {rng.random()}"})


def _killed(target, root: Path, seed: int) -> list[str]:
    """Start a worker, kill it some time after it began, and give back what it said."""
    log = root / "log"
    log.unlink(missing_ok=True)
    process = _PROCESSES.Process(target=target, args=(root, seed))
    process.start()
    while not log.exists() and process.is_alive():
        time.sleep(0.001)
    time.sleep(random.Random(seed).uniform(0, _LONGEST_S))
    assert process.is_alive(), f"the worker ended by itself, seed {seed}"
    process.kill()
    process.join()
    return log.read_text(encoding="utf-8").splitlines()[1:]


def _kill(root: Path, seed: int) -> Kill:
    before = world.folder_state(root)
    lines = _killed(_work, root, seed)
    under_way = lines[-1] if lines and lines[-1] != "done" else None
    for line in lines[: len(lines) - (under_way is not None)]:
        if line != "done":
            before = Operation(**json.loads(line)).after(before)
    if under_way is None:
        return Kill(None, [*world.check(root, before), *world.settle(root)])
    operation = Operation(**json.loads(under_way))
    problems = [*world.check(root, before, operation.after(before)), *world.settle(root)]
    return Kill(operation.kind, problems)


def _several(root: Path, seeds: range) -> list[Kill]:
    world.new_root(root)
    return [_kill(root, seed) for seed in seeds]


def _control(root: Path, n: int) -> int:
    library = naive.NaiveLibrary(root)
    library.put(**{f"d{i}": f"text {i} " * 20 for i in range(300)})
    wrong = 0
    for seed in range(n):
        _killed(_work_naively, root, seed)
        wrong += bool(naive.check(root))
        for file in root.iterdir():
            file.unlink()
        naive.NaiveLibrary(root).put(**{f"d{i}": f"text {i} " * 20 for i in range(300)})
    return wrong


def kills(folder: Path) -> list[Figure]:
    timer, n = world.Timer(), size(150, 1000)
    share = n // _WORKERS
    with ThreadPoolExecutor(_WORKERS) as pool:
        seeds = [range(i * share, (i + 1) * share) for i in range(_WORKERS)]
        parts = pool.map(_several, [folder / f"{i}" for i in range(_WORKERS)], seeds)
        done = [kill for part in parts for kill in part]
    under_way = sum(kill.operation is not None for kill in done)
    kinds = sorted({kill.operation for kill in done if kill.operation})
    wrong = [f"{kill.operation}: {kill.problems}" for kill in done if kill.problems]
    tries = size(20, 100)
    (folder / "naive").mkdir()
    broken = _control(folder / "naive", tries)
    return [
        Figure(
            "kill -9 at random instants", len(done), len(wrong), timer.seconds,
            f"{under_way / len(done):.0%} with an operation under way: {', '.join(kinds)}",
            f"two files in place: {broken} of {tries} broken", tuple(wrong),
        )
    ]  # fmt: skip


HARNESSES = [kills]


def test_kills(tmp_path):
    figure = kills(tmp_path)[0]
    assert figure.examples == ()
    assert figure.n >= 150
    assert int(figure.note.split("%")[0]) >= 40
    for kind in set(world.OPERATIONS):
        assert kind in figure.note
    assert int(figure.control.split()[4]) > 0, "the control found nothing wrong"


if os.name == "nt":  # there is no kill -9
    del test_kills
