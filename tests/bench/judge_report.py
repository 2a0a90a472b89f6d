"""What the judge is worth on questions of articles that it was not trained on.

    python -m tests.bench.judge_report examples.jsonl --adapter rag/judge
    python -m tests.bench.judge_report examples.jsonl --scores scores.jsonl   # as computed before

Per set: how often the best sentence by the mixed score is a right one, for weights of the judge
from none to all; and the area under ROC of the best log-odds as a sign of an answerable question.
Before that, plain statements of small folders, which the public sets do not hold.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.judging import LocalJudge
from rag.models import locate
from rag.statistics import area_under_roc
from tests.bench.judge_facts import facts
from tests.bench.judge_rows import Lesson

FACTS = 200
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0, 100.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--scores", type=Path)
    parser.add_argument("--most", type=int, default=150, help="questions per set")
    parser.add_argument("--top", type=int, default=10, help="sentences per question")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    groups = _groups(args.examples, args.most, args.top, args.seed)
    if args.adapter is not None:
        judge = LocalJudge(locate("default", "generator"), adapter=args.adapter)
        _report_plain(judge, args.seed)
        _judge(groups, judge)
        if args.scores is not None:
            lines = [json.dumps(row, ensure_ascii=False) for rows in groups for row in rows]
            args.scores.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        groups = _by_group([json.loads(r) for r in args.scores.read_text("utf-8").splitlines()])
    by_source = defaultdict(list)
    for rows in groups:
        by_source[rows[0]["source"]].append(rows)
    for source, found in sorted(by_source.items()):
        _report(source, found)


def _groups(file: Path, most: int, top: int, seed: int) -> list[list[dict]]:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    groups = _by_group([r for r in rows if r["held_out"] and r["rank"] < top])
    random.Random(seed).shuffle(groups)
    taken: dict[str, int] = defaultdict(int)
    kept = []
    for group in groups:
        taken[group[0]["source"]] += 1
        if taken[group[0]["source"]] <= most:
            kept.append(group)
    return kept


def _by_group(rows: Sequence[dict]) -> list[list[dict]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row["source"], row["group"]].append(row)
    return list(groups.values())


def _judge(groups: Sequence[list[dict]], judge: LocalJudge) -> None:
    for i, rows in enumerate(groups):
        values = judge.judge(rows[0]["question"], [(r["above"], r["text"]) for r in rows])
        for row, value in zip(rows, values, strict=True):
            row["verdict"] = value
        print(f"\r{i + 1}/{len(groups)}   ", end="", flush=True)
    print()


def _report(source: str, groups: Sequence[list[dict]]) -> None:
    print(f"\n{source}: {len(groups)} questions")
    with_gold = [g for g in groups if any(r["label"] == 1 for r in g)]
    if with_gold:
        for weight in WEIGHTS:
            firsts = [_firsts(g, weight) for g in with_gold]
            shares = " / ".join(f"{np.mean([f[k] for f in firsts]):.3f}" for k in range(3))
            print(f"  weight {weight:>5}: right in the best one / two / three {shares}")
    for name in ("verdict", "cheap"):
        yes, no = (_best(groups, name, answerable=flag) for flag in (True, False))
        if len(yes) and len(no):
            area = area_under_roc(list(yes), list(no))
            print(f"  area under ROC of {name}: {area:.3f} ({len(yes)} and {len(no)})")


def _report_plain(judge: LocalJudge, seed: int) -> None:
    """Relations that are taught nowhere, and statements written by hand."""
    asked = {
        "held-out relations": list(facts(FACTS, seed, held_out=True)),
        "written by hand": list(written()),
    }
    for name, pairs in asked.items():
        found = [max(judge.judge(x.question, _twice(x))) for x in pairs]
        yes, no = ([v for v, x in zip(found, pairs, strict=True) if x.label == k] for k in (1, 0))
        shares = [float(np.mean(np.array(values) > 0)) for values in (yes, no)]
        print(f"plain statements, {name}: area under ROC {area_under_roc(yes, no):.3f}")
        print(f"  yes to {shares[0]:.3f} of those that answer, to {shares[1]:.3f} of the others")


def _twice(lesson: Lesson) -> list[tuple[str, str]]:
    """With its headings and without, as `rag.finding` decides whether to answer."""
    return [(lesson.above, lesson.text), ("", lesson.text)]


def written() -> Iterator[Lesson]:
    """``plain_statements.txt``: headings, a statement, a question that it answers, one that not."""
    for line in Path(__file__).with_name("plain_statements.txt").read_text("utf-8").splitlines():
        above, text, question, other = line.split("|")
        yield Lesson(question, above, text, 1, "")
        yield Lesson(other, above, text, 0, "")


def _best(groups: Sequence[list[dict]], name: str, *, answerable: bool) -> np.ndarray:
    return np.array([max(r[name] for r in g) for g in groups if g[0]["answerable"] is answerable])


def _firsts(rows: Sequence[dict], weight: float) -> list[bool]:
    ranked = sorted(rows, key=lambda r: -(r["cheap"] + weight * r["verdict"]))
    return [any(r["label"] == 1 for r in ranked[: k + 1]) for k in range(3)]


if __name__ == "__main__":
    main()
