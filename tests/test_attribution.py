"""Support of statements by their citations, and places in documents, worked out by hand."""

from __future__ import annotations

import pytest

from rag.attribution import (
    CitationSupport,
    Place,
    Statement,
    citation_support,
    first_touches,
    held_characters,
    on_gold,
    touched_share,
)
from rag.metrics import ndcg_at_k


def all_words(sentence: str, evidence: str) -> bool:
    return set(sentence.split()) <= set(evidence.split())


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        # (statements, supported, citations, needed)
        (("a b",), (1, 1, 1, 1)),
        (("a",), (1, 0, 1, 0)),
        ((), (1, 0, 0, 0)),
        # Neither alone, both together: both are needed.
        (("a", "b"), (1, 1, 2, 2)),
        # The second adds nothing and supports nothing alone.
        (("a b", "x"), (1, 1, 2, 1)),
        # Each alone is enough: neither is held against the reply.
        (("a b", "a b c"), (1, 1, 2, 2)),
        (("a", "b", "x"), (1, 1, 3, 2)),
    ],
)
def test_a_citation_is_needed_when_it_supports_or_the_rest_does_not(quotes, expected) -> None:
    found = citation_support([Statement("a b", quotes)], supports=all_words)
    assert found == CitationSupport(*expected)


def test_recall_and_precision_of_a_reply_are_pooled_over_its_sentences() -> None:
    found = citation_support(
        [Statement("a b", ("a", "b", "x")), Statement("c", ()), Statement("d", ("e",))],
        supports=all_words,
    )
    assert found.recall == 1 / 3
    assert found.precision == 2 / 4


def test_without_statements_there_is_nothing_to_share() -> None:
    found = citation_support([], supports=all_words)
    assert (found.recall, found.precision) == (None, None)


GOLD = [Place("a", 10, 20), Place("a", 40, 50), Place("b", 0, 5)]


@pytest.mark.parametrize(
    ("found", "touched", "characters"),
    [
        ([], 0.0, 0.0),
        ([Place("a", 0, 10)], 0.0, 0.0),
        ([Place("a", 0, 11)], 1 / 3, 1 / 25),
        ([Place("a", 15, 45), Place("a", 15, 45)], 2 / 3, 10 / 25),
        ([Place("b", 0, 100), Place("a", 0, 100)], 1.0, 1.0),
        ([Place("c", 0, 100)], 0.0, 0.0),
    ],
)
def test_gold_places_that_are_touched_and_characters_that_are_held(
    found, touched, characters
) -> None:
    assert touched_share(GOLD, found) == touched
    assert held_characters(GOLD, found) == characters


def test_characters_of_overlapping_gold_count_once() -> None:
    assert held_characters([Place("a", 0, 10), Place("a", 5, 15)], [Place("a", 0, 5)]) == 5 / 15


def test_precision_of_places() -> None:
    assert on_gold([Place("a", 12, 13), Place("a", 30, 35)], GOLD) == 1 / 2
    assert on_gold([], GOLD) is None


def test_a_ranking_of_places_gains_once_for_each_gold_place() -> None:
    found = [Place("x", 0, 9), Place("a", 12, 14), Place("a", 5, 18), Place("a", 15, 45)]
    assert first_touches(found, GOLD) == ["", "0", "", "1"]
    ranked = first_touches([Place("a", 12, 14), Place("a", 12, 14)], GOLD[:1])
    assert ndcg_at_k(ranked, ["0"], k=10) == 1.0
