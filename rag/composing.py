"""Which sentences make the reply: a few candidates are put to the judge as a whole.

One sentence often says it all, and what comes after it is noise; now and then the answer stands in
the sentence that follows, or needs two. The judge reads each candidate as the reader would.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.evidence import Opinion, in_context, overlaps, select
from rag.extent import (
    holds_items,
    is_item,
    is_step,
    wants_steps,
    with_next,
    with_previous,
    with_sentence_before,
)
from rag.retraction import with_retraction
from rag.types import Evidence
from rag.values import dates, same_date

# Log-odds that a further word has to bring; see docs/decisions/composing.md.
COST_OF_A_WORD = 0.01
# Of one piece; a long list is judged by how it begins.
_MOST_CHARS = 700
_MOST_ITEMS = 8
_WHY = re.compile(
    r"\b(?:why|how come|for what reason|what (?:is|was|are|were) the (?:reason|cause|motive)s?"
    r"|what (?:made|makes|keeps|kept|caused|causes|led|leads|drove|drives|attracts|attracted"
    r"|prevents|prevented|explains|motivates|motivated))\b",
    re.IGNORECASE,
)
# Connectives, and "to" before what looks like a verb: "was built to protect the harbour".
_PURPOSE = re.compile(r"\bto (?!the\b|an?\b|this\b|that\b|its?\b|be\b)[a-z]{2,}(?<!ing)(?<!s)\b")
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|as a result|result(?:ed|s)? (?:in|from|of)"
    r"|so that|in order to|therefore|thus|hence|reasons?|cause[sd]?|led to|leads to|given that"
    r"|account of|aim(?:s|ed)? (?:to|at)|purpose|motivated|enabl(?:es|ed))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is shown for one question, and how the judge found it.

    Attributes:
        evidence: In the order in which it is shown.
        verdict: Log-odds that it answers the question; None when no judge was asked.
    """

    evidence: tuple[Evidence, ...]
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
    selected = [
        with_retraction(question, item)
        for item in select(evidence, most=most, weights=weights, question=question)
    ]
    if opinion is None:
        return [Reply(tuple(selected))]
    found = candidates(selected) + of_that_date(question, evidence)
    if asks_why(question):
        found = with_reasons(found, selected[0])
    if wants_steps(question):
        found = [
            r for r in found if any(is_step(e) and holds_items(e) for e in r.evidence)
        ] or found
    verdicts = opinion(question, [_as_read(reply) for reply in found])
    return [replace(reply, verdict=v) for reply, v in zip(found, verdicts, strict=True)]


def candidates(selected: Sequence[Evidence]) -> list[Reply]:
    """Replies to choose from: the best piece alone, with its neighbours, and with other pieces."""
    first = selected[0]
    longer, earlier = with_next(first), with_sentence_before(with_previous(first))
    found = [Reply((first,))]
    found += [Reply((longer,))] if longer != first else []
    found += [Reply((earlier,))] if earlier != first else []
    found += [Reply(tuple(selected[:size])) for size in range(2, len(selected) + 1)]
    if longer != first and len(selected) > 1 and not overlaps(longer, selected[1]):
        found.append(Reply((longer, selected[1])))
    return found


def of_that_date(question: str, evidence: Sequence[Evidence]) -> list[Reply]:
    """A reply of all items of a list that hold the date which the question names, if several do."""
    asked = [v.key for v in dates(question)]
    items = [
        e for e in evidence
        if is_item(e) and not holds_items(e)
        and any(same_date(v.key, key) for v in dates(e.text) for key in asked)
    ]  # fmt: skip
    same = [e for e in items if e.passage.doc_id == items[0].passage.doc_id][:_MOST_ITEMS]
    return [Reply(tuple(sorted(same, key=lambda e: e.start)))] if len(same) > 1 else []


def asks_why(question: str) -> bool:
    """Whether a question asks for a reason: "Why ...", "What keeps it from ..."."""
    return _WHY.search(question) is not None


def gives_reason(text: str) -> bool:
    """Whether a text has a word that reasons and purposes are told with."""
    return bool(_REASON.search(text) or _PURPOSE.search(text))


def with_reasons(replies: Sequence[Reply], first: Evidence) -> list[Reply]:
    """Those that may hold a reason: a word like "because", or a sentence beside the best one.

    What comes closest to "Why did it fail?" is often "It failed.", and the reason stands beside it.
    """
    further = with_next(with_next(first))
    found = [*replies, Reply((further,))] if further != first else list(replies)
    kept = [
        reply for reply in dict.fromkeys(found) if any(_explains(e, first) for e in reply.evidence)
    ]
    return kept or list(replies)


def _explains(item: Evidence, first: Evidence) -> bool:
    holds = item.passage.doc_id == first.passage.doc_id and (
        item.start <= first.start and first.end <= item.end
    )
    return holds and (item.text != first.text or gives_reason(item.text))


def best_of(replies: Sequence[Reply]) -> Reply:
    """The likeliest answer for its length."""
    return max(replies, key=lambda r: worth(r.verdict or 0.0, r.words))


def worth(verdict: float, words: int, *, cost: float = COST_OF_A_WORD) -> float:
    """What a reply is chosen by: ``log-odds - cost x words``."""
    return verdict - cost * words


def without_headings(reply: Reply) -> tuple[str, str]:
    """What the judge reads of a reply when it is not to see what stands above it."""
    return "", " ".join(item.text[:_MOST_CHARS] for item in reply.evidence)


def _as_read(reply: Reply) -> tuple[str, str]:
    """Headings and text of a whole reply, as it is shown."""
    above = " | ".join(dict.fromkeys(in_context(item)[0] for item in reply.evidence))
    return above, without_headings(reply)[1]
