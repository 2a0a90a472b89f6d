"""How far evidence reaches back: a sentence that leans on others brings them along."""

import pytest

from rag.extent import wants_steps, with_lead, with_sentence_before
from rag.types import Evidence
from tests.makers import passage

TEXT = (
    "The Tiber rises on Mount Fumaiolo. It drains a wide basin. It has made Rome famous. "
    "This is well known."
)


def sentence(text: str) -> Evidence:
    at = TEXT.index(text)
    return Evidence(passage(TEXT), at, at + len(text), text, score=1, cosine=0.5, lexical=1, rank=1)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("The Tiber rises on Mount Fumaiolo.", "The Tiber rises"),
        ("It drains a wide basin.", "The Tiber rises"),
        ("It has made Rome famous.", "The Tiber rises"),
        ("This is well known.", "It drains"),  # no further back than two
    ],
)
def test_a_sentence_that_leans_on_one_that_leans_brings_both(text: str, begins: str) -> None:
    found = with_sentence_before(sentence(text)).text
    assert found.startswith(begins)
    assert found.endswith(text)


def cut(text: str, begin: str) -> tuple[int, str]:
    """A passage of a document, from these words on, with what it leans on."""
    at = text.index(begin)
    led = with_lead(passage(text[at:], start=at), text)
    assert text[led.start : led.end] == led.text
    return led.start, led.text


def test_a_passage_that_begins_with_it_begins_earlier() -> None:
    assert cut(TEXT, "It drains")[0] == 0
    assert cut(TEXT, "It has made")[0] == 0
    assert cut(TEXT, "This is")[1].startswith("It drains")
    assert cut(TEXT, "The Tiber")[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        "The Tiber is long.\n\nIt drains a wide basin.",  # another paragraph
        "It drains a wide basin.",  # nothing stands before it
        "x" * 3_000 + " It drains a wide basin.",  # nor a sentence that is near
        "The Tiber is long. A wide basin is drained by it.",
    ],
)
def test_other_passages_stay_as_they_are(text: str) -> None:
    begin = "It drains" if "It drains" in text else "A wide basin"
    assert cut(text, begin)[0] == text.index(begin)


def test_how_to_asks_for_steps() -> None:
    assert wants_steps("How do I change the filter?")
    assert wants_steps("Tell me how to change the filter")
    assert not wants_steps("How do fish breathe?")
