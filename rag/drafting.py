"""Draft questions from documents, for a person to accept, edit or throw away.

No model: a question is a fixed frame round words of the document, its gold answer a date, number or
name that a sentence holds, and the sentence is kept beside it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.questions import DRAFT
from rag.suggestions import Names, event_question, known_names
from rag.text import content_stems, sentence_spans
from rag.types import Document
from rag.values import Value, dates, names, numbers

_LOOKED_AT_CHARS = 200_000
_WORDS = range(8, 41)
_FEWEST_STEMS = 5
_GAP = "____"
_ASKED = {"date": "Which date", "number": "Which number", "name": "Which name"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that nobody has read yet.

    Attributes:
        answer: As it stands in the sentence.
        start: Of the sentence in the document's text, characters, inclusive.
        end: Characters, exclusive.
        kind: "event" where it asks when something happened, "gap" where a value was taken out.
    """

    question: str
    answer: str
    document: str
    start: int
    end: int
    quote: str
    kind: str


def draft(documents: Sequence[Document], *, n: int, seed: int = 0) -> list[Draft]:
    """Draft questions, spread over the documents; those about events come first.

    Args:
        n: At most so many.
        seed: Equal seeds draw equal questions.
    """
    known = known_names(documents)
    found = [item for document in documents for item in _drafts(document, known)]
    random.Random(seed).shuffle(found)
    # A date that an event is asked for is worth more than a gap, and one document than two.
    found.sort(key=lambda item: item.kind != "event")
    taken: list[Draft] = []
    homes: Counter[str] = Counter()
    most = 1
    while found and len(taken) < n:
        for item in [f for f in found if homes[f.document] < most][: n - len(taken)]:
            if homes[item.document] < most:
                homes[item.document] += 1
                taken.append(item)
                found.remove(item)
        most += 1
    return taken


def as_row(item: Draft, number: int) -> dict[str, object]:
    """A draft as a row of a question set; it is not asked until its status is changed."""
    return {
        "id": f"draft-{number:03}", "question": item.question, "answers": [item.answer],
        "documents": [item.document], "kind": item.kind, "status": DRAFT,
        "evidence": [
            {"document": item.document, "quote": item.quote, "start": item.start, "end": item.end}
        ],
    }  # fmt: skip


def _drafts(document: Document, known: Names) -> Iterator[Draft]:
    asked: set[str] = set()
    text = document.text[:_LOOKED_AT_CHARS]
    for span in sentence_spans(text):
        quote = text[span.start : span.end]
        sentence = " ".join(quote.split()).lstrip("-*•–> ")
        if len(sentence.split()) not in _WORDS or len(content_stems(sentence)) < _FEWEST_STEMS:
            continue
        for question, answer, kind in _questions(sentence, known):
            if question not in asked:
                asked.add(question)
                yield Draft(question, answer, document.doc_id, span.start, span.end, quote, kind)


def _questions(sentence: str, known: Names) -> Iterator[tuple[str, str, str]]:
    """Questions with their answers; at most one about an event and one with a gap."""
    found_dates = dates(sentence)
    question = event_question(sentence, known)
    if question and len(found_dates) == 1:
        yield question, found_dates[0].text, "event"
        return
    if (value := _only(sentence, found_dates)) is not None:
        asked = _ASKED[value.kind]
        gap = sentence.replace(value.text, _GAP)
        yield f"{asked} is left out here: “{gap}”", value.text, "gap"


def _only(sentence: str, found_dates: Sequence[Value]) -> Value | None:
    """A value that stands in the sentence once, so that a gap has one answer."""
    digits = [v for v in numbers(sentence) if v.text[0].isdigit() and len(v.text) > 1]
    whole = [v for v in names(sentence) if _is_whole(sentence, v)]
    for value in [*found_dates, *digits, *whole]:
        if sentence.count(value.text) == 1:
            return value
    return None


def _is_whole(sentence: str, name: Value) -> bool:
    """Whether a name is one word: "Erdoğan" in "Recep Tayyip Erdoğan" is a part of one."""
    before = sentence[: name.start].split(" ")[-2:-1]
    after = sentence[name.start + len(name.text) :]
    follows = after[1:2] if after.startswith(" ") else ""
    return (
        len(name.text) > 2
        and name.start > 0
        and sentence[name.start - 1] == " "
        and not (before and before[0][:1].isupper())
        and not follows.isupper()
    )
