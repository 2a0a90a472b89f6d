"""How several prompts are read: each token that matters once, in few passes."""

import random

import pytest

from rag.batching import plan


def tokens(readings, prompts):
    """Each prompt as it is read: what is read once, then its own rest."""
    read = {}
    for reading in readings:
        first = prompts[reading.batches[0][0]][: reading.begins]
        for batch in reading.batches:
            for i in batch:
                assert i not in read
                read[i] = [*first, *prompts[i][reading.begins :]]
    return [read[i] for i in range(len(prompts))]


def passes(readings):
    return sum(bool(r.begins) + len(r.batches) for r in readings)


def test_every_prompt_is_read_whole_and_once_whatever_they_share():
    chance = random.Random(5)
    for _ in range(300):
        many = range(chance.randrange(1, 9))
        prompts = [[chance.randrange(2) for _ in range(chance.randrange(1, 60))] for _ in many]
        readings = plan(prompts)
        assert tokens(readings, prompts) == prompts
        assert all(r.begins < len(prompts[i]) for r in readings for b in r.batches for i in b)


def test_nothing_is_read_for_no_prompts():
    assert plan([]) == []


def test_what_ten_long_prompts_begin_with_is_read_once():
    question = [*range(100, 130)]
    prompts = [question + [n] * 40 for n in range(10)]
    (reading,) = plan(prompts)
    assert (reading.begins, reading.batches) == (30, (tuple(range(10)),))
    assert reading.cost == (45 + 30) + (45 + 10 * 40)


def test_two_short_prompts_are_no_reason_for_two_more_passes():
    prompts = [[1, 2, 3, 4], [1, 2, 3, 5]]
    (reading,) = plan(prompts)
    assert (reading.begins, reading.batches) == (0, ((0, 1),))


def test_prompts_of_one_text_are_read_apart_from_another():
    question, text = [*range(20)], [*range(100, 160)]
    prompts = [question + text + [n] * 30 for n in (1, 2, 3)]
    other = question + [9] * 100
    readings = plan([*prompts, other])
    assert sorted((r.begins, r.batches) for r in readings) == [(0, ((3,),)), (80, ((0, 1, 2),))]


def test_lengths_far_apart_are_not_padded():
    prompts = [[n] * size for n, size in enumerate((20, 21, 200, 22))]
    readings = plan(prompts)
    assert [batch for r in readings for batch in r.batches] == [(0, 1, 3), (2,)]


@pytest.mark.parametrize("most", [50, 120])
def test_a_pass_holds_so_many_padded_tokens_at_most(most):
    prompts = [[n] * 30 for n in range(10)]
    for reading in plan(prompts, most=most):
        for batch in reading.batches:
            assert len(batch) * (30 - reading.begins) <= most


def test_the_same_prompt_twice():
    prompts = [[1] * 300] * 3
    assert tokens(plan(prompts), prompts) == prompts
    assert passes(plan(prompts)) == 2
