"""The hooks of the chat in the assistant: one question's settings, its run, reading again."""

from __future__ import annotations

import pytest

from rag.errors import LibraryError
from rag.explanation import explain
from rag.run import Run
from rag.types import Answer
from rag.wishes import Wishes
from tests.test_assistant import assistant, folder  # noqa: F401 - fixtures

QUESTION = "When was the embassy opened?"


def follow(opened, **wishes) -> tuple[Run, Answer]:
    run = Run(QUESTION, wishes=Wishes(**wishes))
    *_, answer = opened.follow(run)
    assert isinstance(answer, Answer)
    return run, answer


def test_wishes_count_for_one_question(assistant) -> None:  # noqa: F811
    assert follow(assistant)[1].status == "answered"
    strict = follow(assistant, refuse_below=1.0)[1]
    assert strict.status == "abstained"
    assert len(follow(assistant, passages=1)[1].hits) == 1
    usual = follow(assistant)[1]
    assert usual.status == "answered"
    assert usual.fingerprint == assistant.config.fingerprint() != strict.fingerprint


def test_a_run_explains_itself_afterwards(assistant) -> None:  # noqa: F811
    run, answer = follow(assistant)
    found = explain(run, refuse_below=0.0)
    assert [p.hit for p in found.passages] == list(answer.hits)
    cited = [s.evidence.text for s in found.sentences if s.fate == "cited"]
    assert answer.citations[0].quote in cited


def test_a_file_is_read_again(assistant, folder) -> None:  # noqa: F811
    assistant.sync()
    steps = []
    report = assistant.reread("a.md", progress=steps.append)
    assert report.added == ("a.md",)
    assert "a.md" in {step.doc_id for step in steps}
    assert [d.doc_id for d in assistant.documents()] == ["a.md", "b.txt"]
    with pytest.raises(LibraryError, match="no document x"):
        assistant.reread("x")
