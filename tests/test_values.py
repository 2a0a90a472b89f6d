"""Names, numbers and dates by value."""

import pytest

from rag.grounding import unsupported
from rag.values import dates, excludes, names, numbers, same_date


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
        ("on 2020-1-5", "2020-1-5"),
        ("2021-03-05T10:00", "2021-3-5"),
        ("from 12 to 14 May 2021", "2021-5-12..14"),
        ("on May 12-14, 2021", "2021-5-12..14"),
        ("on 05/03/2021", "2021-3-5|2021-5-3"),
        ("on 25/03/2021", "2021-3-25"),
        ("the season 1995-96", "1995..1996-?-?"),
        ("in 2021-03", "2021-?-?"),
        ("On May 12 workers met", "?-5-12"),
        ("in may 1992", "1992-5-?"),
        ("in 1850 people left", "1850-?-?"),
        ("The 1992 elections", "1992-?-?"),
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
        ("twenty-four", ["24"]),
        ("three million", ["3000000"]),
        ("8 %", ["8%"]),
        ("8 percent", ["8%"]),
        ("on June 15, 2021", []),
        ("no. 2026/36", ["36"]),
        ("£3.2bn", ["3200000000"]),
        ("€3m, 3m tall", ["3000000", "3"]),
        ("2.5kg", ["2.5"]),
        ("10km of 12 km", ["10", "12"]),
        ("B12, v2.5.1, 4x4", []),
        ("version 5.3.21", ["5.3.21"]),
        ("10 000 people", ["10000"]),
        ("120 340 560\n", ["120", "340", "560"]),
        ("five percent", ["5%"]),
        ("two hundred and fifty", ["250"]),
        ("three thousand two hundred", ["3200"]),
        ("five hundred thousand", ["500000"]),
        ("two and a half million", ["2500000"]),
        ("two or three", ["2", "3"]),
        ("one third, 1/3", ["1/3", "1/3"]),
        ("sank to -5, from 3 -5", ["-5", "3", "5"]),
        ("1850 people", ["1850"]),
        ("max_tokens=1024,", ["1024"]),
        ("a population of 1850.", ["1850"]),
        ("May 12 guests sit?", ["12"]),
        ("The 5 may be used", ["5"]),
        ("no one, which one", []),
        ("one of them", ["1"]),
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
        ("2021-5-12..14", "2021-5-13", True),
        ("2021-5-12..14", "2021-5-15", False),
        ("2021-3-5|2021-5-3", "2021-5-3", True),
        ("2021-3-5|2021-5-3", "2021-3-6|2021-6-3", False),
        ("1990..1995-?-?", "1993-?-?", True),
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


@pytest.mark.parametrize(
    ("said", "evidence", "missing"),
    [
        ("It weighs 9kg.", "It weighs 3kg.", ("9kg",)),
        ("The fine is $9m.", "The fine is $5m.", ("9m",)),
        ("It sank to 5 degrees.", "It sank to -5 degrees.", ("5",)),
        ("It has twenty members.", "It has twenty-one members.", ("twenty",)),
        ("It has 21 members.", "It has twenty-one members.", ()),
        ("The town has 10 people.", "The town has 10 000 people.", ("10",)),
        ("Signed on 6/3/2021.", "Signed on 5/3/2021. It has 6 pages.", ("6/3/2021",)),
        ("They met on 14 May 1992.", "They met on 12-14 May 1992.", ()),
        ("They met on 13 May 1992.", "They met on 12-14 May 1992.", ("13 May 1992",)),
        ("They met on 12-14 May 1992.", "They met on 14 May 1992.", ("12-14 May 1992",)),
    ],
)
def test_what_evidence_does_not_hold(said, evidence, missing):
    assert unsupported(said, evidence) == missing


def test_a_point_before_three_digits_may_stand_in_thousands():
    (a,), (b,), (c,) = map(numbers, ("4.500 euros", "4,500 euros", "4.6 euros"))
    assert not excludes(a, b, "number")
    assert excludes(a, c, "number")
