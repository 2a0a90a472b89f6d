"""Fit the coefficients of `rag.answerable` on development questions of public sets.

    python -m tests.bench.fit_answerable DATA --signals signals.jsonl
    python -m tests.bench.fit_answerable DATA --signals signals.jsonl \\
        --out rag/answerable.json

The first call asks the questions and keeps their signals and the replies that could be shown, the
second shows what a word of a reply should cost, and fits; after a change of the cost the signals
are to be collected again. Only articles that the judge was not trained on are asked: answerable and
adversarial questions of SQuAD 2.0, searches of Natural Questions in their own pages, the same
asked of SQuAD's articles (off topic), and plain statements of a small folder, which only judge the
fit. What is printed is measured on each half of the questions with a fit on the other half.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from rag.answerable import Signals, log_odds, probability
from rag.composing import COST_OF_A_WORD, Reply, worth
from rag.config import Config
from rag.finding import Finder
from rag.judging import LocalJudge
from rag.metrics import gold_held, normalise_answer
from rag.models import locate
from rag.run import Part
from rag.statistics import area_under_roc, calibration_error
from tests.bench import plain_folder
from tests.bench.judge_examples import is_held_out, read_rows, searchable

RIDGE = 0.3
COSTS = (0.0, 0.01, 0.02, 0.03, 0.05)
NAMES = [field.name for field in fields(Signals)]
# What says whether the documents are about the question at all.
TOPIC = ["cosine", "passage_cosine", "coverage", "passage_coverage"]


@dataclass(frozen=True)
class Row:
    """One question: its signals, whether it is answerable, and which half it is in."""

    kind: str
    question: str
    values: tuple[float, ...]
    answerable: bool
    judges: bool
    replies: tuple[Candidate, ...]


@dataclass(frozen=True)
class Candidate:
    """A reply that could be shown; whether it holds the gold answer, None if none is known."""

    text: str
    words: int
    verdict: float
    holds: bool | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--signals", type=Path, required=True)
    parser.add_argument("--each", type=int, default=200, help="questions of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if args.out is None:
        with args.signals.open("w", encoding="utf-8") as out:
            for row in _collect(args.data, args.each, args.seed):
                out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
                out.flush()
        return
    rows = [_row(r) for r in read_rows(args.signals)]
    for cost in COSTS:
        print(json.dumps({"cost": cost, **shown(rows, cost)}))
    report = judge(rows)
    print(json.dumps(report, indent=1))
    # What is kept is fitted on all but plain statements; what is reported is not.
    model = fit(rows)
    kept = {
        "coefficients": model,
        "made_by": "tests/bench/fit_answerable.py",
        "seed": args.seed, "questions": sum(r.kind != "plain" for r in rows),
        "judged_on_the_other_half": report,
    }  # fmt: skip
    args.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def fit(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """The model of `rag.answerable.probability`.

    Plain statements only judge it: fitted on them, it refuses twice as many searches wrongly.
    """
    rows = [r for r in rows if r.kind != "plain"]
    on = [r for r in rows if r.kind != "off topic"]
    is_on = [r.kind != "off topic" for r in rows]
    model = {
        "topic": _regression(
            TOPIC, [_of(r, TOPIC) for r in rows], is_on, ["on" if x else "off" for x in is_on]
        ),
        "answer": _regression(
            NAMES, [_of(r, NAMES) for r in on], [r.answerable for r in on], [r.kind for r in on]
        ),
    }  # fmt: skip
    bare = {**model, "scale": {"intercept": 0.0, "slope": 1.0}}
    odds = [[log_odds(probability(Signals(*r.values), bare))] for r in rows]
    answerable, kinds = [r.answerable for r in rows], [r.kind for r in rows]
    return {**model, "scale": _regression(["slope"], odds, answerable, kinds)}


def _of(row: Row, names: Sequence[str]) -> list[float]:
    return [row.values[NAMES.index(name)] for name in names]


def _regression(
    names: Sequence[str], values: Sequence[Sequence[float]], truth: Sequence[bool],
    kinds: Sequence[str],
) -> dict[str, float]:  # fmt: skip
    """Logistic regression with a ridge, by Newton's method.

    True rows weigh half of all, and so do the others, each kind of them the same.
    """
    x = np.c_[np.ones(len(values)), np.array(values)]
    y = np.array(truth, float)
    groups = list(zip(kinds, truth, strict=True))
    count = {flag: len({g for g in groups if g[1] is flag}) for flag in (True, False)}
    v = np.array([len(y) / 2 / count[g[1]] / groups.count(g) for g in groups])
    ridge = np.diag([1e-6] + [RIDGE] * (x.shape[1] - 1))
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        step = np.linalg.solve(
            (x.T * (v * p * (1 - p))) @ x + ridge, x.T @ (v * (p - y)) + ridge @ w
        )
        w -= step
    return dict(zip(["intercept", *names], np.round(w, 4).tolist(), strict=True))


def shown(rows: list[Row], cost: float) -> dict[str, object]:
    """Share of answerable questions whose reply holds the gold answer, and its length."""
    found: dict[str, object] = {}
    for kind in dict.fromkeys(r.kind for r in rows):
        best = [chosen(r, cost) for r in rows if r.kind == kind and r.answerable]
        known = [c for c in best if c.holds is not None]
        if known:
            held = np.mean([bool(c.holds) for c in known])
            words = np.mean([c.words for c in known])
            found[kind] = f"{held:.3f} in {words:.1f} words, n {len(known)}"
    return found


def chosen(row: Row, cost: float = COST_OF_A_WORD) -> Candidate:
    return max(row.replies, key=lambda c: worth(c.verdict, c.words, cost=cost))


def judge(rows: list[Row]) -> dict[str, object]:
    """Areas under ROC, refusals at 0.5 and calibration error; each half by a fit on the other."""
    halves = np.array([r.judges for r in rows])
    p = np.zeros(len(rows))
    for half in (True, False):
        model = fit([r for r in rows if r.judges is not half])
        p[halves == half] = [
            probability(Signals(*r.values), model) for r in rows if r.judges is half
        ]
    truth = np.array([r.answerable for r in rows])
    kind = np.array([r.kind for r in rows])
    good, adversarial = p[(kind == "squad") & truth], p[(kind == "squad") & ~truth]
    off_topic, search = p[kind == "off topic"], p[kind == "search"]
    long, not_long = p[(kind == "long") & truth], p[(kind == "long") & ~truth]
    plain, not_plain = p[(kind == "plain") & truth], p[(kind == "plain") & ~truth]
    sets = {
        "answerable": good, "adversarial": adversarial, "off topic": off_topic, "search": search,
        "long": long, "long, not answered": not_long,
        "plain": plain, "plain, not answered": not_plain,
    }  # fmt: skip
    fitted = list(zip(p[kind != "plain"], truth[kind != "plain"], strict=True))
    return {
        "questions": {k: len(v) for k, v in sets.items()},
        "refused_at_0.5": {k: round(float((v < 0.5).mean()), 3) for k, v in sets.items() if len(v)},
        "auc_adversarial": round(area_under_roc(good, adversarial), 3),
        "auc_off_topic": round(area_under_roc(good, off_topic), 3),
        "off_topic_refused_at_3_percent_false": round(
            float((off_topic < np.quantile(np.r_[good, search, long], 0.03)).mean()), 3
        ),
        **({"auc_plain": round(area_under_roc(plain, not_plain), 3)} if len(plain) else {}),
        "expected_calibration_error": round(calibration_error(fitted), 3),
    }


def _collect(data: Path, each: int, seed: int) -> Iterator[Row]:
    squad, nq, clapnq = (data / f"{name}_rag" for name in ("squad2", "nq_oracle", "clapnq"))
    flags = _shuffled(read_rows(squad / "flags_dev.jsonl"), seed)
    known, searches, long = (
        [r for r in _shuffled(read_rows(folder / "dev.jsonl"), seed) if is_held_out(r)]
        for folder in (squad, nq, clapnq)
    )
    plan = [("squad", row) for rows in (flags, known) for row in _some(rows, each)]
    off_topic = [("off topic", {**r, "answerable": False, "answers": []}) for r in searches[:each]]
    yield from _ask(squad / "corpus", plan + off_topic)
    yield from _ask(nq / "corpus", [("search", r) for r in searches[:each]])
    yield from _ask(clapnq / "corpus", [("long", r) for r in _some(long, each)])
    with tempfile.TemporaryDirectory() as folder:
        plain = _shuffled(plain_folder.write(Path(folder), seed), seed)
        yield from _ask(Path(folder), [("plain", r) for r in _some(plain, each)])


def _some(rows: list[dict], each: int) -> list[dict]:
    return [
        r for flag in (True, False) for r in [r for r in rows if r["answerable"] is flag][:each]
    ]


def _ask(corpus: Path, asked: list[tuple[str, dict]]) -> Iterator[Row]:
    with searchable(corpus) as (embedder, snapshot):
        finder = Finder(Config(), embedder, LocalJudge(locate("default", "generator")))
        for i, (kind, row) in enumerate(asked):
            part = Part(row["question"])
            finder.read(part, finder.search(part, snapshot, None), snapshot)
            if part.signals is not None:
                judges = hashlib.sha256(part.question.encode()).digest()[0] % 2 == 0
                values = tuple(getattr(part.signals, name) for name in NAMES)
                replies = tuple(_candidate(reply, row["answers"] or ()) for reply in part.replies)
                yield Row(kind, part.question, values, row["answerable"], judges, replies)
            print(f"\r{i + 1}/{len(asked)} questions   ", end="", flush=True)
    print()


def _candidate(reply: Reply, answers: Sequence[str]) -> Candidate:
    text = " ".join(item.text for item in reply.evidence)
    answers = [a for a in answers if normalise_answer(a)]
    holds = gold_held(text, answers, all=False) if answers else None
    return Candidate(text, reply.words, reply.verdict or 0.0, holds)


def _row(values: dict) -> Row:
    replies = tuple(Candidate(**c) for c in values["replies"])
    return Row(**{**values, "values": tuple(values["values"]), "replies": replies})


def _shuffled(rows: list[dict], seed: int) -> list[dict]:
    random.Random(seed).shuffle(rows)
    return rows


if __name__ == "__main__":
    main()
