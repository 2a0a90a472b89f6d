"""Does what is cited carry what is said? Formulas over sentences, quotes and places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a reply with the quotes that it cites, in the order of its markers."""

    text: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitationSupport:
    """How far the citations of one reply carry its statements.

    Attributes:
        statements: How many sentences state something.
        supported: How many of them all their quotes together support.
        citations: How often a sentence cites a quote.
        needed: How many of these are of use, see `citation_support`.
    """

    statements: int
    supported: int
    citations: int
    needed: int

    @property
    def recall(self) -> float | None:
        """Share of the statements that are supported; None without any."""
        return self.supported / self.statements if self.statements else None

    @property
    def precision(self) -> float | None:
        """Share of the citations that are of use; None without any."""
        return self.needed / self.citations if self.citations else None


def citation_support(
    statements: Sequence[Statement], *, supports: Callable[[str, str], bool]
) -> CitationSupport:
    """Count what the citations of a reply support, and which of them are of use.

    Citation recall and precision of Gao et al., *Enabling Large Language Models to Generate Text
    with Citations* (ALCE), 2023, with any test of support in the place of their model. A
    statement counts for recall when all its quotes together support it. One of its citations
    counts for precision when the statement counts for recall, and the quote alone supports it or
    the others without that quote do not.

    Args:
        supports: Whether evidence (second) supports a sentence (first).
    """
    supported = citations = needed = 0
    for statement in statements:
        quotes = statement.quotes
        citations += len(quotes)
        if not quotes or not supports(statement.text, "\n".join(quotes)):
            continue
        supported += 1
        needed += sum(
            supports(statement.text, quote)
            or not supports(statement.text, "\n".join([*quotes[:i], *quotes[i + 1 :]]))
            for i, quote in enumerate(quotes)
        )
    return CitationSupport(len(statements), supported, citations, needed)


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``[start, end)`` of one document."""

    document: str
    start: int
    end: int

    def touches(self, other: Place) -> bool:
        """Whether they share a character."""
        return self.document == other.document and self.start < other.end and other.start < self.end


def touched_share(gold: Sequence[Place], found: Sequence[Place]) -> float:
    """Share of the gold places of which some found place holds at least a character.

    Recall over places; of the first ``k`` hits when ``found`` is cut there.

    Args:
        gold: At least one.
    """
    return sum(any(g.touches(f) for f in found) for g in gold) / len(gold)


def held_characters(gold: Sequence[Place], found: Sequence[Place]) -> float:
    """Share of the gold characters that found places hold.

    ``|gold ∩ found| / |gold|`` over characters, each counted once; the recall of Smith and
    Troynikov, *Evaluating Chunking Strategies for Retrieval*, 2024.

    Args:
        gold: At least one that is not empty.
    """
    wanted = _characters(gold)
    return len(wanted & _characters(found)) / len(wanted)


def _characters(places: Iterable[Place]) -> set[tuple[str, int]]:
    return {(p.document, i) for p in places for i in range(p.start, p.end)}


def on_gold(found: Sequence[Place], gold: Sequence[Place]) -> float | None:
    """Share of the found places that touch a gold place: precision; None when none is found."""
    if not found:
        return None
    return sum(any(f.touches(g) for g in gold) for f in found) / len(found)


def first_touches(found: Sequence[Place], gold: Sequence[Place]) -> list[str]:
    """For each found place the name of the first gold place that it is the first to touch.

    The names are ``"0"``, ``"1"`` ... in the order of the gold places, and "" where nothing new is
    touched: a ranking for `rag.metrics.ndcg_at_k` and its like, in which no place gains twice.
    """
    left = list(range(len(gold)))
    names = []
    for place in found:
        touched = next((i for i in left if gold[i].touches(place)), None)
        names.append("" if touched is None else str(touched))
        left = [i for i in left if i != touched]
    return names
