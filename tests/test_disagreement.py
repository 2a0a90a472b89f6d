"""Sources that differ are shown, sources that say the same in other words are not."""

from dataclasses import replace

import pytest

from rag.asking import asks_for, offered_dates, value_kinds
from rag.changed_copies import changed_copy
from rag.disagreement import comparable, conflicting
from tests.makers import evidence

WEIGHTS = {"shusha": 3.0, "declar": 3.0, "sign": 1.0, "trade": 2.0, "worth": 2.0}
QUESTION = "When was the Shusha Declaration signed?"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was it signed?", "date"),
        ("On what date was it signed?", "date"),
        ("Which year was it founded?", "date"),
        ("How many soldiers were there?", "number"),
        ("How much was the trade worth?", "number"),
        ("Who signed it?", None),
        ("Why was it signed?", None),
        ("and when?", "date"),
        ("Where was it signed, and when?", "date"),
        ("Since when has it been open?", "date"),
        ("Do you know when the bridge opened?", "date"),
        ("When, and where, was he born?", "date"),
        ("Who was king when it was signed?", None),
        ("How does it change the reply when used with tools?", None),
        ("How many people lived there when the war ended?", "number"),
        ("How many were sold on the day of the opening?", "number"),
        ("When the war ended, who was king?", None),
        ("And when the plant closed, who bought it?", None),
        ("When the plant opened, was it large?", None),
        ("When the plant closed how many people worked there?", "number"),
        ("when and where was he born", "date"),
        ("I wonder when it closed", "date"),
        ("What did the manager say when the plant closed?", None),
        ("Who ruled when Will Smith was born?", None),
        ("What was the date of the treaty?", "date"),
        ("What was the Seven Years War?", None),
        ("Who spoke on the day of the opening?", None),
        ("In what years did they join?", "date"),
    ],
)
def test_asks_for(question, kind) -> None:
    assert asks_for(question) == kind


def test_two_days_in_two_documents_differ() -> None:
    a = evidence("The leaders signed the Shusha Declaration on June 15, 2021.", "a.md")
    b = evidence("The Shusha Declaration was signed on 16 June 2021.", "b.md")
    assert conflicting(QUESTION, [a, b], WEIGHTS) == [("June 15, 2021", a), ("16 June 2021", b)]


@pytest.mark.parametrize(
    ("first", "second", "other"),
    [
        ("June 15, 2021", "15 June 2021", "b.md"),  # the same day
        ("June 15, 2021", "2021", "b.md"),  # less exact, no contradiction
        ("June 15, 2021", "16 June 2021", "a.md"),  # one document alone
    ],
)
def test_no_disagreement(first, second, other) -> None:
    a = evidence(f"The Shusha Declaration was signed on {first}.", "a.md")
    b = evidence(f"The Shusha Declaration was signed in {second}.", other)
    assert conflicting(QUESTION, [a, b], WEIGHTS) == []


def test_a_common_word_may_be_missing_a_rare_one_may_not() -> None:
    a = evidence("The Shusha Declaration was signed on June 15, 2021.", "a.md")
    adopted = evidence("The Shusha Declaration was adopted on June 16, 2021.", "b.md")
    another = evidence("The Ankara Declaration was signed on June 1, 1999.", "c.md")
    assert len(conflicting(QUESTION, [a, adopted], WEIGHTS)) == 2
    assert conflicting(QUESTION, [a, another], WEIGHTS) == []


def test_a_date_of_something_else_is_no_side() -> None:
    a = evidence("The Shusha Declaration was signed on June 15, 2021.", "a.md")
    b = evidence("The railway was opened in 2017.", "b.md")
    assert conflicting(QUESTION, [a, b], WEIGHTS) == []


def test_the_value_nearest_to_the_words_asked_for_counts() -> None:
    a = evidence("In 1992 ties began, and the Shusha Declaration was signed in 2021.", "a.md")
    b = evidence("The Shusha Declaration was signed in 2020, long after 1992.", "b.md")
    assert [value for value, _ in conflicting(QUESTION, [a, b], WEIGHTS)] == ["2021", "2020"]


def test_the_year_that_the_question_names_is_not_its_answer() -> None:
    question = "On what day was the Shusha Declaration signed in 2021?"
    a = evidence("The 2021 Shusha Declaration, the first, was signed on March 2, 2021.", "a.md")
    b = evidence("In 2021 the Shusha Declaration was signed, on 16 June 2021.", "b.md")
    found = conflicting(question, [a, b], WEIGHTS)
    assert [value for value, _ in found] == ["March 2, 2021", "16 June 2021"]


def test_numbers_in_other_words_agree() -> None:
    question = "How much was the trade worth?"
    a = evidence("Trade was worth 4.5 billion.", "a.md")
    b = evidence("Trade was worth 4,500 million.", "b.md")
    c = evidence("Trade was worth 5 billion.", "c.md")
    assert conflicting(question, [a, b], WEIGHTS) == []
    assert [v for v, _ in conflicting(question, [a, b, c], WEIGHTS)] == ["4.5 billion", "5 billion"]


GAME = "The final game of the season was played on a cold evening at the stadium in {}."


def test_a_copy_with_another_name_differs() -> None:
    a, b = (
        evidence(GAME.format("Tampa, Florida"), "a.md"),
        evidence(GAME.format("Glendale"), "b.md"),
    )
    found = changed_copy("Where was the final game?", [a, b], [a, b])
    assert found == [("Tampa, Florida", a), ("Glendale", b)]


@pytest.mark.parametrize(
    ("first", "second", "other"),
    [
        (GAME.format("Tampa"), GAME.format("Tampa"), "b.md"),  # the same
        (GAME.format("Tampa"), GAME.format("Glendale"), "a.md"),  # one document alone
        (GAME.format("Tampa"), GAME.format("Glendale on June 3, 2020"), "b.md"),  # another game
        (GAME.format("Tampa"), GAME.format("the town"), "b.md"),  # less exact
        (GAME.format("May 2020"), GAME.format("3 May 2020"), "b.md"),  # less exact
        (GAME.format("Tampa"), "In Glendale a season begins with a game in the cold.", "b.md"),
        ("The game was in Tampa.", "The game was in Glendale.", "b.md"),  # too short to tell
    ],
)
def test_no_changed_copy(first, second, other) -> None:
    items = [evidence(first, "a.md"), evidence(second, other)]
    assert changed_copy("Where was the final game?", items, items) == []


def test_what_the_question_names_is_not_in_dispute() -> None:
    a, b = evidence(GAME.format("Tampa"), "a.md"), evidence(GAME.format("Glendale"), "b.md")
    assert changed_copy("When was the final game in Tampa?", [a, b], [a, b]) == []


def test_a_copy_about_something_else_is_not_in_dispute() -> None:
    a, b = evidence(GAME.format("Tampa"), "a.md"), evidence(GAME.format("Glendale"), "b.md")
    assert changed_copy("Where was the treaty signed?", [a, b], [a, b]) == []


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        # Not asked for.
        ("Where was the final game?", GAME.format("Tampa, May 3, 2019"),
         GAME.format("Tampa, June 5, 2020")),
        ("What does the final game decide?", GAME.format("Tampa"), GAME.format("Glendale")),
        # The question picks one.
        ("When in 2020 was the final game?", GAME.format("May 2019"), GAME.format("June 2020")),
    ],
)  # fmt: skip
def test_other_values_than_the_one_asked_for_are_no_disagreement(question, first, second) -> None:
    items = [evidence(first), evidence(second, "b.md")]
    assert changed_copy(question, items, items) == []


@pytest.mark.parametrize(
    ("question", "text", "first", "second"),
    [
        ("What is the population of Walnut Hill?",
         "In the 2011 census the population of Walnut Hill was {}.", "9,523", "1,234"),
        ("Walnut Hill Cup 2021 location",
         "The Walnut Hill Cup will take place in {}, as was decided long ago.",
         "Tampa", "Glendale"),
        ("When was the Walnut Cup of 2021 held?",
         "The 2021 Walnut Cup, the ninth of its kind, was held on {} in the town.",
         "March 2, 2021", "July 29, 2021"),
        ("What is the genre of Walnut Songs?",
         "Walnut Songs is the title of a {} which the town likes.", "studio album", "jazz opera"),
    ],
)  # fmt: skip
def test_a_copy_with_another_answer_differs(question, text, first, second) -> None:
    a, b = evidence(text.format(first), "a.md"), evidence(text.format(second), "b.md")
    unlike = evidence("The walnut harvest was good.", "c.md")
    found = changed_copy(question, [a], [a, unlike, b])
    assert found == [(first, a), (second, b)]


def test_a_question_for_a_manner_is_not_answered_by_the_name_that_differs() -> None:
    text = "The Walnut Cup takes place in {}, as was decided by lot long ago."
    a, b = evidence(text.format("Tampa"), "a.md"), evidence(text.format("Glendale"), "b.md")
    assert changed_copy("How was the place of the Walnut Cup decided?", [a], [a, b]) == []
    assert changed_copy("What is the place of the Walnut Cup?", [a], [a, b]) != []


def test_a_copy_under_another_heading_is_about_something_else() -> None:
    text = "The census of that year counted {} people in the township."
    question = "What is the population of Walnut Township?"
    a = evidence(text.format("1,234"), "a.md", title="Walnut Township")
    b = evidence(text.format("9,523"), "b.md", title="Chestnut Township")
    assert changed_copy(question, [a], [a, b]) == []
    b = evidence(text.format("9,523"), "b.md", title="Walnut Township, county report")
    assert [value for value, _ in changed_copy(question, [a], [a, b])] == ["1,234", "9,523"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The town council", "The town councils"),  # another form of the word
        ("The council that the town had chosen", "The mayor"),  # more than a few words
        ("The walnut council", "The chestnut council"),  # what is asked about
    ],
)
def test_other_words_that_are_no_other_answer(first, second) -> None:
    text = "{} decides on all matters of the ninth district in the spring."
    a, b = evidence(text.format(first), "a.md"), evidence(text.format(second), "b.md")
    assert changed_copy("Who decides on walnut matters of the district?", [a], [a, b]) == []


def test_reports_of_two_years_do_not_disagree() -> None:
    text = "The audit committee of the company met {} times to oversee the accounts."
    a = evidence(text.format(5), "a.md", title="Report 2021")
    b = evidence(text.format(7), "b.md", title="Report 2022")
    assert changed_copy("How many times did the audit committee meet?", [a, b], [a, b]) == []
    b = evidence(text.format(7), "b.md", title="Report 2021")
    assert len(changed_copy("How many times did the audit committee meet?", [a, b], [a, b])) == 2


def test_only_sentences_nearly_as_likely_as_the_best_are_compared() -> None:
    best, close, unlikely, unread, weak = (
        replace(evidence(f"Sentence {i}.", f"{i}.md", score=score), verdict=verdict)
        for i, (score, verdict) in enumerate(
            [(3.0, 2.0), (2.5, 1.1), (2.4, 0.9), (2.3, None), (1.7, 1.9)]
        )
    )
    many = replace(evidence("Dates:\n- June 1\n- June 2", score=2.9), verdict=2.0)
    wrapped = replace(evidence("It was signed in\nMay 1992.", "w.md", score=2.6), verdict=2.0)
    found = comparable("When?", [best, many, wrapped, close, unlikely, unread, weak], {})
    assert found == [best, wrapped, close]


def test_without_a_judge_the_score_alone_says_what_is_compared() -> None:
    best, close, weak = (evidence(f"Text {s}.", score=s) for s in (3.0, 1.9, 1.7))
    assert comparable("When?", [best, close, weak], {}) == [best, close]


OFFERED = "Was the Shusha Declaration signed on June 15, 2021 or on June 16, 2021?"


def test_dates_between_which_a_question_lets_choose_are_in_dispute() -> None:
    a = evidence("The leaders signed the Shusha Declaration on June 15, 2021.", "a.md")
    b = evidence("The Shusha Declaration was signed on 16 June 2021.", "b.md")
    assert conflicting(OFFERED, [a, b], WEIGHTS) == [("June 15, 2021", a), ("16 June 2021", b)]
    when = "When was the Shusha Declaration signed: June 15, 2021 or June 16, 2021?"
    assert len(conflicting(when, [a, b], WEIGHTS)) == 2
    one = "Was the Shusha Declaration signed on June 15, 2021?"
    assert conflicting(one, [a, b], WEIGHTS) == []


def test_a_date_that_is_not_offered_is_no_side() -> None:
    a = evidence("The leaders signed the Shusha Declaration on June 15, 2021.", "a.md")
    c = evidence("The Shusha Declaration was signed and printed on 1 July 2021.", "c.md")
    assert conflicting(OFFERED, [a, c], WEIGHTS) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Was it on 2 May 1990 or on 3 May 1990?", ["2 May 1990", "3 May 1990"]),
        ("Was it in 1990, in 1991 or in 1992?", ["1990", "1991", "1992"]),
        ("When was it, in 1990 or 1991?", ["1990", "1991"]),
        ("What was the revenue in 2020 or 2021?", []),
        ("Why did the harbour close in 1990 or 1991?", []),
        ("Did those who came in 1990 or 1991 stay?", []),
        ("What happened in 1990 or what was said of 1991?", []),
        ("What did it cost in 1990 and 1991?", []),
        ("Was it here or there, in 1990?", []),
        ("Was it in 1990?", []),
    ],
)
def test_dates_that_are_offered(question, expected) -> None:
    assert [v.text for v in offered_dates(question)] == expected


def test_a_side_under_another_title_is_read_again_without_it() -> None:
    a = evidence("The Shusha Declaration was signed on June 15, 2021.", "a.md", score=1.0)
    b = evidence("The Shusha Declaration was signed on June 16, 2021.", "b.md", score=0.5)
    a, b = replace(a, verdict=1.0), replace(b, verdict=-1.0)
    asked = []

    def opinion(odds):
        return lambda _, pairs: asked.append(list(pairs)) or list(odds)

    assert comparable(QUESTION, [a, b], WEIGHTS) == [a]
    liked = replace(b, verdict=0.5)
    assert comparable(QUESTION, [a, b], WEIGHTS, opinion((1.0, 0.5))) == [a, liked]
    assert asked == [[("", a.text), ("", b.text)]]
    assert comparable(QUESTION, [a, b], WEIGHTS, opinion((1.0, -0.5))) == [a]
    # Nothing is read again where nothing is in dispute.
    assert comparable("Who signed it?", [a, b], WEIGHTS, opinion((1.0, 1.0))) == [a]
    assert len(asked) == 2


def test_a_side_in_other_words_counts_when_the_judge_says_yes() -> None:
    a = replace(evidence("Norlund was founded in 1987.", "a.md", score=1.0), verdict=1.0)
    b = evidence("The harbour company of Norlund was established in 1989.", "b.md", score=0.8)
    question, weights = "When was Norlund founded?", {"norlund": 1.0, "found": 1.0}
    sides = [("1987", a), ("1989", replace(b, verdict=0.2))]
    assert conflicting(question, [e for _, e in sides], weights) == sides
    assert conflicting(question, [a, replace(b, verdict=-0.2)], weights) == []
    assert conflicting(question, [a, b], weights) == []  # no judge, no opinion
    # It must say yes to both.
    assert conflicting(question, [replace(a, verdict=-0.2), sides[1][1]], weights) == []
    # Nothing of it speaks of Norlund.
    other = replace(evidence("The mill was established in 1989.", "b.md"), verdict=2.0)
    assert conflicting(question, [a, other], weights) == []
    # By name alone, of which the rarest words are others.
    c = replace(evidence("The workforce of Norlund counts 512.", "a.md"), verdict=0.8)
    d = replace(evidence("Norlund employs 430.", "b.md"), verdict=0.4)
    rare = {"norlund": 0.1, "peopl": 1.0, "work": 2.0}
    assert len(conflicting("How many people work at Norlund?", [c, d], rare)) == 2
    assert conflicting("How many people work at Sudlund?", [c, d], rare) == []
    # Its opinion without headings counts as well.
    b = replace(b, verdict=-1.0)
    compared = comparable(question, [a, b], weights, lambda _, pairs: [1.0, 0.4])
    assert conflicting(question, compared, weights) == [("1987", a), ("1989", compared[1])]


def test_what_is_said_of_another_place_is_no_side() -> None:
    a = evidence("Norlund employs 1,240 people.", "a.md")
    b = evidence("In Hamburg Norlund employs 85 people.", "b.md")
    weights = {"norlund": 1.0, "peopl": 1.0, "employ": 1.0, "hamburg": 2.0}
    assert conflicting("How many people does Norlund employ?", [a, b], weights) == []
    c = evidence("In Hamburg Norlund employs 90 people.", "a.md")
    found = conflicting("How many people does Norlund employ in Hamburg?", [b, c], weights)
    assert found == [("85", b), ("90", c)]
    signed = evidence("In Ankara Norlund was founded on 2 May 1987.", "b.md")
    other = evidence("Norlund was founded on 3 May 1987.", "a.md")
    asked = {"norlund": 1.0, "found": 1.0}
    assert len(conflicting("When was Norlund founded?", [signed, other], asked)) == 2
    # A month is no place.
    d = evidence("In May 2020 Norlund employed 1,300 people.", "d.md")
    assert len(conflicting("How many people does Norlund employ?", [a, d], weights)) == 2


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        ("In 2010 Bergen had 260,000 people.", "In 2020 Bergen had 280,000 people.", False),
        ("In 2010 Bergen had 260,000 people.", "Bergen had 280,000 people in May 2010.", True),
        ("Bergen has 20,000 guests a month.", "Bergen has 900,000 guests a year.", False),
    ],
)
def test_numbers_of_other_times_and_periods_are_no_sides(first, second, differ) -> None:
    items = [evidence(first, "a.md"), evidence(second, "b.md")]
    question = "How many guests or people does Bergen have?"
    assert bool(conflicting(question, items, {"bergen": 1.0, "peopl": 0.5})) is differ


def test_a_sentence_says_what_it_is_with_the_one_before() -> None:
    whole = evidence("The old bridge was built of stone. It cost 3.4 million euros.", "a.md")
    a = replace(whole, start=35, text=whole.text[35:])
    b = evidence("The old bridge cost 4.1 million euros in all.", "b.md")
    weights = {"old": 1.0, "bridg": 1.0, "cost": 1.0}
    found = [("3.4 million", a), ("4.1 million", b)]
    assert conflicting("How much did the old bridge cost?", [a, b], weights) == found
    assert conflicting("What did the old bridge cost?", [a, b], weights) == found


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the rent of the mill?", ("number",)),
        ("What was the total length of the line?", ("number",)),
        ("What was said of the rent?", ()),
        ("What is the mill called?", ()),
        ("When does the mill open?", ("date", "time")),
        ("What time does the mill open?", ("time",)),
        ("What are the opening hours of the mill?", ("time",)),
        ("At what time of year is it open?", ()),
        ("What time off do nurses get?", ()),
        ("How late was the train?", ()),
        ("How late is the mill open?", ("time",)),
    ],
)
def test_kinds_of_values_are_asked_for_in_other_words(question, kind) -> None:
    assert value_kinds(question) == kind


def test_a_number_that_the_other_sentence_gives_as_well_is_no_side() -> None:
    a = evidence("The mill had 340 workers at the opening and 212 workers at the end.", "a.md")
    weights = {"mill": 1.0, "worker": 0.5}
    question = "How many workers did the mill have?"
    b = evidence("At the end 212 workers were at the mill.", "b.md")
    assert conflicting(question, [a, b], weights) == []
    c = evidence("The mill had 500 workers.", "c.md")
    assert [value for value, _ in conflicting(question, [a, c], weights)] == ["340", "500"]
