"""Questions about a document as a whole: what it is about, in sentences of its own.

Such a question has no passage that answers it. The document is read by its structure instead: the
sentences that are closest to all the others (LexRank's idea, Erkan and Radev, 2004, with the mean
in place of the graph), one of a section, in the order of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from rag.extent import leans
from rag.protocols import Embedder, Snapshot
from rag.text import content_stems, fold, sentence_spans
from rag.types import Document, DocumentInfo, Evidence, Passage, Span

_PLEASE = r"(?:(?:please|can you|could you|would you)\s+)*"
_SUMMARY = (
    r"(?:an? |the )?(?:short |brief |quick )?"
    r"(?:summary|overview|outline|synopsis|gist|(?:main|key|most important) (?:points?|ideas?))"
)
_ASKS = re.compile(
    rf"{_PLEASE}(?:"
    r"what (?:is|are) (?P<about>.+?) (?:all )?about"
    r"|what does (?P<says>.+?) (?:cover|deal with|say|discuss|talk about)"
    r"|(?:summari[sz]e|sum up|outline) (?P<c>.+?)"
    rf"|(?:(?:give|write|show)(?: me)? |what (?:is|are) )?{_SUMMARY}"
    r"(?: (?:of|for|from|in) (?P<d>.+?))?"
    r")(?: for me| please| briefly| shortly| in (?:short|brief|a few (?:words|sentences)))*"
)
# Words that say which document is meant only to one who sees it.
_ANY = frozenset(
    "document documents file files text texts article articles paper papers page pages report "
    "reports source sources folder collection content contents pdf book one ones everything".split()
)
# "What does Azerbaijan say?" asks for no document, "what does the commentary say?" does.
_KINDS = re.compile(
    r"\b(?:document|file|text|article|paper|page|report|source|folder|book|pdf|commentary|digest|essay"
    r"|study|letter|memo|note|thesis|manual|guide|story|chapter|press release|statement"
    r"|handbook|minute|lease|contract|agreement|brochure|newsletter|transcript|e-?mail|invoice|catalogue"
    r"|proposal)s?\b"
)
_AND_MORE = re.compile(r"\band (?:say|tell|list|give|who|when|what|where|why|how|which)\b")
MOST_DOCUMENTS = 5
_MOST_SENTENCES = 5
_READ_PER_SECTION = 6
_MOST_READ = 160
_MIN_WORDS = 6
_TOO_ALIKE = 0.85
# The first sentences of a text tend to say what it is about.
_BONUS_OF_LEAD = 0.1
_PATH_MARKS = re.compile(r"[-_./]")
_FIELD = re.compile(r"^[-*•]?\s*[^\W\d_][\w ]{0,24}:\s")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, where it stands, and how close it is to the whole document."""

    span: Span
    section: str
    score: float
    vector: NDArray[np.float32]


def subject(question: str) -> set[str] | None:
    """Stems of what a question about a whole document calls it; empty for "this document".

    Returns:
        None for every other question.
    """
    said = fold(" ".join(question.split())).strip(" .!?")
    match = _ASKS.fullmatch(re.sub(r"^what['’]s\b", "what is", said))
    if match is None:
        return None
    groups = match.groupdict()
    called = re.sub(r"['’]s\b", "", next((group for group in groups.values() if group), ""))
    is_vague = (groups["about"] or groups["says"]) and not _KINDS.search(called)
    if is_vague or _AND_MORE.search(called):
        return None
    stems = set(content_stems(called)) - set(content_stems(" ".join(_ANY)))
    # "The AVİM commentary" may be called an article in its title.
    strong = stems - set(content_stems(" ".join(m.group() for m in _KINDS.finditer(called))))
    return None if strong and all(s.isdigit() for s in strong) else strong or stems


def names_kind(question: str) -> bool:
    """Whether a question speaks of a document as such: "this document", "the report on trade"."""
    return _KINDS.search(fold(question)) is not None


def meant(question: str, documents: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """The documents that a question is about as a whole: all, or those that go by the name in it.

    Args:
        documents: That may be answered from.

    Returns:
        Empty when the question is about something else, or no document goes by that name.
    """
    called = subject(question)
    if not called:
        return [] if called is None else list(documents)
    # Two leases are both "the lease".
    return [d for d in documents if _told(called, d) == 1.0]


def overview(
    documents: Sequence[DocumentInfo], snapshot: Snapshot, embedder: Embedder
) -> list[Evidence]:
    """Sentences that say what a document is about, or one of each of several; in their order.

    Args:
        documents: See `meant`; of many, the first few are read.
    """
    found = (snapshot.document(info.doc_id) for info in documents[:MOST_DOCUMENTS])
    texts = [document for document in found if document is not None]
    most = _MOST_SENTENCES if len(texts) == 1 else 1
    return [item for document in texts for item in _telling(document, embedder, most)]


def _told(called: set[str], document: DocumentInfo) -> float:
    """Share of the words for a document that its title or path holds."""
    # "lease-2.pdf" is one word as it is asked for, and three in the path.
    parts = {stem: content_stems(_PATH_MARKS.sub(" ", stem)) for stem in called}
    known = set(content_stems(f"{document.title} {_PATH_MARKS.sub(' ', document.doc_id)}"))
    told = sum(stem in known or (bool(p) and set(p) <= known) for stem, p in parts.items())
    return told / len(called)


def _telling(document: Document, embedder: Embedder, most: int) -> list[Evidence]:
    """The sentences of a document that say most of it."""
    texts = {s: document.text[s.start : s.end] for s in _candidates(document)}
    spans = [s for s, text in texts.items() if embedder.count_tokens(text) <= embedder.max_tokens]
    if not spans:
        return []
    vectors = embedder.embed_sentences([texts[s] for s in spans])
    closeness = vectors @ vectors.mean(axis=0)
    sentences = [
        _Sentence(span, document.heading_at(span.start), float(score) + _BONUS_OF_LEAD * (i < 2), v)
        for i, (span, score, v) in enumerate(zip(spans, closeness, vectors, strict=True))
    ]
    has_sections = len({s.section for s in sentences}) > 1
    chosen: list[_Sentence] = []
    for sentence in sorted(sentences, key=lambda s: -s.score):
        is_new = all(
            (sentence.section != other.section or not has_sections)
            and sentence.vector @ other.vector < _TOO_ALIKE
            for other in chosen
        )
        if is_new and len(chosen) < most:
            chosen.append(sentence)
    return [_evidence(document, s) for s in sorted(chosen, key=lambda s: s.span.start)]


def _candidates(document: Document) -> list[Span]:
    """The first sentences of every section; no headings, no fields such as "Author: ...".

    Nor what leans on the sentence before: in a summary another one stands there.
    """
    text = document.text
    headings = {heading.start for heading in document.headings}
    whole = [
        span
        for span in sentence_spans(text)
        if span.start not in headings
        and len(text[span.start : span.end].split()) >= _MIN_WORDS
        and not _FIELD.match(text[span.start : span.end])
        and not text[span.start : span.end].rstrip().endswith((":", "?"))
        and not _leans(text[span.start : span.end])
    ]
    sections = groupby(whole, key=lambda s: document.heading_at(s.start))
    first = [s for _, spans in sections for s in list(spans)[:_READ_PER_SECTION]]
    # A text without headings is read in steps, so that its end is read too.
    if len(first) < len(whole) and len(first) <= _READ_PER_SECTION:
        first = whole
    return first[:: max(1, -(-len(first) // _MOST_READ))]


def _leans(text: str) -> bool:
    """Whether it begins with "It" and the like; "This lease is made on" needs nothing before."""
    own = re.match(r"this ", text, re.IGNORECASE)
    return leans(text) and not (own and _KINDS.match(fold(text), own.end()))


def _evidence(document: Document, sentence: _Sentence) -> Evidence:
    """A sentence as evidence, inside its paragraph."""
    start, end = sentence.span.start, sentence.span.end
    above = document.text.rfind("\n\n", 0, start)
    below = document.text.find("\n\n", end)
    first, last = 0 if above < 0 else above + 2, len(document.text) if below < 0 else below
    passage = Passage(
        doc_id=document.doc_id, start=first, end=last, text=document.text[first:last],
        page=document.page_at(start), heading=sentence.section, title=document.title,
    )  # fmt: skip
    return Evidence(
        passage, start, end, document.text[start:end],
        score=sentence.score, cosine=sentence.score, lexical=0.0, rank=1,
    )  # fmt: skip
