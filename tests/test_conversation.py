"""Follow-ups become questions that stand alone."""

import pytest

from rag.conversation import leans, standalone

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


def test_a_follow_up_carries_the_question_before_it() -> None:
    assert standalone("And the consulate in Kars?", HISTORY) == (
        "When was the embassy opened? And the consulate in Kars?"
    )


def test_a_chain_of_follow_ups_hangs_on_its_beginning() -> None:
    history = [*HISTORY, ("And the consulate in Kars?", "In April 2004 [1].")]
    assert standalone("And Istanbul?", history) == (
        "When was the embassy opened? And the consulate in Kars? And Istanbul?"
    )


def test_a_question_with_its_own_subject_is_left_alone() -> None:
    question = "When was the Shusha Declaration signed?"
    assert standalone(question, HISTORY) == question
    assert standalone("Why?", []) == "Why?"
