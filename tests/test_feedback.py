"""Ratings are kept, and become rows that ``kaynak evaluate`` reads."""

from __future__ import annotations

import json
import threading

import pytest

from rag.errors import LibraryError
from rag.feedback import Feedback, Rating, main
from rag.questions import load_questions
from rag.types import Answer, Citation, Sentence

CITED = Citation(1, "a.md", "A", None, 0, 5, "In 5.", "")


def answer(question: str = "When?", *, refused: bool = False) -> Answer:
    if refused:
        return Answer(question, question, "abstained", "Not said.")
    return Answer(
        question, question, "answered", "In 5. [1]", (Sentence("In 5.", (1,), quoted=True),),
        (CITED,), confidence=0.8,
    )  # fmt: skip


def test_thumbs_become_rows_of_a_question_set(tmp_path, capsys):
    feedback = Feedback(tmp_path / "index")
    assert feedback.rows() == []
    assert not feedback.path.exists()
    feedback.rate(Rating("a", "up", "", answer()))
    feedback.rate(Rating("b", "down", " In 6. ", answer("And then?"), (("When?", "In 5. [1]"),)))
    feedback.rate(Rating("c", "down", "", answer("Nobody knows?")))
    feedback.rate(Rating("d", "up", "right", answer("What is helium?", refused=True)))
    assert feedback.count() == 4
    assert feedback.rows() == [
        {"id": "a", "question": "When?", "answers": ["In 5."], "kind": "up", "documents": ["a.md"]},
        {"id": "b", "question": "And then?", "answers": ["In 6."], "kind": "down",
         "history": [["When?", "In 5. [1]"]]},
        {"id": "d", "question": "What is helium?", "answers": [], "kind": "up", "documents": []},
    ]  # fmt: skip
    assert main([str(tmp_path / "index")]) == 0
    rows = tmp_path / "rows.jsonl"
    rows.write_text(capsys.readouterr().out, encoding="utf-8")
    questions = load_questions(rows)
    assert [q.id for q in questions] == ["a", "b", "d"]
    assert questions[1].history == (("When?", "In 5. [1]"),)
    assert not questions[2].is_answerable


def test_a_second_rating_takes_the_place_of_the_first(tmp_path):
    feedback = Feedback(tmp_path)
    feedback.rate(Rating("a", "up", "", answer()))
    feedback.rate(Rating("a", "down", "In 7.", answer()))
    assert [row["answers"] for row in feedback.rows()] == [["In 7."]]


def test_threads_share_it(tmp_path):
    feedback = Feedback(tmp_path)
    threads = [
        threading.Thread(target=feedback.rate, args=(Rating(str(i), "up", "", answer()),))
        for i in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert feedback.count() == 20


def test_a_damaged_file_is_named_and_nothing_else_stops(tmp_path, capsys):
    (tmp_path / "feedback.db").write_bytes(b"no database" * 100)
    with pytest.raises(LibraryError, match=r"feedback\.db cannot be used") as caught:
        Feedback(tmp_path).rate(Rating("a", "up", "", answer()))
    assert "Move the file away" in caught.value.hint
    assert main([str(tmp_path)]) == 1
    assert main([]) == 2
    assert "Usage" in capsys.readouterr().err


def test_remarks_are_bounded_and_kept_as_they_are(tmp_path):
    feedback = Feedback(tmp_path)
    feedback.rate(Rating("a", "down", "'); DROP TABLE ratings; -- ünal" + "x" * 9000, answer()))
    (row,) = feedback.rows()
    assert str(row["answers"][0]).startswith("'); DROP TABLE ratings; -- ünal")
    assert len(str(row["answers"][0])) == 2000
    assert json.dumps(row)


def test_what_was_said_of_a_document_goes_with_it(tmp_path):
    feedback = Feedback(tmp_path)
    assert feedback.forget(["a.md"], ["In 5."]) == 0
    assert not feedback.path.exists()
    told = "The canaryxyzzy sings in the old oak at night, they say. [1]"
    short = "Canaryxyzzy sings loudly. [2]"
    other = answer("Other?", refused=True)
    feedback.rate(Rating("cited", "up", "", answer("Who?")))
    feedback.rate(Rating("asked", "up", "", other, (), ("a.md",)))
    feedback.rate(Rating("long", "up", "", other, (("Who sings?", told),)))
    feedback.rate(Rating("short", "up", "", other, (("Who sings?", short),)))
    feedback.rate(Rating("remark", "down", "It sings in the old oak at night.", other))
    feedback.rate(Rating("kept", "down", "canaryxyzzy", other))
    feedback.rate(Rating("kept", "down", "Nobody sings at night.", other, (("No?", "No."),)))
    text = "No. The Canaryxyzzy sings\nin the old oak at night. Canaryxyzzy sings loudly."
    assert feedback.forget(["a.md"], [text]) == 5
    assert [row["id"] for row in feedback.rows()] == ["kept"]
    assert b"anaryxyzzy" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert feedback.forget(["a.md"], [text]) == 0
