"""What each command prints, where, and with which exit code it ends."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rag import cli
from rag.config import Config, Documents
from rag.doctor import Check
from rag.errors import (
    ConfigError,
    GenerationError,
    IndexLockedError,
    IndexStaleError,
    LibraryError,
    ModelMissingError,
    QuestionError,
    RagError,
)
from rag.removal import Removal
from rag.selftest import SelfTest
from rag.store import Store
from rag.types import (
    Answer,
    Checked,
    Citation,
    Disagreement,
    Document,
    DocumentInfo,
    FailedFile,
    Hit,
    Passage,
    Sentence,
    Stage,
    SyncProgress,
    SyncReport,
)

TEXT = "The embassy in Şuşa opened in 1992. Another file says 1993."
CITED = Citation(1, "a.pdf", "Overview", 3, 0, 35, TEXT[:35])
OTHER = Citation(2, "b.md", "Notes", None, 36, 59, TEXT[36:])
ANSWERED = Answer(
    question="When did it open?",
    standalone_question="When did the embassy open?",
    status="answered",
    text="The embassy in Şuşa opened in 1992. [1] It is there still. [1]",
    sentences=(
        Sentence("The embassy in Şuşa opened in 1992.", (1,), quoted=True),
        Sentence("It is there still.", (1,), quoted=False),
    ),
    citations=(CITED,),
    disagreements=(Disagreement("date", (("1992", CITED), ("1993", OTHER))),),
    hits=(Hit(Passage("a.pdf", 0, 35, TEXT[:35], page=3), 0.5),),
    confidence=0.9,
    timings_ms={"total": 12.5},
    fingerprint="feed",
)
LONG = "A passage that goes on and on. " * 20
REFUSED = Answer(
    question="Why?",
    standalone_question="Why?",
    status="abstained",
    text="The documents do not say.",
    hits=(Hit(Passage("b.md", 0, len(LONG), LONG, title="Notes"), 0.1),),
)
INFO = DocumentInfo("a.pdf", "Overview", "pdf", 4, 9, 900, "2030-01-01T00:00:00+00:00")
REPORT = SyncReport(added=("a.pdf",), unchanged=("b.md",))
BAD = SyncReport(added=("a.pdf",), failed=(FailedFile("x.pdf", "It needs a password."),))


@dataclass(frozen=True)
class FakeStatus:
    documents: int = 1234
    index_folder: str = "/somewhere/.kaynak"
    index_bytes: int = 2_500_000
    last_change: str | None = None
    writes: bool = False


class FakeAssistant:
    """Says what it was told to; an error in its place is raised."""

    def __init__(self) -> None:
        folder = Path("/somewhere")
        self.config = Config(documents=Documents(folder=folder, index=folder / ".kaynak"))
        self.reply: Answer | BaseException = ANSWERED
        self.report: SyncReport | BaseException = REPORT
        self.infos: tuple[DocumentInfo, ...] = (INFO,)
        self.infos_after_sync: tuple[DocumentInfo, ...] = (INFO,)
        self.checks = (Check("database", "2 documents"), Check("word index", "7 passages"))
        self.calls: list[tuple[str, object]] = []
        self.closed = False

    def sync(self, *, progress=None, rebuild=False, allow_empty=False) -> SyncReport:
        self.calls.append(("sync", (rebuild, allow_empty)))
        if isinstance(self.report, BaseException):
            raise self.report
        for done in range(3):
            progress(SyncProgress(done, 2, "a.pdf", "reading"))
        self.infos = self.infos_after_sync
        return self.report

    def answer(self, question, *, history=(), documents=None) -> Answer:
        self.calls.append(("answer", (question, documents)))
        if isinstance(self.reply, BaseException):
            raise self.reply
        return self.reply

    def stream(self, question, *, history=(), documents=None, stopped=None):
        self.calls.append(("stream", (question, documents)))
        yield Stage("search", "Searching")
        if isinstance(self.reply, BaseException):
            raise self.reply
        for sentence in self.reply.sentences[:1]:
            yield Checked(sentence, self.reply.citations)
        yield self.reply

    def documents(self) -> tuple[DocumentInfo, ...]:
        return self.infos

    def document(self, doc_id) -> Document:
        return Document(doc_id, "0", doc_id, TEXT, "md")

    def failed(self) -> tuple[FailedFile, ...]:
        return BAD.failed

    def status(self) -> FakeStatus:
        return FakeStatus()

    def examine(self) -> tuple[Check, ...]:
        return self.checks

    def remove(self, *doc_ids, purge=False) -> Removal:
        self.calls.append(("remove", (doc_ids, purge)))
        if purge:
            kept = self.config.documents.index / "removed" / "old.md"
            backup = self.config.documents.index / "copy.db"
            return Removal(deleted=doc_ids, ratings=2, also_deleted=(kept,), still_in=(backup,))
        return Removal(moved=doc_ids[:1], absent=doc_ids[1:], copies=("copy of a.pdf",))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def assistant(monkeypatch, tmp_path) -> FakeAssistant:
    fake = FakeAssistant()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "open_assistant", lambda args: fake)
    monkeypatch.setattr(cli, "require_index", lambda args: None)
    return fake


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys) -> Run:
    def run(*argv: str) -> tuple[int, str, str]:
        code = cli.main(argv)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_an_answer_with_its_sources(assistant, run):
    code, out, err = run("ask", "When did it open?")
    assert code == 0
    assert out == (
        "The embassy in Şuşa opened in 1992. [1] It is there still. [1]\n\n"
        "Searched for: When did the embassy open?\n\n"
        "Sources\n"
        "[1] Overview, page 3: “The embassy in Şuşa opened in 1992.”\n\n"
        "The sources differ on the date\n"
        "- 1992: [1] Overview, page 3: “The embassy in Şuşa opened in 1992.”\n"
        "- 1993: [2] Notes: “Another file says 1993.”\n"
    )
    assert err == ""
    assert assistant.calls == [("answer", ("When did it open?", None))]
    assert assistant.closed


def test_a_terminal_shows_sentences_as_they_come(assistant, run, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    code, out, _ = run("ask", "When did it open?")
    assert code == 0
    assert out.startswith("The embassy in Şuşa opened in 1992. [1] It is there still. [1]\n\nSear")
    assert assistant.calls == [("stream", ("When did it open?", None))]


def test_a_terminal_shows_stages_beside_the_answer(assistant, run, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, out, err = run("ask", "When did it open?")
    assert "Searching" in err
    assert "Searching" not in out


@pytest.mark.parametrize("terminal", [False, True])
def test_a_refusal_has_a_code_of_its_own(assistant, run, monkeypatch, terminal):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assistant.reply = replace(REFUSED, missing=("zebras",))
    code, out, _ = run("ask", "Why?")
    assert out.splitlines()[2] == "No passage holds: zebras"
    assert code == 3
    assert out.startswith("The documents do not say.\n")
    assert out.count("The documents do not say.") == 1
    nearest = out.splitlines()[-1]
    assert out.splitlines()[-2] == "Nearest passages"
    assert nearest.startswith("- Notes: A passage that goes on")
    assert nearest.endswith(" ...")
    assert len(nearest) < 200


def test_ask_json_prints_the_whole_answer_unescaped(assistant, run):
    code, out, _ = run("ask", "When?", "--json")
    answer = json.loads(out)
    assert code == 0
    assert "Şuşa" in out
    assert answer["citations"][0]["quote"] == "The embassy in Şuşa opened in 1992."
    assert answer["hits"][0]["passage"]["doc_id"] == "a.pdf"
    assert answer["timings_ms"] == {"total": 12.5}
    assert answer["disagreements"][0]["sides"][1][0] == "1993"
    assert set(answer) == set(Answer.__dataclass_fields__)


def test_asking_some_documents_only(assistant, run):
    assistant.infos = (INFO, replace(INFO, doc_id="b.md"))
    run("ask", "When?", "--document", "a.pdf", "--document", "b.md")
    assert assistant.calls == [("answer", ("When?", ["a.pdf", "b.md"]))]


def test_a_document_that_is_not_there_is_named(assistant, run):
    code, out, err = run("ask", "When?", "--document", "a.pd")
    assert (code, out) == (2, "")
    assert err == (
        "Error: There is no document a.pd in the index.\nWhat to do: Did you mean a.pdf?\n"
    )


def test_the_first_question_indexes_the_folder(assistant, run):
    assistant.infos = ()
    code, out, err = run("ask", "When?")
    assert code == 0
    assert [name for name, _ in assistant.calls] == ["sync", "answer"]
    assert "1 added, 0 changed, 1 unchanged, 0 removed, 0 failed." in err
    assert "added" not in out


def test_a_folder_without_documents_says_so(assistant, run):
    assistant.infos = assistant.infos_after_sync = ()
    code, out, err = run("ask", "When?")
    assert (code, out) == (1, "")
    assert f"Error: There is nothing to ask in {Path('/somewhere')}." in err
    assert "--documents DIR" in err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("`color` is not a setting."), 2),
        (QuestionError("The question is empty."), 2),
        (ModelMissingError("The embedder is not on this machine."), 1),
        (IndexStaleError("The index was made with another embedder."), 1),
        (GenerationError("The model failed."), 1),
        (LibraryError("The folder is gone."), 1),
    ],
)
def test_errors_are_two_lines_without_a_traceback(assistant, run, error, code):
    assistant.reply = error
    assert run("ask", "When?") == (
        code,
        "",
        f"Error: {error.message}\nWhat to do: {error.hint}\n",
    )
    assert assistant.closed


def test_verbose_adds_the_traceback(assistant, run):
    assistant.reply = GenerationError("The model failed.")
    code, _, err = run("--verbose", "ask", "When?")
    assert code == 1
    assert "Traceback (most recent call last)" in err
    assert "Error: The model failed." in err


def test_ctrl_c_has_a_code_of_its_own(assistant, run):
    assistant.report = KeyboardInterrupt()
    code, _, err = run("sync")
    assert code == 130
    assert "Stopped." in err
    assert "Traceback" not in err
    assert assistant.closed


def test_sync_reports_and_shows_progress(assistant, run):
    code, out, err = run("sync")
    assert (code, out) == (0, "1 added, 0 changed, 1 unchanged, 0 removed, 0 failed.\n")
    assert err.splitlines() == ["0/2 reading a.pdf", "2/2 reading a.pdf"]
    assert assistant.calls == [("sync", (False, False))]


def test_sync_shows_a_bar_on_a_terminal(assistant, run, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, out, err = run("sync")
    assert (code, out) == (0, "1 added, 0 changed, 1 unchanged, 0 removed, 0 failed.\n")
    assert "\r" in err


def test_sync_passes_its_options_on(assistant, run):
    run("sync", "--rebuild", "--allow-empty")
    assert assistant.calls == [("sync", (True, True))]


def test_sync_names_the_files_that_failed(assistant, run):
    assistant.report = BAD
    code, out, _ = run("sync")
    assert code == 1
    assert out == (
        "1 added, 0 changed, 0 unchanged, 0 removed, 1 failed.\n"
        "Not indexed: x.pdf: It needs a password.\n"
    )


NASTY = "a\x1b[2J\n\x9b\u202eb.md"
SHOWN = "a\\u001b[2J\\u000a\\u009b\\u202eb.md"


def test_a_name_never_reaches_the_terminal_as_a_command(assistant, run):
    assistant.report = SyncReport(failed=(FailedFile(NASTY, f"it is bad: {NASTY}"),))
    _, out, _ = run("sync")
    assert out.splitlines()[1] == f"Not indexed: {SHOWN}: it is bad: {SHOWN}"
    _, out, _ = run("remove", NASTY, "--purge")
    assert out.splitlines()[0] == f"{SHOWN}: deleted for good."
    assistant.report = LibraryError("There is no \x1b[2J.")
    _, _, err = run("sync")
    assert "Error: There is no \\u001b[2J.\n" in err


def test_json_with_a_nasty_name_is_json(assistant, run):
    assistant.report = SyncReport(failed=(FailedFile(NASTY, "bad"),))
    _, out, _ = run("sync", "--json")
    assert json.loads(out)["failed"][0]["doc_id"] == NASTY
    assert "\x1b" not in out and "\x9b" not in out


def test_sync_json(assistant, run):
    assistant.report = BAD
    code, out, _ = run("sync", "--json")
    assert code == 1
    assert json.loads(out)["failed"] == [{"doc_id": "x.pdf", "reason": "It needs a password."}]


def test_status(assistant, run):
    code, out, _ = run("status")
    assert code == 0
    assert out == (
        "documents     1,234\n"
        "index folder  /somewhere/.kaynak\n"
        "index bytes   2.5 MB\n"
        "last change   never\n"
        "writes        no\n"
        "Not indexed: x.pdf: It needs a password.\n"
    )


def test_status_json(assistant, run):
    code, out, _ = run("status", "--json")
    status = json.loads(out)
    assert code == 0
    assert status["status"]["index_bytes"] == 2_500_000
    assert status["files"][0]["doc_id"] == "a.pdf"
    assert status["failed"][0]["doc_id"] == "x.pdf"


def test_a_healthy_index(assistant, run):
    code, out, _ = run("doctor")
    assert code == 0
    assert out == "ok     database    2 documents\nok     word index  7 passages\n"


def test_what_is_wrong_with_an_index(assistant, run):
    bad = Check("texts", "7 passages", ("a.pdf, characters 3 to 9", "b.md"), "Run it again.")
    assistant.checks = (*assistant.checks, bad)
    code, out, _ = run("doctor")
    assert code == 1
    assert out.splitlines()[-4:] == [
        "WRONG  texts       7 passages",
        "       - a.pdf, characters 3 to 9",
        "       - b.md",
        "       What to do: Run it again.",
    ]
    code, out, _ = run("doctor", "--json")
    assert code == 1
    assert json.loads(out)[2]["problems"] == ["a.pdf, characters 3 to 9", "b.md"]


@pytest.mark.parametrize("command", ["status", "doctor"])
def test_what_looks_at_an_index_makes_none(run, tmp_path, monkeypatch, command):
    monkeypatch.setattr(cli, "open_assistant", lambda args: pytest.fail("it was opened"))
    index = tmp_path / "index"
    code, _, err = run("--index", str(index), command)
    assert code == 1
    assert err == f"Error: There is no index in {index}.\nWhat to do: `kaynak sync` makes one.\n"
    assert not index.exists()


def test_backup_needs_no_model(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "open_assistant", lambda args: pytest.fail("it was opened"))
    index = tmp_path / "index"
    code, _, err = run("--index", str(index), "backup", "copy.db")
    assert code == 1
    assert "There is no index" in err
    index.mkdir()
    Store(index).close()
    code, out, _ = run("--index", str(index), "backup", "copy.db")
    assert code == 0
    assert re.fullmatch(r"copy\.db holds 0 documents, 0 passages, 0\.\d MB\.\n", out)
    assert (tmp_path / "copy.db").is_file()
    code, _, err = run("--index", str(index), "backup", "copy.db")
    assert code == 1
    assert "exists; a backup replaces nothing" in err


def test_remove_says_where_files_are_and_names_copies(assistant, run):
    code, out, err = run("remove", "a.pdf", "b.md")
    assert code == 0
    assert assistant.calls == [("remove", (("a.pdf", "b.md"), False))]
    assert out == (
        f"a.pdf: moved to {Path('/somewhere/.kaynak/removed')}.\n"
        "b.md: out of the index; there was no file of it any more.\n"
    )
    assert err == "The same bytes are still in copy of a.pdf.\n"


def test_remove_for_good(assistant, run):
    code, out, err = run("remove", "--purge", "b.md")
    assert code == 0
    assert assistant.calls == [("remove", (("b.md",), True))]
    index = Path("/somewhere/.kaynak")
    assert out == (
        "b.md: deleted for good.\n2 ratings were deleted with it.\n"
        f"Deleted as well, for it held the same bytes: {index / 'removed' / 'old.md'}.\n"
    )
    assert err == f"The text is still in {index / 'copy.db'}; delete it yourself.\n"


def test_remove_says_in_its_help_what_becomes_of_the_file(run, capsys):
    with pytest.raises(SystemExit):
        run("remove", "--help")
    said = " ".join(capsys.readouterr().out.split())
    assert "files are moved to removed/" in said
    assert "delete the files for good" in said


ROWS = [
    {"id": "1", "question": "When?", "answers": ["1992"], "documents": ["a.pdf"], "kind": "fact"},
    {"id": "2", "question": "Who?", "answers": [], "kind": "far"},
    {"id": "3", "question": "What?", "answers": ["tea"], "documents": ["z.md"], "kind": "fact"},
]


@pytest.fixture
def question_set(tmp_path) -> str:
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return str(path)


def test_evaluate_prints_tables_and_writes_lines(assistant, run, question_set, tmp_path):
    code, out, err = run("evaluate", question_set)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["value", "95", "%", "interval", "n"]
    held = next(line for line in lines if line.startswith("gold held "))
    assert re.split(r"\s{2,}", held) == ["gold held", "0.500", "0.000 to 1.000", "2"]
    assert next(line for line in lines if line.startswith("fact")).split()[:4] == [
        "fact", "2", "0.500", "0.500",
    ]  # fmt: skip
    assert err.splitlines()[0] == "Expected documents that are not indexed: z.md."
    assert "3/3 gold held 1/2" in err
    (written,) = (tmp_path / "runs").glob("mine-*.jsonl")
    assert re.fullmatch(r"mine-\d{8}-\d{6}\.jsonl", written.name)
    assert [json.loads(line)["id"] for line in written.open(encoding="utf-8")] == ["1", "2", "3"]
    header = json.loads(written.with_suffix(".summary.json").read_text(encoding="utf-8"))
    assert header["question_set"] == "mine.jsonl"
    assert header["date"].endswith("+00:00")


def test_evaluate_json_limit_seed_and_out(assistant, run, question_set, tmp_path):
    out_file = tmp_path / "deep" / "run.jsonl"
    argv = ["evaluate", question_set, "--json", "--limit", "2", "--seed", "5"]
    code, out, _ = run(*argv, "--out", str(out_file))
    assert code == 0
    assert {m["name"]: m["n"] for m in json.loads(out)["metrics"]}["failed"] == 2
    assert len(out_file.read_text(encoding="utf-8").splitlines()) == 2
    header = json.loads((tmp_path / "deep" / "run.summary.json").read_text(encoding="utf-8"))
    assert header["seed"] == 5


def test_questions_that_fail_are_a_partial_failure(assistant, run, question_set):
    assistant.reply = GenerationError("The model failed.")
    code, out, _ = run("evaluate", question_set)
    assert code == 1
    assert re.search(r"^failed +3 +3$", out, re.MULTILINE)


def test_a_bad_question_set_is_a_usage_error_before_anything_is_opened(run, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "open_assistant", lambda args: pytest.fail("was opened"))
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": 1}\n', encoding="utf-8")
    code, _, err = run("evaluate", str(path))
    assert code == 2
    assert 'line 1: "question" is missing.' in err
    assert run("evaluate", str(tmp_path / "none.jsonl"))[0] == 2


def test_results_that_cannot_be_written_are_found_out_first(run, question_set, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run("evaluate", question_set, "--out", str(tmp_path / "file" / "x.jsonl"))
    assert code == 1
    assert "cannot be written" in err


def test_a_run_that_cannot_start_leaves_no_file(assistant, run, question_set, tmp_path):
    assistant.infos = assistant.infos_after_sync = ()
    assert run("evaluate", question_set)[0] == 1
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.fixture
def launched(monkeypatch) -> list[tuple[object, str, int]]:
    app = pytest.importorskip("ui.app")
    calls: list[tuple[object, str, int]] = []
    monkeypatch.setattr(app, "launch", lambda a, *, host, port: calls.append((a, host, port)))
    return calls


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_chat_syncs_and_launches(assistant, run, launched):
    port = free_port()
    code, _, err = run("chat", "--port", str(port))
    assert code == 0
    assert launched == [(assistant, "127.0.0.1", port)]
    assert "1 added" in err


def test_chat_opens_while_another_process_indexes(assistant, run, launched):
    assistant.report = IndexLockedError("Process 7 is indexing.")
    code, _, err = run("chat", "--port", str(free_port()))
    assert code == 0
    assert len(launched) == 1
    assert "Process 7 is indexing. The chat opens with the index as it is." in err
    assistant.infos = ()
    assert run("chat", "--port", str(free_port()))[0] == 1


def test_a_port_in_use_is_found_out_before_the_sync(assistant, run, launched):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = run("chat", "--port", str(port))
    assert code == 2
    assert f"port {port} on 127.0.0.1" in err
    assert "--port N" in err
    assert assistant.calls == launched == []


def test_chat_serves_this_machine_only(assistant, run, launched):
    code, _, err = run("chat", "--host", "0.0.0.0")
    assert code == 1
    assert "this machine only" in err
    assert assistant.calls == launched == []


@pytest.fixture
def fetched(monkeypatch, tmp_path) -> list[tuple[str, str]]:
    calls: list[tuple[str, str]] = []

    def fetch(model, role, *, progress):
        calls.append((model, role))
        progress(f"Downloading {role}")
        return tmp_path / role

    monkeypatch.setattr("rag.models.fetch", fetch)
    monkeypatch.setattr("rag.generation.LocalGenerator", lambda folder, device: (folder, device))
    monkeypatch.setattr("rag.selftest.measure", lambda generator: SelfTest(12, 3, 4, 2))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAYNAK_CONFIG", raising=False)
    return calls


def test_fetch_brings_both_models_and_tests_the_generator_once(fetched, run, tmp_path):
    code, out, _ = run("fetch")
    assert code == 0
    assert fetched == [("default", "embedder"), ("default", "generator")]
    assert "Downloading embedder\n" in out
    assert f"The generator is in {tmp_path / 'generator'}.\n" in out
    assert "Testing once" in out
    assert "passed 2 of 12 tests: answers quote their evidence" in out
    assert "Testing once" not in run("fetch")[1]


def test_fetch_takes_the_models_of_the_settings(fetched, run, tmp_path):
    settings = "generation: {model: org/big}\nanswering: {mode: quoted}\n"
    (tmp_path / "mine.yaml").write_text(settings, encoding="utf-8")
    code, out, _ = run("fetch", "--config", "mine.yaml")
    assert code == 0
    # The judge is an adapter of the shipped model, which is needed whichever model writes.
    assert fetched == [("default", "embedder"), ("default", "generator"), ("org/big", "generator")]
    assert "Testing once" not in out


def test_settings_that_are_wrong_are_a_usage_error(fetched, run, tmp_path):
    (tmp_path / "config.yaml").write_text("colour: red\n", encoding="utf-8")
    code, _, err = run("fetch")
    assert code == 2
    assert "`colour` is not a setting" in err


def test_shared_options_may_stand_before_or_after_the_command(monkeypatch, run):
    seen = []

    def open_assistant(args):
        seen.append((args.config, args.documents, args.index, args.verbose))
        raise RagError("enough")

    monkeypatch.setattr(cli, "open_assistant", open_assistant)
    monkeypatch.setattr(cli, "require_index", lambda args: None)
    options = ["--config", "c.yaml", "--documents", "d", "--index", "i", "--verbose"]
    run(*options, "status")
    run("status", *options)
    run("--config", "c.yaml", "status", "--index", "i")
    full = (Path("c.yaml"), Path("d"), Path("i"), True)
    assert seen == [full, full, (Path("c.yaml"), None, Path("i"), False)]


@pytest.mark.parametrize(
    "argv",
    [
        ["ask"],
        ["nothing"],
        ["chat", "--port", "70000"],
        ["evaluate", "f", "--limit", "0"],
        ["--doc", "x", "status"],
    ],
)
def test_wrong_arguments_end_with_two(argv):
    with pytest.raises(SystemExit) as caught:
        cli.main(argv)
    assert caught.value.code == 2


def test_no_command_shows_the_help(run):
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith("usage: kaynak")


def test_the_version(run):
    code, out, _ = run("--version")
    assert code == 0
    assert re.fullmatch(r"kaynak \d+\.\d+\.\d+\n", out)


def _process(*argv: str, **options) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "rag.cli", *argv]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, **options)


def test_help_is_quick_light_and_names_the_exit_codes():
    started = time.perf_counter()
    done = _process("--help")
    elapsed = time.perf_counter() - started
    assert done.returncode == 0
    for code in ("0", "1", "2", "3", "130"):
        assert re.search(rf"^  {code} ", done.stdout.decode(), re.MULTILINE)
    assert elapsed < 5  # a guard only: a quarter of a second where nothing else runs
    heavy = "{'numpy', 'torch', 'transformers', 'gradio', 'faiss', 'sqlite3', 'tqdm'}"
    code = f"import sys, rag.cli; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert loaded.stdout.strip() == b"[]"


@pytest.mark.skipif(os.name == "nt", reason="pipes break in another way there")
def test_a_reader_that_leaves_early_is_no_traceback():
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "rag.cli", "--version"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(write)
    assert done.returncode == 1
    assert done.stderr == b""


def test_output_is_utf8_whatever_the_locale_says(tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = _process("evaluate", "Şuşa.jsonl", env=environment, cwd=tmp_path)
    assert done.returncode == 2
    assert "Şuşa.jsonl does not exist" in done.stderr.decode("utf-8")
