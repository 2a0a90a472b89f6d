"""Drafts of questions, each with its answer and the sentence that holds it."""

from __future__ import annotations

from rag.drafting import as_row, draft
from rag.questions import question_of
from rag.types import Document

TEXT = """\
# Relations

The Shusha Declaration was signed in the city of Shusha on 15 June 2021 by both presidents.
Their common pipeline carried 4,500 tonnes of oil to the coast during its first winter.
Short one in 1999.
Nobody had seen the harbour so full of ships and so empty of people before.
A delegation of writers travelled through the mountains together with Yalvaç and his pupils.
"""


def document(name: str, text: str = TEXT) -> Document:
    return Document(name, "0", name, text, "md")


def test_values_become_questions() -> None:
    found = {item.answer: item for item in draft([document("a.md")], n=10)}
    event = found["15 June 2021"]
    assert (event.question, event.kind) == ("When was the Shusha Declaration signed?", "event")
    number = found["4,500"]
    assert number.kind == "gap"
    assert number.question.startswith("Which number is left out here: “Their common pipeline")
    assert "____ tonnes" in number.question
    assert "4,500" not in number.question
    assert "Which name is left out here" in found["Yalvaç"].question
    assert set(found) == {"15 June 2021", "4,500", "Yalvaç"}


def test_the_sentence_is_kept_to_the_character() -> None:
    for item in draft([document("a.md")], n=10):
        assert TEXT[item.start : item.end] == item.quote
        assert item.answer in item.quote


def test_drafts_are_rows_that_wait_for_a_person() -> None:
    (item,) = draft([document("a.md")], n=1)
    question = question_of(as_row(item, 7))
    assert (question.id, question.status) == ("draft-007", "draft")
    assert question.answers == ("15 June 2021",)
    assert question.documents == ("a.md",)
    assert question.evidence[0].quote == item.quote


def test_drafts_are_spread_over_the_documents_and_repeat_with_their_seed() -> None:
    several = [document("a.md"), document("b.md", TEXT.replace("Shusha", "Gulistan"))]
    assert {item.document for item in draft(several, n=2)} == {"a.md", "b.md"}
    assert draft(several, n=4, seed=5) == draft(several, n=4, seed=5)
    assert len(draft(several, n=100)) == 6


def test_a_part_of_a_name_is_no_answer() -> None:
    text = "The palace by the river was shown to the guests by Recep Tayyip Erdoğan himself."
    assert draft([document("a.md", text)], n=5) == []
    assert draft([], n=5) == []
