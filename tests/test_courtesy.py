"""Greetings and questions about the chat itself."""

import pytest

from rag.courtesy import plain_reply


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("Hi", "Hello. Ask"),
        ("hello there!", "Hello. Ask"),
        ("Merhaba", "Hello. Ask"),
        ("Günaydın!", "Hello. Ask"),
        ("Thank you very much.", "You are welcome."),
        ("Teşekkürler", "You are welcome."),
        ("Who are you?", "This is Kaynak."),
        ("What can I ask?", "This is Kaynak."),
        ("help", "This is Kaynak."),
    ],
)
def test_a_plain_reply(said, begins) -> None:
    reply = plain_reply(said, passages=1234)
    assert reply is not None
    assert reply.text.startswith(begins)
    assert "passages indexed: 1,234" in reply.text


@pytest.mark.parametrize(
    "question",
    [
        "Hello, when was the embassy opened?",
        "Who are you citing on the Shusha Declaration?",
        "What can you do with a gas pipeline?",
        "Which countries offered help?",
        "Thanks to whom was Baku taken?",
        "Who is the director?",
    ],
)
def test_questions_are_searched(question) -> None:
    assert plain_reply(question, passages=1) is None
