"""Names, numbers and dates by value."""

import pytest

from rag.grounding import unsupported
from rag.values import dates, names, numbers, same_date


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("on 14 January 1992", "1992-1-14"),
        ("on January 14th, 1992", "1992-1-14"),
        ("on January 14, 1992", "1992-1-14"),
        ("the 14th of January 1992", "1992-1-14"),
        ("on 1992-01-14", "1992-1-14"),
        ("on 14.01.1992", "1992-1-14"),
        ("in August 1992", "1992-8-?"),
        ("in 1992", "1992-?-?"),
        ("on 15 Haziran 2021", "2021-6-15"),
        ("on 3 May", "?-5-3"),
    ],
)
def test_dates_have_one_form(text: str, key: str) -> None:
    assert [d.key for d in dates(text)] == [key]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("4.5 billion", ["4500000000"]),
        ("4,500 million", ["4500000000"]),
        ("12,000-14,000 men", ["12000", "14000"]),
        ("27 agreements", ["27"]),
        ("twenty-four", ["20", "4"]),
        ("three million", ["3000000"]),
        ("8 %", ["8%"]),
        ("8 percent", ["8%"]),
        ("on June 15, 2021", []),
        ("no. 2026/36", ["36"]),
    ],
)
def test_numbers_have_one_form(text: str, keys: list[str]) -> None:
    assert [n.key for n in numbers(text)] == keys


def test_names_are_capitals_that_do_not_merely_begin_a_sentence() -> None:
    found = [n.text for n in names("Trade grew. In Shusha, Ilham Aliyev met the OTS in June 2021.")]
    assert found == ["Shusha", "Ilham", "Aliyev", "OTS"]


def test_values_know_where_they_stand() -> None:
    text = "Signed in Ankara on 1 November 1992, in force on January 23, 1993."
    assert [text[d.start : d.start + len(d.text)] for d in dates(text)] == [
        "1 November 1992",
        "January 23, 1993",
    ]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("2021-6-15", "2021-6-15", True),
        ("2021-6-15", "2021-?-?", True),
        ("2021-6-15", "2021-6-16", False),
        ("1992-11-1", "1992-1-2", False),
        ("?-6-15", "2021-6-15", True),
    ],
)
def test_same_date(a: str, b: str, same: bool) -> None:
    assert same_date(a, b) is same
    assert same_date(b, a) is same


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("10⁶ people", ["10^6"]),
        ("5 × 10¹² bytes", ["5", "10^12"]),
        ("an area of 25 m²", ["25"]),
        ("½ of it", []),
        ("It opened in 1992¹.", []),
    ],
)
def test_raised_digits_are_a_power_or_a_note(text, keys):
    assert [n.key for n in numbers(text)] == keys


def test_the_number_of_a_note_does_not_hide_a_date():
    assert [d.key for d in dates("It opened on 5 May 1992².")] == ["1992-5-5"]
    assert unsupported("It was in 1992.", "It opened in 1992¹.") == ()
    assert unsupported("There are 106 people.", "There are 10⁶ people.") == ("106",)
