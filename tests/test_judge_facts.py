"""Plain statements that the judge is trained on."""

import random
import re

from tests.bench.judge_facts import Relation, facts, filled, near, of_another, relations


def test_one_relation_in_five_is_taught_nowhere() -> None:
    held = [r for r in relations() if r.is_held_out]
    assert 0.1 < len(held) / len(relations()) < 0.3
    asked = {form for r in held for form in r.questions if "{" not in form}
    taught = list(facts(300, seed=3))
    assert asked
    assert not asked & {x.question for x in taught}


def test_a_fact_asks_the_same_of_three_texts_and_one_holds_the_value() -> None:
    rows = list(facts(200, seed=3))
    for right, *wrong in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
        assert right.answer.casefold() in right.text.casefold()
        assert right.label == 1
        for other in wrong:
            assert (other.label, other.answer) == (0, "")
            assert (right.question, right.above) == (other.question, other.above)
            assert right.text != other.text


def test_the_same_is_said_of_another_subject_where_it_is_told_which() -> None:
    pick = random.Random(3)
    owner = Relation("org", "owner", ("Who owns {s}?",), ("{s} belongs to {v}.", "Owner: {v}."))
    found = [of_another(owner, "Tor AG", pick) for _ in range(60)]
    told = [text for text in found if text is not None]
    assert 30 < len(told) < 60  # "the firm" may be Tor AG
    assert all(re.fullmatch(r"(?!Tor AG|The )[A-Z].* belongs to .*\.", text) for text in told)
    assert of_another(owner, "the company", pick) is None
    untold = Relation("org", "owner", ("Who owns {s}?",), ("Owner: {v}.",))
    assert of_another(untold, "Tor AG", pick) is None


def test_near_misses_are_of_the_same_class_for_the_most_part() -> None:
    pick = random.Random(3)
    owner, head, place = (Relation("org", k, (), ()) for k in ("owner", "person", "place"))
    found = [near(owner, [head, place], pick) for _ in range(200)]
    assert found.count(head) > 150
    assert place in found
    assert near(place, [owner], pick) is owner


def test_a_sentence_ends_with_one_full_stop() -> None:
    assert filled("It is {v}.", "", "Tor Ltd.") == "It is Tor Ltd."


def test_no_place_in_a_form_is_left_empty() -> None:
    assert not [x for x in facts(300, seed=3) if re.search(r"[{}]", x.question + x.text + x.above)]


def test_of_a_group_are_at_least_two_relations() -> None:
    groups = [r.group for r in relations() if not r.is_held_out]
    assert min(groups.count(g) for g in set(groups)) > 1
