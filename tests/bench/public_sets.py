"""Ask a public question set with `kaynak evaluate`, and measure what its gold marks allow.

    python -m tests.bench.public_sets DATA/squad2_rag --work /tmp/squad2 --limit 200
    python -m tests.bench.public_sets DATA/squad2_rag --work /tmp/squad2 --off-topic DATA/clapnq_rag

The set's folder holds `corpus/`, `corpus.jsonl` and `dev.jsonl`. Its rows are written as a question
set into the working folder, where the index and the results are kept as well; a second run finds
the index there, and `kaynak evaluate --compare A B` compares two runs. `--off-topic` asks another
set's questions, none of which the documents answer. `--held-out` asks about articles alone that the
judge was not trained on.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag import cli
from rag.metrics import normalise_answer, token_recall
from rag.statistics import bootstrap_interval
from tests.bench.judge_examples import is_held_out, paragraphs_of, read_rows, spaceless


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="for the index and the results")
    parser.add_argument(
        "--documents", nargs="+", default=["corpus"], help="folders inside the set's folder"
    )
    parser.add_argument("--off-topic", type=Path, help="folder of a set of other questions")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--config", type=Path, help="settings; the defaults if left out")
    parser.add_argument("--out", default="results.jsonl", help="inside the working folder")
    args = parser.parse_args()
    rows = read_rows((args.off_topic or args.folder) / "dev.jsonl")
    rows = [r for r in rows if is_held_out(r) or not args.held_out]
    random.Random(args.seed).shuffle(rows)
    rows = rows[: args.limit]
    args.work.mkdir(parents=True, exist_ok=True)
    documents, files = _documents(args.folder, args.documents, args.work)
    asked = args.work / "questions.jsonl"
    questions = list(_questions(rows, {} if args.off_topic else files))
    asked.write_text("".join(json.dumps(q) + "\n" for q in questions), encoding="utf-8")
    results = args.work / args.out
    given = ["--config", str(args.config)] if args.config else []
    given += ["--documents", str(documents), "--index", str(args.work / "index")]
    # An index that a run before did not finish would be asked as it is.
    cli.main([*given, "sync"])
    done = cli.main([*given, "evaluate", str(asked), "--out", str(results)])
    if not args.off_topic:
        paragraphs = paragraphs_of(args.folder / "corpus.jsonl")
        by_id = {row["id"]: row for row in rows}
        measured = [_marks(r, by_id[r["id"]], paragraphs) for r in read_rows(results)]
        for name in dict.fromkeys(name for marks in measured for name in marks):
            print(_line(name, [marks[name] for marks in measured if name in marks]))
    return done


def _documents(folder: Path, names: Sequence[str], work: Path) -> tuple[Path, dict[str, str]]:
    """The folder to index, and the path inside it of each of the set's documents."""
    if len(names) == 1:
        return folder / names[0], files_of(folder, folder / names[0])
    together = work / "documents"
    together.mkdir(exist_ok=True)
    for name in names:
        for file in (folder / name).rglob("*"):
            if file.is_file():
                copy = together / name / file.relative_to(folder / name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())
    return together, files_of(folder, together / names[0], f"{names[0]}/")


def _questions(rows: list[dict], files: dict[str, str]) -> Iterator[dict]:
    """Rows of the set as rows of `kaynak evaluate`; without files nothing can be answered."""
    for row in rows:
        answerable = row["answerable"] and bool(files)
        # One of SQuAD's gold answers is a full stop.
        answers = [a for a in row["answers"] or () if normalise_answer(a)]
        if answerable and not answers:
            continue
        yield {
            "id": row["id"],
            "question": row["question"],
            "answers": answers if answerable else [],
            "documents": [files[d] for d in row["doc_ids"]] if answerable else [],
            "history": list(turns(row.get("history") or [])),
        }


def turns(history: list[dict]) -> Iterator[tuple[str, str]]:
    """Alternate lines of a chat as pairs."""
    for asked, answered in zip(history[::2], history[1::2], strict=False):
        yield asked["text"], answered["text"]


def files_of(folder: Path, documents: Path, above: str = "") -> dict[str, str]:
    """Path inside the folder of documents, by the set's own name of the document."""
    names = {}
    for row in read_rows(folder / "corpus.jsonl"):
        file = Path(row.get("file", ""))
        names[row["doc_id"]] = file.relative_to("corpus").as_posix() if file.name else ""
    return {k: f"{above}{v}" for k, v in names.items() if (documents / v).is_file()}


def _marks(result: dict, row: dict, paragraphs: dict[str, str]) -> dict[str, float]:
    """What is known of one answer from the set's gold paragraph, sentences and answers."""
    if not result["is_answerable"]:
        return {}
    is_answered = result["status"] == "answered"
    reply = result["reply"] if is_answered else ""
    marks = {
        "answered": float(is_answered),
        "gold held, of what is answered": float(result["gold_held"]) if is_answered else None,
        "words of the gold answer in the reply": token_recall(reply, row["answers"]),
    }
    quotes = [spaceless(c["quote"]) for c in result["citations"]]
    if is_answered and (gold := spaceless(paragraphs.get(row.get("paragraph_sha1", ""), ""))):
        marks["first citation in the gold paragraph"] = float(bool(quotes) and quotes[0] in gold)
    if wanted := [spaceless(s) for group in row.get("evidence_sentences") or [] for s in group]:
        shown = [any(s in quote for quote in quotes) for s in wanted]
        marks["evidence sentences shown"] = sum(shown) / len(wanted)
        marks["at least one evidence sentence shown"] = float(any(shown))
    return {name: value for name, value in marks.items() if value is not None}


def _line(name: str, values: Sequence[float]) -> str:
    bounds = bootstrap_interval(values, seed=0)
    mean = sum(values) / len(values)
    return f"{name:<40} {mean:.3f} [{bounds.low:.3f}, {bounds.high:.3f}] of {len(values)}"


if __name__ == "__main__":
    sys.exit(main())
