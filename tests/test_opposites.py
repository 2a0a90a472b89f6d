"""What says the opposite of a question does not answer it."""

import pytest

from rag.opposites import base_form, is_opposed


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which is the smallest lake?", "The largest lake of the country is Van."),
        ("What is the least used reduction?", "The most commonly used reduction is polynomial."),
        ("How many women worked there?", "In 1920 nine hundred men worked there."),
        ("What was prohibited in the harbour?", "Fishing was allowed in the harbour until 1950."),
        ("By how much did exports decrease?", "Exports increased by a third."),
        ("Who did not sign the treaty?", "Nine states signed the treaty in 1921."),
        ("Where wasn't the war fought?", "The war was fought in the mountains."),
        ("Who was the last king of the town?", "The first king of the town was Ada."),
        ("What do they see before the harvest?", "They see storks after the harvest."),
        ("Which enemies did the king have?", "The allies of the king were the three towns."),
    ],
)
def test_opposed(question, text) -> None:
    assert is_opposed(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        # Other words for the same.
        ("By how much did exports decrease?", "Exports fell by a third, while imports increased."),
        ("Which is the smallest lake?", "Of all, the largest is Van and the smallest Mogan."),
        ("What was prohibited?", "Fishing was not allowed."),
        ("What is inactive in these disorders?", "One of the components is not active."),
        # Both sides may answer: of one event, of a comparison, of a degree, of a choice.
        ("What does Ankara sell to Baku?", "Baku buys machinery from Ankara."),
        ("Which town is older?", "Kars is younger than Ani."),
        ("How strong was the army?", "The army was weak: nine hundred men."),
        ("Is the district rural or urban?", "The district is urban."),
        ("Who was the last king?", "The first ferry was the king's."),
        ("When did he leave, before the harvest?", "He left in the harvest, after the rain."),
        # A "not" that leaves it open, and words that hold one.
        ("How is it known whether or not a number is prime?", "By dividing it."),
        ("What may or may not be sold?", "Bread may be sold."),
        ("Who did not sign the treaty?", "Only Sweden stayed away."),
        ("What can't the ferry carry?", "The ferry is unsuitable for lorries."),
        ("At least how many came?", "Most of the town, nine hundred people, came."),
        ("When was the bridge opened?", "The bridge was closed in 1990."),
        # Words that share a stem with one that has an opposite.
        ("What is the position of the town on the bridge?", "The town took a negative view of it."),
        ("What was the response of the mayor?", "The mayor called the strike irresponsible."),
        ("What was the effect of the vaccine?", "In the trial the vaccine was ineffective."),
        ("What is the nature of the course?", "It is on artificial lakes."),
        ("What activities does the club offer?", "The club has been inactive since 2019."),
    ],
)
def test_not_opposed(question, text) -> None:
    assert not is_opposed(question, text)


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("increase increases increased increasing", "increas"),
        ("allow allows allowed allowing", "allow"),
        ("stop stops stopped stopping", "stop"),
        ("rely relies relied", "rely"),
        ("position", "position"),
        ("positive positively", "positiv"),
        ("pass passes passed", "pass"),
    ],
)
def test_plain_endings(words, form) -> None:
    assert {base_form(word) for word in words.split()} == {form}
