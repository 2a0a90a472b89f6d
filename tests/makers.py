"""Short ways to make the records that tests need."""

from __future__ import annotations

from rag.types import Evidence, Hit, Passage


def passage(text: str, doc_id: str = "a.md", *, start: int = 0, number: int = 1, **more) -> Passage:
    return Passage(doc_id, start, start + len(text), text, passage_id=number, **more)


def hit(text: str, doc_id: str = "a.md", **more) -> Hit:
    return Hit(passage(text, doc_id, **more), 0.03, 1, 1, 0.5)


def evidence(text: str, doc_id: str = "a.md", *, score: float = 1.0, **more) -> Evidence:
    return Evidence(
        passage(text, doc_id, **more), 0, len(text), text, score=score, cosine=0.5, lexical=1.0,
        rank=1,
    )  # fmt: skip
