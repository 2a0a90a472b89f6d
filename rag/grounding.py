"""Does a sentence stand on its evidence? Pure, strict, and blind to good intentions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.clock import is_told
from rag.dates import covers
from rag.text import content_stems, fold, sentence_spans, stem, words
from rag.types import Evidence
from rag.value import blank
from rag.values import clock_times, dates, names, numbers

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|\w+n['’]t)\b", re.IGNORECASE
)
_BULLET = re.compile(r"^\s*[-*•‣]\s+")
_MARKS = re.compile(r"(?<!\d)[^\w\s%$€£+-]|[^\w\s%$€£+-](?!\d)")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
# A sentence the model wrote may bring so few content words of its own.
MIN_SHARED = 0.75


@dataclass(frozen=True, slots=True)
class Support:
    """Why a sentence may be shown, or not.

    Attributes:
        unsupported: Names, numbers, dates and times that the evidence does not hold.
        shared: Share of its content words that stand in evidence or question, 0 to 1.
        negation_differs: It is negated and the closest sentence of its evidence is not, or the
            other way round.
    """

    unsupported: tuple[str, ...]
    shared: float
    negation_differs: bool

    @property
    def holds(self) -> bool:
        """Whether the sentence may be shown."""
        return not self.unsupported and self.shared >= MIN_SHARED and not self.negation_differs


def unsupported(sentence: str, evidence: str) -> tuple[str, ...]:
    """Names, numbers, dates and times of a sentence that its evidence does not hold, as they stand.

    All but names are compared by value, names word by word without case and diacritics.
    """
    known_dates = [v.key for v in dates(evidence)]
    known_times = [v.key for v in clock_times(evidence)]
    known_numbers = {v.key for v in numbers(evidence)} | {
        v.key.rstrip("%") for v in numbers(evidence)
    }
    # "Azerbaijan" stands in "the Turkey-Azerbaijan talks".
    held = [part for w in words(evidence) for part in (w, *w.split("-"))]
    known_words = {fold(w) for w in held} | {v.key for v in names(evidence)}
    known_stems = {stem(w) for w in held}
    missing = [v.text for v in dates(sentence) if not any(covers(k, v.key) for k in known_dates)]
    told = clock_times(sentence)
    missing += [v.text for v in told if not is_told(v.key, known_times)]
    missing += [v.text for v in numbers(blank(sentence, told)) if v.key not in known_numbers]
    missing += [
        v.text
        for v in names(sentence)
        if v.key not in known_words and stem(v.text) not in known_stems
    ]
    return tuple(dict.fromkeys(missing))


def support(sentence: str, evidence: str, *, question: str = "") -> Support:
    """Test a sentence that the model wrote against the evidence that it cites.

    Args:
        sentence: Without markers.
        evidence: The quoted text, with its heading if the reader sees that too.
        question: Its words may be used; its names and numbers may not stand in for evidence.
    """
    stems = content_stems(sentence)
    allowed = set(content_stems(evidence)) | set(content_stems(question))
    shared = sum(s in allowed for s in stems) / len(stems) if stems else 0.0
    closest = _closest(stems, evidence)
    differs = bool(_NEGATION.search(sentence)) != bool(_NEGATION.search(closest))
    return Support(unsupported(sentence, evidence), shared, differs)


def _closest(stems: Sequence[str], evidence: str) -> str:
    """The sentence that shares most words: a "not" elsewhere in a passage negates nothing here."""
    said = set(stems)
    texts = [evidence[s.start : s.end] for s in sentence_spans(evidence)]
    return max(texts, key=lambda text: len(said & set(content_stems(text))), default=evidence)


def best_source(sentence: str, evidence: Sequence[Evidence]) -> int:
    """Index of the evidence that shares most with a sentence; the first of equals."""
    stems = set(content_stems(sentence))
    overlaps = [len(stems & set(content_stems(e.text))) for e in evidence]
    return overlaps.index(max(overlaps))


def copies(item: Evidence, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Evidence of other documents that says the same word for word; one of each document.

    Case, punctuation and articles aside. Nothing less will do: "exports rose" and "exports fell"
    share nearly all their words, and "from Poti to Kars" and "to Poti from Kars" even all.
    """
    said = _bare(item.text)
    found: dict[str, Evidence] = {}
    for other in evidence:
        if other.passage.doc_id != item.passage.doc_id and _bare(other.text) == said:
            found.setdefault(other.passage.doc_id, other)
    return list(found.values())


def _bare(text: str) -> str:
    """A text without its bullet, line wraps, case, punctuation and articles."""
    # A mark between digits is part of the number.
    return " ".join(_ARTICLES.sub(" ", _MARKS.sub(" ", fold(_BULLET.sub("", text)))).split())
