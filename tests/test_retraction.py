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
        (
            "Has Hensley the medal?",
            "She was awarded it in 2020.",
            "She returned the medal in 2021.",
        ),
        ("Will it be built?", "Orsa will build the works.", "It dropped the plan in October."),
        ("Who painted it?", "The picture was attributed to Vos.", "The picture was rejected."),
        ("Has it a permit?", "It has a permit.", "A court set the permit aside in January."),
        ("Is it allowed?", "Photography is allowed.", "This does not apply to the Blue Room."),
        ("What is it called?", "It was named after Leo Brandt.", "It has since been renamed."),
        ("Did he sign it?", "Berg signed the lease.", "He later resigned."),
        ("Where is the depot?", "The depot has been in Elm since 2010.", "In 2021 the depot left."),
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
        ("How long is it?", "The bridge is 80 m long.", "It is no longer than the old one."),
        ("Who is chair?", "Bo Karlsson is chair.", "She succeeded Ian Brook."),
        ("Is it valid?", "The permit is valid.", "It has not been overturned."),
        ("Is it valid?", "The permit is valid.", "It was not revoked."),
        ("What is it?", "It is a beer.", "It is not sold in the town."),
        ("Is it closed?", "The plant is to close.", "She denied that the plant would close."),
        ("Is there cash?", "The machine gives cash.", "Typing errors were corrected by him."),
        ("How big is it?", "The hall has 300 seats.", "The lorry was reversed into the hall."),
    ],
)
def test_stays_alone(question, first, following) -> None:
    assert with_retraction(question, first_of(first, following)).text == first


def test_a_reply_holds_it() -> None:
    item = first_of("Ada Kent is the mayor of Orsa.", "She gave up that office in 2022.")
    (reply,) = compose("Who is the mayor?", [item], most=1, weights={}, opinion=None)
    assert reply.evidence[0].text.endswith("She gave up that office in 2022.")
