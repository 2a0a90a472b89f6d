"""Hits to scored sentences."""

import math

import pytest

from rag.evidence import (
    WEIGHT_VERDICT,
    in_context,
    inverse_frequency,
    judge,
    score_sentences,
    select,
)
from rag.exclusion import excluded_last
from tests.fakes import HashEmbedder
from tests.makers import evidence, hit

QUESTION = "When was the embassy opened?"


def scored(*hits):
    embedder = HashEmbedder()
    return score_sentences(
        QUESTION, embedder.embed_question(QUESTION), hits, embed=embedder.embed,
        frequencies={"embassi": 1, "open": 2}, passage_count=10,
    )  # fmt: skip


def test_the_sentence_with_the_words_comes_first_with_its_exact_place() -> None:
    first = hit("Trade grew in most years. The embassy was opened in 1992.", start=100)
    best = scored(first)[0]
    assert best.text == "The embassy was opened in 1992."
    assert (best.start, best.end) == (126, 157)
    assert best.lexical == 1.0
    assert math.isclose(best.score, best.cosine + 0.5 * 1.0 + 0.3 / 1 + 0.2)


def test_a_sentence_that_two_passages_share_is_there_once() -> None:
    text = "The embassy was opened in 1992."
    found = scored(hit(text, number=1), hit(text, number=2))
    assert len(found) == 1


def test_a_shared_sentence_is_read_where_something_follows_it() -> None:
    shared, leaning = "The embassy was opened in 1992.", "It was opened in 1992."
    for sentence, number in ((shared, 2), (leaning, 1)):
        first = hit(f"Trade grew that year. {sentence}", number=1)
        start = first.passage.end - len(sentence)
        second = hit(f"{sentence} A consulate came later.", number=2, start=start)
        (found,) = [e for e in scored(first, second) if e.text == sentence]
        assert found.passage.passage_id == number
        assert (found.start, found.end, found.rank) == (start, first.passage.end, 1)


def test_headings_and_scraps_are_no_evidence() -> None:
    found = scored(
        hit("The old embassy\n\nIt closed. The embassy was opened.", heading="The old embassy")
    )
    assert [e.text for e in found] == ["The embassy was opened."]


@pytest.mark.parametrize(
    ("row", "is_kept"),
    [
        ("Walnut-2 81.4 77.7/85.8", False),
        ("3 768 12 5.84 77.9", False),
        ("100% 0% 84.3 94.9", False),
        ("Opened in 1992", True),
        ("14 January 1992.", True),
        ("Model: Walnut-2, F1: 77.7", True),
        ("| Walnut-2 | 77.7 |", True),
        ("Walnut orchards 81.4 77.7", True),
    ],
)
def test_numbers_whose_names_are_elsewhere_are_no_evidence(row: str, is_kept: bool) -> None:
    found = [e.text for e in scored(hit(f"Trade grew in most years.\n\n{row}"))]
    assert (row in " ".join(found)) is is_kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("When was it opened? In 1992.", "When was it opened? In 1992."),
        ("When was it opened?\n\nThat was in 1992.", "When was it opened?\n\nThat was in 1992."),
        ("When was it opened? And by whom? Not before 1992.",
         "When was it opened? And by whom? Not before 1992."),
        ("What did it need?\n- a house\n- a flag\n\nIt had both.",
         "What did it need?\n- a house\n- a flag"),
    ],
)  # fmt: skip
def test_a_question_of_the_document_is_read_with_what_follows_it(text: str, expected: str) -> None:
    assert expected in [e.text for e in scored(hit(text))]


def test_a_question_that_nothing_follows_states_nothing() -> None:
    ends = hit("Trade grew in most years. When was the embassy opened?")
    assert [e.text for e in scored(ends)] == ["Trade grew in most years."]
    above = hit(
        "When was the embassy opened?\n\nCosts\n\nThey were low that year.", heading="Costs"
    )
    assert [e.text for e in scored(above)] == ["They were low that year."]


def test_no_hits_no_evidence() -> None:
    assert scored() == []


def test_inverse_frequency_by_hand() -> None:
    assert inverse_frequency(1, 10) == math.log(1 + 9.5 / 1.5)
    assert inverse_frequency(10, 10) > 0


def test_the_opposite_of_what_is_asked_comes_last() -> None:
    first = evidence("The largest lake is Van.", score=2.0)
    second = evidence("Mogan is a small lake, no smaller one has ferries.", score=1.0)
    asked = "Which is the smallest lake?"
    assert [e.text for e in excluded_last(asked, [first, second])] == [second.text, first.text]
    asked = "Which is the largest lake?"
    assert excluded_last(asked, [first, second]) == [first, second]


def test_the_judge_ranks_the_best_again() -> None:
    a, b, c = (evidence(t, score=s, title="T") for t, s in (("a", 1.0), ("b", 0.9), ("c", 0.1)))
    seen = []

    def opinion(question, items):
        seen.append((question, items))
        return [-2.0, 3.0]

    ranked = judge(QUESTION, [a, b, c], opinion=opinion, top=2)
    assert [e.text for e in ranked] == ["b", "a", "c"]
    scores = [0.9 + WEIGHT_VERDICT * 3, 1.0 - WEIGHT_VERDICT * 2, 0.1 - WEIGHT_VERDICT * 2]
    assert [e.score for e in ranked] == scores
    assert [e.verdict for e in ranked] == [3.0, -2.0, None]
    assert seen == [(QUESTION, [("T", "a"), ("T", "b")])]


def test_nothing_is_judged_when_none_is_wanted() -> None:
    items = [evidence("a")]
    assert judge(QUESTION, items, opinion=lambda *_: [], top=0) == items


@pytest.mark.parametrize(
    "question",
    [
        "",
        # As if it asked for several things.
        "What treaty covers",
        "Which treaties cover defence?",
    ],
)
def test_select_brings_the_sentence_before_a_dependent_one(question) -> None:
    text = "The declaration was signed in 2021. It also covers defence."
    found = scored(hit(text))
    dependent = [e for e in found if e.text.startswith("It")]
    chosen = select(dependent, most=3, weights={}, question=question)
    assert [e.text for e in chosen] == [text]
    assert chosen[0].passage.text[chosen[0].start : chosen[0].end] == text


def test_select_takes_a_list_as_a_whole() -> None:
    text = "Exports are the following goods:\n- crude oil for ships\n- natural gas for towns"
    found = [e for e in scored(hit(text)) if e.text.startswith("Exports")]
    assert select(found, most=1, weights={})[0].text == text


def test_who_asks_how_to_do_it_gets_all_steps() -> None:
    text = "1. Switch the fan off.\n2. Open the lid.\n3. Pull the filter out."
    found = [e for e in scored(hit(text)) if "filter" in e.text]
    chosen = select(found, most=1, weights={}, question="How do I change the filter?")
    assert chosen[0].text == text
    chosen = select(found, most=1, weights={}, question="Where is the filter?")
    assert chosen[0].text == "3. Pull the filter out."


def test_a_sentence_that_announces_a_list_is_scored_by_what_the_list_says() -> None:
    text = "Three things happened:\n- trade grew\n- the embassy was opened\n- a war ended"
    best = scored(hit(f"{text}\nRain fell on all days."))
    whole = next(e for e in best if e.text == text)
    alone = next(e for e in best if e.text.startswith("Rain"))
    assert whole.lexical > 0.5
    assert alone.lexical == 0.0


@pytest.mark.parametrize(
    "first", ["Exports are the following goods:", "Exports grew fast. These are the goods:"]
)
def test_a_question_for_several_things_gets_the_list(first) -> None:
    text = f"{first}\n- crude oil for ships\n- natural gas for towns\nTrade goes on."
    found = [e for e in scored(hit(text)) if e.text.startswith("Exports")]
    chosen = select(found, most=1, weights={}, question="Which goods are exported?")
    assert chosen[0].text == text.removesuffix("\nTrade goes on.")


def test_a_date_in_the_question_picks_items_of_a_list() -> None:
    text = "The agreements are:\n- on the railway (2007)\n- on the harbour (2010)"
    found = [e for e in scored(hit(text)) if "harbour" in e.text]
    chosen = select(found, most=1, weights={}, question="Which agreements are from 2010?")
    assert [e.text for e in chosen] == ["- on the harbour (2010)"]


def test_select_drops_repetitions() -> None:
    a = evidence("The embassy was opened in August 1992.", "a.md")
    b = evidence("The embassy was opened in August 1992.", "b.md")
    c = evidence("The consulate in Kars came later.", "b.md")
    assert select([a, b, c], most=3, weights={}) == [a, c]


def test_select_prefers_what_covers_more_of_the_question() -> None:
    first = evidence("The embassy was opened in Ankara.", score=1.0)
    same = evidence("An embassy opened there in those years.", "b.md", score=0.9)
    other = evidence("The railway runs to Kars.", "c.md", score=0.85)
    weights = {"embassi": 1.0, "railway": 1.0}
    assert select([first, same, other], most=2, weights=weights) == [first, other]


def test_the_title_is_no_evidence() -> None:
    assert (
        scored(hit("Title: Embassies opened in Ankara.", title="Embassies opened in Ankara")) == []
    )


def test_a_long_sentence_before_does_not_push_the_sentence_out() -> None:
    text = "word " * 200 + "end. It was signed by Leyla."
    item = next(e for e in scored(hit(text)) if e.text.startswith("It"))
    _, read = in_context(item)
    assert read.endswith("end. It was signed by Leyla.")
    assert len(read) == 700


def test_a_text_of_one_sentence_is_evidence_though_it_is_called_by_it() -> None:
    text = "The embassy was opened in 1992."
    assert [e.text for e in scored(hit(text, title=text))] == [text]
    assert scored(hit("Embassies in Ankara", title="Embassies in Ankara")) == []
