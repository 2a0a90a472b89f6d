"""Asking a public set."""

import json
import sys

from tests.bench import public_sets


def test_a_set_is_indexed_whole_before_it_is_asked(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "set"
    (folder / "corpus").mkdir(parents=True)
    (folder / "corpus" / "a.txt").write_text("The bridge opened in 1887.", encoding="utf-8")
    document = {"doc_id": "a", "file": "corpus/a.txt"}
    (folder / "corpus.jsonl").write_text(json.dumps(document), encoding="utf-8")
    row = {"id": "1", "question": "When?", "answers": [], "answerable": False, "doc_ids": ["a"]}
    (folder / "dev.jsonl").write_text(json.dumps({**row, "article": "a"}), encoding="utf-8")
    called = []
    monkeypatch.setattr(public_sets.cli, "main", lambda given: called.append(given[4]) or 0)
    given = ["public_sets", str(folder), "--work", str(tmp_path / "work"), "--off-topic"]
    monkeypatch.setattr(sys, "argv", [*given, str(folder)])
    assert public_sets.main() == 0
    assert called == ["sync", "evaluate"]


def test_an_answer_without_a_word_is_left_out() -> None:
    row = {"id": "1", "question": "When?", "answerable": True, "doc_ids": ["a"]}
    rows = [{**row, "answers": [".", "1887"]}, {**row, "id": "2", "answers": ["."]}]
    found = list(public_sets._questions(rows, {"a": "a.txt"}))
    assert [(q["id"], q["answers"]) for q in found] == [("1", ["1887"])]
