"""What is said of an answer's making is what happened."""

from __future__ import annotations

from dataclasses import replace

from rag.composing import Reply
from rag.explanation import explain
from rag.next_questions import next_questions
from rag.run import Part, Run
from rag.types import Answer, Citation, Document, Hit, Sentence
from tests.makers import evidence, passage


def judged(text: str, verdict: float | None, doc_id: str = "a.md"):
    return replace(evidence(text, doc_id), verdict=verdict)


def made(confidence: float) -> Run:
    best, other, far = (
        judged("It opened in 1887.", 2.0), judged("A toll was paid.", -1.0, "b.md"),
        judged("The deck is sound.", None, "c.md"),
    )  # fmt: skip
    hits = [
        Hit(replace(e.passage, passage_id=i), 0.1, i, i) for i, e in enumerate((best, other), 1)
    ]
    part = Part(
        "When?", also=("When was it?",), hits=hits, evidence=[best, other, far],
        replies=[Reply((best,), 2.0)], confidence=confidence,
        read=[("Bridge", best.text), ("", best.text)],
    )  # fmt: skip
    return Run("When?", searched="When?", parts=[part], timings_ms={"retrieve": 3.0, "write": 0.0})


def test_fates_of_an_answer() -> None:
    run = made(0.9)
    run.citations = [Citation(1, "a.md", "", None, 0, 18, "It opened in 1887.")]
    found = explain(run, refuse_below=0.5)
    assert [s.fate for s in found.sentences] == ["cited", "weaker", "unread"]
    assert [(p.rank, p.fate) for p in found.passages] == [(1, "cited"), (2, "unused")]
    assert found.wordings == ("When was it?",)
    assert found.timings_ms == (("retrieve", 3.0),)
    assert [role for role, _ in found.prompts] == ["judge", "judge"]
    assert [text for _, text in found.prompts] == [
        f"Question: When?\nSource: {above}\nText: It opened in 1887.\n"
        "Does the text answer the question?"
        for above in ("Bridge", "")
    ]


def test_fates_of_a_refusal() -> None:
    found = explain(made(0.3), refuse_below=0.5)
    assert [s.fate for s in found.sentences] == ["refused", "weaker", "unread"]
    assert (found.confidence, found.refuse_below) == (0.3, 0.5)


def test_a_sentence_that_says_the_opposite_is_told() -> None:
    run = made(0.0)
    run.parts[0].question = "When did it not open?"
    assert next(s.fate for s in explain(run, refuse_below=0.5).sentences) == "opposed"


def test_the_writers_prompt_is_shown_when_it_wrote() -> None:
    run = made(0.9)
    run.timings_ms["write"] = 12.0
    role, text = explain(run, refuse_below=0.5).prompts[-1]
    assert role == "write"
    assert "[1] It opened in 1887." in text
    assert "system: You answer questions" in text


def test_nothing_searched_is_nothing_found() -> None:
    found = explain(Run("Hello"), refuse_below=0.5)
    assert (found.passages, found.sentences, found.prompts) == ((), (), ())


# --- what could be asked next ------------------------------------------------------------------

TEXT = (
    "The Shusha Declaration was signed on June 15, 2021 by both of the presidents. Some say more "
    "than that about it. The Treaty of Kars was signed in the old town on 13 October 1921. The "
    "Silk Museum was opened with a parade in the spring of 1998 near the coast of the sea."
)
DOCUMENT = Document("a.md", "0", "A", TEXT, "md")


def answered(question: str, quote: str) -> Answer:
    start = TEXT.index(quote)
    cited = Citation(1, "a.md", "A", None, start, start + len(quote), quote)
    hits = tuple(
        Hit(passage(text, start=TEXT.index(text), number=i), 1.0)
        for i, text in enumerate((quote, TEXT[TEXT.index("The Silk") :]), start=1)
    )
    return Answer(
        question, question, "answered", quote, (Sentence(quote, (1,), quoted=True),), (cited,),
        hits=hits,
    )  # fmt: skip


def test_next_questions_are_of_what_was_found_and_not_used() -> None:
    answer = answered(
        "When was the Shusha Declaration signed?",
        "The Shusha Declaration was signed on June 15, 2021 by both of the presidents.",
    )
    found = next_questions(answer, [DOCUMENT])
    assert found[0] == "When was the Silk Museum opened?"
    assert "When was the Treaty of Kars signed?" in found
    assert "When was the Shusha Declaration signed?" not in found


def test_questions_about_a_document_that_is_cited_come_first() -> None:
    answer = answered(
        "When was the Silk Museum opened?",
        "Silk Museum was opened with a parade in the spring of 1998 near the coast of the sea.",
    )
    text = "The Batum Opera House was opened in the spring of 1912 near the coast of the sea."
    other = Document("b.md", "1", "B", text, "md")
    assert next_questions(answer, [other, DOCUMENT]) == [
        "When was the Treaty of Kars signed?", "When was the Shusha Declaration signed?",
        "When was the Batum Opera House opened?",
    ]  # fmt: skip


def test_what_was_asked_is_not_offered_again() -> None:
    answer = answered(
        "And Kars?", "The Treaty of Kars was signed in the old town on 13 October 1921."
    )
    found = next_questions(answer, [DOCUMENT], asked=["When did the Silk Museum open its doors?"])
    assert found == ["When was the Shusha Declaration signed?"]
    assert next_questions(answer, [], asked=[]) == []
