"""Plain statements that the judge is trained on."""

import re

from tests.bench.judge_facts import facts, relations


def test_one_relation_in_five_is_taught_nowhere() -> None:
    held = [r for r in relations() if r.is_held_out]
    assert 0.1 < len(held) / len(relations()) < 0.3
    asked = {form for r in held for form in r.questions if "{" not in form}
    taught = list(facts(300, seed=3))
    assert asked
    assert not asked & {x.question for x in taught}


def test_a_pair_asks_the_same_of_two_texts_and_one_holds_the_value() -> None:
    rows = list(facts(200, seed=3))
    for right, wrong in zip(rows[::2], rows[1::2], strict=True):
        assert (right.label, wrong.label, wrong.answer) == (1, 0, "")
        assert (right.question, right.above) == (wrong.question, wrong.above)
        assert right.answer.casefold() in right.text.casefold()
        assert right.text != wrong.text


def test_no_place_in_a_form_is_left_empty() -> None:
    assert not [x for x in facts(300, seed=3) if re.search(r"[{}]", x.question + x.text + x.above)]


def test_of_a_group_are_at_least_two_relations() -> None:
    groups = [r.group for r in relations() if not r.is_held_out]
    assert min(groups.count(g) for g in set(groups)) > 1
