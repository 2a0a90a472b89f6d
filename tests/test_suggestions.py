"""Questions to start with are made of the documents' own words and stay grammatical."""

from __future__ import annotations

import re
import time

import pytest

from rag.suggestions import example_questions
from rag.text import normalise
from rag.types import Document, Heading


def document(text: str, name: str = "a.md", headings: tuple[Heading, ...] = ()) -> Document:
    return Document(name, "0", name, text, "md", headings=headings)


FILLER = "Nothing of much interest was said at that point of the long report. " * 6


def ask(*texts: str, n: int = 4) -> list[str]:
    return example_questions([document(t, f"{i}.md") for i, t in enumerate(texts)], n=n)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "The Shusha Declaration was signed on June 15, 2021 by both of the presidents.",
            "When was the Shusha Declaration signed?",
        ),
        (
            "After long talks, the Treaty of Kars was signed in the old town on 13 October 1921.",
            "When was the Treaty of Kars signed?",
        ),
        (
            "The two Baku refineries were officially opened in the summer of 1998 near the coast.",
            "When were the two Baku refineries opened?",
        ),
        ("Henry Ware was elected to the chair in 1805.", "When was Henry Ware elected?"),
        ("The Cold War ended in December 1991, as we know.", "When did the Cold War end?"),
        ("The First Republic fell in 1920 after two years.", "When did the First Republic fall?"),
    ],
)
def test_when_something_happened(sentence, question):
    assert ask(sentence) == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "It was signed on June 15, 2021 by both of the presidents.",
        "The agreement was signed on June 15, 2021 by both of the presidents.",
        "A Shusha Declaration was signed on June 15, 2021 by both of them.",
        "The embassy in Baku and the consulate were opened in 1992 without much ado.",
        "The Shusha Declaration was not signed on June 15, 2021, as was expected.",
        "The Shusha Declaration was signed by both of the presidents in the morning.",
        "Turkey closed its border in 1993, and it opened the road in 1994.",
        "The road that leads to Baku was opened in 1992 by the mayor.",
        "Development of the Reserve began in 1975 with a law by the congress.",
        "The Shusha Declaration will be what was signed in 2021 by the two of them.",
    ],
)
def test_no_question_where_the_subject_or_the_date_is_unsure(sentence):
    assert ask(sentence) == []


def test_names_that_come_back_are_asked_about_with_their_article():
    text = (
        f"They spoke of the Organization of Turkic States. {FILLER}"
        f"The seat of the Organization of Turkic States is there. {FILLER}"
        f"Much was owed to Mehmet Emin Resulzade, as they say. {FILLER}"
        "The plan is by Mehmet Emin Resulzade and it was kept."
    )
    assert ask(text) == [
        "What does the document say about the Organization of Turkic States?",
        "What does the document say about Mehmet Emin Resulzade?",
    ]


def test_several_documents_are_spoken_of_in_the_plural():
    text = f"They spoke of the Black Sea. {FILLER} They swam in the Black Sea."
    assert ask(text, text) == ["What do the documents say about the Black Sea?"]


@pytest.mark.parametrize(
    "text",
    [
        "Use XML Tags Here Now Please {0} Use XML Tags Here Now Please",
        "It is seen in Figure Seven of it. {0} It is seen in Figure Seven of it.",
        "It came to pass on Monday Morning as it did. {0} It did on Monday Morning as it had.",
        "The rules of European Union law hold. {0} The rules of European Union law hold.",
        "He said a word of Python Python to me. {0} He said a word of Python Python to me.",
        "There is talk of None in the list, and none. {0} There is talk of None in the list.",
    ],
)
def test_menus_labels_dates_and_parts_of_names_are_no_names(text):
    assert ask(text.format(FILLER)) == []


def test_a_single_word_counts_only_when_nothing_better_is_left():
    text = (
        f"The trees of Shusha are old. The fleet is on the Black Sea. {FILLER}"
        f"The walls of Shusha are older. It flows to the Black Sea. {FILLER} They met in Shusha."
    )
    assert ask(text) == [
        "What does the document say about the Black Sea?",
        "What does the document say about Shusha?",
    ]
    assert ask(text, n=1) == ["What does the document say about the Black Sea?"]


@pytest.mark.parametrize(
    ("heading", "about"),
    [
        ("The idea of a Turkic world", "the idea of a Turkic world"),
        ("Idea of a Turkic world", "“Idea of a Turkic world”"),
        ("The idea (of a Turkic world):", "“The idea (of a Turkic world)”"),
        ("Turkic world, an idea", "“Turkic world, an idea”"),
        ("Ideas", None),
        ("The idea of a blue world", None),
        ("What is the idea of a Turkic world?", None),
        ("“Turkic world” as an idea", None),
        ("Turkic world " * 9, None),
    ],
)
def test_headings_are_asked_about_where_their_section_takes_them_up(heading, about):
    text = f"{heading}\nHe traces the idea of a Turkic world back to his teachers."
    headings = (Heading(0, len(heading), 1, heading),)
    wanted = [] if about is None else [f"What does the document say about {about}?"]
    assert example_questions([document(text, headings=headings)]) == wanted


def test_questions_are_spread_over_the_documents():
    def about(name: str, times: int) -> str:
        return f"They spoke of the {name} again. {FILLER}" * times

    rich = about("Black Sea", 5) + about("Red Army", 4) + about("High Council", 3)
    poor = about("Green Line", 3)
    assert ask(rich, poor, n=2) == [
        "What do the documents say about the Black Sea?",
        "What do the documents say about the Green Line?",
    ]


def test_the_kinds_take_turns():
    text = (
        f"They spoke of the Black Sea. {FILLER} They swam in the Black Sea. {FILLER}"
        f"They spoke of the Red Army. {FILLER} They fled from the Red Army. {FILLER}"
        "The Treaty of Kars was signed in 1921 by them. Henry Ware was elected to it in 1805."
    )
    assert [question.split()[0] for question in ask(text)] == ["What", "When", "What", "When"]


@pytest.mark.parametrize("text", ["", "   \n", "?!", "no names here at all, only plain words"])
def test_nothing_to_ask_about(text):
    assert ask(text) == []
    assert example_questions([]) == []


def test_never_more_than_asked_for():
    text = "The Treaty of Kars was signed in 1921 by them. Henry Ware was elected to it in 1805."
    assert ask(text, n=0) == []
    assert len(ask(text, n=1)) == 1


def test_a_huge_document_takes_no_longer_than_its_beginning():
    started = time.perf_counter()
    ask("The Alpha Beta of the Gamma Delta is a name of the Epsilon Zeta. " * 100_000)
    ask("A" * 1_000_000, "The " * 300_000, "Aa of " * 200_000)
    assert time.perf_counter() - started < 5


def test_the_seeds(seeds):
    documents = [
        document(
            re.sub(r"\A---\n.*?\n---\n", "", normalise(p.read_text("utf-8")), flags=re.S), p.name
        )
        for p in sorted(seeds.glob("*.md"))
    ]
    questions = example_questions(documents)
    assert len(questions) == 4
    assert questions == example_questions(documents)
    assert any(question.startswith("When ") for question in questions)
    frames = re.compile(r"(What do the documents say about|When (was|were|did)) .+\?")
    assert all(frames.fullmatch(question) for question in questions)
    text = "\n".join(d.text for d in documents)
    for question in questions:
        name = re.search(r"(?:[A-Z][\w’]+)(?: (?:of )?[A-Z][\w’]+)+", question)
        assert name is not None
        assert name.group() in text
