"""Does a follow-up find its documents? The bare question beside what Kaynak searches.

python -m tests.bench.follow_ups DATA/mtrag_chat --work /tmp/mtrag
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rag.assistant import open_library
from rag.config import Config, load_config
from rag.conversation import other_wordings, standalone
from rag.embedding import SentenceEmbedder
from rag.finding import Finder
from rag.metrics import recall_at_k
from rag.models import locate
from rag.protocols import Snapshot
from rag.run import Part
from rag.statistics import bootstrap_interval, mean, paired_randomisation
from tests.bench.judge_examples import read_rows
from tests.bench.public_sets import files_of, turns

WAYS = ("bare", "rewritten", "searched")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="for the index")
    args = parser.parse_args()
    config = load_config(documents=args.folder / "corpus", index=args.work / "index")
    embedder = SentenceEmbedder(locate("default", "embedder"))
    files = files_of(args.folder, args.folder / "corpus")
    rows = [r for r in read_rows(args.folder / "dev.jsonl") if r["history"] and r["answerable"]]
    with open_library(config, embedder) as library:
        library.sync()
        finder, snapshot = Finder(config, embedder, None), library.snapshot()
        found = [_recalls(r, files, finder, snapshot, config) for r in rows if r["doc_ids"]]
    for name, values in zip(
        ("bare", "rewritten", "searched"), zip(*found, strict=True), strict=True
    ):
        bounds = bootstrap_interval(values, seed=0)
        p = paired_randomisation([bare for bare, _, _ in found], values, seed=0)
        print(
            f"{name:<10} recall@5 {mean(values):.3f} [{bounds.low:.3f}, {bounds.high:.3f}] "
            f"of {len(values)}, p against bare {p:.4f}"
        )


def _recalls(
    row: dict, files: dict[str, str], finder: Finder, snapshot: Snapshot, config: Config
) -> tuple[float, float, float]:
    """Recall at 5 of the bare question, of the rewritten one, and of all that is searched."""
    turns_before = list(turns(row["history"]))[-config.answering.max_history_turns :]
    wanted = [files[d] for d in row["doc_ids"]]
    searched = standalone(row["question"], turns_before)
    also = other_wordings(row["question"], turns_before)
    return (
        _recall(row["question"], row["question"], (), wanted, finder, snapshot),
        _recall(searched, row["question"], (), wanted, finder, snapshot),
        _recall(searched, row["question"], also, wanted, finder, snapshot),
    )


def _recall(
    question: str,
    asked: str,
    also: Sequence[str],
    wanted: Sequence[str],
    finder: Finder,
    snapshot: Snapshot,
) -> float:
    part = Part(question, also=tuple(also), is_complete=question == asked)
    finder.search(part, snapshot, None)
    return recall_at_k([hit.passage.doc_id for hit in part.hits], wanted, k=5)


if __name__ == "__main__":
    main()
