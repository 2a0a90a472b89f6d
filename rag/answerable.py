"""One number between 0 and 1: how likely it is that the documents answer the question.

A logistic regression over a handful of signals. Its coefficients stand in ``answerable.json``,
written by ``tests/bench/fit_answerable.py`` from development questions of public sets.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from importlib.resources import files

from rag.composing import Reply
from rag.evidence import inverse_frequency
from rag.grounding import unsupported
from rag.text import content_stems
from rag.types import Evidence, Hit
from rag.values import dates, holds_asked, names, numbers


@dataclass(frozen=True, slots=True)
class Signals:
    """What the decision is made from; each about 0 to 1.

    Attributes:
        cosine: Best of question and sentence.
        second_cosine: Second best.
        passage_cosine: Best of question and passage.
        coverage: Of the question's content words, weighted by rarity, in the best sentence.
        passage_coverage: The same in the best sentence's passage.
        unknown: Share, weighted by rarity, of content words that stand in no passage at all.
        named: Share of the question's names, numbers and dates that stand in that passage; 1 when
            it has none.
        typed: 1 when the best sentences hold the kind of thing asked for (date, number, name),
            0 when not, 0.5 when the question asks for none of these.
        agreement: 1 when both searches put the same passage first.
        verdict: The judge's best log-odds; 0 when it was not asked.
        second_verdict: Its second best.
        reply_verdict: The judge's log-odds of the whole reply; 0 when it was not asked.
    """

    cosine: float
    second_cosine: float
    passage_cosine: float
    coverage: float
    passage_coverage: float
    unknown: float
    named: float
    typed: float
    agreement: float
    verdict: float
    second_verdict: float
    reply_verdict: float


def signals(
    question: str,
    hits: Sequence[Hit],
    evidence: Sequence[Evidence],
    reply: Reply,
    *,
    frequencies: Mapping[str, int],
    passage_count: int,
) -> Signals:
    """Read the signals off hits and evidence, both best first and not empty."""
    weights = {
        s: inverse_frequency(frequencies.get(s, 0), passage_count)
        for s in set(content_stems(question))
    }
    best = evidence[0]
    cosines = sorted((e.cosine for e in evidence), reverse=True)
    verdicts = sorted((e.verdict for e in evidence if e.verdict is not None), reverse=True)
    passage = f"{best.passage.title} {best.passage.heading} {best.passage.text}"
    return Signals(
        cosine=cosines[0],
        second_cosine=cosines[min(1, len(cosines) - 1)],
        passage_cosine=max((h.cosine for h in hits if h.cosine is not None), default=0.0),
        coverage=_covered(weights, f"{best.passage.title} {best.passage.heading} {best.text}"),
        passage_coverage=_covered(weights, passage),
        unknown=1.0 - _share(weights, {s for s in weights if frequencies.get(s, 0)}),
        named=_named(question, passage),
        typed=_typed(question, evidence[:2]),
        agreement=float(any(h.dense_rank == 1 and h.lexical_rank == 1 for h in hits)),
        verdict=verdicts[0] if verdicts else 0.0,
        second_verdict=verdicts[min(1, len(verdicts) - 1)] if verdicts else 0.0,
        reply_verdict=reply.verdict or 0.0,
    )


def probability(values: Signals) -> float:
    """Probability, 0 to 1, that the best evidence answers the question."""
    model = _coefficients()
    total = model["intercept"] + sum(
        model[f.name] * v for f, v in zip(fields(values), astuple(values), strict=True)
    )
    return 1.0 / (1.0 + math.exp(-total))


def _covered(weights: Mapping[str, float], text: str) -> float:
    return _share(weights, set(content_stems(text)))


def _share(weights: Mapping[str, float], present: set[str]) -> float:
    total = sum(weights.values())
    return sum(w for s, w in weights.items() if s in present) / total if total else 0.0


def _named(question: str, passage: str) -> float:
    asked = [*names(question), *numbers(question), *dates(question)]
    missing = unsupported(question, passage)
    return 1.0 - min(1.0, len(missing) / len(asked)) if asked else 1.0


def _typed(question: str, best: Sequence[Evidence]) -> float:
    holds = holds_asked(question, " ".join(e.text for e in best))
    return 0.5 if holds is None else float(holds)


@cache
def _coefficients() -> dict[str, float]:
    text = files("rag").joinpath("answerable.json").read_text(encoding="utf-8")
    coefficients: dict[str, float] = json.loads(text)["coefficients"]
    return coefficients
