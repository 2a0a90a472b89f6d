"""From evidence to sentences that are shown."""

from __future__ import annotations

from rag.run import Run
from rag.types import Evidence
from rag.wording import cite, quote
from tests.makers import passage

TEXT = "The rent is 900 euros. It is due on the third day. The deposit is 1,800 euros."


def part(start: int, end: int, doc_id: str = "lease.md") -> Evidence:
    return Evidence(
        passage(TEXT, doc_id), start, end, TEXT[start:end], score=1, cosine=0, lexical=0, rank=1
    )


def test_a_sentence_within_a_quote_that_was_shown_is_not_shown_again():
    run = Run("What is the rent, and when is it due?")
    rent, both, rest = part(0, 22), part(0, 50), part(51, len(TEXT))

    shown = [c.sentence for e in (both, rent, both, rest) for c in quote(run, e)]

    assert [s.text for s in shown] == [TEXT[:50], TEXT[51:]]
    assert [s.markers for s in shown] == [(1,), (2,)]
    assert len(run.citations) == 2


def test_more_than_was_shown_and_the_same_place_of_another_document_are_shown():
    run = Run("What is the rent?")

    shown = [
        c.sentence
        for e in (part(0, 22), part(0, 50), part(0, 22, "other.md"))
        for c in quote(run, e)
    ]

    assert [s.markers for s in shown] == [(1,), (2,), (3,)]


def test_what_was_cited_only_is_shown():
    run = Run("What is the rent?")
    cite(run, part(0, 50))

    assert [c.sentence.text for c in quote(run, part(0, 50))] == [TEXT[:50]]


def test_a_copy_that_was_cited_with_a_quote_is_not_shown_again():
    run = Run("What is the rent?")
    copy = part(0, 22, "copy.md")

    first = [c.sentence.markers for c in quote(run, part(0, 22), copies=[copy])]

    assert first == [(1, 2)]
    assert list(quote(run, copy)) == []


def test_a_lone_number_is_no_bullet():
    run = Run("What happened?")
    texts = ("100. Yıl University lies in Van.", "- 5 degrees were measured.", "- Ink is sold.")
    shown = [
        next(quote(run, Evidence(passage(t, t), 0, len(t), t, 1, 0, 0, 1))).sentence.text
        for t in texts
    ]
    assert shown == [*texts[:2], "Ink is sold."]
