"""The statements that the judge is judged by."""

import re

from tests.bench.judge_facts import relations
from tests.bench.judge_report import written


def test_each_statement_has_a_question_it_answers_and_one_it_does_not() -> None:
    rows = list(written())
    assert [x.label for x in rows] == [1, 0] * (len(rows) // 2)
    assert len(rows) == 50
    assert len({x.question for x in rows}) == 50


def test_no_question_that_is_answered_is_one_that_is_taught() -> None:
    taught = [re.escape(f).replace(r"\{s\}", ".+") for r in relations() for f in r.questions]
    asked = [x.question for x in written() if x.label]
    assert [q for q in asked if any(re.fullmatch(t, q) for t in taught)] == []
