"""Follow-ups become questions that stand alone."""

import pytest

from rag.conversation import leans, other_wordings, standalone

HISTORY = [("When was the embassy opened?", "In August 1992 [1].")]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And the consulate in Kars?", True),
        ("What about Ganja?", True),
        ("Who opened it?", True),
        ("Why?", True),
        ("Where did they meet?", True),
        ("When was the Shusha Declaration signed?", False),
        ("How did Turkey support Azerbaijan in its second war over Karabakh?", False),
        ("List the agreements on trade and investment.", False),
    ],
)
def test_leans(question, expected) -> None:
    assert leans(question) is expected


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        # A name takes the place of the one that it answers to.
        ("When was the consulate in Istanbul opened?", "And the one in Kars?",
         "When was the consulate in Kars opened?"),
        ("What's the date of the treaty of Karlowitz?", "Gulistan?",
         "What's the date of the treaty of Gulistan?"),
        ("When was Turkey's embassy in Baku opened?", "What about in Georgia?",
         "When was Turkey's embassy in Georgia opened?"),
        # A pronoun becomes what the question was about; other names are kept.
        ("Who commanded the Halden Guard?", "Who founded it?", "Who founded the Halden Guard?"),
        ("What did Aydar write to Reik?", "What did he promise?", "What did Aydar promise? (Reik)"),
        ("How many Danish citizens study in Oran?", "What are they doing?",
         "What are Danish citizens doing? (Oran)"),
        ("Who leads Corvia?", "What is its capital?", "What is Corvia's capital?"),
        # Without a name to take, the earlier question is put in front.
        ("When was the embassy opened?", "Who opened it?",
         "When was the embassy opened? Who opened it?"),
        ("Who published the paper by Reik?", "Do they have a phone?",
         "Who published the paper by Reik? Do they have a phone?"),
        ("When was the embassy opened?", "And the consulate in Kars?",
         "When was the embassy opened? And the consulate in Kars?"),
    ],
)  # fmt: skip
def test_a_follow_up_takes_what_it_leaves_out(earlier, question, expected) -> None:
    assert standalone(question, [(earlier, "Some answer [1].")]) == expected


def test_a_chain_of_follow_ups_hangs_on_its_beginning() -> None:
    history = [("What is the date of the treaty of Karlowitz?", "1699"), ("And Gulistan?", "1813")]
    assert standalone("Turkmanchay?", history) == "What is the date of the treaty of Turkmanchay?"


def test_a_question_with_its_own_subject_is_left_alone() -> None:
    question = "When was the Shusha Declaration signed?"
    assert standalone(question, HISTORY) == question
    assert standalone("Why?", []) == "Why?"


def test_a_follow_up_is_searched_behind_what_was_said_before() -> None:
    history = [("Who built the ferry?", "Ayla. [1]"), ("When?", "In 1931. [1] [2]")]
    assert other_wordings("And where?", history) == (
        "When? And where?", "Who built the ferry? And where?", "In 1931. And where?",
    )  # fmt: skip
    assert other_wordings("And where?", history[:1]) == (
        "Who built the ferry? And where?", "Ayla. And where?",
    )  # fmt: skip
    assert other_wordings("Where is it?", []) == ()
    assert len(other_wordings("Why?", [("Who?", "word " * 200)])[1]) < 320


def test_a_pronoun_behind_its_own_name_leans_on_nothing() -> None:
    question = "When was the Treaty of Kars signed and who signed it?"
    assert not leans(question)
    assert standalone(question, [("How many people live on the moon?", "None.")]) == question
    assert leans("When was it signed and who signed the Treaty of Kars?")


def test_a_question_that_was_refused_is_no_subject() -> None:
    refused = ("Who is the chief of Apple?", "The documents do not answer this question.")
    answered = ("When was the consulate in Kars opened?", "In 1993. [1]")
    question = "Why was the corridor important?"
    assert standalone(question, [refused]) == question
    assert standalone(question, [answered, refused]) == standalone(question, [answered])
    assert standalone("Why was it so?", [refused]) == "Why was Apple so?"
    assert other_wordings(question, [refused]) == ()
    assert other_wordings(question, [answered, refused]) == other_wordings(question, [answered])


def test_she_is_who_was_asked_for_not_what_the_question_named() -> None:
    history = [("Who is the president of Lumora?", "Clara Novak is its president. [1]")]
    asked = "Since when has she held this post?"
    resolved = "Since when has the president of Lumora held this post?"
    assert standalone(asked, history) == resolved
    assert standalone("When was it founded?", history) == "When was Lumora founded?"
