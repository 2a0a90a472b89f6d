"""Fit the coefficients of `rag.answerable` on development questions of public sets.

    python -m tests.bench.fit_answerable SQUAD2 NQ --out rag/answerable.json

SQUAD2 and NQ are folders with ``corpus/`` and ``dev.jsonl``. Taken from them: answerable and
adversarial questions of SQUAD2, answerable questions of NQ, and NQ's questions asked of SQUAD2's
documents (off topic). Questions are split by article into a part that fits and a part that judges;
what is printed and kept is the judging part's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np

from rag.answerable import Signals
from rag.answering import Answering
from rag.assistant import open_library
from rag.config import load_config
from rag.embedding import SentenceEmbedder
from rag.generation import LocalGenerator
from rag.models import locate
from rag.run import Run

RIDGE = 1.0
NAMES = [field.name for field in fields(Signals)]


@dataclass(frozen=True)
class Row:
    """One question: its signals, whether it is answerable, and which part it is in."""

    kind: str
    question: str
    values: tuple[float, ...]
    answerable: bool
    judges: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("squad2", type=Path)
    parser.add_argument("nq", type=Path)
    parser.add_argument("--each", type=int, default=200, help="questions of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    squad, nq = _questions(args.squad2, args.seed), _questions(args.nq, args.seed)
    plan = [
        ("answerable", args.squad2, [q for q in squad if q["answerable"]]),
        ("adversarial", args.squad2, [q for q in squad if not q["answerable"]]),
        ("off topic", args.squad2, [{**q, "answerable": False} for q in nq[-args.each :]]),
        ("search", args.nq, nq),
    ]
    rows: list[Row] = []
    for folder in (args.squad2, args.nq):
        asked = [(kind, q) for kind, f, qs in plan if f == folder for q in qs[: args.each]]
        rows += _collect(folder / "corpus", asked)
    model = fit([r for r in rows if not r.judges])
    report = judge([r for r in rows if r.judges], model)
    print(json.dumps(report, indent=1))
    kept = {
        "coefficients": dict(zip(["intercept", *NAMES], np.round(model, 4).tolist(), strict=True)),
        "made_by": "tests/bench/fit_answerable.py",
        "seed": args.seed, "questions_of_each_kind": args.each, "judged": report,
    }  # fmt: skip
    args.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def fit(rows: list[Row]) -> np.ndarray:
    """Logistic regression with a ridge, by Newton's method; intercept first."""
    x = np.c_[np.ones(len(rows)), [r.values for r in rows]]
    y = np.array([r.answerable for r in rows], float)
    ridge = np.diag([1e-6] + [RIDGE] * (x.shape[1] - 1))
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + ridge, x.T @ (p - y) + ridge @ w)
        w -= step
    return w


def judge(rows: list[Row], model: np.ndarray) -> dict[str, object]:
    """Areas under ROC, refusals at 0.5 and expected calibration error on rows not fitted on."""
    p = {k: _probabilities([r for r in rows if r.kind == k], model) for k in {r.kind for r in rows}}
    everything = _probabilities(rows, model)
    truth = np.array([r.answerable for r in rows])
    return {
        "questions": {k: len(v) for k, v in sorted(p.items())},
        "refused_at_0.5": {k: round(float((v < 0.5).mean()), 3) for k, v in sorted(p.items())},
        "auc_adversarial": round(_auc(p["answerable"], p["adversarial"]), 3),
        "auc_off_topic": round(_auc(p["answerable"], p["off topic"]), 3),
        "expected_calibration_error": round(_calibration_error(everything, truth), 3),
    }


def _questions(folder: Path, seed: int) -> list[dict]:
    rows = [json.loads(line) for line in (folder / "dev.jsonl").read_text("utf-8").splitlines()]
    random.Random(seed).shuffle(rows)
    return rows


def _collect(corpus: Path, asked: list[tuple[str, dict]]) -> list[Row]:
    embedder = SentenceEmbedder(locate("default", "embedder"))
    generator = LocalGenerator(locate("default", "generator"))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(documents=corpus, index=folder)
        # Above 1: nothing is written, only the signals are wanted.
        answering = Answering(
            config.model_copy(
                update={"answering": config.answering.model_copy(update={"refuse_below": 2.0})}
            ),
            embedder, generator, writes=False,
        )  # fmt: skip
        with open_library(config, embedder) as library:
            library.sync(progress=lambda p: print(f"\r{p.done}/{p.total} {p.action}   ", end=""))
            for i, (kind, row) in enumerate(asked):
                run = Run(row["question"])
                list(answering.stream(run, library.snapshot()))
                if run.signals is not None:
                    part = hashlib.sha256(row["article"].encode()).digest()[0] % 2 == 0
                    rows.append(
                        Row(kind, run.question, astuple(run.signals), row["answerable"], part)
                    )
                print(f"\r{i + 1}/{len(asked)} questions   ", end="", flush=True)
    print()
    return rows


def _probabilities(rows: list[Row], model: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.c_[np.ones(len(rows)), [r.values for r in rows]] @ model))


def _auc(good: np.ndarray, bad: np.ndarray) -> float:
    return float((good[:, None] > bad).mean() + 0.5 * (good[:, None] == bad).mean())


def _calibration_error(p: np.ndarray, truth: np.ndarray, bins: int = 10) -> float:
    """Mean gap of probability and truth over equal bins, weighted (Guo et al. 2017)."""
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(p[which == b].mean() - truth[which == b].mean()) * (which == b).mean()
        for b in range(bins)
        if (which == b).any()
    ]
    return float(sum(gaps))


if __name__ == "__main__":
    main()
