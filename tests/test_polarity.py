"""Yes and no: what a sentence says on a question that asks for either."""

from dataclasses import replace

import pytest

from rag.disagreement import comparable, conflicting
from rag.exclusion import is_opposed_to
from rag.polarity import is_polar, spoken_of, told
from tests.makers import evidence


@pytest.mark.parametrize(
    ("question", "polar"),
    [
        ("Are pets allowed?", True),
        ("And does the tenant pay?", True),
        ("Isn't it open?", True),
        ("Was it approved or not?", True),
        ("Is it red or blue?", False),
        ("Which pets are allowed?", False),
        ("Tell me whether pets are allowed.", False),
        ("Won't it open?", True),
        ("According to the lease, are pets allowed?", True),
        ("Is five or more allowed?", True),
        ("Is it not allowed?", False),
        ("Can you tell me when the bridge was opened?", False),
        ("Does the report say how much it cost?", False),
        ("Could you list the members?", False),
    ],
)
def test_what_can_be_answered_with_yes_or_no(question, polar) -> None:
    assert is_polar(question) is polar


@pytest.mark.parametrize(
    ("question", "text", "no"),
    [
        ("Are pets allowed?", "Pets are allowed in all flats.", False),
        ("Are pets allowed?", "Pets may not be kept here.", True),
        ("Are pets allowed?", "Nobody may keep pets.", True),
        ("Are pets allowed?", "Pets are forbidden.", True),
        ("Did the town join the union?", "The town decided against joining the union.", True),
        ("Is the position of the town known?", "The position of the town is known.", False),
        ("Are pets allowed?", "Pets are not forbidden.", None),
        ("Are pets forbidden?", "Pets are allowed.", True),
        ("Are pets forbidden?", "Pets are prohibited.", False),
        ("Are pets allowed?", "Pets are allowed, but not in the pool.", False),
        ("Are pets allowed?", "Pets aren't only allowed, they are welcome.", None),
        ("Are pets allowed?", "It is not known how many pets there are.", None),
        ("Are pets allowed?", "The lift, which is not new, carries pets.", False),
        ("Are pets allowed?", "The lift is not new.", None),
        ("Is the pool open?", "The pool is closed in winter.", True),
        ("Did exports rise?", "Exports rose although imports fell.", False),
        ("Did exports rise?", "Exports fell.", True),
        ("Did the council approve it?", "The council rejected it.", True),
        ("Do they know whether it is paid?", "Whether it is paid, they do not say.", None),
        # A "no" or "without" denies what it stands before.
        ("Can the lease be ended?", "The lease can be ended without notice.", False),
        (
            "Was the budget approved?",
            "It approved the budget with 7 yes and no other votes.",
            False,
        ),
        ("Are there pets?", "There are no pets in the house.", True),
        ("Is it open?", "It is no longer open.", True),
        ("Was bill no. 17 paid?", "The bill no. 17 was paid.", False),
        (
            "Is the supplier liable?",
            "It is liable for loss, including but not limited to fire.",
            False,
        ),
        ("Is the deposit paid?", "The deposit of 5,000 euros is paid.", False),
        # Conditions, hedges and what others say.
        ("Are pets allowed?", "Pets are not allowed unless the landlord agrees.", None),
        ("Are pets allowed?", "Not all pets are allowed.", None),
        ("Is it a sedative?", "It is often wrongly classified as a sedative.", None),
        ("Did he take the money?", "He denied that he took the money.", None),
        ("Did sales grow?", "Sales did not grow as fast this year as last year.", None),
        ("Is there evidence of fraud?", "There is no evidence of fraud.", True),
        ("May the tenant paint?", "The tenant may paint, but may not change the locks.", False),
        # A reply and its question; the question's own negation; opposites of something else.
        ("Are pets allowed?", "Are pets allowed? No, only birds are.", True),
        ("Are pets allowed?", "Yes, pets are allowed without restriction.", False),
        ("Did the launch fail?", "The launch failed to reach orbit.", False),
        ("Is the mayor alive?", "The mayor, whose wife died in 2003, spoke.", False),
        ("Is the ticket refundable?", "The ticket is non-refundable.", True),
        ("Was the internal audit published?", "The external audit was published.", False),
    ],
)
def test_what_a_sentence_says(question, text, no) -> None:
    found = told(question, text)
    assert (found and found[1]) is no
    assert found is None or found[0] in text


def test_a_long_statement_is_cut_between_words() -> None:
    guests = "and their many guests from other towns " * 4
    long = f"pets of all residents {guests}are allowed"
    said, no = told("Are pets allowed?", long)
    assert (len(said) <= 80, long.startswith(f"{said} "), no) == (True, True, False)
    said, no = told("Are pets allowed?", f"pets of all residents {guests}may not be kept here")
    assert ("not" in said.split(), len(said) <= 80, no) == (True, True, True)


def test_like_and_opposite_words_speak_of_what_is_asked() -> None:
    question = "Are pets allowed in the flat?"
    assert spoken_of(question, "The tenant may keep a pet.") == {"pet", "allow"}
    assert spoken_of(question, "Bans are a matter of the flat.") == {"allow", "flat"}


def test_the_opposite_answers_a_polar_question() -> None:
    assert is_opposed_to("What is allowed in the pool?", evidence("Dogs are forbidden there."))
    assert not is_opposed_to("Are dogs allowed in the pool?", evidence("Dogs are forbidden there."))


QUESTION = "Are pets allowed in the flat?"
WEIGHTS = {"pet": 3.0, "allow": 2.0, "flat": 1.0}
YES = replace(evidence("Pets are allowed in all flats.", "rules.md", score=2.5), verdict=1.5)
NO = evidence("The tenant may not keep pets in the flat.", "lease.md", score=1.1)
NO = replace(NO, verdict=0.1)


def test_documents_that_say_yes_and_no_differ() -> None:
    sides = conflicting(QUESTION, [YES, NO], WEIGHTS)
    assert sides == [
        ("Pets are allowed in all flats", YES),
        ("The tenant may not keep pets in the flat", NO),
    ]
    assert comparable(QUESTION, [YES, NO], WEIGHTS) == [YES, NO]


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("Pets have always been allowed in this flat.", "lease.md"),  # the same
        ("Pets may not be kept in the flat.", "rules.md"),  # one document alone
        ("Bicycles may not be left in the flat.", "lease.md"),  # of something else
        ("In 1990 pets were not allowed in the flat.", "lease.md"),  # of another time
        ("In Bergen pets are not allowed in the flat.", "lease.md"),  # of another place
        ("Pets were originally not allowed in the flat.", "lease.md"),
    ],
)
def test_what_is_no_yes_beside_a_no(text, document) -> None:
    dated = evidence("In 2020 pets are allowed in all flats.", "rules.md", score=2.5)
    assert conflicting(QUESTION, [dated, evidence(text, document)], WEIGHTS) == []


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        (
            "Pets are allowed in the flat on weekdays.",
            "On Sundays pets are not allowed in the flat.",
        ),
        ("In summer pets are allowed in the flat.", "Pets are not allowed in the flat in winter."),
        ("Pets are allowed in the flat by Norway.", "Pets are not allowed in the flat by Spain."),
    ],
)
def test_what_may_both_be_right(yes, no) -> None:
    assert conflicting(QUESTION, [evidence(yes, "a.md"), evidence(no, "b.md")], WEIGHTS) == []


def test_a_document_with_a_rule_and_its_exception_is_no_side() -> None:
    rule = evidence("Pets are allowed in the flat.", "a.md")
    exception = evidence("Pets are not allowed in the flat's kitchen.", "a.md")
    other = evidence("Pets are not allowed in this flat.", "b.md")
    assert len(conflicting(QUESTION, [rule, other], WEIGHTS)) == 2
    assert conflicting(QUESTION, [rule, exception, other], WEIGHTS) == []


def test_a_yes_holds_more_of_the_question_than_a_no() -> None:
    about = evidence("Pets in flats were a matter of long debates.", "a.md")
    assert conflicting(QUESTION, [about, NO], WEIGHTS) == []


def test_what_the_judge_likes_much_less_is_no_side() -> None:
    unlikely = replace(NO, verdict=-2.0)
    assert comparable(QUESTION, [YES, unlikely], WEIGHTS) == [YES]
