"""Of what time, period and place an amount is."""

from dataclasses import replace

import pytest

from rag.changed_copies import changed_copy
from rag.disagreement import conflicting
from rag.scope import of_another_part, of_other_periods, of_other_times
from tests.makers import evidence


def under(title, text):
    item = evidence(text, "b.md")
    return replace(item, passage=replace(item.passage, title=title))


def after(before, text):
    whole = evidence(f"{before} {text}", "b.md")
    return replace(whole, start=len(before) + 1, text=text)


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        (evidence("In 2010 260,000 lived here."), evidence("In 2020 280,000 lived here."), True),
        (evidence("In 2010 260,000 lived here."), evidence("280,000 lived in May 2010."), False),
        (evidence("In 2010 260,000 lived here."), evidence("280,000 live here."), False),
        (evidence("260,000 in 2010."), under("Census 2020", "280,000 live here."), True),
        (evidence("260,000 in 2010."), under("Census 2020", "280,000 in 2010."), False),
        (after("In 2010 it was small.", "It had 260,000 people."),
         after("In 2020 it was large.", "It had 280,000 people."), True),
        # What both say of another time is no time of either.
        (under("Report 2019", "Norlund, founded in 1987, employs 500."),
         under("Report 2020", "Norlund, founded in 1987, employs 512."), True),
        (evidence("Founded in 1987, it has 500."), evidence("Founded in 1987, it has 512."), False),
    ],
)  # fmt: skip
def test_other_times(first, second, apart) -> None:
    assert of_other_times(first, second) is apart
    assert of_other_times(second, first) is apart


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("The rent is 900 euros a month.", "The rent is 10,800 euros a year.", True),
        ("The rent is 900 euros per calendar month.", "The rent is 10,800 euros p.a.", True),
        ("The rent is 900 euros a month.", "The monthly rent is 950 euros.", False),
        ("A bed costs 90 euros per night.", "A bed costs 540 euros a week.", True),
        ("Last month 40 ships called.", "This month 45 ships called.", True),
        ("In the first quarter it made 1.2 million.", "In Q3 it made 1.5 million.", True),
        ("In the first quarter it made 1.2 million.", "In Q1 it made 1.5 million.", False),
        ("40 ships call each month.", "40 ships call.", False),
        ("A year ago 40 came.", "45 come a month.", False),
        ("A quarter of the staff, 40, came.", "45 come a month.", False),
    ],
)
def test_other_periods(first, second, apart) -> None:
    assert of_other_periods(evidence(first), evidence(second)) is apart
    assert of_other_periods(evidence(second), evidence(first)) is apart


@pytest.mark.parametrize(
    ("item", "question", "apart"),
    [
        (evidence("In Hamburg it employs 85 people."), "How many does Norlund employ?", True),
        (evidence("In Hamburg it employs 85 people."), "How many work in Hamburg?", False),
        (under("Norlund in Hamburg", "In Hamburg it employs 85."), "How many work there?", False),
        (evidence("In its Hamburg office 85 people work."), "How many does it employ?", True),
        (evidence("In New York 19 million live."), "How many live in New Jersey?", True),
        (evidence("At Norlund's Hamburg office 85 work."), "How many work at Norlund?", True),
        (after("In Hamburg Norlund has an office.", "It employs 85."), "Norlund employs?", True),
        (evidence("In May 2020 Norlund had 85."), "How many had Norlund?", False),
    ],
)
def test_another_part(item, question, apart) -> None:
    assert of_another_part(item, question) is apart


def test_copies_that_count_by_other_periods_do_not_differ() -> None:
    text = "The rent of the flat in Mill Street is {}, heating included."
    items = [
        evidence(text.format("900 euros a month"), "a.md"),
        evidence(text.format("10,800 euros a year"), "b.md"),
    ]
    question = "How much is the rent of the flat in Mill Street?"
    assert conflicting(question, items, {"rent": 1.0, "flat": 1.0}) == []
    assert changed_copy(question, items, items) == []


def test_a_document_that_agrees_is_not_heard_again() -> None:
    items = [
        evidence("Norlund employs 512 people.", "a.md"),
        evidence("Norlund employs 512 people.", "b.md"),
        evidence("Norlund employed 40 people for a day.", "b.md"),
    ]
    weights = {"norlund": 1.0, "employ": 1.0, "peopl": 1.0}
    assert conflicting("How many people does Norlund employ?", items, weights) == []


def test_a_title_alone_does_not_say_what_a_number_is_of() -> None:
    rival = replace(under("Norlund report", "Its rival Sudlund has a staff of 2,300."), verdict=0.3)
    own = replace(evidence("512 people work at Norlund.", "a.md"), verdict=1.0)
    weights = {"norlund": 0.14, "peopl": 0.5, "work": 1.0}
    assert conflicting("How many people work at Norlund?", [own, rival], weights) == []
