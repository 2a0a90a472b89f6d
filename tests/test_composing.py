"""Which sentences make the reply."""

from dataclasses import replace

import pytest

from rag.composing import Reply, best_of, candidates, compose, of_that_date, worth
from rag.extent import with_next, with_previous
from tests.makers import evidence

TEXT = "The army was set up in May. Enver Pasha gave the order. It entered Baku later."


def sentence(text, passage=TEXT, score=1.0):
    """A piece of evidence inside a longer passage."""
    whole = evidence(passage, score=score)
    start = passage.index(text)
    return replace(whole, start=start, end=start + len(text), text=text)


def opinion_that_likes(*texts):
    def opinion(question, items):
        return [float(sum(t in text for t in texts)) for _, text in items]

    return opinion


def composed(items, opinion, most=3):
    replies = compose("Who set the army up?", items, most=most, weights={}, opinion=opinion)
    return best_of(replies)


def test_candidates_are_the_first_its_neighbours_and_more_pieces() -> None:
    first = sentence("Enver Pasha gave the order.")
    other = evidence("Trade grew.", "b.md")
    found = candidates([first, other])
    texts = [[e.text for e in reply.evidence] for reply in found]
    assert texts == [
        ["Enver Pasha gave the order."],
        ["Enver Pasha gave the order. It entered Baku later."],
        ["The army was set up in May. Enver Pasha gave the order."],
        ["Enver Pasha gave the order.", "Trade grew."],
        ["Enver Pasha gave the order. It entered Baku later.", "Trade grew."],
    ]


FAILED = "The plan could not be kept. Wool was too dear. The town sold its ships. It rained."


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why could the plan not be kept?", "The plan could not be kept. Wool was too dear."),
        ("What kept the plan from going on?", "The plan could not be kept. Wool was too dear."),
        ("Which plan could not be kept?", "The plan could not be kept."),
    ],
)
def test_why_is_answered_with_the_sentence_beside_it(question, said) -> None:
    first = sentence("The plan could not be kept.", FAILED)
    other = evidence("Trade grew.", "b.md")
    likes = opinion_that_likes("not be kept")
    found = compose(question, [first, other], most=3, weights={}, opinion=likes)
    assert " ".join(e.text for e in best_of(found).evidence) == said


def test_why_may_be_answered_further_on_and_by_a_because() -> None:
    first = sentence("The plan could not be kept.", FAILED)
    likes = opinion_that_likes("sold its ships")
    found = compose("Why was it not kept?", [first], most=3, weights={}, opinion=likes)
    assert best_of(found).evidence[0].text.endswith("The town sold its ships.")
    because = "The plan could not be kept because wool was too dear."
    whole = sentence(because, f"{because} It rained.")
    likes = opinion_that_likes("dear")
    found = compose("Why was it not kept?", [whole], most=3, weights={}, opinion=likes)
    assert best_of(found).evidence[0].text == because
    alone = evidence("The plan could not be kept.")
    found = compose("Why was it not kept?", [alone], most=3, weights={}, opinion=likes)
    assert best_of(found).evidence == (alone,)


TREATIES = "Treaties:\n- on fish (2010)\n- on trade (1992)\n- on coal (May 2010)\n- on rail (2010)"


def test_items_of_the_date_that_is_asked_for_are_a_reply_together() -> None:
    lines = TREATIES.split("\n")[1:]
    items = [sentence(line, TREATIES) for line in reversed(lines)]
    (reply,) = of_that_date("Which treaties are from 2010?", items)
    assert [e.text for e in reply.evidence] == [lines[0], lines[2], lines[3]]
    assert of_that_date("Which treaties are there?", items) == []
    assert of_that_date("Which treaties are from 1992?", items) == []
    whole = sentence("\n".join(lines), TREATIES)
    assert of_that_date("Which treaties are from 2010?", [whole, items[0]]) == []
    said = [sentence("It was set up in 2010.", "It was set up in 2010. It fell in 2010."), items[0]]
    assert of_that_date("What was set up in 2010?", said) == []


def test_a_heading_is_no_neighbour() -> None:
    whole = evidence("The army\n\nIt was set up in May.", heading="History > The army", title="T")
    first = replace(whole, start=10, end=len(whole.text), text="It was set up in May.")
    assert candidates([first]) == [Reply((first,))]


LIST = "They helped:\n- The states sent aid. They built schools.\n- They came.\nIt is at:\n- 1 Road"


@pytest.mark.parametrize(
    ("text", "longer"),
    [
        ("- The states sent aid.", "- The states sent aid. They built schools."),
        ("They built schools.", "They built schools."),  # what follows is another item
    ],
)
def test_items_of_a_list_stand_alone(text, longer) -> None:
    item = sentence(text, LIST)
    assert with_next(item).text == longer
    assert with_previous(sentence("- They came.", LIST)).text == "- They came."


def test_a_list_that_is_announced_next_comes_along() -> None:
    item = sentence("The office is small.", "The office is small. It is at:\n- 1 Road\n- Kars")
    assert with_next(item).text == item.passage.text


def test_one_sentence_is_enough_when_more_brings_nothing() -> None:
    first, other = evidence("Enver Pasha set it up."), evidence("Trade grew.", "b.md", score=0.9)
    reply = composed([first, other], opinion_that_likes("Enver"))
    assert reply == Reply((first,), 1.0)


def test_the_sentence_that_follows_comes_along_when_the_answer_is_in_it() -> None:
    reply = composed([sentence("The army was set up in May.")], opinion_that_likes("Enver"))
    item = reply.evidence[0]
    assert item.text == "The army was set up in May. Enver Pasha gave the order."
    assert item.passage.text[item.start : item.end] == item.text


def test_two_pieces_when_each_brings_something() -> None:
    first, other = evidence("Enver Pasha set it up."), evidence("Baku fell.", "b.md", score=0.9)
    reply = composed([first, other], opinion_that_likes("Enver", "Baku"))
    assert reply.evidence == (first, other)


def test_without_a_judge_what_scores_best_is_shown() -> None:
    first, other = evidence("Enver Pasha set it up."), evidence("Baku fell.", "b.md", score=0.9)
    reply = composed([first, other], None, most=2)
    assert reply == Reply((first, other), None)


def test_a_word_costs_something() -> None:
    assert worth(1.0, 10, cost=0.1) == 0.0
    assert worth(1.0, 5, cost=0.1) == 0.5


def test_the_likeliest_for_its_length_is_best() -> None:
    short, long = Reply((evidence("One two."),), 1.0), Reply((evidence("One two three."),), 1.005)
    assert best_of([short, long]) is short
    assert best_of([short, replace(long, verdict=1.02)]).verdict == 1.02


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How do I change the filter?", "1. Open the lid.\n2. Change the filter."),
        ("When is the filter changed?", "The filter is changed in May."),
    ],
)
def test_how_to_do_it_is_answered_with_steps(question, said) -> None:
    items = [
        evidence("The filter is changed in May."),
        evidence("1. Open the lid.\n2. Change the filter.", "b.md"),
    ]
    replies = compose(
        question, items, most=3, weights={}, opinion=opinion_that_likes("The filter is changed")
    )
    texts = [e.text for e in best_of(replies).evidence]
    assert said in texts
    assert len(texts) == (2 if "How" in question else 1)
