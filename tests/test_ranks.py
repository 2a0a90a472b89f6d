"""The second largest does not answer for the largest, and nothing else is left out."""

import pytest

from rag.exclusion import is_of_another
from rag.ranks import is_of_lower_rank
from tests.makers import evidence


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What is the largest lake?", "Sevan is the second-largest lake."),
        ("Who is the longest running actor?", "Ada and Bo are second and third longest-running."),
        ("What is the most common blood type?", "B is the 3rd most common blood type."),
    ],
)
def test_lower(question, text) -> None:
    assert is_of_lower_rank(question, text)
    assert is_of_another(question, evidence(text))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What is the second largest lake?", "Sevan is the second largest lake."),
        ("What is the second largest lake?", "Van is the largest lake."),
        ("What is the second largest lake?", "The two largest lakes are Van and Sevan."),
        ("Which are the largest lakes?", "Sevan is the second largest lake."),
        ("What is the largest lake?", "Sevan is the second largest lake after Van."),
        ("What is the largest lake?", "Van, the third largest soda lake, is the largest lake."),
        ("What is the highest peak of Africa?",
         "Kilimanjaro is the tallest peak of Africa and the fourth highest of the seven summits."),
        ("What is the longest river of Asia?",
         "The Yangtze is the mightiest river of Asia and the third-longest in the world."),
        ("What is the largest lake in Africa?",
         "Victoria, Africa's biggest lake, is the world's second-largest freshwater lake."),
        ("Who was the first president?", "Ada Kent was the second president."),
    ],
)  # fmt: skip
def test_not_lower(question, text) -> None:
    assert not is_of_lower_rank(question, text)


def test_the_second_largest_is_a_no() -> None:
    said = evidence("Izmir is the third largest city.")
    assert not is_of_another("Is Izmir the largest city?", said)
