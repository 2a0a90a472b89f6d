"""Times of day of which sources differ, and those that are of something else."""

from dataclasses import replace

import pytest

from rag.asking import kind_of
from rag.changed_copies import changed_copy
from rag.disagreement import conflicting
from tests.makers import evidence


@pytest.mark.parametrize(
    ("question", "first", "second", "sides"),
    [
        ("When does the mill open?", "The mill opens at 9:00.", "The mill opens at 10 am.",
         ["9:00", "10 am"]),
        ("When does the mill open?", "The mill opens at 9:00.",
         "The mill opens at nine o'clock.", []),
        ("When does the mill open?", "The mill is open from 9:00 to 17:00.",
         "The mill is open from 10:00 to 17:00.", ["9:00 to 17:00", "10:00 to 17:00"]),
        ("When does the mill open?", "The mill is open from 9:00 to 17:00.",
         "The mill is open from 9:00 to 18:00.", []),
        ("What are the opening hours of the mill?", "The mill is open from 9:00 to 17:00.",
         "The mill is open from 9:00 to 18:00.", ["9:00 to 17:00", "9:00 to 18:00"]),
        ("When does the mill open?", "The mill opens at 9:00.",
         "On Sundays the mill opens at 10:00.", []),
        ("When does the mill open?", "The mill opens at 9:00.",
         "The mill opens at 9:00, on Sundays it opens at 10:00.", []),
        ("How late is the mill open?", "The mill is open until 4 pm.",
         "The mill is open until 5 pm.", ["4 pm", "5 pm"]),
        ("When does the mill open?", "The mill opens at 9:00 (as of 3 March 2025).",
         "The mill opens at 10 am.", ["9:00", "10 am"]),
        ("When does the mill in Arn open?", "The mill in Arn opens at 9:00.",
         "The mill in Bergen opens at 10:00.", []),
        ("When does the bus leave?", "The bus of line A leaves at 9:00.",
         "The bus of line B leaves at 10:00.", []),
        ("What time does the bus leave?", "The bus to Arn leaves at 9:00.",
         "The bus to Bergen leaves at 10:00.", []),
    ],
)  # fmt: skip
def test_times_of_day_are_sides(question, first, second, sides) -> None:
    items = [evidence(first, "a.md"), evidence(second, "b.md")]
    weights = {"mill": 1.0, "open": 0.5, "bus": 1.0, "leav": 0.5, "hour": 0.2}
    assert [value for value, _ in conflicting(question, items, weights)] == sides


@pytest.mark.parametrize(
    ("question", "said", "about"),
    [
        ("When does it open?", ["9:00", "10 am"], "time"),
        ("When did it open?", ["1990", "May 1991"], "date"),
        ("When did it open?", ["in spring", "in autumn"], "answer"),
        ("Who opened it?", ["Ada", "Bo"], "answer"),
    ],
)
def test_what_the_sides_differ_in(question, said, about) -> None:
    assert kind_of(question, said) == about


def test_another_place_in_a_guide_to_the_one_asked_about_is_no_side() -> None:
    a = evidence("The mill in Felden opens at 10:30 am.", "a.md", title="Guide to Marsby")
    b = evidence("The mill in Marsby opens at 9:00.", "b.md")
    assert conflicting("When does the mill in Marsby open?", [a, b], {"mill": 1.0}) == []
    c = evidence("The mill opens at 10:30 am.", "c.md", title="Guide to Marsby")
    found = conflicting("When does the mill in Marsby open?", [c, b], {"mill": 1.0})
    assert [value for value, _ in found] == ["10:30 am", "9:00"]


def test_line_a_and_line_b_are_no_sides() -> None:
    text = "The last bus leaves the town hall at {}."
    a = evidence(text.format("23:10"), "a.md", title="Line A")
    b = evidence(text.format("22:40"), "b.md", title="Line B")
    question = "When does the last bus leave the town hall?"
    assert conflicting(question, [a, b], {"bus": 1.0}) == []
    assert changed_copy(question, [a, b], [a, b]) == []
    same = replace(b, passage=replace(b.passage, title="Line A"))
    assert len(changed_copy(question, [a, same], [a, same])) == 2
