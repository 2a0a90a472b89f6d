"""A sync that another process may end at any moment: ``python -m tests.faults.batch FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from rag.config import Readers
from rag.library import Library
from rag.readers import SUPPORTED, IsolatedReader
from tests.fakes import HashEmbedder
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


if __name__ == "__main__":
    sync(Path(sys.argv[1]))
