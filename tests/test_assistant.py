"""The assistant: with fakes for its own logic, with the real models over the seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.assistant import Assistant, open_library
from rag.config import Config, load_config
from rag.errors import ConfigError, LibraryError, ModelMissingError, ReadError
from rag.feedback import Feedback, Rating
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


def test_a_purge_leaves_no_byte_in_ratings_either(assistant, folder) -> None:
    """Every file of the index folder is looked into, after answers were rated."""
    (folder / "c.txt").write_text("The canaryxyzzy was opened in Ankara in May 2011.\n")
    index = assistant.config.documents.index
    asked = "Where was the canaryxyzzy opened?"
    first = assistant.answer(asked)
    assert "canaryxyzzy" in first.text
    then = assistant.answer("When was the consulate in Kars opened?", documents=["b.txt"])
    history = ((asked, first.text),)
    feedback = Feedback(index)
    feedback.rate(Rating("1", "up", "", first))
    feedback.rate(Rating("2", "up", "", then, history, ("b.txt",)))
    feedback.rate(Rating("3", "up", "", then))
    assert assistant.remove("c.txt", purge=True).ratings == 2
    files = [p for p in index.rglob("*") if p.is_file()]
    assert [p for p in files if b"canaryxyzz" in p.read_bytes().lower()] == []
    assert feedback.count() == 1


def test_words_that_no_passage_holds_are_told(assistant) -> None:
    answer = assistant.answer("When was the embassy of Utopia opened for zebras in 1992?")
    assert answer.missing == ("Utopia", "zebras")
    assert assistant.answer("When was the Consulates opening in Kars?").missing == ()


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


def removed(assistant) -> Path:
    return assistant.config.documents.index / "removed"


def test_files_of_one_name_are_all_kept(assistant, folder) -> None:
    (folder / "sub").mkdir()
    for text in ("One canal.", "Two canals."):
        for doc_id in ("sub/a.md", "a.md"):
            (folder / doc_id).write_text(f"{text} {doc_id}\n")
        assistant.sync()
        assistant.remove("sub/a.md", "a.md")
    kept = {p.relative_to(removed(assistant)).as_posix() for p in removed(assistant).rglob("*.md*")}
    assert kept == {"a.md", "a.md~2", "sub/a.md", "sub/a.md~2"}
    assert assistant.sync().added == ()


def test_a_purge_takes_the_file_and_those_kept_before(assistant, folder) -> None:
    (folder / "b-2.txt").write_text("Another file.\n")
    for text in ("One canaryxyzzy.", "Two canaryxyzzy."):
        (folder / "a.md").write_text(f"{text}\n")
        assistant.sync()
        assistant.remove("a.md")
    (folder / "a.md").write_text("Three canaryxyzzy.\n")
    assistant.sync()
    assistant.remove("b-2.txt")
    assistant.remove("a.md", purge=True)
    assert not (folder / "a.md").exists()
    assert [p.name for p in removed(assistant).iterdir()] == ["b-2.txt"]
    for file in assistant.config.documents.index.rglob("*"):
        assert not file.is_file() or b"canaryxyzz" not in file.read_bytes().lower()
    # What was removed before can be purged later.
    assistant.remove("b-2.txt", purge=True)
    assert list(removed(assistant).iterdir()) == []


@pytest.mark.parametrize("name", ["../docs/b.txt", "../../secret.txt", "absent.md", "", "."])
def test_a_purge_reaches_nothing_that_is_no_document(assistant, folder, tmp_path, name) -> None:
    (tmp_path / "secret.txt").write_text("Secret.")
    assistant.sync()
    with pytest.raises(LibraryError, match="There is no document"):
        assistant.remove(name, purge=True)
    assert (tmp_path / "secret.txt").exists()
    assert (folder / "b.txt").exists()


def test_what_cannot_be_moved_is_out_of_the_index_and_said(assistant, folder) -> None:
    assistant.sync()
    removed(assistant).write_text("a file in its place")
    with pytest.raises(LibraryError, match=r"b\.txt cannot be moved") as caught:
        assistant.remove("b.txt")
    assert "It is out of the index" in caught.value.hint
    assert [d.doc_id for d in assistant.documents()] == ["a.md"]


def test_the_status_says_since_when_and_with_what(assistant) -> None:
    assert assistant.status().indexed_since is None
    assistant.sync()
    status = assistant.status()
    assert status.indexed_since == assistant.documents()[0].indexed_at
    assert (status.made_with, status.rebuilding) == ("hash-64", False)
    assert status.chunker.startswith("sentences-1")


def test_the_doctor_of_an_assistant(assistant) -> None:
    assistant.sync()
    assert [check.name for check in assistant.examine() if check.problems] == []


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


def test_passages_that_the_embedder_would_cut_are_refused(folder):
    config = Config.model_validate(
        {"documents": {"folder": folder, "index": folder / ".kaynak"},
         "chunking": {"size_tokens": 5000}}
    )  # fmt: skip
    embedder = HashEmbedder()
    with pytest.raises(ConfigError, match=r"`chunking\.size_tokens` is 5000, .* default") as caught:
        open_library(config, embedder)
    assert f"no more than {embedder.max_tokens} tokens" in caught.value.message
    assert f"Set it to {embedder.max_tokens} or less in config.yaml" in caught.value.hint


def test_a_misspelt_folder_is_named_and_not_made(tmp_path):
    config = Config.model_validate(
        {"documents": {"folder": tmp_path / "paprs", "index": tmp_path / "paprs" / ".kaynak"}}
    )
    with pytest.raises(LibraryError, match="paprs does not exist"):
        open_library(config, HashEmbedder())
    assert list(tmp_path.iterdir()) == []
