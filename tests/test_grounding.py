"""What may be shown, and what may not."""

import pytest

from rag.grounding import copies, support, unsupported
from tests.makers import evidence

EVIDENCE = (
    "The embassy of Azerbaijan in Ankara was opened in August 1992, and trade reached $4.5 billion."
)


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("The embassy was opened in August 1992.", ()),
        ("It was opened in 1992.", ()),
        ("The AZERBAIJAN embassy opened.", ()),
        ("Trade reached 4,500 million dollars.", ()),
        ("The embassy was opened in July 1992.", ("July 1992",)),
        ("The embassy was opened on 3 August 1992.", ("3 August 1992",)),
        ("The embassy in Istanbul was opened.", ("Istanbul",)),
        ("Trade reached 4.6 billion.", ("4.6 billion",)),
        ("Trade reached 4.5 million.", ("4.5 million",)),
        ("There are 7 embassies of Georgia.", ("7", "Georgia")),
    ],
)
def test_names_numbers_and_dates_must_stand_in_the_evidence(sentence, missing) -> None:
    assert unsupported(sentence, EVIDENCE) == missing


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("The embassy was opened in August 1992.", True),
        ("The embassy was not opened in August 1992.", False),
        ("The embassy was opened in August 1993.", False),
        ("Soldiers burned several villages there.", False),
        ("", False),
    ],
)
def test_support(sentence, holds) -> None:
    assert support(sentence, EVIDENCE, question="When was the embassy opened?").holds is holds


def test_names_of_the_question_do_not_stand_in_for_evidence() -> None:
    found = support("The embassy in Paris was opened.", EVIDENCE, question="And in Paris?")
    assert found.unsupported == ("Paris",)
    assert not found.holds


@pytest.mark.parametrize(
    ("sentence", "differs"),
    [
        ("The embassy was opened in August.", False),
        ("The embassy was never opened.", True),
        ("The consulate stayed open.", True),
        ("The consulate did not stay open.", False),
    ],
)
def test_a_sentence_is_negated_by_the_one_that_it_is_closest_to(sentence, differs) -> None:
    evidence = "The embassy was opened in August. The consulate did not stay open."
    assert support(sentence, evidence).negation_differs is differs


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Exports rose by 5% in 2021.", "- Exports rose by\n5% in 2021", True),
        ("Exports rose by 5% in 2021.", "Exports fell by 5% in 2021.", False),
        ("Exports rose by 5% in 2021.", "Exports rose by 5 in 2021.", False),
        ("It was -5 degrees in Velm.", "It was 5 degrees in Velm.", False),
        ("Leyla accused Kemal of lying.", "Kemal accused Leyla of lying.", False),
        ("He rejected the plan of 2021.", "He accepted the plan of 2021.", False),
    ],
)
def test_only_the_same_words_are_a_copy(first, second, same) -> None:
    item, other = evidence(first, "a.md"), evidence(second, "b.md")
    assert copies(item, [item, other]) == ([other] if same else [])


@pytest.mark.parametrize(
    ("text", "is_same"),
    [
        ("In May the council of Ilmar closed the harbour for 1,500 ships", True),
        ("- In May, a council of ilmar closed harbour for 1,500 ships.", True),
        ("In May the council of Ilmar closed the harbour for 15,00 ships.", False),
        ("In June the council of Ilmar closed the harbour for 1,500 ships.", False),
        ("In May the council of Ilmar closed the harbour to 1,500 ships.", False),
    ],
)
def test_copies_have_the_same_words_but_for_case_marks_and_articles(text, is_same) -> None:
    item = evidence("In May the council of Ilmar closed the harbour for 1,500 ships.", "a.md")
    other = evidence(text, "b.md")
    assert copies(item, [item, other]) == ([other] if is_same else [])
    assert copies(item, [evidence(text, "a.md")]) == []


def test_a_name_may_stand_behind_a_hyphen_or_in_other_letters() -> None:
    assert unsupported("Talks with Azerbaijan", "The Turkey-Azerbaijan talks.") == ()
    assert unsupported("Held in Lodz", "Held in Łódź.") == ()
