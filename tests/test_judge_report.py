"""The statements that the judge is judged by."""

from tests.bench.judge_facts import relations
from tests.bench.judge_report import written


def test_each_statement_has_a_question_it_answers_and_one_it_does_not() -> None:
    rows = list(written())
    assert [x.label for x in rows] == [1, 0] * (len(rows) // 2)
    assert len(rows) == 50
    assert len({x.question for x in rows}) == 50


def test_no_question_is_one_that_is_taught() -> None:
    taught = {form for r in relations() for form in r.questions}
    assert not taught & {x.question for x in written()}
