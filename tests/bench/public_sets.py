"""Ask a public question set with `kaynak evaluate`.

    python -m tests.bench.public_sets DATA/squad2_rag --work /tmp/squad2 --limit 200

The set's folder holds `corpus/`, `corpus.jsonl` and `dev.jsonl`. Its rows are written as a question
set into the working folder, where the index and the results are kept as well; a second run finds
the index there. `--held-out` asks about articles alone that the judge was not trained on.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from rag import cli
from tests.bench.judge_examples import is_held_out, read_rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="for the index and the results")
    parser.add_argument("--documents", default="corpus", help="folder inside the set's folder")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--out", default="results.jsonl", help="inside the working folder")
    args = parser.parse_args()
    rows = read_rows(args.folder / "dev.jsonl")
    rows = [r for r in rows if is_held_out(r) or not args.held_out]
    random.Random(args.seed).shuffle(rows)
    args.work.mkdir(parents=True, exist_ok=True)
    asked = args.work / "questions.jsonl"
    questions = list(_questions(rows[: args.limit], _files(args.folder, args.documents)))
    asked.write_text("".join(json.dumps(q) + "\n" for q in questions), encoding="utf-8")
    return cli.main(
        ["--documents", str(args.folder / args.documents), "--index", str(args.work / "index"),
         "evaluate", str(asked), "--out", str(args.work / args.out)]
    )  # fmt: skip


def _questions(rows: list[dict], files: dict[str, str]) -> Iterator[dict]:
    """Rows of the set as rows of `kaynak evaluate`."""
    for row in rows:
        if row["answerable"] and not row["answers"]:
            continue
        yield {
            "id": row["id"],
            "question": row["question"],
            "answers": row["answers"] if row["answerable"] else [],
            "documents": [files[d] for d in row["doc_ids"]] if row["answerable"] else [],
            "history": list(_turns(row.get("history") or [])),
        }


def _turns(history: list[dict]) -> Iterator[tuple[str, str]]:
    """Alternate lines of a chat as pairs."""
    for asked, answered in zip(history[::2], history[1::2], strict=False):
        yield asked["text"], answered["text"]


def _files(folder: Path, documents: str) -> dict[str, str]:
    """Path inside the folder of documents, by the set's own name of the document."""
    names = {}
    for row in read_rows(folder / "corpus.jsonl"):
        file = Path(row.get("file", ""))
        names[row["doc_id"]] = file.relative_to("corpus").as_posix() if file.name else ""
    return {k: v for k, v in names.items() if (folder / documents / v).is_file()}


if __name__ == "__main__":
    sys.exit(main())
