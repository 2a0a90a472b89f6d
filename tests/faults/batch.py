"""A sync that another process may end at any moment: ``python -m tests.faults.batch FOLDER``.

``python -m tests.faults.batch FOLDER N`` is one that writes what it has read at its end, and is
killed after N files.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from rag.config import Readers
from rag.library import Library
from rag.readers import SUPPORTED, IsolatedReader
from tests.fakes import HashEmbedder
from tests.faults.naive import naive_read
from tests.small_library import chunk


def sync(root: Path) -> None:
    """Sync ``root/docs``; a line for each file that was indexed, and for each reading process."""
    reader = IsolatedReader(Readers())
    seen: set[int | None] = {None}

    def say(step) -> None:
        if reader.process_id not in seen:
            seen.add(reader.process_id)
            print("process", reader.process_id, flush=True)
        if step.action in ("indexed", "failed"):
            print(step.action, step.doc_id, flush=True)

    with Library.open(
        root / "docs", root / "index", embedder=HashEmbedder(), read=reader, chunk=chunk,
        chunker_fingerprint="paragraphs-1", suffixes=SUPPORTED,
    ) as library:  # fmt: skip
        report = library.sync(progress=say)
        print("done", len(report.unchanged), len(report.failed), len(library.documents()))


def sync_naively(root: Path, kill_after: int) -> None:
    """Read ``root/docs`` as one would write it first, and be killed after so many files."""
    index, texts = root / "naive.json", {}
    known = json.loads(index.read_text(encoding="utf-8")) if index.exists() else {}
    for number, path in enumerate(sorted((root / "docs").iterdir())):
        if path.name in known:
            continue
        if number == kill_after:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            texts[path.name] = naive_read(path, path.name).text
            print("indexed", path.name, flush=True)
        except Exception:  # noqa: BLE001 - that is how it would be written
            print("failed", path.name, flush=True)
    index.write_text(json.dumps(known | texts), encoding="utf-8")


if __name__ == "__main__":
    place = Path(sys.argv[1])
    sync_naively(place, int(sys.argv[2])) if sys.argv[2:] else sync(place)
