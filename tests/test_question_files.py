"""Question sets as JSON lines and as CSV: the same questions, and the same complaints."""

from __future__ import annotations

import pytest

from rag.errors import QuestionSetError
from rag.question_files import CSV_COLUMNS, read_rows, write_rows
from rag.questions import GoldEvidence, Question, check_questions, load_questions

ROWS = [
    {
        "id": "1", "question": "When, “exactly”?", "answers": ["1992", "in 1992"], "all": False,
        "documents": ["a.md"], "kind": "fact", "status": "accepted",
        "evidence": [{"document": "a.md", "quote": "It opened in 1992."}],
        "history": [["q", "a"]],
    },
    {"id": "2", "question": "=1+1, who?", "answers": [], "documents": []},
]  # fmt: skip
QUESTIONS = [
    Question(
        "1", "When, “exactly”?", ("1992", "in 1992"), False, ("a.md",), (("q", "a"),), "fact",
        (GoldEvidence("a.md", "It opened in 1992."),), "accepted",
    ),
    Question("2", "=1+1, who?", ()),
]  # fmt: skip


@pytest.mark.parametrize("name", ["set.jsonl", "set.csv", "set.CSV"])
def test_what_is_written_is_read_again(tmp_path, name) -> None:
    write_rows(tmp_path / name, ROWS)
    assert load_questions(tmp_path / name) == QUESTIONS


def test_a_spreadsheet_neither_runs_a_question_nor_loses_its_letters(tmp_path) -> None:
    write_rows(tmp_path / "set.csv", [{"id": "1", "question": "=1+1 Şuşa", "answers": ["-5"]}])
    raw = (tmp_path / "set.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfid,")
    assert "'=1+1 Şuşa,'-5," in raw.decode()
    assert load_questions(tmp_path / "set.csv")[0].answers == ("-5",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_people_write_it(tmp_path, delimiter) -> None:
    lines = [
        ["id", "question", "answers", "all", "documents", "evidence"],
        ["1", "When?", "1992 | in 1992", "yes", "a.md", "It opened in 1992."],
        ["", "", "", "", "", ""],
        ["2", '"Two\nlines?"', "", "", "", ""],
        ["3", "Who?", "x"],
    ]
    path = tmp_path / "set.csv"
    path.write_text("\r\n".join(delimiter.join(line) for line in lines), "utf-8", newline="")
    assert load_questions(path) == [
        Question("1", "When?", ("1992", "in 1992"), True, ("a.md",),
                 evidence=(GoldEvidence("a.md", "It opened in 1992."),)),
        Question("2", "Two\nlines?", ()),
        Question("3", "Who?", ("x",)),
    ]  # fmt: skip
    assert [number for number, _ in read_rows(path)] == [2, 4, 6]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,When?,1992,perhaps", '"all" must be true or false'),
        ("1,When?,1992,,,,,more", "8 cells where the header has 7"),
        (",When?,1992", '"id" is missing'),
        ("1,When?,the", "of which no word is left"),
        ('1,When?,1992,,a.md,[1],', 'each of "evidence" needs a "document"'),
        ('1,When?,1992,,a.md,[,', "no JSON (Expecting value)"),
        ("1,When?,1992,,a.md|b.md,It opened.,", '"evidence" in words needs exactly one'),
        ("1,When?,1992,,,,done", '"status" must be "draft" or "accepted"'),
    ],
)  # fmt: skip
def test_a_bad_row_of_a_csv_is_named(tmp_path, line, reason) -> None:
    path = tmp_path / "set.csv"
    path.write_text(f"id,question,answers,all,documents,evidence,status\n0,Why?,x\n{line}\n")
    checked = check_questions(path)
    assert [q.id for q in checked.questions] == ["0"]
    assert len(checked.problems) == 1
    assert checked.problems[0].startswith("line 3: ")
    assert reason in checked.problems[0]


def test_an_open_quotation_mark_is_no_csv(tmp_path) -> None:
    path = tmp_path / "set.csv"
    path.write_text('id,question,answers\n1,"When?,1992\n')
    with pytest.raises(QuestionSetError, match="no CSV from line"):
        load_questions(path)


def test_other_encodings_are_named(tmp_path) -> None:
    path = tmp_path / "set.csv"
    path.write_bytes("id,question,answers\n1,Şuşa?,x\n".encode("cp1254"))
    with pytest.raises(QuestionSetError, match=r"no UTF-8.*CSV UTF-8"):
        load_questions(path)


def test_drafts_are_counted_and_not_asked(tmp_path) -> None:
    path = tmp_path / "set.jsonl"
    write_rows(path, [{**ROWS[1], "status": "draft"}, {**ROWS[0]}])
    checked = check_questions(path)
    assert (len(checked.questions), checked.drafts, checked.problems) == (1, 1, ())
    write_rows(path, [{**ROWS[1], "status": "draft"}])
    with pytest.raises(QuestionSetError, match=r"1 drafts and no question.*accepted"):
        load_questions(path)


@pytest.mark.parametrize(
    "gold",
    [
        {"quote": "x"}, {"document": "a.md"}, {"document": "a.md", "quote": " "}, "x",
        {"document": "a.md", "start": 5, "end": 5}, {"document": "a.md", "start": -1, "end": 5},
    ],
)  # fmt: skip
def test_evidence_says_where(tmp_path, gold) -> None:
    path = tmp_path / "set.jsonl"
    write_rows(path, [{**ROWS[0], "evidence": [gold]}])
    assert 'each of "evidence" needs' in check_questions(path).problems[0]


def test_a_file_that_cannot_be_written_says_so(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(QuestionSetError, match="cannot be written"):
        write_rows(tmp_path / "file" / "set.csv", ROWS)
    assert CSV_COLUMNS[:3] == ("id", "question", "answers")
