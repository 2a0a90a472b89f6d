"""How likely it is that the documents answer the question, 0 to 1, and what no answer can lack.

Logistic regressions over a handful of signals. Their coefficients stand in ``answerable.json``,
written by ``tests/bench/fit_answerable.py`` from development questions of public sets.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from functools import cache
from importlib.resources import files
from statistics import NormalDist

from rag.asking import asks_for_contact, dated_by, holds_asked, offered_dates
from rag.composing import Reply
from rag.evidence import inverse_frequency
from rag.exclusion import is_excluded
from rag.grounding import unsupported
from rag.scope import above
from rag.text import content_stems, fold, held_stems, stem, words
from rag.types import Evidence, Hit, Passage
from rag.values import Value, dates, names, numbers, same_date

Model = Mapping[str, Mapping[str, float]]
"""Coefficients of signals for "topic" and "answer", and the "scale" of both together."""

_WHICH_DAY = re.compile(r"\b(?:what|which) (?:year|date|day)\b(?!-| of the week)", re.IGNORECASE)
# What a date may look like that `rag.values.dates` does not know.
_SOME_DAY = re.compile(
    r"\b\d{3,4}\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:january|february|march|april|may"
    r"|june|july|august|september|october|november|december)\b|\b\d+ (?:AD|BC|CE|BCE)\b",
    re.IGNORECASE,
)
_TO_YEAR = r"\s*(?:to|until|till|and|-|–|—)\s*(?:[A-Za-z]+ )?"
_YEARS = re.compile(rf"\b(\d{{4}}){_TO_YEAR}(\d{{4}})\b")
_SINCE = re.compile(rf"\b(?:since|from|after) (?:[A-Za-z]+ )?(\d{{4}})\b(?!{_TO_YEAR}\d{{4}}\b)")
# Not "How was it settled how many would come?"
_COUNT = re.compile(
    r"\A(?:(?!\b(?:what|why|who|how|when|where|which)\b).)*\bhow many\b(.*)",
    re.IGNORECASE | re.DOTALL,
)
_UNCOUNTED = re.compile(
    r"\b(?:none|few|several|many|half|once|twice|single|pair|couple|dozens?|hundreds?|thousands?"
    r"|millions?|billions?|majority|minority|numerous|neither"
    r"|(?:a|one|two|three) (?:third|quarter)s?)\b|\d-?[^\W\d]|\b\d{4} [a-z]+s\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^[ \t]*\d{1,3}[.)]\s+", re.MULTILINE)
# These count only what they stand before.
_BEFORE = frozenset("no all both only each every most".split())
_REACH = 3  # words
# Spread of the cosines of questions with passages that have nothing to do with them; their mean is
# 0. Measured with the default embedder: docs/decisions/refusal.md.
_UNRELATED = NormalDist(0.0, 0.076)


@dataclass(frozen=True, slots=True)
class Signals:
    """What the decision is made from; docs/decisions/refusal.md says what else was tried.

    Attributes:
        cosine: Best of question and sentence.
        passage_cosine: Best of question and passage, less what is `typical` of as many passages.
        coverage: Of the question's content words, weighted by rarity, in the best sentence.
        passage_coverage: The same in the best sentence's passage.
        named: Share of the question's names, numbers and dates that stand in the reply or the
            passages that it is from; 1 when it has none.
        verdict: The judge's best log-odds of a sentence; 0 when it was not asked. See `read_again`.
        reply_verdict: The judge's log-odds of the whole reply; 0 when it was not asked.
    """

    cosine: float
    passage_cosine: float
    coverage: float
    passage_coverage: float
    named: float
    verdict: float
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
    above = f"{best.passage.title} {best.passage.heading}"
    return Signals(
        cosine=max(e.cosine for e in evidence),
        passage_cosine=max((h.cosine for h in hits if h.cosine is not None), default=0.0)
        - typical(passage_count),
        coverage=_covered(weights, f"{above} {best.text}"),
        passage_coverage=_covered(weights, _around(best)),
        named=_named(question, " ".join(_around(item) for item in reply.evidence)),
        verdict=max((e.verdict for e in evidence if e.verdict is not None), default=0.0),
        reply_verdict=reply.verdict or 0.0,
    )


def typical(passages: int) -> float:
    """Median of the best cosine that so many passages have with a question on something else.

    It grows with their number: ``F^-1(2^(-1 / n))``, F the distribution of one. Without it a folder
    of few pages had to be nearer to its questions than can be expected of it.

    Example:
        >>> round(typical(10), 2), round(typical(1_000), 2)
        (0.11, 0.24)
    """
    return _UNRELATED.inv_cdf(0.5 ** (1 / max(1, passages)))


def read_again(values: Signals, *, sentence: float, reply: float) -> Signals:
    """The signals when the judge has read without headings as well: its better opinions count.

    It takes a sentence on the roof under "Lease of the warehouse" for one about another subject.

    Args:
        sentence: Its log-odds of the first reply that could be shown, in most cases a sentence.
        reply: Of the reply that is shown.
    """
    return replace(
        values,
        verdict=max(values.verdict, sentence),
        reply_verdict=max(values.reply_verdict, reply),
    )


def probability(values: Signals, model: Model | None = None) -> float:
    """Probability, 0 to 1, that the best evidence answers the question.

    ``logistic(a + b x logit(p_topic x p_answer))``: the documents must be about the question, and
    they must answer it. Either is a logistic regression of signals; one over all of them let a
    good verdict make up for another subject.

    Args:
        model: Coefficients; None for those that are kept.
    """
    model = model or _kept()
    both = 1.0
    for name in ("topic", "answer"):
        both *= _logistic(_weighted(values, model[name]))
    scale = model["scale"]
    return _logistic(scale["intercept"] + scale["slope"] * log_odds(both))


def log_odds(probability: float) -> float:
    """``ln(p / (1 - p))``, of at most a million to one."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))


def _weighted(values: Signals, model: Mapping[str, float]) -> float:
    found = {f.name: v for f, v in zip(fields(values), astuple(values), strict=True)}
    total: float = model["intercept"] + sum(model[n] * v for n, v in found.items() if n in model)
    return total


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def cannot_answer(question: str, reply: Reply, hits: Sequence[Hit]) -> bool:
    """Whether a reply, however much it is on the subject, lacks what any answer would hold.

    That is: the side that is asked for ("the smallest", "did not"), where it speaks of the other;
    section 5, where it speaks of section 4 (`rag.numbered`);
    a number, or a word like "several", where the question asks how many; a date where it
    asks which year or day; what looks like it where it asks for a number to call or an e-mail
    address; and the date that the question itself names, in what was found of the
    documents that the reply is from. Nothing like it is said of "who" and "when": they may be
    answered by "the line manager" and "after the war". See docs/decisions/refusal.md for the cost.
    """
    text = _said(reply)
    counted = _COUNT.search(question)
    lacks_count = counted and not (holds_asked(question, text) or _counts(counted[1], text))
    lacks_contact = asks_for_contact(question) and not holds_asked(question, text)
    lacks_date = _WHICH_DAY.search(question) and not (dates(text) or _SOME_DAY.search(text))
    if all(is_excluded(question, item) for item in reply.evidence):
        return True
    return bool(
        lacks_count or lacks_contact or lacks_date or _is_of_another_date(question, reply, hits)
    )


def _counts(asked: str, text: str) -> bool:
    """Whether a text has a number, or a word in the place of one, for what is asked for."""
    if numbers(text) or _UNCOUNTED.search(text):
        return True
    wanted = content_stems(asked)[:1]
    said = [fold(w) for w in words(text)]
    return any(
        word in _BEFORE and any(stem(w) in wanted for w in said[i + 1 : i + 1 + _REACH])
        for i, word in enumerate(said)
    )


def _is_of_another_date(question: str, reply: Reply, hits: Sequence[Hit]) -> bool:
    cited = {item.passage.doc_id for item in reply.evidence}
    # "The 2020 war" may be told of in one passage and be called that in another.
    passages = [*(e.passage for e in reply.evidence), *(h.passage for h in hits)]
    text = "\n".join(f"{p.doc_id} {_under_titles(p)}" for p in passages if p.doc_id in cited)
    known = [v.key for v in dates(text)]

    def is_held(value: Value) -> bool:
        # "On 3 May" is of no year: it does not make a text one of 1993.
        dated = [k for k in known if not k.startswith("?") or value.key.startswith("?")]
        return any(same_date(value.key, other) for other in dated) or (
            value.text.isdigit() and _within(int(value.text), _said(reply), text)
        )

    asked = dated_by(question)
    if asked and all(_is_elsewhen(value, reply) for value in asked):
        return True
    # Of the dates that it offers one is enough. "The 1970s" are more than the year 1970.
    options = offered_dates(question)
    given = [v for v in dates(question) if v not in options and not v.text.endswith("s")]
    lacks_option = bool(options) and not any(map(is_held, options))
    return lacks_option or not all(map(is_held, given))


def _is_elsewhen(asked: Value, reply: Reply) -> bool:
    """Whether a reply says when, and that is another time than the one asked about."""
    titles = "\n".join(f"{e.passage.doc_id} {above(e)}" for e in reply.evidence)
    said = [v for v in dates(_said(reply)) if not v.key.startswith("?")]
    known = [v.key for v in (*said, *dates(titles))]
    is_held = any(same_date(asked.key, key) for key in known)
    text = f"{_said(reply)} {titles}"
    is_within = asked.text.isdigit() and _within(int(asked.text), _said(reply), text)
    return bool(said) and not is_held and not is_within


def _within(year: int, said: str, text: str) -> bool:
    """Whether a reply speaks of years around one, or its passages hold the digits."""
    if re.search(rf"(?<!\d){year}(?!\d)|(?<!\d){year:,}(?!\d)", text):
        return True
    ranges = [(int(a), int(b)) for a, b in _YEARS.findall(said)]
    ranges += [(int(a), year) for a in _SINCE.findall(said)]
    return any(a <= year <= b for a, b in ranges)


def _said(reply: Reply) -> str:
    """Its text without the numbers of items of a list, which count nothing."""
    return " ".join(_NUMBERED.sub("", item.text) for item in reply.evidence)


def _covered(weights: Mapping[str, float], text: str) -> float:
    total, present = sum(weights.values()), held_stems(text)
    return sum(w for s, w in weights.items() if s in present) / total if total else 0.0


def _around(item: Evidence) -> str:
    """The passage that a piece of evidence is from, under its headings."""
    return _under_titles(item.passage)


def _under_titles(passage: Passage) -> str:
    return f"{passage.title} {passage.heading} {passage.text}"


def _named(question: str, passage: str) -> float:
    # "Which of them is the longest one?" gives no number.
    asked = [*names(question), *numbers(question), *dates(question)]
    asked = [v for v in asked if fold(v.text) != "one"]
    missing = [text for text in unsupported(question, passage) if fold(text) != "one"]
    return 1.0 - min(1.0, len(missing) / len(asked)) if asked else 1.0


@cache
def _kept() -> Model:
    text = files("rag").joinpath("answerable.json").read_text(encoding="utf-8")
    coefficients: Model = json.loads(text)["coefficients"]
    return coefficients
