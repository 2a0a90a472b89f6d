"""All of a kind, from all documents."""

import pytest

from rag.listing import asks_for_all, find_all
from tests.makers import passage
from tests.test_answering import MemorySnapshot, answer


@pytest.mark.parametrize(
    ("question", "stem", "about"),
    [
        ("List all agreements", "agreement", set()),
        ("Please name every treaty mentioned in the documents.", "treati", set()),
        ("Give me a list of all pipelines in Georgia", "pipelin", {"georgia"}),
        ("What are all the trade agreements with Kars?", "agreement", {"trade", "kar"}),
        ("Which wars are mentioned?", "war", set()),
    ],
)
def test_what_all_of_is_asked_for(question, stem, about) -> None:
    kind = asks_for_all(question)
    assert kind is not None
    assert (kind.stem, kind.about) == (stem, about)


@pytest.mark.parametrize(
    "question",
    [
        "Which treaties shook Ottoman power?", "Who named all the animals?", "List the members.",
        "Where have all the flowers gone?", "What is named in the document?", "List all documents",
    ],
)  # fmt: skip
def test_other_questions_are_answered_as_ever(question) -> None:
    assert asks_for_all(question) is None


class AllFound(MemorySnapshot):
    def search_lexical(self, question, *, k, documents=None):
        found = [
            (i, 1.0) for i, p in self._all.items() if documents is None or p.doc_id in documents
        ]
        return found[:k]


A = (
    "The Treaty of Ilmar ended the war. It rained. Later the treaty with Orda was torn up. "
    "A treaty is a promise. The Treaty of Ilmar was signed in May."
)
B = "Treaties\n\n- Peace of Varn (1820)\n- Convention of Selk (1831)\n\nThe ferry to Varn is late."


def shown(question: str, **more) -> list[str]:
    kind = asks_for_all(question)
    assert kind is not None
    passages = (
        passage(A, "a.md", number=1),
        passage(B, "b.md", number=2, heading="History > Treaties"),
    )
    return [e.text for e in find_all(kind, AllFound(*passages), **more)]


def test_each_is_shown_once_in_order() -> None:
    assert shown("List all treaties") == [
        "The Treaty of Ilmar ended the war.", "Later the treaty with Orda was torn up.",
        "- Peace of Varn (1820)", "- Convention of Selk (1831)",
    ]  # fmt: skip


def test_what_they_are_about_and_where_to_look_is_kept_to() -> None:
    assert shown("List all treaties with Orda") == ["Later the treaty with Orda was torn up."]
    assert shown("List all treaties", documents=["b.md"]) == [
        "- Peace of Varn (1820)", "- Convention of Selk (1831)",
    ]  # fmt: skip


def test_the_answer_quotes_and_cites_each(monkeypatch) -> None:
    monkeypatch.setattr(MemorySnapshot, "search_lexical", AllFound.search_lexical)
    found = answer("List all treaties", passage(A, "a.md", number=1))
    assert found.text == (
        "The Treaty of Ilmar ended the war. [1] Later the treaty with Orda was torn up. [2]"
    )
    assert found.confidence == 1.0
    assert [c.quote for c in found.citations] == [s.text for s in found.sentences]
