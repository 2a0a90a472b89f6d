"""The measures of other systems, worked out by hand; the systems themselves are run by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.peers import harness
from tests.bench.peers.measures import measured, refused, table

PEERS = Path(harness.__file__).parent
SYSTEM = """
def build(documents, embedder, generator, dtype):
    # What a user writes
    import json

    # a remark
    def ask(question):
        if question == "broken":
            raise OSError("gone")
        # Until here
        if question == "unknown":
            yield None
        yield "It opened "
        yield "in 1992."
        yield [(documents + "/a/b.txt", "It opened in 1992.")]

    return ask
"""


def test_a_system_is_asked_and_timed(tmp_path) -> None:
    system, out = tmp_path / "system.py", tmp_path / "out.jsonl"
    system.write_text(SYSTEM)
    asked = [{"id": str(i), "question": q} for i, q in enumerate(["known", "unknown", "broken"])]
    job = {
        "documents": str(tmp_path),
        "embedder": "",
        "generator": "",
        "dtype": "",
        "questions": asked,
    }
    harness.run(system, job, out)
    known, unknown, broken, whole = map(json.loads, out.read_text().splitlines())
    assert known["text"] == "It opened in 1992."
    assert known["cited"] == [{"document": "a/b.txt", "text": "It opened in 1992."}]
    assert 0 <= known["first_s"] <= known["total_s"]
    assert (known["refused"], unknown["refused"]) == (False, True)
    assert broken["error"] == "OSError: gone"
    assert whole["lines"] == 4
    assert whole["peak_mb"] > 1


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("I don't know.", True),
        ("The context does not mention any embassy.", True),
        ("The provided documents do not contain this information.", True),
        ("There is no information about that in the context.", True),
        ("I cannot answer the question.", True),
        ("", True),
        ("It opened in 1992.", False),
        ("The treaty did not end the war.", False),
        # What is said after an answer takes nothing back.
        ("It opened in 1992. The context does not mention who opened it.", False),
    ],
)
def test_refusals_in_words(text, refuses) -> None:
    assert refused({"text": text, "refused": False, "error": ""}) is refuses


def reply(text: str, *cited: tuple[str, str], **more) -> dict:
    found = [{"document": document, "text": quote} for document, quote in cited]
    return {"text": text, "refused": False, "cited": found, "error": "", "first_s": 1.0,
            "total_s": 2.0} | more  # fmt: skip


def test_the_measures_by_hand() -> None:
    source = ("a.txt", "The embassy opened in 1992.")
    questions = [
        {"question": "When?", "answers": ["1992"], "documents": ["a.txt"]},
        {"question": "When?", "answers": ["1992"], "documents": ["a.txt"]},
        {"question": "When?", "answers": ["1992"], "documents": ["a.txt"]},
        {"question": "Why?", "answers": [], "documents": []},
        {"question": "Why?", "answers": [], "documents": []},
    ]
    replies = [
        reply("The embassy opened in 1992.", source),
        # Ankara and 1993 stand nowhere, in one of two sentences.
        reply("The embassy opened in 1992. They closed Ankara in 1993.", source, ("b.txt", "No.")),
        reply("", error="OSError: gone"),
        reply("I don't know.", source, total_s=4.0),
        reply("It is a bakery.", source),
    ]
    whole = {"index_s": 10.0, "peak_mb": 500.0, "lines": 7}
    row = measured("x", questions, replies, whole)
    assert row.gold_held == 2 / 3
    assert row.invented == pytest.approx((0 + 2 + 0) / 3)
    assert row.cites_expected == pytest.approx((1 + 1 / 2) / 2)
    assert (row.refuses, row.refuses_falsely, row.failed) == (1 / 2, 0.0, 1)
    assert row.supported == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert (row.first_s, row.total_s) == (1.0, 2.0)
    other = measured("y", questions, replies, {**whole, "index_s": 25.0})
    last = table([row, other]).splitlines()[-1]
    assert last.startswith("| y (1 failed) | 0.67 [")
    assert "| 25.0 (x 2.5) | 1.0 (x 1.0) | 2.0 (x 1.0) | 500 (x 1.0) | 7 |" in last


@pytest.mark.parametrize("name", ["kaynak", "langchain", "llamaindex", "haystack", "txtai"])
def test_every_system_marks_what_a_user_writes(name) -> None:
    assert 5 < harness.lines_of_user(PEERS / f"{name}_peer.py") < 80
