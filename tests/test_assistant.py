"""The assistant: with fakes for its own logic, with the real models over the seeds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.assistant import Assistant, open_library
from rag.config import load_config
from rag.errors import LibraryError, ModelMissingError, ReadError
from rag.evaluation import evaluate
from rag.questions import load_questions
from rag.types import Answer
from tests.fakes import HashEmbedder, ScriptedGenerator

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path) -> Path:
    documents = tmp_path / "docs"
    documents.mkdir()
    (documents / "a.md").write_text("# Embassy\n\nThe embassy was opened in August 1992.\n")
    (documents / "b.txt").write_text("The consulate in Kars was opened in April 2004.\n")
    return documents


@pytest.fixture
def assistant(folder):
    config = load_config(documents=folder)
    config = config.model_copy(
        update={"answering": config.answering.model_copy(update={"refuse_below": 0.0})}
    )
    embedder = HashEmbedder()
    library = open_library(config, embedder)
    with Assistant(config, library, embedder, ScriptedGenerator(), writes=False) as opened:
        yield opened


def test_the_first_question_builds_the_index(assistant) -> None:
    answer = assistant.answer("When was the embassy opened?")
    assert answer.citations[0].quote == "The embassy was opened in August 1992."
    assert [d.doc_id for d in assistant.documents()] == ["a.md", "b.txt"]


def test_every_quote_is_the_documents_own_text(assistant) -> None:
    answer = assistant.answer("When was the consulate in Kars opened?")
    for citation in answer.citations:
        document = assistant.document(citation.document)
        assert document is not None
        assert document.text[citation.start : citation.end] == citation.quote


def test_add_ask_remove(assistant, folder, tmp_path) -> None:
    source = tmp_path / "new.md"
    source.write_text("The railway to Nakhchivan was built in 1957.\n")
    assistant.sync()
    doc_id = assistant.add(source)
    assert assistant.sync().added == ("new.md",) == (doc_id,)
    question = "When was the railway to Nakhchivan built?"
    assert assistant.answer(question).citations[0].document == "new.md"
    assistant.remove("new.md")
    assert not (folder / "new.md").exists()
    assert (assistant.config.documents.index / "removed" / "new.md").is_file()
    assert all(h.passage.doc_id != "new.md" for h in assistant.answer(question).hits)
    with pytest.raises(LibraryError, match=r"no document new\.md"):
        assistant.remove("new.md")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../evil.md", "evil.md"),
        ("..\\x.md", "x.md"),
        (".hidden.md", "hidden.md"),
        ("a.md", "a-2.md"),
    ],
)
def test_an_added_file_stays_in_the_folder(assistant, folder, tmp_path, name, kept) -> None:
    source = tmp_path / "source"
    source.write_text("text")
    assert assistant.add(source, name=name) == kept
    assert (folder / kept).read_text() == "text"


def test_a_type_that_cannot_be_read_is_not_added(assistant, tmp_path) -> None:
    source = tmp_path / "a.exe"
    source.write_text("x")
    with pytest.raises(ReadError, match=r"a\.exe"):
        assistant.add(source)


def test_status(assistant) -> None:
    assistant.sync()
    status = assistant.status()
    assert (status.documents, status.passages, status.failed) == (2, 2, 0)
    assert status.index_bytes > 0
    assert status.last_change is not None


def test_a_missing_model_names_the_command(folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("KAYNAK_HOME", str(tmp_path / "empty"))
    with pytest.raises(ModelMissingError, match="kaynak fetch"):
        Assistant.open(documents=folder)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    index = tmp_path_factory.mktemp("index")
    with Assistant.open(ROOT / "config.yaml", index=index) as opened:
        report = opened.sync()
        assert len(report.added) == 5
        assert report.failed == ()
        yield opened


@pytest.mark.models
def test_a_fact_of_the_seeds(real) -> None:
    answer = real.answer("When was the embassy of Azerbaijan in Turkey opened?")
    assert answer.status == "answered"
    assert "August 1992" in answer.text


@pytest.mark.models
def test_what_the_seeds_do_not_say_is_refused(real) -> None:
    answer = real.answer("What is the best recipe for sourdough bread?")
    assert (answer.status, answer.citations) == ("abstained", ())
    assert answer.hits


@pytest.mark.models
def test_the_seeds_disagree_on_the_declaration(real) -> None:
    answer = real.answer("On what date was the Shusha Declaration signed?")
    assert {v for v, _ in answer.disagreements[0].sides} == {"June 15, 2021", "June 16, 2021"}
    assert len({c.document for _, c in answer.disagreements[0].sides}) == 2


@pytest.mark.models
def test_a_follow_up_over_the_seeds(real) -> None:
    first = real.answer("When was the embassy of Azerbaijan in Turkey opened?")
    second = real.answer("And the consulate in Kars?", history=[(first.question, first.text)])
    assert second.standalone_question != second.question
    assert "April 2004" in second.text


@pytest.mark.models
def test_a_sample_of_the_question_set(real) -> None:
    """Every fifth question: what is promised of every reply holds of these."""
    questions = load_questions(ROOT / "seeds" / "questions.jsonl")[::5]
    evaluation = evaluate(real, questions)
    for result in evaluation.results:
        assert result.error == ""
        assert list(result.unsupported) == []
        assert all(c.verbatim for c in result.citations)


@pytest.mark.models
def test_all_of_it_works_without_a_network(tmp_path) -> None:
    code = (
        "import socket\n"
        "def refuse(*a): raise OSError('no network')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "import json, rag\n"
        "from rag.evaluation import evaluate; from rag.questions import load_questions\n"
        f"a = rag.Assistant.open({str(ROOT / 'config.yaml')!r}, index={str(tmp_path / 'i')!r})\n"
        "report = a.sync(); answer = a.answer('When was the Shusha Declaration signed?')\n"
        f"rows = load_questions({str(ROOT / 'seeds' / 'questions.jsonl')!r})[:2]\n"
        "print(json.dumps([len(report.added), answer.status, len(evaluate(a, rows).results)]))\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "HF_HUB_OFFLINE"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [5, "answered", 2]


def test_answer_is_a_record() -> None:
    assert Answer("q", "q", "abstained", "no").citations == ()
