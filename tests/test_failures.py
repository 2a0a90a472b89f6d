"""Each way of losing an answer is told from the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.attribution import Place
from rag.failures import EXPLAINED, lost_at
from rag.questions import Question
from rag.types import Answer, Citation, Disagreement, Document, Hit, Passage

TEXT = "The embassy opened in 1992. It has a garden. The consulate opened in 2021."
DOCUMENTS = {"a.md": Document("a.md", "0", "A", TEXT, "md")}
OPENED, GARDEN, CONSULATE = (0, 27), (28, 44), (45, 74)


def hits(*spans: tuple[int, int], document: str = "a.md") -> tuple[Hit, ...]:
    return tuple(Hit(Passage(document, i, j, TEXT[i:j]), 1.0) for i, j in spans)


def cited(*spans: tuple[int, int]) -> tuple[Citation, ...]:
    return tuple(
        Citation(n, "a.md", "A", None, i, j, TEXT[i:j]) for n, (i, j) in enumerate(spans, 1)
    )


ASKED = Question("1", "When?", ("1992",), documents=("a.md",))
SAID = Answer("q", "q", "answered", "In 1992 [1].", (), cited(OPENED), (), hits(OPENED))
WRONG = replace(SAID, text="It has a garden [1].")
REFUSED = replace(SAID, status="abstained", text="Not said.", citations=())


@pytest.mark.parametrize(
    ("question", "answer", "stage"),
    [
        (ASKED, SAID, ""),
        (replace(ASKED, answers=()), REFUSED, ""),
        (replace(ASKED, answers=()), SAID, "wrongly answered"),
        (replace(ASKED, documents=("gone.md",)), WRONG, "not indexed"),
        (replace(ASKED, answers=("1993",)), WRONG, "not in the text"),
        # Without expected documents nobody knows what the text should hold.
        (replace(ASKED, answers=("1993",), documents=()), WRONG, "not retrieved"),
        (ASKED, replace(WRONG, hits=hits(GARDEN)), "not retrieved"),
        # The right words, in a document that speaks of something else.
        (ASKED, replace(WRONG, hits=hits(OPENED, document="b.md")), "not retrieved"),
        (ASKED, replace(REFUSED, hits=hits(GARDEN)), "not retrieved"),
        (ASKED, REFUSED, "wrongly refused"),
        (ASKED, replace(WRONG, citations=cited(GARDEN)), "not selected"),
        (ASKED, WRONG, "written wrong"),
    ],
)
def test_the_first_stage_that_lost_it_is_named(question, answer, stage) -> None:
    assert lost_at(question, answer, [], document=DOCUMENTS.get) == stage
    assert not stage or stage in EXPLAINED


BOTH = replace(ASKED, answers=("1992", "2021"), all=True)


@pytest.mark.parametrize(
    ("found", "quoted", "stage"),
    [
        ((OPENED,), (OPENED,), "not retrieved"),
        ((OPENED, CONSULATE), (OPENED,), "not selected"),
        ((OPENED, CONSULATE), (OPENED, CONSULATE), "written wrong"),
    ],
)
def test_all_that_is_needed_must_be_there(found, quoted, stage) -> None:
    answer = replace(WRONG, hits=hits(*found), citations=cited(*quoted))
    assert lost_at(BOTH, answer, [], document=DOCUMENTS.get) == stage


def test_gold_evidence_tells_where_an_answer_in_other_words_stood() -> None:
    question = replace(ASKED, answers=("thirty years ago",))
    place = [Place("a.md", *OPENED)]
    assert lost_at(question, WRONG, place, document=DOCUMENTS.get) == "written wrong"
    elsewhere = replace(WRONG, citations=cited(GARDEN))
    assert lost_at(question, elsewhere, place, document=DOCUMENTS.get) == "not selected"
    nowhere = replace(WRONG, hits=hits(GARDEN))
    assert lost_at(question, nowhere, place, document=DOCUMENTS.get) == "not retrieved"


def test_what_a_disagreement_cites_was_selected() -> None:
    differ = (Disagreement("date", (("1992", cited(OPENED)[0]),)),)
    answer = replace(WRONG, citations=(), disagreements=differ)
    assert lost_at(ASKED, answer, [], document=DOCUMENTS.get) == "written wrong"
