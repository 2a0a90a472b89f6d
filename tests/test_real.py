"""The real models over the seeds: what is promised of every answer holds of these."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.evaluation import evaluate
from rag.questions import load_questions

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "seeds" / "questions.jsonl"
pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    index = tmp_path_factory.mktemp("index")
    with Assistant.open(ROOT / "config.yaml", index=index) as opened:
        report = opened.sync()
        assert len(report.added) == 5
        assert report.failed == ()
        yield opened


def test_a_fact_with_the_sentence_it_stands_on(real) -> None:
    answer = real.answer("When was the embassy of Azerbaijan in Turkey opened?")
    assert answer.status == "answered"
    assert "August 1992" in answer.text
    for citation in answer.citations:
        text = real.document(citation.document).text
        assert text[citation.start : citation.end] == citation.quote


def test_what_the_seeds_do_not_say_is_refused(real) -> None:
    answer = real.answer("What is the best recipe for sourdough bread?")
    assert (answer.status, answer.citations) == ("abstained", ())
    assert answer.hits


def test_a_misspelt_word_is_searched_as_it_was_meant(real) -> None:
    answer = real.answer("When was the embasssy of Azerbaijan in Turkey opened?")
    assert answer.standalone_question == "When was the embassy of Azerbaijan in Turkey opened?"
    assert "August 1992" in answer.text


def test_the_seeds_disagree_on_the_declaration(real) -> None:
    answer = real.answer("On what date was the Shusha Declaration signed?")
    assert {v for v, _ in answer.disagreements[0].sides} == {"June 15, 2021", "June 16, 2021"}
    assert len({c.document for _, c in answer.disagreements[0].sides}) == 2


def test_a_follow_up_is_understood(real) -> None:
    first = real.answer("When was the consulate of Azerbaijan in Istanbul opened?")
    second = real.answer("And the one in Kars?", history=[(first.question, first.text)])
    assert second.standalone_question == "When was the consulate of Azerbaijan in Kars opened?"
    assert "April 2004" in second.text


@pytest.mark.timeout(900)  # 26 questions: two minutes on two cores, much longer beside other work
def test_every_reply_of_a_sample_keeps_the_promises(real) -> None:
    """Every fifth question of the set: nothing unsupported, every quote verbatim."""
    evaluation = evaluate(real, load_questions(QUESTIONS)[::5])
    answered = [r for r in evaluation.results if r.status == "answered"]
    assert len(answered) >= 10
    for result in evaluation.results:
        assert result.error == ""
        assert list(result.unsupported) == []
        assert all(c.verbatim for c in result.citations)


def test_the_same_question_gets_the_same_answer(real) -> None:
    first, second = (real.answer("Which pipelines carry oil and gas?") for _ in range(2))
    assert (first.text, first.confidence) == (second.text, second.confidence)


def test_all_of_it_works_without_a_network(tmp_path) -> None:
    code = (
        "import socket\n"
        "def refuse(*a): raise OSError('no network')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "import json, rag\n"
        "from rag.evaluation import evaluate; from rag.questions import load_questions\n"
        f"a = rag.Assistant.open({str(ROOT / 'config.yaml')!r}, index={str(tmp_path / 'i')!r})\n"
        "report = a.sync(); answer = a.answer('When was the Shusha Declaration signed?')\n"
        f"rows = load_questions({str(QUESTIONS)!r})[:2]\n"
        "print(json.dumps([len(report.added), answer.status, len(evaluate(a, rows).results)]))\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "HF_HUB_OFFLINE"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [5, "answered", 2]
