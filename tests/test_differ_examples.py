"""What the judge learns about two texts."""

import random

from tests.bench.conflicts import half
from tests.bench.differ_examples import of_conflicts, of_examples


def identity_of(wanted: str) -> str:
    return next(f"row-{i}" for i in range(50) if half(f"row-{i}") == wanted)


def document(role: str, text: str, answer: str = "") -> dict:
    return {
        "doc_id": text[:5],
        "role": role,
        "text": text,
        **({"answer": answer} if answer else {}),
    }


def conflicts(*documents: dict, kind: str = "ramdocs", identity: str | None = None) -> set:
    row = {
        "id": identity or identity_of("choose"), "type": kind, "question": "Who built the ferry?",
        "docs": list(documents), "answers": ["Ayla"], "wrong_answers": [],
    }  # fmt: skip
    pairs = of_conflicts([row], random.Random(1))
    return {(frozenset((p.first, p.second)), p.label) for p in pairs}


AYLA = document("support", "It rained. Ayla built the ferry.", "Ayla")
AGAIN = document("support", "The ferry was built by Ayla.", "Ayla")
DENIZ = document("support", "Deniz built the ferry.", "Deniz")
NOISE = document("noise", "The ferry was painted. It was late.")


def test_documents_differ_when_each_has_another_answer() -> None:
    assert conflicts(AYLA, AGAIN, DENIZ) == {
        (frozenset(("Ayla built the ferry.", "The ferry was built by Ayla.")), 0),
        (frozenset(("Ayla built the ferry.", "Deniz built the ferry.")), 1),
        (frozenset(("The ferry was built by Ayla.", "Deniz built the ferry.")), 1),
    }


def test_what_answers_nothing_differs_from_nothing() -> None:
    assert conflicts(AYLA, NOISE) == {
        (frozenset(("Ayla built the ferry.", "The ferry was painted.")), 0)
    }


def test_a_text_with_both_answers_teaches_nothing() -> None:
    both = document("support", "Ayla and Deniz built the ferry.", "Deniz")
    assert conflicts(AYLA, both) == set()


def test_the_half_that_reports_teaches_nothing() -> None:
    assert conflicts(AYLA, DENIZ, identity=identity_of("report")) == set()


def test_yes_and_no_are_sides() -> None:
    yes = document("side_a", "Ferries float, since they are hollow.", "The ferry can float.")
    no = document("side_b", "It rained. The ferry cannot float.", "The ferry can not float.")
    found = conflicts(yes, no, kind="conflictqa")
    assert (frozenset((yes["text"], "The ferry cannot float.")), 1) in found
    assert (frozenset((yes["answer"], yes["text"])), 0) in found
    assert sum(label for _, label in found) == 2


def row(text: str, label: int | None, **more) -> dict:
    return {
        "source": "s", "group": "g", "question": "When was the ferry built?", "text": text,
        "label": label, "held_out": False, "answer": "1931", **more,
    }  # fmt: skip


def test_another_answer_in_the_same_sentence_differs() -> None:
    spare = row("The mill burnt in 1850.", 1, group="h", question="When?", answer="1850")
    rows = [row("Ayla built the ferry in 1931.", 1), row("The ferry is old.", 0), spare]
    texts = {
        (frozenset((p.first, p.second)), p.label)
        for seed in range(12)
        for p in of_examples(rows, random.Random(seed))
        if p.question == "When was the ferry built?"
    }
    changed = frozenset(("Ayla built the ferry in 1931.", "Ayla built the ferry in 1850."))
    assert (changed, 1) in texts
    assert (frozenset(("Ayla built the ferry in 1931.", "The ferry is old.")), 0) in texts
    assert all(label == (pair == changed) for pair, label in texts)


def test_what_is_held_out_teaches_nothing() -> None:
    rows = [row("Ayla built the ferry in 1931.", 1, held_out=True), row("Old.", 0, held_out=True)]
    assert list(of_examples(rows, random.Random(1))) == []
