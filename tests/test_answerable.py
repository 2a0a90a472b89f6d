"""The probability that the documents answer, and the signals that it is made from."""

import json
import math
from dataclasses import fields, replace
from pathlib import Path

import pytest

import rag.answerable
from rag.answerable import (
    Signals,
    cannot_answer,
    probability,
    read_again,
    signals,
    typical,
)
from rag.composing import Reply
from tests.makers import evidence, hit

TEXT = "The embassy in Ankara was opened in August 1992."


def read(question, text=TEXT, verdict=1.5, **more):
    item = replace(evidence(text, **more), verdict=0.5)
    return signals(
        question, [hit(text, **more)], [item], Reply((item,), verdict),
        frequencies={"embassi": 1, "open": 3, "kar": 0}, passage_count=10,
    )  # fmt: skip


def test_signals_by_hand() -> None:
    found = read("When was the embassy opened?")
    assert found == Signals(
        cosine=0.5, passage_cosine=0.5 - typical(10), coverage=1.0, passage_coverage=1.0, named=1.0,
        verdict=0.5, reply_verdict=1.5,
    )  # fmt: skip


def test_the_best_of_many_unrelated_passages_is_nearer() -> None:
    # The median of the best of n draws: half of the time all n are below it.
    assert typical(1) == 0
    assert typical(10) == pytest.approx(0.076 * 1.4997, abs=1e-3)
    assert [typical(n) for n in (2, 30, 1_000, 100_000)] == sorted(
        typical(n) for n in (2, 30, 1_000, 100_000)
    )
    assert typical(100_000) < 0.35


def test_the_better_of_two_readings_counts() -> None:
    found = read("When was the embassy opened?")
    again = read_again(found, sentence=0.7, reply=1.2)
    assert again == replace(found, verdict=0.7)
    assert read_again(found, sentence=-3.0, reply=2.0) == replace(found, reply_verdict=2.0)


def test_coverage_is_weighted_by_rarity() -> None:
    found = read("Which embassy was closed?", title="", heading="")
    rare, unseen = math.log(1 + 9.5 / 1.5), math.log(1 + 10.5 / 0.5)
    assert found.coverage == pytest.approx(rare / (rare + unseen))


def test_a_heading_counts_for_what_stands_under_it() -> None:
    assert read("When was the embassy opened?", "It was opened in 1992.").coverage < 1
    assert (
        read("When was the embassy opened?", "It was opened in 1992.", heading="Embassy").coverage
        == 1
    )


@pytest.mark.parametrize(
    ("question", "named"),
    [("What was opened?", 1.0), ("Was it in Ankara?", 1.0), ("Was it in Kars in 1992?", 0.5)],
)
def test_names_that_the_reply_knows(question, named) -> None:
    assert read(question).named == named


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("How many embassies are there?", TEXT, True),  # a date is no count
        ("How many articles does it hold?", "It was adopted by both sides.", True),
        ("How many articles does it hold?", "It was adopted.", True),
        ("How many embassies are there?", "Two embassies were opened.", False),
        ("How many children had he?", "He had no children.", False),
        ("How many came?", "Several hundred came.", False),
        ("How many weights has it?", "It has 340M of them.", False),
        ("How many bits are used?", "It uses 1024-bit primes.", False),
        ("How many soldiers came?", "Some 1500 soldiers came.", False),
        ("How many of the 27 states agreed?", "It was agreed to by 27 states.", False),
        ("How many voted against it?", "A third of the members did.", False),
        ("What day of the week is the market?", "It is held every day.", False),
        ("What date is the exam?", "It is on the first Monday of May.", False),
        ("In what year did he die?", "He died in 632.", False),
        ("By what year will it double?", "It will double by 2100.", False),
        ("Who ruled in 1995?", "Aliyev ruled from 1993 to 2003.", False),
        ("Who ruled in 2005?", "Aliyev ruled from 1993 to 2003.", True),
        ("How many came in 1999?", "In 2021 it had 37 guests. It was 12 in 1998.", True),
        ("How many came in 1999?", "In 2021 it had 37 guests. It was 12 in 1999.", False),
        ("How many came in 1999?", "It had 37 guests from 1998 to 2001.", False),
        (
            "Why did those who came in 1918 leave?",
            "In 1920 the town fell. Ada came in 1918.",
            False,
        ),
        ("Why did those who came in 1918 leave?", "In 1920 the town fell.", True),
        ("Who won the 2020 war?", "In 2021 the 2020 war was said to be won by Ada.", False),
        ("When was it signed in 2020?", "It was signed on 5 May 2020.", False),
        ("Who ruled in 2005?", "Aliyev ruled from May 1993 until June 2003.", True),
        ("Who ruled in 1994?", "Aliyev ruled in 1993–95.", False),
        ("Who ruled in 1993?", "Aliyev was elected on 3 May.", True),
        ("How many people live there?", "It has 1850 people.", False),
        ("May 12 guests sit in the boat?", "Up to 12 guests may sit in it.", False),
        ("What happened on 13 May 2021?", "The fair was held on 12–14 May 2021.", False),
        ("Who ruled in 1990?", "Aliyev ruled from 1993 to 2003.", True),
        ("Which law set the limit at 2000 metres?", "Law 5 set it at 2,000 metres.", False),
        ("How many years did the war last?", "It lasted from 1988 to 1994.", False),
        ("Who approves requests?", "The line manager approves requests.", False),
        ("When was it closed?", "It was closed after the war.", False),
        ("Why was it opened?", TEXT, False),
        ("How many articles has it?", "Both parties signed it.", True),
        ("How many kilometres has it?", "12. The pipeline agreement (1999)", True),
        ("How many parties signed it?", "Both parties signed it.", False),
        ("How many of the parties signed it?", "All of the parties did.", False),
        ("How was it settled how many would come?", "By the size of the town.", False),
        ("What is the phone number of the harbour?", "The harbour was opened in 1992.", True),
        ("What is the phone number of the harbour?", "Call +90 (312) 438 50 26.", False),
        ("What about e-mail?", "The harbour is in Poti.", True),
        ("What about e-mail?", "E-mail: harbour@example.org", False),
        ("Who invented the telephone?", "Bell did.", False),
        ("Which lake is the smallest?", "Van is the largest lake.", True),
        ("Which lake is the largest?", "Van is the largest lake.", False),
    ],
)
def test_a_count_that_is_asked_for(question, text, lacks) -> None:
    assert cannot_answer(question, Reply((evidence(text),), 1.0), []) is lacks


@pytest.mark.parametrize(
    ("question", "title", "cannot"),
    [
        ("Which year was it?", "", False),
        ("Who opened the embassy in 1992?", "", False),
        ("Who opened the embassy in August 1992?", "", False),
        ("Who opened the embassy in 1993?", "", True),
        ("Who opened the embassy in July 1992?", "", True),
        ("Who opened the embassy in 1993?", "Report of 1993", False),
        ("Who opened embassies in the 1990s?", "", False),
        ("Was the embassy opened in 1992 or in 1993?", "", False),
        ("Was the embassy opened in 1990 or in 1991?", "", True),
    ],
)
def test_a_date_that_the_question_names_must_stand_in_passage_or_title(
    question, title, cannot
) -> None:
    assert cannot_answer(question, Reply((evidence(TEXT, title=title),), 1.0), []) is cannot


def test_a_date_may_stand_in_another_passage_that_was_found_of_the_document() -> None:
    asked, reply = "Who won the 1988 war?", Reply((evidence("Ilmar won the war.", "a.md"),), 1.0)
    assert not cannot_answer(asked, reply, [hit("The war began in May 1988.", "a.md")])
    assert cannot_answer(asked, reply, [hit("The war began in May 1988.", "b.md")])


def test_which_year_is_not_answered_without_a_date() -> None:
    reply = Reply((evidence("The embassy in Ankara was opened."),), 1.0)
    assert cannot_answer("In which year was the embassy opened?", reply, [])
    assert cannot_answer("On what day was the embassy opened?", reply, [])
    assert not cannot_answer("When was the embassy opened?", reply, [])


def test_probability_is_the_logistic_of_both_questions() -> None:
    found = Signals(0.5, 0.0, 1.0, 0.0, 1.0, 2.0, 0.0)
    model = {
        "topic": {"intercept": -1.0, "cosine": 4.0},
        "answer": {"intercept": 0.5, "named": 0.5, "verdict": 1.0},
        "scale": {"intercept": 0.25, "slope": 0.5},
    }
    both = 1 / (1 + math.exp(-1.0)) * 1 / (1 + math.exp(-3.0))
    wanted = 1 / (1 + math.exp(-(0.25 + 0.5 * math.log(both / (1 - both)))))
    assert probability(found, model) == pytest.approx(wanted)


def test_the_kept_coefficients_are_of_the_signals_that_there_are() -> None:
    file = Path(rag.answerable.__file__).with_name("answerable.json")
    kept = json.loads(file.read_text("utf-8"))["coefficients"]
    known = {"intercept", *(f.name for f in fields(Signals))}
    assert set(kept) == {"topic", "answer", "scale"}
    assert set(kept["topic"]) < known
    assert set(kept["answer"]) == known
    assert set(kept["scale"]) == {"intercept", "slope"}
    assert 0 < probability(read("When was the embassy opened?")) < 1


def test_a_good_verdict_does_not_make_up_for_another_subject() -> None:
    """In the mean a verdict of 4 for what is about something else is refused."""
    on, off = (Signals(c, c, v, v, 1.0, 4.0, 4.0) for c, v in ((0.7, 0.9), (0.15, 0.1)))
    assert probability(on) > 0.8
    assert probability(off) < 0.5


def test_a_better_verdict_is_more_probable() -> None:
    asked = "When was the embassy opened?"
    assert probability(read(asked, verdict=2.0)) > probability(read(asked, verdict=-2.0))
