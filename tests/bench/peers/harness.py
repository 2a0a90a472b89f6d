"""Runs one system over a job, inside that system's own environment; standard library only.

    python harness.py SYSTEM.py JOB.json OUT.jsonl

A system's file has ``build(documents, embedder, generator, dtype)``, which indexes a folder and
returns ``ask(question)``; the writing model computes in ``dtype``. ``ask`` yields pieces of the
reply as they come, and at the end a list of what was cited, as pairs of a file and a text. None
among the pieces says that it refused.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

BEGIN, END = "# What a user writes", "# Until here"


def run(system: Path, job: dict, out: Path) -> None:
    """Build the system, ask every question, and write a line for each and one for the whole."""
    started = time.perf_counter()
    given = (job[name] for name in ("documents", "embedder", "generator", "dtype"))
    ask = _module(system).build(*given)
    index_s = time.perf_counter() - started
    with out.open("w", encoding="utf-8") as lines:
        for question in job["questions"]:
            row = _asked(ask, question, Path(job["documents"]))
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            lines.flush()
        whole = {
            "index_s": index_s, "peak_mb": _peak_mb(), "lines": lines_of_user(system),
        }  # fmt: skip
        lines.write(json.dumps(whole) + "\n")


def _asked(ask: Callable[[str], Iterator[object]], question: dict, documents: Path) -> dict:
    started = time.perf_counter()
    row = {"id": question["id"], "text": "", "refused": False, "cited": [], "error": ""}
    try:
        for piece in ask(question["question"]):
            if isinstance(piece, list):
                row["cited"] = [
                    {"document": _below(documents, file), "text": text} for file, text in piece
                ]
            elif piece is None:
                row["refused"] = True
            elif piece:
                row.setdefault("first_s", time.perf_counter() - started)
                row["text"] += str(piece)
    except Exception as exc:  # noqa: BLE001 - one question must not stop another system's run
        row["error"] = f"{type(exc).__name__}: {exc}"
    row["total_s"] = time.perf_counter() - started
    return row


def _below(documents: Path, file: str) -> str:
    path = Path(file)
    return os.path.relpath(path, documents) if path.is_absolute() else path.as_posix()


def lines_of_user(system: Path) -> int:
    """Lines that a user has to write: no blank ones, no comments, no choice between formats."""
    text = system.read_text("utf-8")
    body = text.split(BEGIN, 1)[1].split(END, 1)[0].splitlines()[1:]
    written = [line.strip() for line in body if "is_pdf" not in line]
    return sum(bool(line) and not line.startswith("#") for line in written)


def _peak_mb() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def _module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    system, job, out = map(Path, sys.argv[1:])
    run(system, json.loads(job.read_text("utf-8")), out)
    # A system may leave a thread that writes a reply which nobody waits for any more.
    os._exit(0)
