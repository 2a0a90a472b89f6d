"""How well does the support test tell supported sentences from others?

    python -m tests.bench.grounding DATA/grounding

Each row of the set is a claim, a passage, and whether people found that the passage supports it.
What is printed per source: balanced accuracy, how many of the claims called supported are
(precision), how many of the supported are called so (recall; the rest are false alarms), and what
each check catches and costs.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.grounding import MIN_SHARED, Support, support
from rag.statistics import bootstrap_interval, mean
from tests.bench.judge_examples import read_rows

# A short answer is no sentence: what it says depends on the question.
NO_SENTENCES = {"qa"}
Judged = tuple[bool, Support]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    passages = {r["passage_id"]: r["text"] for r in read_rows(args.folder / "passages_dev.jsonl")}
    by_source: dict[str, list[Judged]] = defaultdict(list)
    for row in read_rows(args.folder / "dev.jsonl"):
        is_human = row["label_origin"].startswith("human")
        if row["supported"] is None or row["granularity"] in NO_SENTENCES or not is_human:
            continue
        passage = passages[row["passage_id"]]
        found = support(row["claim"], passage, question=row.get("question") or "")
        by_source[row["source"]].append((bool(row["supported"]), found))
    for source, rows in sorted(by_source.items()):
        print(f"{source}: {'; '.join(_report(rows))}")


def _report(rows: Sequence[Judged]) -> Iterator[str]:
    yield f"{sum(y for y, _ in rows)} supported, {sum(not y for y, _ in rows)} not"
    bounds = bootstrap_interval(rows, seed=0, statistic=balanced_accuracy)
    yield f"balanced accuracy {balanced_accuracy(rows):.3f} [{bounds.low:.3f}, {bounds.high:.3f}]"
    shown = [y for y, s in rows if s.holds]
    yield f"precision {mean(shown):.3f}" if shown else "none called supported"
    yield f"recall {mean([s.holds for y, s in rows if y]):.3f}"
    checks = {
        "values": lambda s: bool(s.unsupported),
        "words": lambda s: s.shared < MIN_SHARED,
        "negation": lambda s: s.negation_differs,
    }
    for name, fails in checks.items():
        caught, false = (mean([fails(s) for y, s in rows if y is flag]) for flag in (False, True))
        yield f"{name} catch {caught:.3f}, false alarms {false:.3f}"


def balanced_accuracy(rows: Sequence[Judged]) -> float | None:
    """Mean of both classes' recall; None without either."""
    right = {flag: [s.holds is flag for y, s in rows if y is flag] for flag in (True, False)}
    return sum(map(mean, right.values())) / 2 if all(right.values()) else None


if __name__ == "__main__":
    main()
