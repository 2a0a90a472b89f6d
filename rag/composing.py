"""Which sentences make the reply: a few candidates are put to the judge as a whole.

One sentence often says it all, and what comes after it is noise; now and then the answer stands in
the sentence that follows, or needs two. The judge reads each candidate as the reader would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.evidence import Opinion, in_context, select
from rag.extent import with_next, with_previous
from rag.types import Evidence

# Log-odds that a further word has to bring; docs/decisions/composing.md.
COST_OF_A_WORD = 0.01


@dataclass(frozen=True, slots=True)
class Reply:
    """What is shown for one question, and how the judge found it.

    Attributes:
        evidence: In the order in which it is shown; empty when there is none.
        verdict: Log-odds that it answers the question; None when no judge was asked.
    """

    evidence: tuple[Evidence, ...] = ()
    verdict: float | None = None

    @property
    def words(self) -> int:
        """How long it is."""
        return sum(len(item.text.split()) for item in self.evidence)


def compose(
    question: str,
    evidence: Sequence[Evidence],
    *,
    most: int,
    weights: Mapping[str, float],
    opinion: Opinion | None,
) -> list[Reply]:
    """Put replies together that could be shown; `best_of` says which one is.

    Args:
        question: As it is searched.
        evidence: Best first; not empty.
        most: At most so many pieces of evidence.
        weights: Of the question's stems; see `rag.evidence.inverse_frequency`.
        opinion: See `rag.protocols.Judge`; without one, `rag.evidence.select` alone chooses.
    """
    selected = select(evidence, most=most, weights=weights, question=question)
    if opinion is None:
        return [Reply(tuple(selected))]
    found = candidates(selected)
    verdicts = opinion(question, [_as_read(items) for items in found])
    return [Reply(items, verdict) for items, verdict in zip(found, verdicts, strict=True)]


def candidates(selected: Sequence[Evidence]) -> list[tuple[Evidence, ...]]:
    """Replies to choose from: the best piece alone, with its neighbours, and with other pieces."""
    first = selected[0]
    longer = with_next(first)
    found: list[tuple[Evidence, ...]] = [(first,), (longer,), (with_previous(first),)]
    found += [tuple(selected[:size]) for size in range(2, len(selected) + 1)]
    found += [(longer, selected[1])] if len(selected) > 1 else []
    return list(dict.fromkeys(found))


def best_of(replies: Sequence[Reply], cost: float = COST_OF_A_WORD) -> Reply:
    """The likeliest answer for its length."""
    return max(replies, key=lambda reply: (reply.verdict or 0.0) - cost * reply.words)


def _as_read(items: Sequence[Evidence]) -> tuple[str, str]:
    """Headings and text of a whole reply."""
    read = [in_context(item) for item in items]
    above = " | ".join(dict.fromkeys(above for above, _ in read))
    return above, " ".join(text for _, text in read)
