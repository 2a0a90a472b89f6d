"""Question sets are read strictly; results and their summary against numbers worked by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from rag.errors import GenerationError, QuestionSetError, RagError
from rag.evaluation import (
    Question,
    ask,
    check_writable,
    environment,
    evaluate,
    load_questions,
    read_run,
    sample,
    write_results,
)
from rag.measuring import gold_places
from rag.questions import GoldEvidence
from rag.types import Answer, Citation, Disagreement, Document, Hit, Passage, Sentence

TEXT = "The embassy opened in 1992. The consulate in Ganja opened in 2021."
DOCUMENTS = {name: Document(name, "0", name, TEXT, "md") for name in ("a.md", "b.md")}


def hits(*names: str) -> tuple[Hit, ...]:
    return tuple(Hit(Passage(name, 0, 3, "The"), 1.0) for name in names)


def cite(marker: int, document: str, start: int = 0, end: int = 27) -> Citation:
    return Citation(marker, document, document, None, start, end, TEXT[start:end])


def reply(text: str, *citations: Citation, found: Sequence[str] = (), differ=()) -> Answer:
    markers = tuple(c.marker for c in citations)
    sentences = (Sentence(text, markers, quoted=True),)
    shown = text + "".join(f" [{m}]" for m in markers)
    return Answer(
        "q", "q!", "answered", shown, sentences, citations, tuple(differ), hits(*found), 0.9,
        {"first": 1.0, "total": 5.0}, "feed",
    )  # fmt: skip


REFUSAL = Answer("q", "q", "abstained", "The documents do not say.", hits=hits("a.md"))


class ScriptedAssistant:
    """Answers from a table; an error in it is raised."""

    def __init__(self, answers: dict[str, Answer | RagError]) -> None:
        self.answers = answers
        self.histories: list[Sequence[tuple[str, str]]] = []

    def answer(self, question, *, history=(), documents=None):
        self.histories.append(history)
        answer = self.answers[question]
        if isinstance(answer, RagError):
            raise answer
        return answer

    def document(self, doc_id):
        return DOCUMENTS.get(doc_id)


def write(tmp_path, *rows: object):
    path = tmp_path / "set.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


ROW = {"id": "1", "question": "When?", "answers": ["1992"]}


def test_a_question_set_is_read_in_order(tmp_path):
    full = {
        **ROW, "id": 2, "all": True, "documents": ["a.md"], "history": [["q", "a"]],
        "kind": "follow_up", "lang": "en",
    }  # fmt: skip
    questions = load_questions(write(tmp_path, ROW, "", full))
    assert questions == [
        Question("1", "When?", ("1992",)),
        Question("2", "When?", ("1992",), True, ("a.md",), (("q", "a"),), "follow_up"),
    ]


def test_a_byte_order_mark_and_line_separators_inside_strings_are_no_trouble(tmp_path):
    path = tmp_path / "set.jsonl"
    text = json.dumps({**ROW, "question": "One\u2028two?"}, ensure_ascii=False)
    path.write_text(f"{text}\r\n", encoding="utf-8-sig", newline="")
    assert load_questions(path)[0].question == "One\u2028two?"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "no JSON (Expecting property name"),
        ("[" * 100_000, "no JSON (nested too deeply)"),
        ("[1]", "no JSON object"),
        ({"question": "x", "answers": []}, '"id" is missing'),
        ({"id": "1", "question": "x"}, '"answers" is missing'),
        ({**ROW, "question": "  "}, '"question" must be a string'),
        ({**ROW, "answers": "1992"}, '"answers" must be a list'),
        ({**ROW, "answers": [1992]}, '"answers" must be a string'),
        ({**ROW, "answers": ["the"]}, "holds 'the', of which no word is left"),
        ({**ROW, "all": "yes"}, '"all" must be true or false'),
        ({**ROW, "documents": None}, '"documents" must be a list'),
        ({**ROW, "history": [["q"]]}, '"history" must be a list of pairs'),
        ({**ROW, "document": ["a.md"]}, '"document" is not a field; "documents" is'),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_the_reason(tmp_path, row, reason):
    with pytest.raises(QuestionSetError) as caught:
        load_questions(write(tmp_path, {**ROW, "id": "0"}, row))
    assert "line 2: " in caught.value.message
    assert reason in caught.value.message


def test_all_bad_rows_are_named_at_once_up_to_ten(tmp_path):
    with pytest.raises(QuestionSetError) as caught:
        load_questions(write(tmp_path, *["{"] * 12))
    assert "line 10: " in caught.value.message
    assert caught.value.message.endswith("; and 2 more.")


def test_ids_are_unique(tmp_path):
    with pytest.raises(QuestionSetError, match="line 3: \"id\" '1' was used in line 1"):
        load_questions(write(tmp_path, ROW, {**ROW, "id": "2"}, ROW))


def test_a_file_that_is_not_there_or_empty_or_no_text(tmp_path):
    with pytest.raises(QuestionSetError, match="does not exist"):
        load_questions(tmp_path / "none.jsonl")
    with pytest.raises(QuestionSetError, match="cannot be read"):
        load_questions(tmp_path)
    with pytest.raises(QuestionSetError, match="holds no questions"):
        load_questions(write(tmp_path, "", ""))
    (tmp_path / "set.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(QuestionSetError, match="cannot be read"):
        load_questions(tmp_path / "set.jsonl")


def test_the_questions_of_the_seeds_are_good(seeds):
    questions = load_questions(seeds / "questions.jsonl")
    assert len(questions) >= 80
    assert sum(not q.is_answerable for q in questions) >= 20
    assert sum(bool(q.history) for q in questions) >= 8
    assert sum(q.kind == "disagreement" for q in questions) >= 4
    assert {d for q in questions for d in q.documents} <= {p.name for p in seeds.glob("*.md")}


def test_a_sample_keeps_the_order_and_repeats_with_its_seed():
    questions = [Question(str(i), "q", ()) for i in range(20)]
    drawn = sample(questions, limit=5, seed=3)
    assert len(drawn) == 5
    assert [int(q.id) for q in drawn] == sorted(int(q.id) for q in drawn)
    assert drawn == sample(questions, limit=5, seed=3)
    assert drawn != sample(questions, limit=5, seed=4)
    assert sample(questions, limit=20, seed=3) == questions


def test_one_answer_is_measured():
    text = "The embassy opened in 1992."
    found = ["b.md", "a.md", "b.md"]
    answer = reply(text, cite(1, "a.md"), cite(2, "b.md"), found=found)
    question = Question("1", "When?", ("1992",), documents=("a.md",), kind="fact")
    result = ask(ScriptedAssistant({"When?": answer}), question)
    assert result.status == "answered"
    assert result.gold_held is True
    assert result.retrieved == ("b.md", "a.md", "b.md")
    assert (result.recall_at_5, result.recall_at_10, result.reciprocal_rank) == (1.0, 1.0, 1 / 2)
    assert result.citation_precision == 1 / 2
    assert [c.expected for c in result.citations] == [True, False]
    assert [c.verbatim for c in result.citations] == [True, True]
    assert result.words == 5
    assert result.unsupported == ()
    assert result.fingerprint == "feed"
    assert result.standalone_question == "q!"
    assert result.elapsed_ms > 0


def test_quotes_are_compared_with_the_stored_document():
    moved = Citation(1, "a.md", "A", None, 1, 28, TEXT[0:27])
    gone = cite(2, "gone.md")
    question = Question("1", "When?", ("1992",))
    result = ask(ScriptedAssistant({"When?": reply("In 1992.", moved, gone)}), question)
    assert [c.verbatim for c in result.citations] == [False, False]
    assert [c.expected for c in result.citations] == [None, None]
    assert result.citation_precision is None


def test_citations_of_disagreements_are_checked_too():
    side = Citation(2, "b.md", "B", None, 5, 8, "xxx")
    differ = [Disagreement("date", (("1992", cite(1, "a.md")), ("1993", side)))]
    answer = reply("In 1992.", cite(1, "a.md"), differ=differ)
    question = Question("1", "When?", ("1992",), documents=("a.md",))
    result = ask(ScriptedAssistant({"When?": answer}), question)
    assert [(c.marker, c.verbatim) for c in result.citations] == [(1, True), (2, False)]
    assert result.citation_precision == 1.0
    assert result.disagreements == 1


def test_invented_names_and_numbers_are_found():
    answer = reply("President Aliyev opened 17 of them in 1992.", cite(1, "a.md"))
    result = ask(ScriptedAssistant({"When?": answer}), Question("1", "When?", ("1992",)))
    assert set(result.unsupported) == {"Aliyev", "17"}


def test_a_refused_answerable_question_does_not_hold_the_gold_answer():
    question = Question("1", "When?", ("documents",), documents=("a.md",))
    result = ask(ScriptedAssistant({"When?": REFUSAL}), question)
    assert result.gold_held is False
    assert result.citation_precision is None
    assert result.reciprocal_rank == 1.0


def test_markers_never_count_as_the_answer():
    answer = reply("It opened.", cite(1, "a.md"))
    result = ask(ScriptedAssistant({"When?": answer}), Question("1", "When?", ("1",)))
    assert result.gold_held is False


def _six_questions() -> tuple[ScriptedAssistant, list[Question]]:
    differ = [Disagreement("date", (("1992", cite(1, "a.md")), ("1993", cite(2, "b.md"))))]
    opened = "The embassy opened in 1992."
    answers: dict[str, Answer | RagError] = {
        "held": reply(opened, cite(1, "a.md"), found=["a.md"]),
        "missed": reply(opened, cite(1, "b.md"), found=["b.md", "a.md"]),
        "refused": REFUSAL,
        "broken": GenerationError("The model failed."),
        "differ": reply(opened, cite(1, "a.md"), cite(2, "b.md"), found=["a.md"], differ=differ),
        "unknown": REFUSAL,
        "guessed": reply("It is Baku.", cite(1, "a.md")),
    }
    turn = (("q", "a"),)
    questions = [
        Question("1", "held", ("1992",), documents=("a.md",), kind="fact"),
        Question("2", "missed", ("2021",), documents=("a.md",), history=turn, kind="follow_up"),
        Question("3", "refused", ("1992",), documents=("a.md",), kind="fact"),
        Question("4", "broken", ("1992",), documents=("a.md",), kind="fact"),
        Question("5", "differ", ("1992",), documents=("a.md", "b.md"), kind="disagreement"),
        Question("6", "unknown", (), kind="far"),
        Question("7", "guessed", (), kind="far"),
    ]
    return ScriptedAssistant(answers), questions


def test_the_summary():
    assistant, questions = _six_questions()
    seen = []
    evaluation = evaluate(assistant, questions, on_result=lambda r: seen.append(r.id))
    assert seen == ["1", "2", "3", "4", "5", "6", "7"]
    # The follow-up is asked once more without its history.
    assert assistant.histories[1:3] == [(("q", "a"),), ()]
    values = {m.name: (m.value, m.n) for m in evaluation.summary.metrics}
    latencies = [values.pop("latency p50"), values.pop("latency p95")]
    assert all(value > 0 and n == 6 for value, n in latencies)
    measured = {name: value for name, value in values.items() if value[1]}
    assert measured == {
        "right": (3 / 7, 7),
        "nDCG@10": (
            pytest.approx((1 + 1 / np.log2(3) + 1 + 0 + 1 / (1 + 1 / np.log2(3))) / 5),
            5,
        ),
        "follow-ups, recall@5": (1.0, 1),
        "follow-ups, recall@5 alone": (1.0, 1),
        # "the embassy opened in 1992" without its article has four words.
        "token F1": (pytest.approx((2 / 5 + 0 + 0 + 0 + 2 / 5) / 5), 5),
        "exact match": (0.0, 5),
        "citation precision, ALCE": (pytest.approx((1 + 1 + 2 / 2 + 0) / 4), 4),
        "citation recall, ALCE": (pytest.approx((1 + 1 + 1 + 0) / 4), 4),
        "sentences supported": (3 / 4, 4),
        "disagreements missed": (0, 1),
        # Of .9: right, wrong, right, wrong in any order; then two refusals of 0, both wrong.
        "area under risk-coverage": (pytest.approx((4 * 1 / 2 + 3 / 5 + 4 / 6) / 6), 6),
        "recall@5": (pytest.approx((1 + 1 + 1 + 0 + 1 / 2) / 5), 5),
        "recall@10": (pytest.approx((1 + 1 + 1 + 0 + 1 / 2) / 5), 5),
        "MRR": (pytest.approx((1 + 1 / 2 + 1 + 0 + 1) / 5), 5),
        "gold held": (2 / 5, 5),
        "gold held, follow-ups": (0.0, 1),
        "citation precision": (pytest.approx((1 + 0 + 1) / 3), 3),
        "quotes verbatim": (1.0, 5),
        "refusal precision": (1 / 2, 2),
        "refusal recall": (1 / 2, 2),
        "refusal F1": (2 * 1 / (2 + 2), 3),
        # Scores of .9 (three of what is answerable) and 0; .9 and 0 of what is not.
        "confidence, area under ROC": ((3 + 4 / 2) / 8, 6),
        "confidence, calibration error": (pytest.approx((4 * 0.9 - 3 + 1) / 6), 6),
        "unsupported values": (1, 4),
        "disagreements shown": (1.0, 1),
        "disagreements falsely shown": (0.0, 3),
        "words per reply": ((5 + 5 + 5 + 3) / 4, 4),
        "first sentence p50": (0.001, 4),
        "failed": (1, 7),
    }
    assert evaluation.fingerprint == "feed"


def test_the_summary_by_kind_leaves_out_what_does_not_apply():
    assistant, questions = _six_questions()
    by_kind = evaluate(assistant, questions).summary.by_kind
    assert list(by_kind) == ["fact", "follow_up", "disagreement", "far"]
    far = {m.name: m.value for m in by_kind["far"]}
    assert far["refusal recall"] == 1 / 2
    assert "gold held" not in far
    assert {m.name: m.value for m in by_kind["fact"]}["gold held"] == 1 / 3


def test_intervals_repeat_with_the_seed_and_hold_the_value():
    assistant, questions = _six_questions()
    first = evaluate(assistant, questions, seed=1).summary.metric("gold held")
    again = evaluate(assistant, questions, seed=1).summary.metric("gold held")
    assert first == again
    assert first.low is not None
    assert first.high is not None
    assert first.low <= 2 / 5 <= first.high
    assert first.low < first.high


def test_a_measure_that_is_not_there_is_a_mistake():
    with pytest.raises(KeyError, match="F17"):
        evaluate(*_six_questions()).summary.metric("F17")


def test_no_questions_give_an_empty_summary():
    summary = evaluate(ScriptedAssistant({}), []).summary
    assert {m.value for m in summary.metrics} == {None}


def test_results_are_one_line_each_with_a_summary_beside(tmp_path):
    evaluation = evaluate(*_six_questions(), seed=7)
    target = tmp_path / "new" / "run.jsonl"
    lines, beside = write_results(
        evaluation, target, question_set="set.jsonl", date="2030-01-02T03:04:05+00:00"
    )
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5", "6", "7"]
    assert rows[3]["status"] == "failed"
    assert rows[3]["error"].startswith("The model failed.")
    assert rows[0]["citations"][0]["quote"] == TEXT[:27]
    assert beside == tmp_path / "new" / "run.summary.json"
    header = json.loads(beside.read_text(encoding="utf-8"))
    assert header["question_set"] == "set.jsonl"
    assert header["questions"] == 7
    assert header["seed"] == 7
    assert header["fingerprint"] == "feed"
    assert header["date"] == "2030-01-02T03:04:05+00:00"
    assert header["versions"]["torch"]
    assert header["machine"]["cores"] >= 1
    assert header["peak_memory_mb"] > 10
    assert {m["name"]: m["value"] for m in header["metrics"]}["failed"] == 1
    assert set(header["by_kind"]) == {"fact", "follow_up", "disagreement", "far"}


def test_results_that_cannot_be_written_say_so(tmp_path):
    (tmp_path / "file").write_text("")
    evaluation = evaluate(*_six_questions())
    with pytest.raises(RagError, match="cannot be written"):
        write_results(evaluation, tmp_path / "file" / "x.jsonl", question_set="s", date="d")


def test_the_environment_names_no_host():
    import platform

    assert platform.node() not in json.dumps(environment()).split('"')


def test_a_run_is_read_again_with_the_same_summary(tmp_path):
    evaluation = evaluate(*_six_questions(), seed=7)
    lines, _ = write_results(evaluation, tmp_path / "run.jsonl", question_set="s", date="d")
    stored = read_run(lines)
    assert stored.name == "run"
    assert stored.results == evaluation.results
    assert stored.summary() == evaluation.summary
    assert stored.header["seed"] == 7


def test_a_run_of_an_earlier_version_is_read(tmp_path):
    row = {
        "id": "1", "kind": "", "question": "q", "is_answerable": True, "is_follow_up": False,
        "status": "answered", "gold_held": True, "field of another time": 1,
    }  # fmt: skip
    (tmp_path / "old.jsonl").write_text(json.dumps(row))
    stored = read_run(tmp_path / "old.jsonl")
    assert stored.results[0].gold_held is True
    assert (stored.results[0].lost_at, stored.header) == ("", {})


def test_two_runs_with_one_seed_are_equal_to_the_digit_but_for_the_time():
    def timeless(evaluation):
        slow = {"elapsed_ms": 0.0}
        results = [replace(r, **slow) for r in evaluation.results]
        return results, [m for m in evaluation.summary.metrics if not m.name.startswith("latency")]

    first, second = (evaluate(*_six_questions(), seed=3) for _ in range(2))
    assert timeless(first) == timeless(second)


def test_what_rewriting_a_follow_up_gains():
    alone = reply("Nothing.", found=["b.md"])

    class Rewriting(ScriptedAssistant):
        def answer(self, question, *, history=(), documents=None):
            return super().answer(question) if history else alone

    assistant = Rewriting({"And there?": reply("In 1992.", cite(1, "a.md"), found=["a.md"])})
    question = Question("1", "And there?", ("1992",), documents=("a.md",), history=(("q", "a"),))
    result = ask(assistant, question)
    assert (result.recall_at_5, result.recall_at_5_alone) == (1.0, 0.0)


def gold(quote: str = "", start: int | None = None, end: int | None = None) -> GoldEvidence:
    return GoldEvidence("a.md", quote, start, end)


def test_gold_evidence_is_found_by_its_words_or_its_place():
    # Of the text's 66 characters the second sentence takes 28 to 66.
    second = "The consulate in\n  Ganja opened in 2021."
    places = [gold(second), gold(start=28, end=66), gold("Not there."), gold(start=60, end=999)]
    found = gold_places(places, DOCUMENTS.get)
    assert [(p.start, p.end) for p in found] == [(28, 66), (28, 66), (60, 66)]
    assert gold_places([GoldEvidence("gone.md", "x")], DOCUMENTS.get) == []


def test_passages_and_citations_are_measured_by_gold_evidence():
    passages = [("b.md", 0, 27), ("a.md", 0, 27), ("a.md", 20, 40)]
    found = tuple(Hit(Passage(d, i, j, TEXT[i:j]), 1.0) for d, i, j in passages)
    answer = replace(
        reply(TEXT[:27], cite(1, "a.md"), cite(2, "a.md", 28, 40)), hits=found
    )  # fmt: skip
    question = Question("1", "When?", ("1992",), evidence=(gold(TEXT[:27]), gold(TEXT[42:66])))
    result = ask(ScriptedAssistant({"When?": answer}), question)
    assert result.passage_recall_at_5 == 1 / 2
    assert result.passage_reciprocal_rank == 1 / 2
    assert result.passage_ndcg_at_10 == pytest.approx((1 / np.log2(3)) / (1 + 1 / np.log2(3)))
    assert result.character_recall == 27 / (27 + 24)
    assert (result.evidence_recall, result.evidence_precision) == (1 / 2, 1 / 2)
    assert [p.holds_answer for p in result.passages] == [True, True, True]


def test_what_the_program_says_of_itself_is_no_statement():
    differ = [Disagreement("date", (("1992", cite(1, "a.md")), ("1993", cite(2, "b.md"))))]
    answer = reply("The sources differ: 1992; 1993.", cite(1, "a.md"), cite(2, "b.md"))
    announced = replace(answer.sentences[0], quoted=False)
    told = Sentence("The first part is not answered.", (), quoted=False)
    said = Sentence(TEXT[:27], (1,), quoted=True)
    invented = Sentence("It closed in Ganja.", (1,), quoted=False)
    answer = replace(
        answer, disagreements=tuple(differ), sentences=(announced, told, said, invented)
    )
    result = ask(ScriptedAssistant({"When?": answer}), Question("1", "When?", ("1992",)))
    assert (result.statements, result.statements_supported) == (2, 1)
    assert result.citation_support_recall == 1 / 2


def test_a_follow_up_that_cannot_be_asked_alone_keeps_its_answer():
    class Picky(ScriptedAssistant):
        def answer(self, question, *, history=(), documents=None):
            if not history:
                raise GenerationError("It means nothing alone.")
            return super().answer(question)

    assistant = Picky({"And there?": reply("In 1992.", cite(1, "a.md"), found=["a.md"])})
    question = Question("1", "And there?", ("1992",), documents=("a.md",), history=(("q", "a"),))
    result = ask(assistant, question)
    assert (result.gold_held, result.recall_at_5, result.recall_at_5_alone) == (True, 1.0, 0.0)


@pytest.mark.parametrize("name", ["run.html", "run.md", "run.json"])
def test_results_do_not_take_the_name_of_their_report(tmp_path, name):
    with pytest.raises(RagError, match=r"Choose a name that ends in \.jsonl"):
        check_writable(tmp_path / name)
