"""One question, from start to checked answer, as a stream of events.

retrieve -> score sentences -> decide -> write or quote -> check -> cite. The parts that hold
something heavy come in from outside, so that all of this runs with fakes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag import answerable, prompts
from rag.config import Config
from rag.conversation import standalone
from rag.disagreement import conflicting
from rag.errors import QuestionError
from rag.evidence import SCORE_MARGIN, inverse_frequency, judge, score_sentences, select
from rag.grounding import best_source, support
from rag.protocols import Embedder, Snapshot
from rag.protocols import Generator as LanguageModel
from rag.retrieval import retrieve
from rag.run import Run, ms_since, timed
from rag.text import content_stems, sentence_spans
from rag.types import (
    Answer,
    Checked,
    Citation,
    Disagreement,
    Evidence,
    Passage,
    Sentence,
    Stage,
)
from rag.values import asks_for

Event = Stage | Checked | Answer

NOT_SAID = "The documents do not answer this question."
NOTHING_INDEXED = "There are no documents to answer from yet."
_LIST = re.compile(
    r"^\s*(?:list|name|enumerate)\b|\b(?:what|which) (?:are|were)\b"
    r"|\b(?:what|which) \w+s (?:are|were|do|did|have|has)\b"
    r"|\b(?:all|which two|which three|which four)\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[ \t]*(?:[-*•‣]|\(?\d{1,3}[.)])[ \t]+")


@dataclass(frozen=True, slots=True)
class Answering:
    """The parts that answer questions, put together.

    Attributes:
        writes: Whether the generator may write sentences of its own; else evidence is quoted.
    """

    config: Config
    embedder: Embedder
    generator: LanguageModel
    writes: bool

    def stream(self, run: Run, snapshot: Snapshot) -> Generator[Event, None, None]:
        """Answer a question.

        Yields:
            `Stage` for what is going on, `Checked` for each sentence once it has passed, and the
            `Answer` last.

        Raises:
            QuestionError: If the question is empty or too long.
            GenerationError: If the model fails.
        """
        started = time.perf_counter()
        self._prepare(run)
        yield Stage("search", f"Searching {snapshot.passage_count:,} passages")
        with timed(run, "retrieve"):
            vector = self.embedder.embed_question(run.searched)
            run.hits = retrieve(
                run.searched, vector, snapshot,
                settings=self.config.retrieval, documents=run.documents,
            )  # fmt: skip
        if run.hits:
            yield Stage("read", f"Reading {len(run.hits)} passages")
            with timed(run, "evidence"):
                self._find_evidence(run, vector, snapshot)
        if run.evidence and run.confidence >= self.config.answering.refuse_below:
            yield from self._reply(run)
        run.timings_ms["total"] = ms_since(started)
        yield self._answer(run, snapshot)

    def _prepare(self, run: Run) -> None:
        run.question = " ".join(run.question.split())
        most = self.config.answering.max_question_characters
        if not run.question:
            raise QuestionError(
                "The question is empty.", hint="Type a question about the documents."
            )
        if len(run.question) > most:
            raise QuestionError(
                f"The question has {len(run.question):,} characters; {most:,} are allowed."
            )
        turns = self.config.answering.max_history_turns
        history = [(q[:most], a[:most]) for q, a in run.history][-turns:] if turns else []
        run.searched = standalone(run.question, history)

    def _find_evidence(self, run: Run, vector: NDArray[np.float32], snapshot: Snapshot) -> None:
        frequencies = snapshot.passage_frequencies(list(dict.fromkeys(content_stems(run.searched))))
        run.weights = {
            s: inverse_frequency(n, snapshot.passage_count) for s, n in frequencies.items()
        }
        cheap = score_sentences(
            run.searched, vector, run.hits, embed=self.embedder.embed,
            frequencies=frequencies, passage_count=snapshot.passage_count,
        )  # fmt: skip
        run.evidence = judge(
            run.searched, cheap, likelihood=self.generator.log_likelihoods,
            top=self.config.evidence.scored_by_model,
        )  # fmt: skip
        if run.evidence:
            run.signals = answerable.signals(
                run.searched, run.hits, run.evidence,
                frequencies=frequencies, passage_count=snapshot.passage_count,
            )  # fmt: skip
            run.confidence = answerable.probability(run.signals)

    def _reply(self, run: Run) -> Iterator[Event]:
        chosen = _choose(run, most=self.config.evidence.max_sentences)
        yield from self._differing(run)
        if self.writes and not run.disagreements:
            yield Stage("write", f"Writing from {len(chosen)} sentences")
            with timed(run, "write"):
                yield from self._written(run, chosen)
        with timed(run, "check"):
            if not any(s.markers for s in run.sentences) or not self.writes:
                for item in chosen:
                    yield from _quote(run, item)

    def _differing(self, run: Run) -> Iterator[Event]:
        """Say that the sources differ, before anything else is said."""
        sides = conflicting(run.searched, _worth_comparing(run), run.weights)
        if not sides:
            return
        cited = [(value, _cite(run, item)) for value, item in sides]
        run.disagreements.append(Disagreement(asks_for(run.searched) or "", tuple(cited)))
        said = "; ".join(value for value, _ in cited)
        sentence = Sentence(
            f"The sources differ: {said}.", tuple(c.marker for _, c in cited), quoted=False
        )
        run.sentences.append(sentence)
        yield Checked(sentence, tuple(c for _, c in cited))

    def _written(self, run: Run, chosen: Sequence[Evidence]) -> Iterator[Event]:
        """Let the model write; show what its evidence supports, quote where it does not."""
        pieces = self.generator.write(
            prompts.writing(run.searched, [e.text for e in chosen]),
            max_new_tokens=self.config.generation.max_new_tokens, stopped=run.stopped,
        )  # fmt: skip
        with closing(_whole_sentences(pieces)) as sentences:
            for text in sentences:
                item = chosen[best_source(text, chosen)]
                if support(text, item.text, question=run.searched).holds:
                    yield _show(run, Sentence(text, (_cite(run, item).marker,), quoted=False))
                else:
                    yield from _quote(run, item)

    def _answer(self, run: Run, snapshot: Snapshot) -> Answer:
        answered = bool(run.sentences)
        refusal = NOT_SAID if snapshot.passage_count else NOTHING_INDEXED
        for stage in ("retrieve", "evidence", "write", "check"):
            run.timings_ms.setdefault(stage, 0.0)
        return Answer(
            question=run.question,
            standalone_question=run.searched,
            status="answered" if answered else "abstained",
            text=" ".join(_marked(s) for s in run.sentences) if answered else refusal,
            sentences=tuple(run.sentences) or (Sentence(refusal, (), quoted=False),),
            citations=tuple(run.citations),
            disagreements=tuple(run.disagreements),
            hits=tuple(run.hits),
            confidence=round(run.confidence, 4),
            timings_ms={k: round(v, 1) for k, v in run.timings_ms.items()},
            fingerprint=self.config.fingerprint(),
        )


def _choose(run: Run, *, most: int) -> list[Evidence]:
    return select(
        run.evidence, most=most, weights=run.weights, wants_list=bool(_LIST.search(run.searched))
    )


def _worth_comparing(run: Run) -> list[Evidence]:
    return [e for e in run.evidence if e.score >= run.evidence[0].score - SCORE_MARGIN][:12]


def _cite(run: Run, item: Evidence) -> Citation:
    """The citation of a piece of evidence; the same characters are cited under one number."""
    for citation in run.citations:
        if (citation.document, citation.start, citation.end) == (
            item.passage.doc_id, item.start, item.end,
        ):  # fmt: skip
            return citation
    passage: Passage = item.passage
    citation = Citation(
        marker=len(run.citations) + 1, document=passage.doc_id, title=passage.title,
        page=passage.page, start=item.start, end=item.end, quote=item.text,
        heading=passage.heading,
    )  # fmt: skip
    run.citations.append(citation)
    return citation


def _quote(run: Run, item: Evidence) -> Iterator[Checked]:
    marker = _cite(run, item).marker
    if not any(s.quoted and marker in s.markers for s in run.sentences):
        yield _show(run, Sentence(_readable(item.text), (marker,), quoted=True))


def _show(run: Run, sentence: Sentence) -> Checked:
    run.sentences.append(sentence)
    return Checked(sentence, tuple(run.citations[m - 1] for m in sentence.markers))


def _readable(text: str) -> str:
    """The same words on one line each: bullets of single items and line wraps are dropped."""
    lines = [" ".join(text[s.start : s.end].split()) for s in sentence_spans(text)]
    if sum(bool(_BULLET.match(line)) for line in lines) > 1:
        return "\n".join(lines)
    return " ".join(_BULLET.sub("", line) for line in lines)


def _marked(sentence: Sentence) -> str:
    return sentence.text + "".join(f" [{m}]" for m in sentence.markers)


def _whole_sentences(pieces: Iterator[str]) -> Generator[str, None, None]:
    """Pieces of text as they come -> sentences as soon as they are complete."""
    text = ""
    for piece in pieces:
        text += piece
        spans = sentence_spans(text)
        while len(spans) > 1:
            yield _cleaned(text[spans[0].start : spans[0].end])
            text = text[spans[0].end :]
            spans = sentence_spans(text)
    if text.strip():
        yield _cleaned(text)


def _cleaned(text: str) -> str:
    """Without the markers that a model may have written: ours are the only ones."""
    bare = re.sub(r"\s*[\[［【]\s*[\d,\s–-]{1,40}[\]］】]", "", _BULLET.sub("", text))
    return " ".join(bare.split())
