"""Questions for all of a kind: "List all agreements with Georgia", "Name every treaty".

No single passage answers them. All passages that speak of the kind are read, and each sentence that
names one more of it is shown, in the order of the documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.extent import is_heading, is_list_item
from rag.protocols import Snapshot
from rag.text import content_stems, fold, sentence_spans, stem, words
from rag.types import Evidence, Passage
from rag.values import names

_ASKS = re.compile(
    r"\W*(?:(?:please|can you|could you|would you)\s+)*(?:"
    r"(?:list|name|enumerate|find|show(?: me)?|give(?: me)?(?: a list of)?|tell me)\s+"
    r"(?:all|every|each)(?: (?:one )?of)?(?: the| your)? (?P<a>.+?)"
    r"|(?:what|which) are all(?: of)? the (?P<b>.+?)"
    r"|(?:what|which) (?P<c>[\w-]+(?: [\w-]+)?) (?:are|were) (?:mentioned|named|listed)"
    r"(?P<d>\b.*?)?)\W*",
    re.IGNORECASE,
)
# Where the words for the kind end and what it is about begins.
_REST = re.compile(
    r"\b(?:in|of|on|about|that|which|who|whose|with|from|between|by|for|to|at|since|before|after|during"
    r"|mentioned|named|listed|described|signed|made|concluded|found|and)\b",
    re.IGNORECASE,
)
# Where to look says nothing about what to look for.
_PLACES = frozenset(
    "document documents file files text texts source sources folder page pages article articles "
    "paper papers report reports here there mentioned named listed described found".split()
)
_RUN = r"(?:[^\W\d_a-z][\w’'-]*|of|the|on|and|for)"
_CANDIDATES = 200
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Kind:
    """What all of is asked for.

    Attributes:
        stem: Of the word for it: "agreement".
        about: Stems of what else is said: "with Georgia".
        said: As it was asked: "agreements with Georgia".
    """

    stem: str
    about: frozenset[str]
    said: str


def asks_for_all(question: str) -> Kind | None:
    """The kind of which a question wants all; None for every other question."""
    match = _ASKS.fullmatch(" ".join(question.split()))
    if match is None:
        return None
    groups = match.groupdict()
    said = next(g for g in (groups["a"], groups["b"], groups["c"]) if g) + (groups["d"] or "")
    cut = _REST.search(said)
    head = words(said[: cut.start()] if cut else said)
    if not head or fold(head[-1]) in _PLACES:
        return None
    places = {stem(w) for w in _PLACES}
    about = frozenset(set(content_stems(said)) - {stem(head[-1])} - places)
    return Kind(stem(head[-1]), about, said.strip())


def find_all(
    kind: Kind, snapshot: Snapshot, *, documents: Sequence[str] | None = None
) -> list[Evidence]:
    """A sentence for each one of a kind that the documents name, in the order of the documents.

    Sentences count that hold the word for the kind and a name, and items of a list under a heading
    that holds the word; one that is written with its name
    ("Treaty of Kars") comes before one beside a name ("the agreement with Kars") where both name
    the same.
    """
    found = snapshot.search_lexical(kind.said, k=_CANDIDATES, documents=documents)
    passages = snapshot.passages([i for i, _ in found])
    rows = [row for p in passages.values() for row in _naming(kind, p)]
    rows.sort(key=lambda row: (not row[2], row[1].passage.doc_id, row[1].start))
    kept: dict[frozenset[str], Evidence] = {}
    for named, item, _ in rows:
        if not any(named <= known for known in kept):
            kept[named] = item
    once = {(e.passage.doc_id, e.start): e for e in kept.values()}
    return sorted(once.values(), key=lambda e: (e.passage.doc_id, e.start))


def _naming(kind: Kind, passage: Passage) -> list[tuple[frozenset[str], Evidence, bool]]:
    """Sentences of a passage with the names that they give the kind, and whether as one name."""
    above = f"{passage.title} {passage.heading}"
    # Under "Agreements", every item of a list is one.
    under = kind.stem in content_stems(passage.heading.split(" > ")[-1])
    found = []
    for span in sentence_spans(passage.text):
        text = passage.text[span.start : span.end]
        stems = set(content_stems(text))
        about = kind.about <= stems | set(content_stems(above))
        is_one = kind.stem in stems or (under and is_list_item(text))
        if is_one and about and not is_heading(text, passage):
            # An item of a list is one of its own, however alike another is.
            whole = frozenset(stems) if is_list_item(text) else _whole_names(kind, text)
            beside = frozenset(v.key for v in names(text))
            if whole or beside:
                item = Evidence(
                    passage, passage.start + span.start, passage.start + span.end, text,
                    score=1.0, cosine=0.0, lexical=1.0, rank=1,
                )  # fmt: skip
                found.append((whole or beside, item, bool(whole)))
    return found


def _whole_names(kind: Kind, text: str) -> frozenset[str]:
    """Words of the names that hold the word for the kind: "Treaty of Kars" -> kars."""
    found: set[str] = set()
    for match in re.finditer(rf"{_RUN}(?:\s+{_RUN})*", text):
        run = content_stems(match.group())
        if kind.stem in run and len(run) > 1:
            found |= set(run) - {kind.stem}
    return frozenset(found)
