"""What `kaynak evaluate`, `tune` and `questions` print and write, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import cli, evaluation_commands
from rag.config import Config
from rag.questions import check_questions
from rag.results import QuestionResult
from tests.test_cli import FakeAssistant

ROWS = [
    {"id": "1", "question": "When?", "answers": ["1992"], "documents": ["a.pdf"]},
    {"id": "2", "question": "Who?", "answers": ["Nobody"], "documents": ["a.pdf"]},
    {"id": "3", "question": "Why?", "answers": []},
]


@pytest.fixture
def assistant(monkeypatch, tmp_path) -> FakeAssistant:
    fake = FakeAssistant()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "open_assistant", lambda args: fake)
    return fake


@pytest.fixture
def run(capsys):
    def run(*argv: str) -> tuple[int, str, str]:
        code = cli.main(argv)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def question_set(tmp_path: Path) -> str:
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return str(path)


def test_a_run_writes_its_report_beside_the_results(assistant, run, question_set, tmp_path):
    code, _, err = run("evaluate", question_set, "--out", str(tmp_path / "out" / "a.jsonl"))
    assert code == 0
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {"a.jsonl", "a.summary.json", "a.html", "a.md"}
    assert "a.html" in err
    page = (tmp_path / "out" / "a.html").read_text("utf-8")
    # "Who?" was answered with the embassy: the text of a.pdf does not hold "Nobody".
    assert "not in the text" in page
    assert "Evaluation: mine.jsonl" in page


@pytest.mark.parametrize(
    ("limits", "code", "told"),
    [
        (["--min", "gold_held=0.5", "--max", "failed=0"], 0, ""),
        (["--min", "gold_held=0.51"], 1, "Below the line: gold held is 0.500, and at least 0.51"),
        (["--max", "unsupported_values=-1"], 1, "Below the line: unsupported values is"),
    ],
)
def test_the_gate(assistant, run, question_set, limits, code, told):
    found, out, err = run("evaluate", question_set, *limits)
    assert found == code
    assert told in err
    assert ("Below the line" in err) is bool(told)
    assert "gold held" in out


def test_a_limit_that_is_no_measure_stops_before_anything_is_asked(assistant, run, question_set):
    code, _, err = run("evaluate", question_set, "--min", "gold=1")
    assert code == 2
    assert "there is no measure gold" in err
    assert assistant.calls == []


def test_a_report_is_written_again_from_results_and_can_gate(
    assistant, run, question_set, tmp_path
):
    results = tmp_path / "a.jsonl"
    run("evaluate", question_set, "--out", str(results))
    before = (tmp_path / "a.html").read_text("utf-8")
    (tmp_path / "a.html").unlink()
    assistant.calls.clear()
    code, out, _ = run("evaluate", "--report", str(results), "--min", "gold_held=0.9")
    assert code == 1
    assert assistant.calls == []
    assert (tmp_path / "a.html").read_text("utf-8") == before
    assert "gold held" in out


def test_two_runs_get_a_report_side_by_side(assistant, run, question_set, tmp_path):
    for name in "ab":
        run("evaluate", question_set, "--out", str(tmp_path / f"{name}.jsonl"))
    pair = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
    code, out, err = run("evaluate", "--compare", *pair, "--out", str(tmp_path / "both.html"))
    assert code == 0
    assert "no difference" in out
    assert "both.md" in err
    assert "Against a" in (tmp_path / "both.html").read_text("utf-8")


def test_a_report_that_cannot_be_written_says_so(assistant, run, question_set, tmp_path):
    results = tmp_path / "a.jsonl"
    run("evaluate", question_set, "--out", str(results))
    (tmp_path / "b.html").mkdir()
    code, _, err = run("evaluate", "--report", str(results), "--out", str(tmp_path / "b.html"))
    assert code == 1
    assert "cannot be written" in err


@pytest.mark.parametrize("name", ["new.jsonl", "new.csv"])
def test_drafts_are_written_and_checked(assistant, run, tmp_path, monkeypatch, name):
    text = "The embassy in the city of Shusha was opened in 1992 by both of the presidents."
    document = assistant.document("a.pdf").__class__("a.pdf", "0", "A", text, "md")
    monkeypatch.setattr(FakeAssistant, "document", lambda self, doc_id: document)
    file = tmp_path / name
    code, out, _ = run("questions", "new", str(file), "--n", "5")
    assert code == 0
    assert "1 drafts" in out
    checked = check_questions(file)
    assert (len(checked.questions), checked.drafts, checked.problems) == (0, 1, ())
    code, out, _ = run("questions", "check", str(file))
    assert (code, out) == (0, "0 questions, 0 of them with an answer; 1 drafts; 0 bad rows.\n")
    code, _, err = run("questions", "new", str(file))
    assert code == 2
    assert "may hold what somebody edited" in err
    assert run("evaluate", str(file))[0] == 2
    file.write_text(file.read_text("utf-8").replace("draft\"", "accepted\"")
                    .replace(",draft,", ",accepted,"), "utf-8")  # fmt: skip
    assert len(check_questions(file).questions) == 1


def test_documents_without_a_sentence_draft_nothing(assistant, run, tmp_path, monkeypatch):
    monkeypatch.setattr(FakeAssistant, "document", lambda self, doc_id: None)
    code, _, err = run("questions", "new", str(tmp_path / "new.jsonl"))
    assert code == 2
    assert "no sentence" in err


def test_each_bad_row_is_explained(run, tmp_path):
    file = tmp_path / "set.csv"
    file.write_text("id,question,answers\n1,When?,1992\n1,Who?,x\n,Why?,\n")
    code, out, _ = run("questions", "check", str(file))
    assert code == 1
    assert out.splitlines() == [
        "line 3: \"id\" '1' was used in line 2",
        'line 4: "id" is missing',
        "2 questions, 2 of them with an answer; 0 drafts; 2 bad rows.",
    ]


def _ask(config: Config, questions) -> list[QuestionResult]:
    """Answers all that can be answered with confidence .4, and the rest with .2."""
    found = []
    for q in questions:
        confidence = 0.4 if q.is_answerable else 0.2
        refused = confidence < config.answering.refuse_below
        found.append(
            QuestionResult(
                q.id, q.kind, q.question, q.is_answerable, False,
                "abstained" if refused else "answered", confidence=confidence,
                gold_held=not refused if q.is_answerable else None,
            )
        )  # fmt: skip
    return found


def test_tuning_writes_what_is_better_and_nothing_on_a_dry_run(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evaluation_commands, "_ask_under", _ask)
    rows = [{**ROWS[0 if i % 2 else 2], "id": str(i)} for i in range(60)]
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    settings = "answering:\n  refuse_below: 0.5  # why\n"
    (tmp_path / "config.yaml").write_text(settings)
    code, out, err = run("tune", str(file), "--dry-run")
    assert code == 0
    assert "answering.refuse_below: 0.4" in out
    assert "The settings stay as they are." in err
    assert (tmp_path / "config.yaml").read_text() == settings
    code, out, err = run("tune", str(file))
    assert code == 0
    assert "Written to" in err
    text = (tmp_path / "config.yaml").read_text()
    assert text == "answering:\n  refuse_below: 0.4  # why\n"
    assert cli.main(["tune", str(file)]) == 0
    assert (tmp_path / "config.yaml").read_text() == text
