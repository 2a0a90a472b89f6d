"""The assistant: with fakes for its own logic, with the real models over the seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.assistant import Assistant, open_library
from rag.config import Config, load_config
from rag.errors import LibraryError, ModelMissingError, ReadError
from rag.types import Answer
from tests.fakes import HashEmbedder, ScriptedGenerator


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


def test_answer_is_a_record() -> None:
    assert Answer("q", "q", "abstained", "no").citations == ()


def test_a_misspelt_folder_is_named_and_not_made(tmp_path):
    config = Config.model_validate(
        {"documents": {"folder": tmp_path / "paprs", "index": tmp_path / "paprs" / ".kaynak"}}
    )
    with pytest.raises(LibraryError, match="paprs does not exist"):
        open_library(config, HashEmbedder())
    assert list(tmp_path.iterdir()) == []
