"""Why this answer: what was found and weighed for a question, and what became of each piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag import prompts
from rag.exclusion import is_of_another, is_opposed_to
from rag.run import Part, Run
from rag.types import Citation, Evidence, Hit

Fate = Literal["cited", "chosen", "unread", "weaker", "opposed", "another", "refused", "unused"]
"""cited: it is in the answer; chosen: it would have been, had the confidence sufficed; unread: the
judge read better ones only; weaker: others answer better; opposed: it says the opposite of what is
asked; another: it is about another number, as section 4 for section 5; refused: the best of too
little; unused: nothing of the passage was cited."""
_MOST_SENTENCES = 40


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that was retrieved, with its places in the rankings."""

    hit: Hit
    rank: int
    fate: Fate


@dataclass(frozen=True, slots=True)
class WeighedSentence:
    """A sentence that was scored."""

    evidence: Evidence
    fate: Fate


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an answer was made from.

    Attributes:
        searched: The question as it was searched.
        wordings: What was searched with it, other wordings and parts of the question.
        passages: Best first.
        sentences: Best first, part by part; at most `_MOST_SENTENCES`.
        left_out: Sentences that were scored and are not among them.
        confidence: That the documents answer the question, 0 to 1.
        refuse_below: What it had to reach.
        prompts: Pairs of a role ("judge", "write") and what the model was given, to the letter.
        timings_ms: By stage.
    """

    searched: str
    wordings: tuple[str, ...]
    passages: tuple[FoundPassage, ...]
    sentences: tuple[WeighedSentence, ...]
    left_out: int
    confidence: float
    refuse_below: float
    prompts: tuple[tuple[str, str], ...]
    timings_ms: tuple[tuple[str, float], ...]


def explain(run: Run, *, refuse_below: float) -> Explanation:
    """Read the explanation off a finished run.

    Args:
        refuse_below: The setting that the run was answered with.
    """
    weighed = [w for part in run.parts for w in _weighed(part, run, refuse_below)]
    wordings = [text for part in run.parts for text in (part.question, *part.also)]
    return Explanation(
        searched=run.searched,
        wordings=tuple(dict.fromkeys(w for w in wordings if w != run.searched)),
        passages=tuple(
            FoundPassage(hit, rank, "cited" if _cites(run, hit) else "unused")
            for rank, hit in enumerate(run.hits, start=1)
        ),
        sentences=tuple(weighed[:_MOST_SENTENCES]),
        left_out=max(0, len(weighed) - _MOST_SENTENCES),
        confidence=run.confidence,
        refuse_below=refuse_below,
        prompts=tuple(p for part in run.parts for p in _prompts(part, run)),
        timings_ms=tuple((name, ms) for name, ms in run.timings_ms.items() if ms),
    )


def _weighed(part: Part, run: Run, refuse_below: float) -> Iterator[WeighedSentence]:
    if not part.evidence:
        return
    chosen = part.reply.evidence
    is_judged = any(item.verdict is not None for item in part.evidence)
    is_refused = part.confidence < refuse_below
    for item in part.evidence:
        fate: Fate = "weaker"
        if any(_holds(citation, item) for citation in run.citations):
            fate = "cited"
        elif is_opposed_to(part.question, item):
            fate = "opposed"
        elif is_of_another(part.question, item):
            fate = "another"
        elif any(_overlap(item, other) for other in chosen):
            fate = "refused" if is_refused else "chosen"
        elif is_judged and item.verdict is None:
            fate = "unread"
        yield WeighedSentence(item, fate)


def _prompts(part: Part, run: Run) -> Iterator[tuple[str, str]]:
    """What the models were given; the same functions made it, from the same pieces."""
    for above, text in part.read:
        yield "judge", prompts.judged(part.question, above, text)
    if run.timings_ms.get("write") and part.evidence:
        said = prompts.writing(part.question, [e.text for e in part.reply.evidence])
        yield "write", "\n\n".join(f"{role}: {text}" for role, text in said)


def _cites(run: Run, hit: Hit) -> bool:
    passage = hit.passage
    return any(
        c.document == passage.doc_id and c.start < passage.end and c.end > passage.start
        for c in run.citations
    )


def _holds(citation: Citation, item: Evidence) -> bool:
    is_same = citation.document == item.passage.doc_id
    return is_same and citation.start <= item.start and item.end <= citation.end


def _overlap(item: Evidence, other: Evidence) -> bool:
    is_same = item.passage.doc_id == other.passage.doc_id
    return is_same and item.start < other.end and other.start < item.end
