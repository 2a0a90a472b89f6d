"""How far a piece of evidence reaches: one sentence, the one before it too, or a whole list."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.text import sentence_spans
from rag.types import Evidence, Passage, Span
from rag.values import dates

_DEPENDENT = re.compile(
    r"^(?:it|its|this|these|that|those|they|their|he|his|she|her|such|there|both|the latter"
    r"|the former|however|therefore|thus|moreover|furthermore|in addition|also|as a result"
    r"|for this reason|another)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^\s*(?:list|name|enumerate)\b|\b(?:what|which) (?:are|were)\b"
    r"|\b(?:what|which) (?:\w+ ){0,2}?(?!does|was|is|has|its|this)\w+[^\W\dsui]s\b"
    r"|\b(?:all|which two|which three|which four)\b",
    re.IGNORECASE,
)
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*•✓‣▪]|\d{1,3}[.)]|\(?[a-z]\))\s+")
_ROW_CHARS = 400
_STEPS = re.compile(
    r"\bhow (?:do|can|should|must|shall|would) (?:i|we|you|one)\b|\bhow to\b"
    r"|\b(?:steps|procedure)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[ \t]*\d{1,3}[.)]\s+")
# A sentence that leans on one that leans: so far back, and no further.
_MOST_LEANT_ON = 2
_LEAD_CHARS = 1_500
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"\d[\d.,/%]*")


def wants_list(question: str) -> bool:
    """Whether a question asks for several things: "Which agreements ...", "List all ..."."""
    return bool(_LIST.search(question))


def wants_steps(question: str) -> bool:
    """Whether a question asks how to do something: "How do I change the filter?"."""
    return bool(_STEPS.search(question))


def is_step(item: Evidence) -> bool:
    """Whether a piece of evidence is an item of a list with numbers."""
    return _NUMBERED.match(item.text) is not None


def with_sentence_before(item: Evidence) -> Evidence:
    """Stretch a sentence that leans on the one before it over that one, and one more likewise."""
    for _ in range(_MOST_LEANT_ON):
        if not leans(item.text):
            break
        item = with_previous(item)
    return item


def leans(text: str) -> bool:
    """Whether a text begins with what only the sentence before it explains: "It", "This" ..."""
    return _DEPENDENT.match(text) is not None


def with_lead(passage: Passage, text: str) -> Passage:
    """A passage that begins with a sentence which leans on the one before, with that one.

    Passages end after so many tokens, also between "The council appoints the board." and "It ...".

    Args:
        text: Of its whole document.
    """
    start = passage.start
    for span in reversed(_before_in_paragraph(text, start)):
        if not leans(text[start : passage.end]):
            break
        start = span.start
    return replace(passage, start=start, text=text[start : passage.end])


def _before_in_paragraph(text: str, end: int) -> list[Span]:
    """The last sentences of a paragraph before a place in it."""
    begin = max(0, end - _LEAD_CHARS)
    paragraph = text.rfind("\n\n", begin, end)
    spans = sentence_spans(text, begin if paragraph < 0 else paragraph, end)
    # What the window cuts is no sentence.
    is_cut = paragraph < 0 < begin
    return spans[is_cut:][-_MOST_LEANT_ON:]


def with_previous(item: Evidence) -> Evidence:
    """Stretch over the sentence before; inside its paragraph or item of a list."""
    before = [s for s in sentence_spans(item.passage.text) if s.end <= _start(item)]
    if not before or _is_heading(item, before[-1]) or _apart(item, before[-1].end, _start(item)):
        return item
    return _stretched(item, before[-1].start, _end(item))


def with_next(item: Evidence) -> Evidence:
    """Stretch over the sentence after; inside its paragraph or item of a list.

    One that announces a list brings the list.
    """
    after = [s for s in sentence_spans(item.passage.text) if s.start >= _end(item)]
    if not after or _is_heading(item, after[0]) or _apart(item, _end(item), after[0].start):
        return item
    longer = _stretched(item, _start(item), after[0].end)
    return _stretched(item, _start(item), _end(with_list(longer))) if announces(longer) else longer


def is_scrap(text: str) -> bool:
    """Whether a text is numbers whose names are elsewhere, as in a row of a PDF's table.

    "DistilBERT 92.82 77.7" does not say what is 77.7. A date says what it is, and so does a row
    that the reader of a table wrote ("F1: 77.7", "| DistilBERT | 77.7 |").
    """
    if ":" in text or "|" in text or dates(text):
        return False
    return len(_WORD.findall(text)) < 2 <= len(_NUMBER.findall(text))


def is_heading(text: str, passage: Passage) -> bool:
    """Whether a line of a passage is one of the headings above it, or the document's title.

    A text without a title is called by its first line: when that is a sentence, it is no heading.
    """
    bare = text.strip().lstrip("#").strip()
    is_title = bare == passage.title and not bare.endswith((".", "!", "?"))
    return is_title or bare in passage.heading.split(" > ")


def _apart(item: Evidence, end: int, start: int) -> bool:
    """Whether a paragraph, an item of a list or a row of a table ends between two sentences."""
    text = item.passage.text
    between = text[end:start]
    is_row = "\n" in between and "|" in text[start : start + _ROW_CHARS].partition("\n")[0]
    return is_row or "\n\n" in between or _LIST_ITEM.match(text, start) is not None


def _is_heading(item: Evidence, span: Span) -> bool:
    return is_heading(item.passage.text[span.start : span.end], item.passage)


def with_list(item: Evidence) -> Evidence:
    """Stretch over the whole list that a sentence leads to, or that it is an item of."""
    text = item.passage.text
    spans = sentence_spans(text)
    is_item = [bool(_LIST_ITEM.match(text, s.start)) for s in spans]
    first = last = next(i for i, s in enumerate(spans) if item.passage.start + s.end >= item.end)
    if last + 2 < len(spans) and text[spans[last + 1].start : spans[last + 1].end].endswith(":"):
        # "Two treaties were signed. They are:": the next sentence does the announcing.
        last += is_item[last + 2]
    while last + 1 < len(spans) and is_item[last + 1]:
        last += 1
    while first > 0 and is_item[first] and is_item[first - 1]:
        first -= 1
    announced = first > 0 and is_item[first] and text[: spans[first - 1].end].endswith(":")
    return _stretched(item, spans[first - announced].start, spans[last].end)


def is_item(item: Evidence) -> bool:
    """Whether a piece of evidence is an item of a list."""
    return is_list_item(item.text)


def is_list_item(text: str) -> bool:
    """Whether a text is an item of a list: "- one", "2. two", "(c) three"."""
    return _LIST_ITEM.match(text) is not None


def holds_items(item: Evidence) -> bool:
    """Whether a piece of evidence holds a list, more than one item of it or what announces it."""
    return any(_LIST_ITEM.match(line) for line in item.text.split("\n")[1:])


def announces(item: Evidence) -> bool:
    """Whether a sentence says little without the list that follows it."""
    return item.text.rstrip().endswith(":")


def asks(text: str) -> bool:
    """Whether a text ends as a question: it states nothing, what follows it may."""
    return text.rstrip().endswith(("?", "\uff1f", "\u061f"))


def with_reply(item: Evidence) -> Evidence | None:
    """A question of a document with what follows it, also in a new paragraph; a list as a whole.

    Returns:
        None when nothing follows but headings and more questions.
    """
    text = item.passage.text
    for span in (s for s in sentence_spans(text) if s.start >= _end(item)):
        if _is_heading(item, span):
            return None
        if not asks(text[span.start : span.end]):
            longer = _stretched(item, _start(item), span.end)
            is_list = announces(longer) or _LIST_ITEM.match(text, span.start)
            return _stretched(item, _start(item), _end(with_list(longer))) if is_list else longer
    return None


def _start(item: Evidence) -> int:
    """Where it begins in its passage."""
    return item.start - item.passage.start


def _end(item: Evidence) -> int:
    """Where it ends in its passage."""
    return item.end - item.passage.start


def _stretched(item: Evidence, start: int, end: int) -> Evidence:
    """The same evidence over ``passage.text[start:end]``."""
    passage = item.passage
    return replace(
        item, start=passage.start + start, end=passage.start + end, text=passage.text[start:end]
    )
