"""The folder of plain documents that the score is judged on."""

import re

from tests.bench import plain_folder
from tests.bench.judge_facts import relations


def test_an_answer_stands_in_the_document_of_its_subject(tmp_path) -> None:
    rows = plain_folder.write(tmp_path, seed=7)
    texts = [file.read_text("utf-8") for file in sorted(tmp_path.iterdir())]
    assert len(texts) == 30
    answered = [row for row in rows if row["answerable"]]
    assert 0.3 < len(answered) / len(rows) < 0.7
    for row in answered:
        (answer,) = row["answers"]
        assert any(answer.casefold() in text.casefold() for text in texts)


def test_only_relations_are_asked_that_the_judge_was_not_taught(tmp_path) -> None:
    def matches(row, *, held_out):
        forms = [f for r in relations() if r.is_held_out is held_out for f in r.questions]
        return any(
            re.fullmatch(re.escape(f).replace(r"\{s\}", ".+"), row["question"]) for f in forms
        )

    rows = plain_folder.write(tmp_path, seed=7)
    assert [matches(row, held_out=True) for row in rows] == [True] * len(rows)
    assert [matches(row, held_out=False) for row in rows] == [False] * len(rows)
