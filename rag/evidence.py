"""Hits to evidence: every sentence of the best passages is scored against the question.

The cheap signals see all sentences; the judge, a small trained model, reads the best few.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.asking import holds_asked
from rag.extent import (
    announces,
    asks,
    is_heading,
    is_scrap,
    is_step,
    wants_list,
    wants_steps,
    with_list,
    with_next,
    with_reply,
    with_sentence_before,
)
from rag.text import content_stems, sentence_spans
from rag.types import Evidence, Hit, Passage
from rag.values import dates

# Weights of the signals; docs/decisions/evidence-scoring.md says how they were chosen.
WEIGHT_LEXICAL = 0.5
WEIGHT_RANK = 0.3
WEIGHT_VERDICT = 0.5
WEIGHT_TYPED = 0.2
WEIGHT_NEW = 0.2
# A further sentence is shown when it scores no less than this below the best one.
SCORE_MARGIN = 1.0
_K1, _B = 1.2, 0.75
_MIN_WORDS = 3
_CONTEXT_CHARS = 700
Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Opinion = Callable[[str, Sequence[tuple[str, str]]], list[float]]


def score_sentences(
    question: str,
    question_vector: NDArray[np.float32],
    hits: Sequence[Hit],
    *,
    embed: Embed,
    frequencies: Mapping[str, int],
    passage_count: int,
) -> list[Evidence]:
    """Score the sentences of the hits with the cheap signals.

    ``score = cosine + 0.5 x BM25 / best BM25 + 0.3 / rank + 0.2 if it holds a date, number or
    name where the question asks for one``

    Args:
        question: As it is searched.
        question_vector: Unit vector. Shape: ``(dim,)``.
        hits: Best first.
        embed: Texts to unit rows.
        frequencies: In how many passages each stem of the question occurs.
        passage_count: Passages in the library.

    Returns:
        Best first; sentences that two passages share are there once.
    """
    found = _sentences(hits)
    if not found:
        return []
    vectors = embed([_under_heading(e.passage, e.text) for e in found])
    cosines = vectors @ question_vector
    lexical = _bm25(content_stems(question), [e.text for e in found], frequencies, passage_count)
    scored = [
        replace(
            item, cosine=float(cosine), lexical=bm25,
            score=float(cosine) + WEIGHT_LEXICAL * bm25 + WEIGHT_RANK / item.rank
            + WEIGHT_TYPED * (holds_asked(question, item.text) is True),
        )
        for item, cosine, bm25 in zip(found, cosines, lexical, strict=True)
    ]  # fmt: skip
    return sorted(scored, key=lambda e: -e.score)


def judge(
    question: str, evidence: Sequence[Evidence], *, opinion: Opinion, top: int
) -> list[Evidence]:
    """Let the judge rank the best sentences again; the rest keeps its order behind them.

    ``score = cheap score + 0.5 x log-odds``; sentences that were not judged count as the worst
    that was.

    Args:
        opinion: Question and pairs of headings and text to log-odds; see `rag.protocols.Judge`.
        top: So many sentences are judged; 0 for none.
    """
    best, rest = list(evidence[:top]), list(evidence[top:])
    if not best:
        return rest
    values = opinion(question, [in_context(e) for e in best])
    worst = WEIGHT_VERDICT * min(values)
    judged = [
        replace(e, verdict=value, score=e.score + WEIGHT_VERDICT * value)
        for e, value in zip(best, values, strict=True)
    ]
    behind = [replace(e, score=e.score + worst) for e in rest]
    return sorted(judged, key=lambda e: -e.score) + behind


def select(
    evidence: Sequence[Evidence],
    *,
    most: int,
    weights: Mapping[str, float],
    question: str = "",
) -> list[Evidence]:
    """Choose what a reply is made of: what scores best, and covers more of the question.

    A sentence that begins with "it", "this" ... is stretched to hold the sentence before it.
    Repetitions are left out.

    Args:
        evidence: Best first.
        most: At most so many.
        weights: Of the question's stems; see `inverse_frequency`.
        question: One that asks for several things gets whole lists, unless it names a date: then
            the items that hold it. One that asks how to do something gets all steps.
    """
    left = [e for e in evidence if e.score >= evidence[0].score - SCORE_MARGIN]
    whole_lists, whole_steps = wants_list(question), wants_steps(question)
    asked = {v.key for v in dates(question)}
    chosen: list[Evidence] = []
    covered: set[str] = set()
    while left and len(chosen) < most:
        best = max(left, key=lambda e: e.score + WEIGHT_NEW * _new(e.text, covered, weights))
        left.remove(best)
        is_listed = whole_lists or (whole_steps and is_step(best))
        whole = _whole(best, whole_lists=is_listed, asked=asked)
        if not any(_repeats(whole, other) for other in chosen):
            chosen.append(whole)
            covered |= set(content_stems(whole.text))
    return chosen


def _whole(item: Evidence, *, whole_lists: bool, asked: set[str]) -> Evidence:
    """As much around a sentence as is needed to make sense of it."""
    is_picked = bool(asked & {v.key for v in dates(item.text)})
    listed = with_list(item) if whole_lists and not is_picked else item
    # "What body appoints ..." looks like a question for several things, and most text is no list.
    return with_sentence_before(item) if listed == item else listed


def _new(text: str, covered: set[str], weights: Mapping[str, float]) -> float:
    """Share of the question that a text speaks of and nothing chosen does, 0 to 1."""
    total = sum(weights.values())
    said = set(content_stems(text)) - covered
    return sum(w for s, w in weights.items() if s in said) / total if total else 0.0


def _sentences(hits: Sequence[Hit]) -> list[Evidence]:
    """The sentences of the hits, not scored yet, without repetitions.

    One that announces a list says what the list says: it is read with it, and a question of the
    document (as in a list of them with answers) with what follows it. One that two passages
    share, the last of the first and the first of the second, is read where it has a sentence after
    it, unless it leans on the one before.
    """
    seen: dict[tuple[str, int], int] = {}
    found: list[Evidence] = []
    for rank, hit in enumerate(hits, start=1):
        passage = hit.passage
        for span in sentence_spans(passage.text):
            text, start = passage.text[span.start : span.end], passage.start + span.start
            names_only = is_heading(text, passage) or _only_title(text, passage.title)
            if names_only or len(text.split()) < _MIN_WORDS or is_scrap(text):
                continue
            place = seen.get((passage.doc_id, start))
            if place is not None:
                known = found[place]
                is_last = known.text == text and with_next(known) == known
                if is_last and with_sentence_before(known) == known:
                    found[place] = replace(known, passage=passage)
                continue
            item = _in_full(
                Evidence(
                    passage, start, start + len(text), text, score=0, cosine=0, lexical=0, rank=rank
                )
            )
            if item is not None:
                seen[passage.doc_id, start] = len(found)
                found.append(item)
    # Two announcing items of one list stretch over the same list.
    return list({(e.passage.doc_id, e.start, e.end): e for e in reversed(found)}.values())[::-1]


def _in_full(item: Evidence) -> Evidence | None:
    """With what it says nothing without; None if that is not there."""
    if asks(item.text):
        return with_reply(item)
    return with_list(item) if announces(item) else item


def _only_title(text: str, title: str) -> bool:
    """The title, perhaps as "Title: ...": it names the document and answers nothing."""
    return bool(title) and title in text and 0 < len(text) - len(title) <= len("Title: .")


def _under_heading(passage: Passage, text: str) -> str:
    """A sentence under its heading: "it was signed in 2021" says little without."""
    heading = passage.heading.split(" > ")[-1]
    return f"{heading}: {text}" if heading and len(text) < 600 else text


def in_context(item: Evidence) -> tuple[str, str]:
    """What is needed to understand a sentence: the headings above it, and its wording.

    A sentence that leans on the one before it ("It was signed ...") comes with that one.
    """
    parts = [item.passage.title, *item.passage.heading.split(" > ")]
    above = " > ".join(dict.fromkeys(p for p in parts if p))
    whole = with_sentence_before(item).text
    before = whole[: len(whole) - len(item.text)]
    room = max(0, _CONTEXT_CHARS - len(item.text))
    # What is too long loses its beginning, never the sentence itself.
    return above, before[max(0, len(before) - room) :] + item.text[:_CONTEXT_CHARS]


def _bm25(
    question: Sequence[str], texts: Sequence[str], frequencies: Mapping[str, int], total: int
) -> list[float]:
    """BM25 (Robertson and Zaragoza 2009) of each text, divided by the best; 0 to 1.

    The weight of a word comes from the whole library, not from the few sentences at hand.
    """
    documents = [Counter(content_stems(t)) for t in texts]
    lengths = [sum(d.values()) for d in documents]
    mean = max(1.0, sum(lengths) / len(lengths))
    scores = []
    for counts, length in zip(documents, lengths, strict=True):
        norm = _K1 * (1 - _B + _B * length / mean)
        scores.append(
            sum(
                inverse_frequency(frequencies.get(w, 0), total) * counts[w] * (_K1 + 1)
                / (counts[w] + norm)
                for w in set(question)
                if counts[w]
            )
        )  # fmt: skip
    best = max(scores, default=0.0)
    return [s / best if best else 0.0 for s in scores]


def inverse_frequency(frequency: int, total: int) -> float:
    """``ln(1 + (N - n + 0.5) / (n + 0.5))``; positive for every n (Lucene's form)."""
    return math.log(1 + (max(total, frequency) - frequency + 0.5) / (frequency + 0.5))


def overlaps(a: Evidence, b: Evidence) -> bool:
    """Whether two pieces of evidence share characters of one document."""
    return a.passage.doc_id == b.passage.doc_id and a.start < b.end and b.start < a.end


def holds(a: Evidence, b: Evidence) -> bool:
    """Whether a piece of evidence has all characters of another."""
    return a.passage.doc_id == b.passage.doc_id and a.start <= b.start and b.end <= a.end


def _repeats(a: Evidence, b: Evidence) -> bool:
    """Overlapping spans, or nearly the same words."""
    if overlaps(a, b):
        return True
    first, second = set(content_stems(a.text)), set(content_stems(b.text))
    return len(first & second) > 0.8 * max(1, len(first | second))
