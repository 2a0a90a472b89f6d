"""Formulas of the evaluation: plain values in, one number out, nothing kept."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.text import fold
from rag.types import Answer

_MARKER = re.compile(r"\s*\[\d{1,4}\]")
_GROUPED_DIGITS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DOTTED_LETTERS = re.compile(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)")
_PERCENT = re.compile(r"%|\bper cent\b")
_POSSESSIVE = re.compile(r"'s\b")
# A full stop or comma between digits is part of the number: "7" must not be found in "4.7".
_PUNCTUATION = re.compile(r"(?<!\d)[^\w\s]|[^\w\s](?!\d)|[^\w\s.,]|_")
_ASCII_PUNCTUATION = frozenset(string.punctuation)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


@dataclass(frozen=True, slots=True)
class RefusalScores:
    """How well an assistant refuses; None where the share has no denominator."""

    precision: float | None
    recall: float | None
    f1: float | None


def recall_at_k(retrieved: Sequence[str], expected: Sequence[str], *, k: int) -> float:
    """Share of the expected documents among those of the first ``k`` hits.

    ``|expected ∩ set(retrieved[:k])| / |expected|``; Manning, Raghavan, Schütze, *Introduction to
    Information Retrieval*, 2008, section 8.4.

    Args:
        retrieved: One document per hit, best first; repetitions take places.
        expected: At least one.

    Raises:
        ValueError: If nothing is expected, or ``k < 1``.
    """
    wanted = set(expected)
    if not wanted or k < 1:
        raise ValueError("recall needs at least one expected document and k >= 1")
    return len(wanted & set(retrieved[:k])) / len(wanted)


def reciprocal_rank(retrieved: Sequence[str], expected: Sequence[str]) -> float:
    """``1 / rank`` of the first hit of an expected document, 0 when there is none.

    Its mean over questions is MRR; Voorhees, *The TREC-8 Question Answering Track Report*, 1999.

    Args:
        retrieved: One document per hit, best first.
    """
    wanted = set(expected)
    for rank, document in enumerate(retrieved, start=1):
        if document in wanted:
            return 1 / rank
    return 0.0


def ndcg_at_k(retrieved: Sequence[str], expected: Sequence[str], *, k: int) -> float:
    """Normalised discounted cumulative gain of the first ``k`` hits, with gains of 0 and 1.

    ``DCG = sum over ranks of gain / log2(rank + 1)``, divided by that of a ranking with all that
    is expected at its top; Järvelin and Kekäläinen, *Cumulated Gain-Based Evaluation of IR
    Techniques*, 2002.

    Args:
        retrieved: One document per hit, best first; a repetition takes its place and gains
            nothing.
        expected: At least one.

    Raises:
        ValueError: If nothing is expected, or ``k < 1``.
    """
    wanted = set(expected)
    if not wanted or k < 1:
        raise ValueError("nDCG needs at least one expected document and k >= 1")
    ranks = {name: rank for rank, name in reversed([*enumerate(retrieved[:k], start=1)])}
    gained = sum(1 / math.log2(ranks[name] + 1) for name in wanted if name in ranks)
    return gained / sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(wanted)) + 1))


def normalise_answer(text: str) -> str:
    """A text for comparing answers: folded, without markers, punctuation and articles.

    After Rajpurkar et al., *SQuAD*, 2016. Unlike there, punctuation parts words, so that
    "Turkey-Azerbaijan" holds "Azerbaijan"; diacritics do not count; and ``4,500``, ``82 %`` and
    ``U.S.`` equal ``4500``, ``82 percent`` and ``US``.
    """
    text = fold(_MARKER.sub("", text))
    text = _DOTTED_LETTERS.sub("", _GROUPED_DIGITS.sub("", text))
    text = _POSSESSIVE.sub("", _PERCENT.sub(" percent ", text))
    return " ".join(_ARTICLES.sub(" ", _PUNCTUATION.sub(" ", text)).split())


def gold_held(reply: str, answers: Sequence[str], *, all: bool = False) -> bool:
    """Whether a reply holds a gold answer, word for word after `normalise_answer`.

    "7" is not found inside "27" or "4.7", nor in the marker ``[7]``.

    Args:
        answers: At least one.
        all: Every answer is needed, not just one of them.

    Raises:
        ValueError: If there is no answer, or one has no word left after normalising.
    """
    wanted = [normalise_answer(answer) for answer in answers]
    if not wanted or not min(wanted, key=len):
        raise ValueError("gold answers need at least one word each")
    padded = f" {normalise_answer(reply)} "
    found = [f" {answer} " in padded for answer in wanted]
    return sum(found) == len(found) if all else any(found)


def token_recall(reply: str, answers: Sequence[str]) -> float:
    """Share of a gold answer's words that stand in a reply; of several answers the best.

    The recall inside SQuAD's token F1 (Rajpurkar et al., 2016), for answers that are too long to be
    held word for word. A word that the answer has twice must be there twice.
    """
    said = Counter(normalise_answer(reply).split())
    wanted = [Counter(normalise_answer(answer).split()) for answer in answers]
    return max((words & said).total() / max(1, words.total()) for words in wanted)


def squad_words(text: str) -> list[str]:
    """Words of a text as SQuAD compares them: lower case, no ASCII punctuation, no articles.

    After the scoring script of Rajpurkar et al., *SQuAD*, 2016; for figures that can be set beside
    published ones. `normalise_answer` is kinder to hyphens, diacritics and numbers.
    """
    bare = "".join(c for c in text.lower() if c not in _ASCII_PUNCTUATION)
    return _ARTICLES.sub(" ", bare).split()


def exact_match(reply: str, answers: Sequence[str]) -> bool:
    """Whether a reply, without its markers, is a gold answer by SQuAD's rules."""
    said = squad_words(_MARKER.sub("", reply))
    return any(squad_words(answer) == said for answer in answers)


def token_f1(reply: str, answers: Sequence[str]) -> float:
    """Overlap in words of a reply, without its markers, and a gold answer; of several the best.

    ``2 P R / (P + R)`` with ``P`` and ``R`` the shares of the reply's and of the answer's words
    that both have; Rajpurkar et al., *SQuAD*, 2016. A reply in whole sentences scores low beside
    an answer of two words however right it is: use it to compare, and `gold_held` to judge.

    Args:
        answers: At least one.
    """
    said = squad_words(_MARKER.sub("", reply))
    return max(_f1(said, squad_words(answer)) for answer in answers)


def _f1(said: Sequence[str], wanted: Sequence[str]) -> float:
    if not said or not wanted:
        return float(said == wanted)
    return 2 * (Counter(said) & Counter(wanted)).total() / (len(said) + len(wanted))


def citation_precision(cited: Sequence[str], expected: Sequence[str]) -> float | None:
    """Share of citations whose document is an expected one; None without citations.

    After Gao et al., *Enabling Large Language Models to Generate Text with Citations*, 2023, with
    the gold documents in the place of the entailment model.

    Args:
        cited: One document per citation.
    """
    if not cited:
        return None
    wanted = set(expected)
    return sum(document in wanted for document in cited) / len(cited)


def refusal_scores(outcomes: Sequence[tuple[bool, bool]]) -> RefusalScores:
    """Precision, recall and F1 of refusing, where the unanswerable is what should be found.

    With ``both`` = refused and unanswerable: ``precision = both / refused``, ``recall = both /
    unanswerable``, ``f1 = 2 both / (refused + unanswerable)``; van Rijsbergen, *Information
    Retrieval*, 1979, chapter 7.

    Args:
        outcomes: Pairs of "was refused" and "is unanswerable".
    """
    refused = sum(was for was, _ in outcomes)
    unanswerable = sum(should for _, should in outcomes)
    both = sum(was and should for was, should in outcomes)
    return RefusalScores(
        precision=both / refused if refused else None,
        recall=both / unanswerable if unanswerable else None,
        f1=2 * both / (refused + unanswerable) if refused + unanswerable else None,
    )


def unsupported_values(
    answer: Answer, *, unsupported: Callable[[str, str], tuple[str, ...]]
) -> tuple[str, ...]:
    """Names, numbers and dates of an answer that the quotes its sentences cite do not hold.

    A sentence without citations has no quote, so each of its values counts. Refusals state
    nothing about the documents and count none.

    Args:
        unsupported: Sentence and evidence to the values that are missing, as
            `rag.grounding.unsupported`.
    """
    if answer.status == "abstained":
        return ()
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    missing: list[str] = []
    for sentence in answer.sentences:
        evidence = "\n".join(quotes[m] for m in sentence.markers if m in quotes)
        missing.extend(unsupported(sentence.text, evidence))
    return tuple(missing)
