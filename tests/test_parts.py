"""A question that asks for two things becomes two."""

import pytest

from rag.parts import parts


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was the embassy opened?", ["When was the embassy opened?"]),
        (
            "When did the ferry sink, and when was the harbour closed?",
            ["When did the ferry sink", "when was the harbour closed?"],
        ),
        (
            "Who built the lighthouse of Ilmar? How tall is the tower in Velm?",
            ["Who built the lighthouse of Ilmar?", "How tall is the tower in Velm?"],
        ),
        (
            "How many men did the Halden Guard have and on what day did it reach Oran?",
            [
                "How many men did the Halden Guard have",
                "on what day did the Halden Guard reach Oran?",
            ],
        ),
        (
            "When was the Velm-Oran railway built, and which larger network is the line part of?",
            [
                "When was the Velm-Oran railway built",
                "which larger network is the line part of? (Velm-Oran)",
            ],
        ),
        (
            "When was the plant opened and how many people work there?",
            ["When was the plant opened", "how many people work there (plant opened)?"],
        ),
        (
            "When was Lumora founded, and who founded it?",
            ["When was Lumora founded", "who founded Lumora?"],
        ),
        (
            "What was the trade volume in 2020, and when did Corvia close its border with Ilmar?",
            [
                "What was the trade volume in 2020",
                "when did Corvia close its border with Ilmar?",
            ],
        ),
        (
            "When was the Velm railway built, and which goods does the port of Oran ship?",
            ["When was the Velm railway built", "which goods does the port of Oran ship?"],
        ),
    ],
)
def test_parts(question, expected) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "When and where was he born?",
        "What do Turkey and Azerbaijan export?",
        "Name the town where the treaty was signed and the king.",
        "Tell me about trade and how.",
        "a? b? c? d? e?",
    ],
)
def test_what_asks_for_one_thing_stays_one(question) -> None:
    assert parts(question) == [question]
