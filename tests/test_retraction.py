"""What a document takes back in the next sentence is not quoted without that."""

from dataclasses import replace

import pytest

from rag.composing import compose
from rag.retraction import with_retraction
from rag.types import Evidence
from tests.makers import evidence


def first_of(first: str, following: str) -> Evidence:
    whole = evidence(f"{first} {following}")
    return replace(whole, text=first, end=len(first))


@pytest.mark.parametrize(
    ("question", "first", "following"),
    [
        ("Who is the mayor?", "Ada Kent became mayor in 2018.", "She gave up that office in 2022."),
        ("Who is the mayor?", "Ada Kent is mayor.", "In 2022 Kent resigned."),
        ("Are pets allowed?", "Pets are allowed.", "This was changed in 2020."),
        ("What is the limit?", "The limit is 40 km/h.", "It was lifted in May."),
        ("Does he own it?", "Berg owns the mill.", "However, he no longer lives there."),
        ("Who won the tender?", "Orsa won the tender.", "The award was annulled: Orsa had lied."),
        ("Was it paid?", "The fee was paid.", "That statement was later corrected."),
    ],
)
def test_comes_along(question, first, following) -> None:
    assert with_retraction(question, first_of(first, following)).text == f"{first} {following}"


@pytest.mark.parametrize(
    ("question", "first", "following"),
    [
        # The past stays as it was.
        ("Who was mayor in 2019?", "Ada Kent was mayor.", "She gave up that office in 2022."),
        ("Who is the mayor?", "Ada Kent is mayor.", "She lives in the old town."),
        ("Who is the mayor?", "Ada Kent is mayor.", "The bus was replaced by a tram."),
    ],
)
def test_stays_alone(question, first, following) -> None:
    assert with_retraction(question, first_of(first, following)).text == first


def test_a_reply_holds_it() -> None:
    item = first_of("Ada Kent is the mayor of Orsa.", "She gave up that office in 2022.")
    (reply,) = compose("Who is the mayor?", [item], most=1, weights={}, opinion=None)
    assert reply.evidence[0].text.endswith("She gave up that office in 2022.")
