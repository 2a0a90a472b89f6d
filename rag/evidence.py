"""Hits to evidence: every sentence of the best passages is scored against the question.

The cheap signals see all sentences; the language model's likelihood of the question given the
sentence (query likelihood: Ponte and Croft 1998) sees the best few.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.text import content_stems, sentence_spans
from rag.types import Evidence, Hit, Passage

# Weights of the signals; docs/decisions/evidence-scoring.md says how they were chosen.
WEIGHT_LEXICAL = 0.5
WEIGHT_RANK = 0.3
WEIGHT_LIKELIHOOD = 0.2
_K1, _B = 1.2, 0.75
_MIN_WORDS = 3
_DEPENDENT = re.compile(
    r"^(?:it|its|this|these|that|those|they|their|he|his|she|her|such|there|both|the latter"
    r"|the former|however|therefore|thus|moreover|furthermore|in addition|also|as a result"
    r"|for this reason|another)\b",
    re.IGNORECASE,
)
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*•]|\d{1,3}[.)])\s+")

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Likelihood = Callable[[Sequence[tuple[str, str]]], list[float]]


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

    ``score = cosine + 0.5 x BM25 / best BM25 + 0.3 / rank``

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
    vectors = embed([_in_context(passage, text) for passage, _, text, _ in found])
    cosines = vectors @ question_vector
    lexical = _bm25(
        content_stems(question), [text for _, _, text, _ in found], frequencies, passage_count
    )
    scored = [
        Evidence(
            passage=passage, start=start, end=start + len(text), text=text, rank=rank,
            cosine=float(cosine), lexical=bm25,
            score=float(cosine) + WEIGHT_LEXICAL * bm25 + WEIGHT_RANK / rank,
        )
        for (passage, start, text, rank), cosine, bm25 in zip(found, cosines, lexical, strict=True)
    ]  # fmt: skip
    return sorted(scored, key=lambda e: -e.score)


def judge(
    question: str, evidence: Sequence[Evidence], *, likelihood: Likelihood, top: int
) -> list[Evidence]:
    """Let the language model rank the best sentences again; the rest keeps its place behind.

    Args:
        likelihood: Mean log-probability of the continuation given the prompt, for each pair.
        top: So many sentences are judged; 0 for none.
    """
    best, rest = list(evidence[:top]), list(evidence[top:])
    if len(best) < 2:
        return list(evidence)
    values = likelihood([(_judged_prompt(e), f" {question}") for e in best])
    judged = [
        replace(e, likelihood=value, score=e.score + WEIGHT_LIKELIHOOD * (value - max(values)))
        for e, value in zip(best, values, strict=True)
    ]
    return sorted(judged, key=lambda e: -e.score) + rest


def select(evidence: Sequence[Evidence], *, most: int, wants_list: bool = False) -> list[Evidence]:
    """Choose what a reply is made of: the best, and what comes close, without repetition.

    A sentence that begins with "it", "this" ... is stretched to hold the sentence before it; a line
    that announces a list is stretched over the list.
    """
    chosen: list[Evidence] = []
    for item in evidence:
        if len(chosen) == most:
            break
        stretched = _with_list(item) if wants_list else _with_sentence_before(item)
        if not any(_repeats(stretched, other) for other in chosen):
            chosen.append(stretched)
    return chosen


def _sentences(hits: Sequence[Hit]) -> list[tuple[Passage, int, str, int]]:
    """Passage, offset in the document, text and the passage's rank, without repetitions."""
    seen: set[tuple[str, int]] = set()
    found = []
    for rank, hit in enumerate(hits, start=1):
        passage = hit.passage
        for span in sentence_spans(passage.text):
            text, start = passage.text[span.start : span.end], passage.start + span.start
            is_heading = text in passage.heading.split(" > ")
            if (passage.doc_id, start) in seen or is_heading or len(text.split()) < _MIN_WORDS:
                continue
            seen.add((passage.doc_id, start))
            found.append((passage, start, text, rank))
    return found


def _in_context(passage: Passage, text: str) -> str:
    """A sentence under its heading: "it was signed in 2021" says little without."""
    heading = passage.heading.split(" > ")[-1]
    return f"{heading}: {text}" if heading and len(text) < 600 else text


def _judged_prompt(item: Evidence) -> str:
    above = " > ".join(dict.fromkeys(p for p in (item.passage.title, item.passage.heading) if p))
    return f"{above}\n{_context(item)}\nQuestion:"


def _context(item: Evidence) -> str:
    """The sentence with the one before it when it leans on that."""
    return _with_sentence_before(item).text[-700:]


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


def _with_sentence_before(item: Evidence) -> Evidence:
    if not _DEPENDENT.match(item.text):
        return item
    spans = sentence_spans(item.passage.text)
    at = item.start - item.passage.start
    before = [s for s in spans if s.end <= at]
    return _stretched(item, before[-1].start, item.end - item.passage.start) if before else item


def _with_list(item: Evidence) -> Evidence:
    """Stretch over the list that a line announces, or that it is an item of."""
    text = item.passage.text
    spans = sentence_spans(text)
    index = next(i for i, s in enumerate(spans) if item.passage.start + s.start == item.start)
    is_item = [bool(_LIST_ITEM.match(text, s.start)) for s in spans]
    first = last = index
    while last + 1 < len(spans) and is_item[last + 1]:
        last += 1
    while is_item[first] and first > 0:
        first -= 1
    if first == last or not text[: spans[first].end].rstrip().endswith((":", ".")):
        return _with_sentence_before(item)
    if not text[: spans[first].end].rstrip().endswith(":"):
        first = min(first + 1, index)
    return _stretched(item, spans[first].start, spans[last].end)


def _stretched(item: Evidence, start: int, end: int) -> Evidence:
    """The same evidence over ``passage.text[start:end]``."""
    passage = item.passage
    return replace(
        item, start=passage.start + start, end=passage.start + end, text=passage.text[start:end]
    )


def _repeats(a: Evidence, b: Evidence) -> bool:
    """Overlapping spans, or nearly the same words."""
    if a.passage.doc_id == b.passage.doc_id and a.start < b.end and b.start < a.end:
        return True
    first, second = set(content_stems(a.text)), set(content_stems(b.text))
    return len(first & second) > 0.8 * max(1, len(first | second))
