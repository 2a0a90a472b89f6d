"""What is known of one question while it is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from rag.answerable import Signals
from rag.composing import Reply, best_of
from rag.conversation import History
from rag.own_words import Own
from rag.types import Citation, Disagreement, Evidence, Hit, Passage, Sentence
from rag.wishes import Wishes


@dataclass(slots=True)
class Part:
    """One thing that a question asks for, and what was found for it; see `rag.parts`.

    Attributes:
        question: As it is searched.
        also: Other wordings that are searched with it.
        is_complete: It leans on nothing said before: the others weigh as much as it, together.
        hits: Best first.
        evidence: Best first.
        compared: Of the evidence what may be sides of a disagreement.
        weights: Of the stems of the question; rare ones weigh more.
        meant: By misspelt word of the question what it is searched as; see `rag.spelling`.
        missing: Words of the question that no passage of the index holds, in any form.
        replies: What could be shown, with the judge's verdicts.
        read: All that the judge was given: headings, text.
        signals: What the confidence was made from; None without evidence.
        confidence: That the best evidence answers it, 0 to 1.
    """

    question: str
    also: tuple[str, ...] = ()
    is_complete: bool = False
    hits: list[Hit] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    compared: list[Evidence] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    replies: list[Reply] = field(default_factory=list)
    read: list[tuple[str, str]] = field(default_factory=list)
    signals: Signals | None = None
    confidence: float = 0.0

    @property
    def reply(self) -> Reply:
        """What is shown when the confidence allows it."""
        return best_of(self.replies)


@dataclass(slots=True)
class Run:
    """What is known of one question so far.

    Attributes:
        history: Pairs of question and answer, oldest first.
        documents: Only these ``doc_id``; None for all.
        stopped: Turns true when nobody waits for the answer any more.
        wishes: Settings for this question alone.
        searched: The question as it stands alone.
        page_of: Page of a character of a passage's document; of the passage, if not set.
        plain_reply: Said without a search; see `rag.courtesy`.
        parts: What it asks for; one for most questions.
    """

    question: str
    history: History = ()
    documents: Sequence[str] | None = None
    stopped: Callable[[], bool] | None = None
    wishes: Wishes = field(default_factory=Wishes)
    searched: str = ""
    page_of: Callable[[Passage, int], int | None] = lambda passage, _: passage.page
    plain_reply: Own | None = None
    parts: list[Part] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    timings_ms: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What was retrieved for all parts, best first; each passage once."""
        ranked = [hit for hits in zip_longest(*(p.hits for p in self.parts)) for hit in hits if hit]
        return tuple({hit.passage.passage_id: hit for hit in reversed(ranked)}.values())[::-1]

    @property
    def confidence(self) -> float:
        """That at least one part is answered."""
        return max((p.confidence for p in self.parts), default=0.0)


class timed:  # noqa: N801 - reads as a verb where it is used
    """Adds the time of a block to a run's timings."""

    def __init__(self, run: Run, stage: str) -> None:
        self._run, self._stage = run, stage

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        spent = self._run.timings_ms.get(self._stage, 0.0) + ms_since(self._started)
        self._run.timings_ms[self._stage] = spent


def ms_since(started: float) -> float:
    """Milliseconds since a reading of `time.perf_counter`."""
    return (time.perf_counter() - started) * 1000
