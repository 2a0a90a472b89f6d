"""Do documents that contradict each other lead to an answer that says so?

    python -m tests.bench.conflicts DATA/conflicts_rag --work /tmp/conflicts --limit 60
    python -m tests.bench.conflicts DATA/conflicts_rag --work /tmp/yes-no --types conflictqa

Each question is asked twice: of all its documents, which give two answers or more, and of those
alone that give one and the same (with the set's noise). The first must be noticed, the second must
not. Thresholds are chosen on one half of the questions (`--half choose`) and reported on the other.

The questions of `conflictqa` are answered with yes or no: a statement, and a text that argues for
it. Both are documents, and so is what the other side states and argues.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.assistant import Assistant
from rag.metrics import gold_held
from rag.statistics import bootstrap_interval
from tests.bench.judge_examples import read_rows

TYPES = ("rgb_fact", "ramdocs", "poisoned_nq", "poisoned_hotpotqa", "poisoned_msmarco")
YES_OR_NO = "conflictqa"


@dataclass(frozen=True)
class Case:
    """One question of some documents.

    Attributes:
        answers: What the documents answer; each in the forms it may take.
    """

    id: str
    kind: str
    question: str
    documents: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]

    @property
    def conflicts(self) -> bool:
        return len(self.answers) > 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="for documents, index and results")
    parser.add_argument("--limit", type=int, default=60, help="questions of each sort")
    parser.add_argument("--half", choices=("choose", "report"), default="report")
    parser.add_argument("--types", nargs="+", choices=(*TYPES, YES_OR_NO), default=TYPES)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    rows = [stated(r) for r in read_rows(args.folder / "dev.jsonl") if r["type"] in args.types]
    rows = [r for r in rows if half(r["id"]) == args.half]
    random.Random(args.seed).shuffle(rows)
    cases = [case for row in rows for case in _cases(row)]
    chosen = [c for flag in (True, False) for c in _first(cases, args.limit, conflicts=flag)]
    _write(rows, {c.id for c in chosen}, args.work / "documents")
    results = list(_ask(chosen, args.work))
    out = args.work / f"results-{args.half}.jsonl"
    out.write_text("".join(json.dumps(r) + "\n" for r in results), encoding="utf-8")
    for line in _summary(results):
        print(line)


def half(identity: str) -> str:
    return "choose" if hashlib.sha256(identity.encode()).digest()[0] % 2 == 0 else "report"


def stated(row: dict) -> dict:
    """A row of yes or no with its statements as documents; any other as it is.

    What a side states stands in a document of its own, and before the argument of the other side.
    """
    if row["type"] != YES_OR_NO:
        return row
    first, second = row["docs"][:2]
    alone = {**first, "doc_id": f"{first['doc_id']}-stated", "text": first["answer"]}
    whole = {**second, "text": f"{second['answer']} {second['text']}"}
    return {**row, "docs": [alone, first, whole]}


def _cases(row: dict) -> Iterator[Case]:
    """The question with all documents, and with those of its most frequent answer alone."""
    answers = {d["doc_id"]: said(row, d) for d in row["docs"]}
    groups = Counter(answer for answer in answers.values() if answer)
    if not groups:
        return
    if len(groups) > 1:
        yield Case(row["id"], row["type"], row["question"], tuple(answers), tuple(groups))
    common, times = groups.most_common(1)[0]
    if times > 1:
        alone = tuple(d for d, answer in answers.items() if answer in (common, ()))
        yield Case(row["id"], row["type"], row["question"], alone, (common,))


def said(row: dict, document: dict) -> tuple[str, ...]:
    """What a document answers, in the forms it may take; empty for noise."""
    if document["role"] == "noise":
        return ()
    if answer := document.get("answer"):
        return (answer,)
    return tuple(row["answers" if document["role"] == "support" else "wrong_answers"])


def _first(cases: Sequence[Case], limit: int, *, conflicts: bool) -> list[Case]:
    return [c for c in cases if c.conflicts is conflicts][:limit]


def _write(rows: Sequence[dict], wanted: set[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        if row["id"] in wanted:
            for document in row["docs"]:
                file = folder / f"{document['doc_id']}.txt"
                file.write_text(document["text"], encoding="utf-8")


def _ask(cases: Sequence[Case], work: Path) -> Iterator[dict]:
    with Assistant.open(documents=work / "documents", index=work / "index") as assistant:
        assistant.sync()
        for i, case in enumerate(cases):
            started = time.monotonic()
            answer = assistant.answer(case.question, documents=[f"{d}.txt" for d in case.documents])
            shown = sum(gold_held(answer.text, forms) for forms in case.answers)
            yield {
                **asdict(case), "conflicts": case.conflicts, "status": answer.status,
                "flagged": bool(answer.disagreements), "shown": shown, "text": answer.text,
                "words": len(answer.text.split()), "seconds": round(time.monotonic() - started, 2),
            }  # fmt: skip
            print(f"\r{i + 1}/{len(cases)}   ", end="", flush=True)
    print()


def _summary(results: Sequence[dict]) -> Iterator[str]:
    for conflicts, name in ((True, "two answers or more"), (False, "one answer")):
        mine = [r for r in results if r["conflicts"] is conflicts]
        answered = [r for r in mine if r["status"] == "answered"]
        yield f"{name}: {len(mine)} questions, answered {len(answered)}"
        if conflicts:
            yield f"  two answers shown {_share([r['shown'] > 1 for r in mine])}"
        yield f"  said to differ {_share([r['flagged'] for r in mine])}"
        for kind in (*TYPES, YES_OR_NO):
            these = [r for r in mine if r["kind"] == kind]
            if these:
                shown, said = (sum(map(bool, v)) for v in zip(
                    *((r["shown"] > 1, r["flagged"]) for r in these), strict=True
                ))  # fmt: skip
                yield f"    {kind}: n {len(these)}, two shown {shown}, said to differ {said}"


def _share(flags: Sequence[bool]) -> str:
    bounds = bootstrap_interval([float(f) for f in flags], seed=0)
    return f"{sum(flags) / len(flags):.3f} [{bounds.low:.3f}, {bounds.high:.3f}]"


if __name__ == "__main__":
    main()
