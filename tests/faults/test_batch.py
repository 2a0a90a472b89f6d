"""A batch of good and bad files survives being killed: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from rag.readers import FORMATS
from rag.reasons import code_of
from tests.faults.bad_documents import bad_documents
from tests.faults.bad_texts import INDEXED, bad_texts
from tests.faults.figures import Figure, size
from tests.faults.samples import sample
from tests.small_library import open_library

ROOT = Path(__file__).parent.parent.parent
GOOD, BAD, KILLS = size((150, 20, 6), (1000, 50, 30))


def fill(docs: Path) -> dict[str, str]:
    """Write good files of all formats, no two alike, and small bad ones; what becomes of each."""
    docs.mkdir()
    expected = {}
    formats = sorted({"txt", "md", "html", "csv", "rtf", "eml"} & set(FORMATS.values()))
    for number in range(GOOD):
        format_ = formats[number % len(formats)]
        name = f"good{number:04}.{format_}"
        mark = f"Harbour number {number}.".encode()
        data = sample(format_).replace(b"Gas flows", mark).replace(b"The harbour", mark)
        (docs / name).write_bytes(data.replace(b"Kars", mark))
        expected[name] = INDEXED
    bad = [b for b in (*bad_texts(), *bad_documents()) if len(b.data) < 50_000]
    for case in random.Random(3).sample([b for b in bad if b.verdict != INDEXED], BAD):
        (docs / case.name).write_bytes(case.data)
        expected[case.name] = case.verdict
    return expected


def run(
    root: Path, *naive: str, kill_after: int | None = None, pause: float = 0
) -> tuple[list[list[str]], bool]:
    """One sync in a process of its own, ended with SIGKILL once it has said so many lines.

    Returns:
        What it said, by lines and words, and whether it came to its end.
    """
    command = [sys.executable, "-m", "tests.faults.batch", str(root), *naive]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    said = []
    with process:
        for line in process.stdout or ():
            said.append(line.rstrip("\n").split(" ", 1))
            if len(said) == kill_after:
                time.sleep(pause)
                process.kill()
    return said, process.returncode == 0


def measure(root: Path) -> dict[str, object]:
    """Sync, kill, and sync again until it is done.

    Returns:
        ``files``, ``kills`` that hit a sync under way, files indexed ``twice``, those ``wrong`` at
        the end, and reading processes ``left`` behind.
    """
    expected = fill(root / "docs")
    chance, indexed, readers = random.Random(7), Counter[str](), set()
    hit = 0
    for attempt in range(KILLS + 1):
        last = attempt == KILLS
        after = None if last else chance.randint(1, max(1, len(expected) // KILLS))
        lines, done = run(root, kill_after=after, pause=chance.uniform(0, 0.02))
        hit += not done and not last
        indexed.update(words[1] for words in lines if words[0] == "indexed")
        readers |= {int(words[1]) for words in lines if words[0] == "process"}
    with open_library(root) as library:
        found = {d.doc_id: INDEXED for d in library.documents()}
        found |= {file.doc_id: code_of(file.reason) for file in library.failed()}
    time.sleep(0.5)
    return {
        "files": len(expected), "kills": hit,
        "twice": [name for name, times in indexed.items() if times > 1],
        "wrong": {n: found.get(n) for n in expected | found if found.get(n) != expected.get(n)},
        "left": [pid for pid in readers if _is_reader(pid)],
    }  # fmt: skip


def naively(root: Path) -> int:
    """How many files a sync that writes at its end indexes again after five kills."""
    chance, indexed = random.Random(7), Counter[str]()
    for _ in range(5):
        lines, _done = run(root, str(chance.randint(1, GOOD)))
        indexed.update(words[1] for words in lines if words[0] == "indexed")
    return sum(times > 1 for times in indexed.values())


def _is_reader(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return "rag.readers.worker" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def killed_batches(folder: Path) -> list[Figure]:
    """Good and bad files in one folder, the sync killed again and again."""
    started = time.monotonic()
    found = measure(folder)
    seconds = time.monotonic() - started
    wrong = [f"{key}: {found[key]}" for key in ("wrong", "twice", "left") if found[key]]
    note = f"{found['kills']} kills hit a sync under way; nothing was indexed twice"
    return [
        Figure(
            "files of a batch that is killed", int(str(found["files"])), len(wrong),
            seconds, note, f"written at the end: {naively(folder)} indexed twice", tuple(wrong),
        )
    ]  # fmt: skip


HARNESSES = (killed_batches,)


@pytest.mark.timeout(1800)
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not known there")
def test_a_batch_survives_being_killed(tmp_path) -> None:
    result = measure(tmp_path)
    print(f"batch: {result}")
    assert (result["wrong"], result["twice"], result["left"]) == ({}, [], [])
    assert result["files"] == GOOD + BAD
    assert result["kills"] > KILLS / 2
    assert naively(tmp_path) > 0, "the control found nothing wrong"
