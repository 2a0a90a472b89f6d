"""Times of day, however they are written."""

import pytest

from rag.clock import asked_hours, clock_times, hours
from rag.grounding import unsupported
from rag.values import excludes, names, numbers


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("It opens at 9 am.", ["09:00"]),
        ("at 9 a.m. The", ["09:00"]),
        ("at 9:00", ["?09:00"]),
        ("at 09:00", ["09:00"]),
        ("at 9.30pm", ["21:30"]),
        ("at 12 am and 12 pm", ["00:00", "12:00"]),
        ("nine o'clock", ["?09:00"]),
        ("half past nine, a quarter to ten", ["?09:30", "?09:45"]),
        ("at noon or at midnight", ["12:00", "24:00"]),
        ("9:00–17:00", ["09:00", "17:00"]),
        ("9:00 to 5:00 pm", ["09:00", "17:00"]),
        ("9-11 am", ["09:00", "11:00"]),
        ("9 p.m. to 2 a.m.", ["21:00", "02:00"]),
        ("12 noon, 12 midnight", ["12:00", "24:00"]),
        ("Midnight Express", []),
        ("10:30:15", []),
        ("after 3:45 minutes", []),
        ("a scale of 1:50", []),
        ("rose by 9.30 per cent", []),
        ("at 27:00, 10:75", []),
    ],
)
def test_times_of_day(text, keys) -> None:
    assert [v.key for v in clock_times(text)] == keys


def test_what_is_a_time_is_no_number_and_no_name() -> None:
    assert [v.text for v in numbers("The ratio of coaches to athletes is 1:20.")] == ["1", "20"]
    assert numbers("At 10:30 it had 20 guests, by 9 PM 300.")[0].text == "20"
    assert [v.text for v in numbers("in 3:45 minutes")] == ["3", "45"]
    assert names("It closes at 9 PM.") == []


def test_hours_are_one_value() -> None:
    assert [v.text for v in hours("between 9:00 and 17:00")] == ["9:00 and 17:00"]
    assert [v.text for v in hours("at 10:00, 12:00 and 14:00")] == ["10:00", "12:00", "14:00"]
    text = "Mon-Fri 8:30 - 16:30, Sat 9:00 to 12:00, lunch at noon"
    assert [v.text for v in hours(text)] == ["8:30 - 16:30", "9:00 to 12:00", "noon"]


@pytest.mark.parametrize(
    ("first", "second", "exclude"),
    [
        ("9:00", "9 am", False),
        ("9:00", "21:00", False),  # of twelve hours
        ("9 am", "9 pm", True),
        ("9 am", "10 am", True),
        ("9:00-17:00", "9 am to 5 pm", False),
        ("9:00-17:00", "10:00-17:00", True),
        ("9:00-17:00", "5 pm", False),
        ("midnight", "0:00", False),
        ("half past nine", "9.30 am", False),
    ],
)
def test_times_exclude_each_other(first, second, exclude) -> None:
    (a,), (b,) = hours(first), hours(second)
    assert excludes(a, b, "time") is exclude


@pytest.mark.parametrize(
    ("question", "text", "keys"),
    [
        ("When does it open?", "Open from 9:00 to 17:00.", ["09:00"]),
        ("When does it close?", "Open from 9:00 to 17:00.", ["17:00"]),
        ("When does it open?", "It closes at 5 pm.", []),
        ("What time does the train from Oslo arrive?", "It is at the end of the line at 23:15.",
         ["23:15"]),
        ("Until when is it open?", "Open from 9:00 to 17:00.", ["09:00-17:00"]),
        ("What are the hours?", "It closes at 5 pm.", ["17:00"]),
    ],
)  # fmt: skip
def test_which_end_of_the_hours_is_asked_for(question, text, keys) -> None:
    assert [v.key for v in asked_hours(question, text)] == keys


@pytest.mark.parametrize(
    ("sentence", "evidence", "missing"),
    [
        ("It opens at 9 pm.", "It opens at 9 am.", ("9 pm",)),
        ("It opens at 9 pm.", "It opens at 9:00.", ("9 pm",)),
        ("It opens at 9:00.", "It opens at 9 am.", ()),
        ("It opens at nine o'clock.", "It opens at 9 am.", ()),
        ("It opens at 10:30.", "At 10 it had 30 guests.", ("10:30",)),
        ("It closes at midnight.", "It closes at 12 am.", ()),
        ("It closes at 12 midnight.", "It closes at midnight.", ()),
        ("Open 9 am to 11 am.", "Open from 9 to 11 am.", ()),
        ("It began at 10:30.", "Beginning: 10:30", ()),
        ("It had 30 guests.", "It opens at 10:30.", ("30",)),
    ],
)
def test_a_time_stands_in_the_evidence(sentence, evidence, missing) -> None:
    assert unsupported(sentence, evidence) == missing
