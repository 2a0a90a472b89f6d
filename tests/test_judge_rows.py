"""What the judge is trained on."""

from tests.bench.judge_rows import lessons


def row(text, label, rank, **more):
    return {
        "source": "s", "group": "g", "question": "Who?", "above": "A", "text": text, "rank": rank,
        "label": label, "held_out": False, "answer": "Leyla", "answerable": True,
        "before": "", "after": "", **more,
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


def test_a_sentence_with_its_neighbour_is_right_when_either_answers() -> None:
    gold = row("Gold.", 1, 1, before="B.", after="A.")
    seen = {(x.text, x.label) for seed in range(8) for x in lessons([gold], seed=seed)}
    assert seen == {("Gold.", 1), ("B. Gold.", 1), ("Gold. A.", 1)}
    beside = row("W0.", 0, 0, after="Gold.", before="Gold.")
    assert any(x.text == "W0. Gold." and x.label for x in lessons([beside, ROWS[0]], seed=1))


def test_a_neighbour_that_holds_the_answers_words_may_answer_and_teaches_nothing() -> None:
    perhaps = row("W0.", 0, 0, before="Leyla spoke.", after="Leyla spoke.")
    assert [x.text for x in lessons([perhaps], seed=7)] == ["W0."]
    sure = row("W0.", 0, 0, before="Rain fell.", after="Rain fell.")
    assert [x.label for x in lessons([sure], seed=7)] == [0, 0]


def test_where_nothing_answers_no_neighbour_does() -> None:
    wrong = row("W0.", 0, 0, before="Leyla spoke.", after="Leyla spoke.", answerable=False)
    assert [x.label for x in lessons([wrong], seed=7)] == [0, 0]


def test_another_name_in_the_question_and_the_sentence_answers_no_longer() -> None:
    asked = row("Ayla met Kemal.", 1, 0, question="Who met Kemal?")
    other = row("Rain fell.", 0, 0, group="h", question="Who met Deniz?")
    # The name is drawn from all questions; some seeds draw the one that stands there already.
    exchanged = {
        (x.text, x.label, x.answer)
        for seed in range(8)
        for x in lessons([asked, other], seed=seed)
        if x.question == "Who met Deniz?" and "Kemal" in x.text
    }
    assert exchanged == {("Ayla met Kemal.", 0, "")}


def test_texts_that_name_what_is_asked_about_stand_under_other_headings_too() -> None:
    asked = [
        row("The town of Tarn has a bridge.", 1, 0, question="What has Tarn?", group=str(i))
        for i in range(40)
    ]
    beside = [row("Rain fell.", 0, 1, question="What has Tarn?", group=str(i)) for i in range(40)]
    found = lessons([*asked, *beside], seed=7)
    for label in (0, 1):
        above = [x.above for x in found if x.label == label]
        assert 5 < above.count("") < 30
        assert above.count("") < above.count("A")


def test_texts_that_need_their_headings_keep_them() -> None:
    asked = {
        "What has Tarn?": "It has a bridge.",
        "when did a town get a bridge": "A bridge was opened in 1887.",
        "What has a town with a bridge since 1887?": "A town with a bridge has a church.",
    }
    for question, text in asked.items():
        rows = [row(text, 1, 0, question=question, group=str(i), above="Town") for i in range(9)]
        assert {x.above for x in lessons(rows, seed=7)} == {"Town"}
