"""Draft questions from documents, for a person to accept, edit or throw away.

No model: a question is a fixed frame round words of the document, its gold answer a date, number or
name that a sentence holds, and the sentence is kept beside it.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.questions import DRAFT
from rag.suggestions import Names, event_question, known_names
from rag.text import STOPWORDS, content_stems, fold, sentence_spans, words
from rag.types import Document
from rag.values import Value, dates, names, numbers

_LOOKED_AT_CHARS = 200_000
_WORDS = range(8, 41)
_FEWEST_STEMS = 5
_GAP = "____"
_ORDER = ("When", "Which date", "Which number", "Which name")


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
    found.sort(key=_quality)
    return _spread(found, n)


def _quality(item: Draft) -> int:
    """Events make the best questions, names left out the worst."""
    return next(i for i, asked in enumerate(_ORDER) if item.question.startswith(asked))


def _spread(found: Sequence[Draft], n: int) -> list[Draft]:
    """The best of each document, then the second best of each, and so on."""
    homes: Counter[str] = Counter()
    turns: list[tuple[int, int]] = []
    for place, item in enumerate(found):
        turns.append((homes[item.document], place))
        homes[item.document] += 1
    return [found[place] for _, place in sorted(turns)[:n]]


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
        if (
            "://" in sentence
            or len(sentence.split()) not in _WORDS
            or len(content_stems(sentence)) < _FEWEST_STEMS
        ):
            continue
        for question, answer, kind in _questions(sentence, known):
            if question not in asked:
                asked.add(question)
                yield Draft(question, answer, document.doc_id, span.start, span.end, quote, kind)


def _questions(sentence: str, known: Names) -> Iterator[tuple[str, str, str]]:
    """At most one question with its answer and kind: about an event, or with a gap."""
    found_dates = dates(sentence)
    question = event_question(sentence, known)
    if question and len(found_dates) == 1:
        yield question, found_dates[0].text, "event"
        return
    for asked, values in (
        ("Which date", [v.text for v in found_dates]),
        ("Which number", [v.text for v in numbers(sentence) if v.text[0].isdigit()]),
        ("Which name", _names_in(sentence, known)),
    ):
        # A value that stands there twice would be given away by the other one.
        value = next((v for v in values if len(v) > 1 and _is_free(sentence, v)), None)
        if value is not None:
            gap = sentence.replace(value, _GAP)
            yield f"{asked} is left out here: “{gap}”", value, "gap"
            return


def _names_in(sentence: str, known: Names) -> list[str]:
    """Names to leave out, longer ones first: of several words, or one that nothing follows."""
    several = [text for text in known if " " in text and text in sentence]
    single = [v.text for v in names(sentence) if _is_whole(sentence, v)]
    return [*sorted(several, key=len, reverse=True), *single]


def _is_free(sentence: str, value: str) -> bool:
    """Whether a value stands there once, and not inside a longer one: "19" in "COVID-19"."""
    found = re.findall(rf"(?<![\w’'.,-]){re.escape(value)}(?![\w’'-]|[.,]\d)", sentence)
    return len(found) == 1 == sentence.count(value)


def _is_whole(sentence: str, name: Value) -> bool:
    """Whether a name is one word, and no adjective.

    "Erdoğan" in "Recep Tayyip Erdoğan" is a part of a name, "Turkic" in "the Turkic world" says
    what kind: before and after a whole one come small words or punctuation.
    """
    before = words(sentence[: name.start])[-1:]
    after = sentence[name.start + len(name.text) :]
    following = words(after)[:1] if after.startswith(" ") else []
    return (
        len(name.text) > 2
        and bool(before)
        and sentence[name.start - 1] == " "
        and fold(before[0]) in STOPWORDS
        and all(fold(word) in STOPWORDS for word in following)
    )
