"""What the judge is trained on."""

from tests.bench.judge_rows import lessons


def row(text, label, rank, **more):
    return {
        "source": "s", "group": "g", "question": "Who?", "above": "A", "text": text, "rank": rank,
        "label": label, "held_out": False, "answer": "Leyla", **more,
    }  # fmt: skip


ROWS = [row("Gold.", 1, 1), row("W0.", 0, 0), row("W2.", 0, 2), row("W3.", 0, 3)]


def test_single_sentences_and_replies_with_and_without_the_gold_sentence() -> None:
    found = lessons(ROWS, seed=7)
    assert [(x.text, x.label) for x in found[:2]] == [("Gold.", 1), ("W0.", 0)]
    without, whole = found[2:]
    assert (without.label, "Gold." in without.text, without.answer) == (0, False, "")
    assert (whole.label, "Gold." in whole.text, whole.answer) == (1, True, "Leyla")
    assert len(without.text.split()) == len(whole.text.split()) in {2, 3}


def test_what_is_held_out_or_not_known_teaches_nothing() -> None:
    assert lessons([{**r, "held_out": True} for r in ROWS], seed=7) == []
    assert lessons([row("Perhaps.", None, 0)], seed=7) == []


def test_a_long_answer_is_not_learned() -> None:
    long = [{**r, "answer": "word " * 20} for r in ROWS]
    assert {x.answer for x in lessons(long, seed=7)} == {""}
