"""Misspelt words of a question are searched as what they were meant to be."""

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.answering import Answering
from rag.config import Config
from rag.protocols import Embedder
from rag.run import Run
from rag.spelling import one_edit_away, replaced, respelt
from rag.text import fold, words
from rag.types import Answer, Passage
from tests.fakes import HashEmbedder, MemorySnapshot, OverlapJudge, ScriptedGenerator
from tests.makers import passage

HELD = Counter({"french": 40, "trench": 2, "maastricht": 3, "celoron": 1})
WRITTEN = {"french": "French", "maastricht": "Maastricht", "celoron": "Céloron"}


def mended(*absent: str, known: tuple[str, ...] = ()) -> dict[str, str]:
    return respelt(
        absent,
        is_known=lambda word: word in known,
        frequencies=lambda found: {word: HELD[word] for word in found},
        as_it_stands=WRITTEN.get,
    )


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Frensh", "French"),  # changed
        ("frnech", "French"),  # two that changed places
        ("Fench", "French"),  # left out
        ("Frrench", "French"),  # put in
        ("Maastrich", "Maastricht"),
        ("Celeron", "Céloron"),
    ],
)
def test_one_letter_is_mended_as_documents_write_it(word, meant) -> None:
    assert mended(word) == {word: meant}


@pytest.mark.parametrize("word", ["Frens", "Krench", "Mastrich", "Fr3nch", "Frénsh"])
def test_what_is_further_away_or_no_plain_word_stays(word) -> None:
    assert mended(word) == {}


def test_words_of_the_language_and_short_ones_stay() -> None:
    assert mended("Frensh", known=("Frensh",)) == {}
    assert respelt(["Kras"], is_known=bool, frequencies=Counter, as_it_stands=str) == {}


def test_a_word_of_which_documents_hold_other_forms_alone_is_none() -> None:
    assert mended("Trensh") == {}  # documents hold "trenches"


def test_edits() -> None:
    found = one_edit_away("abc")
    assert {"ac", "acb", "abcd", "abd", "axc", "abxc"} <= set(found)
    assert "bac" not in found and "abc" not in found
    assert len(found) == len(set(found))


def test_words_are_replaced_in_whatever_case_they_stand() -> None:
    text = "Was the frensh army Frensh? Not Frenshman."
    assert replaced(text, {"Frensh": "French"}) == "Was the French army French? Not Frenshman."


class Pieces(HashEmbedder):
    """A tokenizer that takes to pieces what it does not know."""

    KNOWN = frozenset("when was the embassy opened who fed cells today by".split())

    def count_tokens(self, text: str) -> int:
        return 2 + sum(1 if fold(word) in self.KNOWN else 2 for word in words(text))


class Meaning(Pieces):
    """Knows that who repels cells has to do with cells."""

    def embed_question(self, question: str) -> NDArray[np.float32]:
        return self._vector(question.replace("repels", "cells"))


def asked(question: str, *passages: Passage, embedder: Embedder | None = None) -> Answer:
    config = Config.model_validate({"answering": {"refuse_below": 0.0}})
    parts = Answering(
        config, embedder or Pieces(), ScriptedGenerator(), OverlapJudge(), writes=False
    )
    *_, last = parts.stream(Run(question), MemorySnapshot(*passages))
    return last


def test_the_reader_sees_what_was_searched() -> None:
    held = passage("The Embassy, an embassy by name, was opened in August 1992.")
    found = asked("When was the emmbassy opened?", held)
    assert found.question == "When was the emmbassy opened?"
    assert found.standalone_question == "When was the embassy opened?"
    assert found.missing == ()


def test_a_word_that_leads_away_from_what_was_found_stays() -> None:
    near = passage("Today the cells were fed.", "a.md", number=1)
    other = passage("Rebels fought in many towns over the years.", "b.md", number=2)
    found = asked("Who repels the cells fed today?", near, other, embedder=Meaning())
    assert found.standalone_question == "Who repels the cells fed today?"
    assert found.missing == ("repels",)


def test_both_parts_of_a_question_are_mended() -> None:
    held = passage("The Embassy was opened in August 1992 in Kars.")
    found = asked("When was the emmbassy opened, and who opened the embasy in Kars?", held)
    assert "Embassy opened, and who opened the Embassy in" in found.standalone_question
