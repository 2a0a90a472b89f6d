"""An assistant without models for tests of the chat: a few documents, matched by shared words."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

from rag.config import Config, Documents
from rag.courtesy import plain_reply
from rag.errors import GenerationError, LibraryError, QuestionError, ReadError
from rag.evidence import in_context
from rag.own_words import Own
from rag.run import Part, Run
from rag.text import content_stems, sentence_spans
from rag.types import (
    Answer,
    Checked,
    Citation,
    Disagreement,
    Document,
    DocumentInfo,
    Evidence,
    FailedFile,
    Heading,
    Hit,
    Passage,
    Sentence,
    Span,
    Stage,
    SyncProgress,
    SyncReport,
)
from rag.wishes import Wishes
from rag.wording import of_own

SURVEY = """The Old Bridge: a survey

1. The structure

The Old Bridge crosses the Tarn in four arches of local sandstone. Each arch spans eleven \
metres and rests on a pier that was widened in 1931. The parapets were rebuilt twice, the \
second time in lighter stone that weathers faster than the first.

2. How it came about

Work began after the flood of 1883 had carried away the ferry landing. The bridge was opened to \
traffic in May 1887. Its engineer was Ada Winterbourne, who had built two railway viaducts \
before. The toll was a penny for a person and threepence for a cart, and it was abolished in \
1920.

3. Condition

Divers inspected the piers in March 2021. They found scour of up to forty centimetres at the \
second pier, and advised a stone apron before the next winter. The deck is sound. A weight \
limit of 7.5 tonnes has applied since 1998."""

HISTORY = """Notes on the history of the town

The river

The town grew at a ford, then round a ferry. A flood took the ferry landing in 1883 and drowned \
two people.

The bridge

The bridge opened in 1889, with a fair that lasted three days. The mayor, Josiah Pell, crossed \
first, on foot. The toll keeper's house still stands on the eastern bank and is now a bakery.

- The fair is held again every ten years.
- The bakery sells a loaf named after the engineer.

The library

The public library was founded in 1904 by a bequest of the mill owner Edith Crane. It moved to \
its present house in 1962."""

MINUTES = """Council minutes, spring session

The council agreed to spend 240,000 crowns on a stone apron for the second pier. Councillor \
Okafor asked for a cycle lane on the bridge. The chair replied that the deck is too narrow. The \
library's opening hours stay as they are until September."""


def document(doc_id: str, title: str, text: str, *, pages: int = 0) -> Document:
    """A document whose short lines are headings, and whose pages are equally long."""
    headings, position = [], 0
    for line in text.split("\n"):
        if line and len(line) < 40 and not line.startswith("-") and line[-1] != ".":
            start = text.index(line, position)
            headings.append(Heading(start, start + len(line), 1 if start == 0 else 2, line))
        position += len(line) + 1
    starts = tuple(i * len(text) // pages for i in range(pages))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        doc_id, sha256, title, text, Path(doc_id).suffix.lstrip("."), starts, tuple(headings)
    )


def town() -> list[Document]:
    """Three documents, two of which disagree about a year."""
    return [
        document("surveys/old-bridge.pdf", "The Old Bridge: a survey", SURVEY, pages=3),
        document("town-history.md", "Notes on the history of the town", HISTORY),
        document("minutes.docx", "Council minutes, spring session", MINUTES),
    ]


class FakeAssistant:
    """Answers with the sentences that share most words with the question.

    "fail" in a question raises a `GenerationError`, "crash" a fault; "slowly" waits between steps
    until the reader has gone.
    """

    def __init__(
        self, documents: Sequence[Document] | None = None, *, config: Config | None = None,
        failed: Sequence[FailedFile] = (), pause: float = 0.0,
    ) -> None:  # fmt: skip
        folder = Path(tempfile.mkdtemp(prefix="kaynak-fake-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.config = (config or Config()).model_copy(
            update={"documents": Documents(folder=folder, index=folder / ".kaynak")}
        )
        self.pause = pause
        self.asked: list[tuple[str, list[tuple[str, str]], list[str] | None]] = []
        self.wishes: list[Wishes] = []
        self.closed = 0
        self.error = "The model stopped in the middle of a sentence."
        chosen = town() if documents is None else documents
        self._documents = {d.doc_id: d for d in chosen}
        self._failed = {f.doc_id: f for f in failed}
        self._waiting: dict[str, str] = {}

    def stream(
        self, question: str, *, history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None, stopped: Callable[[], bool] | None = None,
    ) -> Generator[Stage | Checked | Answer, None, None]:  # fmt: skip
        yield from self.follow(Run(question, list(history), documents, stopped))

    def follow(self, run: Run) -> Generator[Stage | Checked | Answer, None, None]:
        chosen = None if run.documents is None else list(run.documents)
        self.asked.append((run.question, list(run.history), chosen))
        self.wishes.append(run.wishes)
        try:
            if plain := plain_reply(run.question, passages=12 * len(self._documents)):
                yield _own(run.question, run.question, plain)
                return
            yield from self._stream(run, chosen, run.stopped or (lambda: False))
        finally:
            self.closed += 1

    def _stream(self, run, documents, stopped):
        question, history = run.question, run.history
        most = self.config.answering.max_question_characters
        if len(question) > most:
            raise QuestionError(f"The question has {len(question):,} characters.")
        searched = question
        if history and question.lower().startswith("and "):
            searched = f"{history[-1][0]} {question}"
        yield Stage("search", f"Searching {12 * len(self._documents)} passages")
        self._wait()
        found = self._best(searched, documents)
        run.searched = searched
        run.parts = [_part(searched, found)] if found else []
        yield Stage("read", f"Reading {len(found)} sentences")
        self._wait()
        if "fail" in question:
            raise GenerationError(self.error)
        if "crash" in question:
            raise RuntimeError("a fault of the program")
        while "slowly" in question and not stopped():
            time.sleep(0.02)
            yield Stage("write", "Writing slowly")
        for event in self._reply(question, searched, found):
            if isinstance(event, Answer):
                run.citations, run.sentences = list(event.citations), list(event.sentences)
                run.timings_ms = dict(event.timings_ms)
            yield event

    def _reply(self, question, searched, found):
        wanted = set(content_stems(searched))
        hits = tuple(Hit(_passage(d, s), score, 1, 1, 0.5) for score, d, s in found[:3])
        times = {"retrieve": 12.0, "evidence": 240.0, "total": 1310.0}
        if not found or found[0][0] < min(2, len(wanted)):
            yield _own(
                question, searched, Own("refused"), hits=hits, confidence=0.2, timings_ms=times
            )
            return
        best = [f for f in found if f[0] >= found[0][0] - 1][:3]
        citations = tuple(_citation(i, d, s) for i, (_, d, s) in enumerate(best, start=1))
        disagreements = _years(searched, citations)
        sentences = []
        for citation in citations:
            quote = " ".join(citation.quote.split())
            is_quoted = citation.marker != 2
            sentence = Sentence(quote, (citation.marker,), quoted=is_quoted)
            sentences.append(sentence)
            yield Checked(sentence, (citation,))
            self._wait()
        text = " ".join(f"{s.text} [{s.markers[0]}]" for s in sentences)
        yield Answer(
            question, searched, "answered", text, tuple(sentences), citations, disagreements,
            hits, 0.9, {**times, "check": 31.0},
        )  # fmt: skip

    def _best(self, question, documents):
        wanted = set(content_stems(question))
        found = []
        for doc in self._documents.values():
            if documents is not None and doc.doc_id not in documents:
                continue
            for span in sentence_spans(doc.text):
                text = doc.text[span.start : span.end]
                shared = len(wanted & set(content_stems(text)))
                if shared and (text[-1] in ".>" or len(text) > 40):
                    found.append((shared, doc, span))
        return sorted(found, key=lambda f: -f[0])

    def _wait(self) -> None:
        if self.pause:
            time.sleep(self.pause)

    def answer(self, question, *, history=(), documents=None) -> Answer:
        with closing(self.stream(question, history=history, documents=documents)) as events:
            *_, last = events
        return last

    def documents(self) -> tuple[DocumentInfo, ...]:
        return tuple(
            DocumentInfo(
                d.doc_id, d.title, d.format, len(d.page_starts) or None,
                max(1, len(d.text) // 400), len(d.text), "2026-01-05T10:00:00+00:00",
            )
            for d in sorted(self._documents.values(), key=lambda d: d.doc_id)
        )  # fmt: skip

    def document(self, doc_id: str) -> Document | None:
        return self._documents.get(doc_id)

    def failed(self) -> tuple[FailedFile, ...]:
        return tuple(self._failed.values())

    def suggestions(self, n: int = 4) -> list[str]:
        return [
            "When was the bridge opened?",
            "Who was the engineer of the bridge?",
            "What did the divers find at the second pier?",
            "Who founded the public library?",
        ][:n]

    def add(self, source: Path, *, name: str | None = None) -> str:
        wanted = name or source.name
        if source.suffix not in {".txt", ".md"}:
            raise ReadError(
                f"{wanted} is of a type that cannot be read.", hint="Use .txt or .md.",
                code="unknown_type", detail=wanted,
            )  # fmt: skip
        text = source.read_text(encoding="utf-8")
        if wanted in self._documents and self._documents[wanted].text != text:
            wanted = f"{source.stem}-2{source.suffix}"
        self._waiting[wanted] = text
        return wanted

    def remove(self, doc_id: str) -> None:
        if doc_id not in self._documents and doc_id not in self._failed:
            raise LibraryError(f"There is no document {doc_id}.")
        self._documents.pop(doc_id, None)
        self._failed.pop(doc_id, None)

    def reread(self, doc_id: str, *, progress=None) -> SyncReport:
        if doc_id not in self._documents and doc_id not in self._failed:
            raise LibraryError(f"There is no document {doc_id}.")
        if doc_id in self._documents:
            self._waiting[doc_id] = self._documents[doc_id].text
        return self.sync(progress=progress)

    def sync(
        self, *, progress: Callable[[SyncProgress], None] | None = None, rebuild: bool = False,
        allow_empty: bool = False,
    ) -> SyncReport:  # fmt: skip
        added, failed = [], []
        for i, (name, text) in enumerate(self._waiting.items()):
            if progress is not None:
                progress(SyncProgress(i, len(self._waiting), name, "embedding"))
            self._wait()
            if text.strip():
                self._documents[name] = document(name, text.strip().split("\n")[0], text)
                added.append(name)
            else:
                self._failed[name] = FailedFile(name, "It holds no text.")
                failed.append(self._failed[name])
        self._waiting.clear()
        return SyncReport(added=tuple(added), failed=tuple(failed))


def _own(question: str, searched: str, said: Own, **more) -> Answer:
    """What is not an answer from the documents."""
    return Answer(
        question, searched, "abstained", said.text, sentences=(of_own(said),), **more
    )  # fmt: skip


def _part(question: str, found) -> Part:
    """What the fake found, in the words of the real one."""
    from rag.composing import Reply

    most = found[0][0]
    evidence = [
        Evidence(
            _passage(d, s), s.start, s.end, d.text[s.start : s.end], score / most, 0.5,
            score / most, rank, 2.0 - rank if rank < 4 else None,
        )
        for rank, (score, d, s) in enumerate(found[:9], start=1)
    ]  # fmt: skip
    hits = [Hit(_passage(d, s), score / 10, 1, 1, 0.5) for score, d, s in found[:3]]
    return Part(
        question, hits=hits, evidence=evidence, replies=[Reply((evidence[0],), 1.0)],
        read=[in_context(e) for e in evidence if e.verdict is not None],
        confidence=0.9 if most > 1 else 0.2,
    )  # fmt: skip


def _passage(doc: Document, span: Span) -> Passage:
    start = doc.text.rfind("\n\n", 0, span.start)
    start = 0 if start < 0 else start + 2
    end = doc.text.find("\n\n", span.end)
    end = len(doc.text) if end < 0 else end
    return Passage(
        doc.doc_id, start, end, doc.text[start:end], doc.page_at(start), doc.heading_at(start),
        doc.title, 1 + start + 100_000 * (sum(map(ord, doc.doc_id)) % 1000),
    )  # fmt: skip


def _citation(marker: int, doc: Document, span: Span) -> Citation:
    return Citation(
        marker, doc.doc_id, doc.title, doc.page_at(span.start), span.start, span.end,
        doc.text[span.start : span.end], doc.heading_at(span.start),
    )  # fmt: skip


def _years(question: str, citations: Sequence[Citation]) -> tuple[Disagreement, ...]:
    """The two opening years, when both are cited."""
    years = [(y, c) for c in citations for y in ("1887", "1889") if y in c.quote]
    if "opened" not in question or len({y for y, _ in years}) < 2:
        return ()
    return (Disagreement("year", tuple(years)),)
