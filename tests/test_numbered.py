"""What has a number for a name is not another one of its kind."""

import pytest

from rag.answerable import cannot_answer
from rag.composing import Reply
from rag.exclusion import excluded_last, is_of_another
from rag.numbered import of_another_number
from tests.makers import evidence


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("who performed at super bowl 51", "Super Bowl 50 was headlined by a rock group."),
        ("What does Article 102 prohibit?", "Article 101(1) prohibits price fixing."),
        ("What was the revenue in Q3?", "Revenue rose to 5 million in Q2."),
        ("Who was king in World War II?", "George V was king in World War I."),
        ("What does the 9th Amendment say?", "The 10th Amendment leaves powers to the states."),
        ("Does it help against H7N7?", "It helps against H1N1."),
        ("Is room 3a free?", "Room 3b is free."),
        ("Who runs plant No. 3?", "Plant No. 2 is run by Ada Kent."),
        ("What is the rent of 19 quay street?", "The premises at 17 Quay Street are let."),
        ("What is in annex 4?", "Annexes 1 to 3 hold the tables, Annex 5 the maps."),
    ],
)
def test_another(question, text) -> None:
    assert of_another_number(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What does section 5 say?", "Sections 4 to 6 are on rent."),
        ("What does section 5 say?", "Sections 4 and 5 are on rent."),
        ("What does section 5 say?", "The rent is due on the first day."),
        ("Who was king in World War 2?", "George VI was king in World War II."),
        ("Does it employ 250 people?", "It employs 300 people."),
        ("Was the deposit 500 euros?", "The deposit 600 euros was paid."),
        ("Is the limit 40 km/h?", "Limit 50 km/h in the centre."),
        ("Which firms have more than 50 people?", "Orsa has more than 60 people."),
        ("What is the rent of 19 Quay Street?", "The rent of 19 Quay Street, once 17 Elm Road."),
        ("What happened on May 12?", "On May 13 it closed."),
        ("What was sold in 2019?", "In 2020 much was sold."),
        ("Who won the last 5 games?", "Orsa won the last 6 games."),
        ("How many of the 12 members voted?", "The 11 members present voted."),
    ],
)
def test_not_another(question, text) -> None:
    assert not of_another_number(question, text)


def test_the_right_one_comes_first_and_the_wrong_one_alone_is_refused() -> None:
    asked = "What does Article 102 prohibit?"
    wrong = evidence("Article 101 prohibits price fixing.", score=2.0)
    right = evidence("Under Article 102 no firm may abuse its position.", score=1.0)
    assert [e.text for e in excluded_last(asked, [wrong, right])] == [right.text, wrong.text]
    assert cannot_answer(asked, Reply((wrong,)), [])
    assert not cannot_answer(asked, Reply((right,)), [])


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("It refers to section 4.", {"heading": "Section 5: Rent"}),
        ("5. Rent\nIt is due as section 4 says.", {}),
        ("It refers to section 4.", {"doc_id": "lease_section_5.md"}),
    ],
)
def test_headings_and_names_of_files_have_numbers_too(text, more) -> None:
    item = evidence(text, **more)
    assert not is_of_another("What is said of rent in section 5?", item)
