"""What a document is about is said in sentences of its own."""

import pytest

from rag.overview import meant, overview, subject
from rag.types import Document, DocumentInfo, Heading
from tests.fakes import HashEmbedder

TEXT = """Harbours of the Halden Sea

Author: A. Writer of the Harbour Office.

The harbours of the Halden Sea trade fish, wood and coal. Rain fell on most of the days there.

Storms

Storms close the harbours of the Halden Sea in winter. A cat was once seen asleep on a wet roof.

Trade

Fish, wood and coal leave the harbours of the Halden Sea by ship. My aunt bakes very good bread.
"""


class Documents:
    """Documents by their name."""

    def __init__(self, *documents) -> None:
        self._all = {d.doc_id: d for d in documents}

    def document(self, doc_id):
        return self._all.get(doc_id)


def document(name="harbours.md", text=TEXT, title="Harbours of the Halden Sea"):
    headings = [
        Heading(start=text.index(t), end=text.index(t) + len(t), level=n, text=t)
        for t, n in ((title, 1), ("Storms", 2), ("Trade", 2))
        if f"{t}\n" in text
    ]
    return Document(name, "00", title, text, "md", headings=tuple(headings))


def asked(question, *documents):
    listed = [DocumentInfo(d.doc_id, d.title, d.format, None, 1, 1, "") for d in documents]
    return overview(meant(question, listed), Documents(*documents), HashEmbedder())


@pytest.mark.parametrize(
    ("question", "called"),
    [
        ("What is this document about?", set()),
        ("what's the article about", set()),
        ("Summarise the documents, please.", set()),
        ("Can you summarize the harbour report for me?", {"harbour"}),
        ("Give me a short summary of the harbour study", {"harbour"}),
        ("What are the main points?", set()),
        ("What does the harbour commentary say?", {"harbour"}),
        ("Summarise the commentary", {"commentari"}),
        ("Summarise the harbour's report", {"harbour"}),
        ("What does page 12 say?", None),
        ("Summarise the harbour report and say who wrote it", None),
        ("What does Halden say?", None),
        ("What is the staff handbook about?", {"staff"}),
        ("What are the minutes about?", {"minut"}),
        ("What is the war about?", None),
        ("What does the report say about storms?", None),
        ("When was the harbour closed?", None),
    ],
)
def test_subject(question, called) -> None:
    assert subject(question) == called


def test_one_sentence_of_each_section_in_the_order_of_the_text() -> None:
    found = asked("What is this document about?", document())
    assert [e.text for e in found] == [
        "The harbours of the Halden Sea trade fish, wood and coal.",
        "Storms close the harbours of the Halden Sea in winter.",
        "Fish, wood and coal leave the harbours of the Halden Sea by ship.",
    ]
    assert all(TEXT[e.start : e.end] == e.text for e in found)
    assert [e.passage.heading for e in found] == [
        "Harbours of the Halden Sea",
        "Harbours of the Halden Sea > Storms",
        "Harbours of the Halden Sea > Trade",
    ]


def test_of_several_documents_each_says_one_sentence() -> None:
    other = document("bread.md", "My aunt bakes bread of rye and wheat on Sundays.", "Bread")
    found = asked("What are these documents about?", document(), other)
    assert [e.passage.doc_id for e in found] == ["harbours.md", "bread.md"]


def test_the_document_that_is_named_is_meant() -> None:
    other = document("bread.md", "My aunt bakes bread of rye and wheat on Sundays.", "Bread")
    found = asked("Summarise the report on bread", document(), other)
    assert {e.passage.doc_id for e in found} == {"bread.md"}
    assert asked("Summarise the report on Saturn", document(), other) == []


def test_a_text_without_headings_says_more_than_one_sentence() -> None:
    text = "Fish leave the harbours of Velm by ship. Coal comes to the harbours of Velm by rail."
    found = asked("What is this text about?", document(text=text, title="Velm"))
    assert " ".join(e.text for e in found) == text


def test_a_sentence_too_long_to_embed_is_passed_over() -> None:
    text = f"Fish leave the harbours of Velm by ship. The list is {'fish and coal ' * 200}."
    found = asked("What is this text about?", document(text=text, title="Velm"))
    assert [e.text for e in found] == ["Fish leave the harbours of Velm by ship."]


def test_a_name_that_holds_not_all_that_is_said_is_not_meant() -> None:
    assert asked("Sum up the casualties of the Halden harbours", document()) == []
    assert asked("Sum up the Halden harbours", document()) != []


def test_a_document_without_sentences_says_nothing() -> None:
    assert asked("What is this document about?", document(text="Harbours\n", title="Bread")) == []


def test_what_leans_on_the_sentence_before_stands_in_no_summary() -> None:
    text = "The Ans Trust cares for the harbours of Velm. It sells harbours, ships, fish and coal."
    found = asked("What is this text about?", document(text=text, title="Velm"))
    assert [e.text for e in found] == ["The Ans Trust cares for the harbours of Velm."]


def test_the_name_of_a_file_is_a_name() -> None:
    other = document("bread-2.md", "My aunt bakes bread of rye and wheat on Sundays.", "Bread")
    assert {e.passage.doc_id for e in asked("Summarise bread-2.md", document(), other)} == {
        "bread-2.md"
    }


def test_documents_of_one_name_are_all_meant() -> None:
    text = "Fish leave the harbours of Velm by ship."
    leases = [document(f"{i}.md", text, "Lease of a boat") for i in "ab"]
    assert {e.passage.doc_id for e in asked("Summarise the lease", document(), *leases)} == {
        "a.md", "b.md",
    }  # fmt: skip


def test_this_lease_is_the_document_itself() -> None:
    text = "This lease of the harbours of Velm is made on 4 March. It ends in the harbours of Velm."
    found = asked("What is this text about?", document(text=text, title="Velm"))
    assert [e.text for e in found] == [text.split(". ")[0] + "."]
