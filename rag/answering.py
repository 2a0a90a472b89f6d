"""One question, from start to checked answer, as a stream of events.

stands alone -> parts -> retrieve -> score sentences -> decide -> write or quote -> check -> cite.
The parts that hold something heavy come in from outside, so that all of this runs with fakes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from rag import prompts
from rag.asking import kind_of
from rag.changed_copies import changed_copy
from rag.config import Config
from rag.conversation import other_wordings, standalone
from rag.courtesy import plain_reply
from rag.disagreement import conflicting
from rag.errors import QuestionError
from rag.evidence import holds
from rag.extent import with_sentence_before
from rag.finding import Finder
from rag.grounding import best_source, copies, support
from rag.listing import MOST_SHOWN, Kind, asks_for_all, find_all
from rag.overview import MOST_DOCUMENTS, meant, names_kind, overview, subject
from rag.own_words import OWN_TEXTS, Own, OwnKind
from rag.parts import parts
from rag.protocols import Embedder, Judge, Snapshot
from rag.protocols import Generator as LanguageModel
from rag.run import Part, Run, ms_since, timed
from rag.spelling import replaced
from rag.types import Answer, Checked, Disagreement, DocumentInfo, Evidence, Sentence, Stage
from rag.wording import cite, marked, of_own, own, page_of, quote, show, whole_sentences

Event = Stage | Checked | Answer

NOT_SAID = OWN_TEXTS["refused"]
NOTHING_INDEXED = OWN_TEXTS["empty"]
# One sentence is what every search finds.
_FEWEST_LISTED = 2
# Of more sides than may be quoted the values and citations are given all the same.
_FEWEST_SIDES = 2
_PARTS: Sequence[OwnKind] = ("part_first", "part_second", "part_third")
_ABOVE: Sequence[OwnKind] = ("above_first", "above_second", "above_third")


@dataclass(frozen=True, slots=True)
class Answering:
    """The parts that answer questions, put together.

    Attributes:
        judge: None leaves the ranking of sentences to the cheap signals.
        writes: Whether the generator may write sentences of its own; else evidence is quoted.
    """

    config: Config
    embedder: Embedder
    generator: LanguageModel
    judge: Judge | None
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
        self._check(run)
        run.page_of = partial(page_of, snapshot)
        run.plain_reply = plain_reply(run.question, passages=snapshot.passage_count)
        if run.plain_reply is None:
            yield from self._searched(run, snapshot)
        run.timings_ms["total"] = ms_since(run.started)
        yield self._answer(run, snapshot)

    def _searched(self, run: Run, snapshot: Snapshot) -> Iterator[Event]:
        """Search, read and reply."""
        self._understand(run)
        finder = Finder(self.config, self.embedder, self.judge)
        yield Stage("search", f"Searching {snapshot.passage_count:,} passages")
        with timed(run, "retrieve"):
            vectors = [finder.search(part, snapshot, run.documents) for part in run.parts]
        for part in run.parts:
            run.searched = replaced(run.searched, part.meant)
        if (whole := self._meant(run, snapshot)) and run.hits:
            yield from self._say_about(run, whole, snapshot)
            return
        if kind := asks_for_all(run.searched):
            yield from self._say_all(run, kind, snapshot)
            if run.sentences:
                return
        if run.hits:
            yield Stage("read", f"Reading {len(run.hits)} passages")
            with timed(run, "evidence"):
                for part, vector in zip(run.parts, vectors, strict=True):
                    finder.read(part, vector, snapshot)
        yield from self._reply(run)

    @staticmethod
    def _meant(run: Run, snapshot: Snapshot) -> list[DocumentInfo]:
        """The documents that the question is about as a whole."""
        if subject(run.searched) is None:
            return []
        allowed = [
            d for d in snapshot.documents() if run.documents is None or d.doc_id in run.documents
        ]
        return meant(run.searched, allowed)

    def _say_about(
        self, run: Run, documents: Sequence[DocumentInfo], snapshot: Snapshot
    ) -> Iterator[Event]:
        """What documents are about is said by the documents, however that is asked."""
        yield Stage("read", f"Reading {min(len(documents), MOST_DOCUMENTS)} of the documents")
        with timed(run, "evidence"):
            found = overview(documents, snapshot, self.embedder)
        run.parts[0].confidence = float(bool(found))
        if found and len(documents) > MOST_DOCUMENTS:
            yield show(run, own("documents", n=len(documents), most=MOST_DOCUMENTS))
        for item in found:
            yield from quote(run, item)

    @staticmethod
    def _say_all(run: Run, kind: Kind, snapshot: Snapshot) -> Iterator[Event]:
        """All of a kind is said by every sentence that names one more."""
        yield Stage("read", f"Looking for all {kind.said}")
        with timed(run, "evidence"):
            found = find_all(kind, snapshot, documents=run.documents)
        if len(found) < _FEWEST_LISTED:
            return
        run.parts[0].confidence = 1.0
        if len(found) > MOST_SHOWN:
            yield show(run, own("sentences", n=len(found), most=MOST_SHOWN))
        for item in found[:MOST_SHOWN]:
            yield from quote(run, item)

    def _check(self, run: Run) -> None:
        run.question = run.searched = " ".join(run.question.split())
        most = self.config.answering.max_question_characters
        if not run.question:
            raise QuestionError(
                "The question is empty.", hint="Type a question about the documents.",
                code="question_empty", detail="",
            )  # fmt: skip
        if len(run.question) > most:
            raise QuestionError(
                f"The question has {len(run.question):,} characters; {most:,} are allowed.",
                code="question_long", detail=f"{len(run.question)} > {most}",
            )  # fmt: skip

    def _understand(self, run: Run) -> None:
        """Make it stand alone, and take it apart when it asks for several things."""
        most = self.config.answering.max_question_characters
        turns = self.config.answering.max_history_turns
        # "And Kars?" after "Thanks" goes on with what was asked before.
        asked = [(q, a) for q, a in run.history if plain_reply(q, passages=0) is None]
        history = [(q[:most], a[:most]) for q, a in asked][-turns:] if turns else []
        # "What is this document about?" means a document, nothing that was said before.
        is_whole = subject(run.question) is not None and names_kind(run.question)
        run.searched = run.question if is_whole else standalone(run.question, history)
        run.parts = [Part(question) for question in parts(run.searched)]
        if len(run.parts) == 1 and not is_whole:
            run.parts[0].also = other_wordings(run.question, history)
            run.parts[0].is_complete = run.searched == run.question

    def _reply(self, run: Run) -> Iterator[Event]:
        """Answer the parts that can be answered, and say which cannot."""
        least = self.config.answering.refuse_below
        answered = [bool(p.evidence) and p.confidence >= least for p in run.parts]
        if not any(answered):
            return
        shown = [
            e for p, yes in zip(run.parts, answered, strict=True) if yes for e in p.reply.evidence
        ]
        for i, (part, has_answer) in enumerate(zip(run.parts, answered, strict=True)):
            if has_answer:
                yield from self._reply_to(run, part)
            # What may answer it stands in the answer to another part: perhaps it does.
            elif part.evidence and any(holds(e, part.evidence[0]) for e in shown):
                yield show(run, own(_ABOVE[i]))
            else:
                yield show(run, own(_PARTS[i]))

    def _reply_to(self, run: Run, part: Part) -> Iterator[Event]:
        chosen = part.reply.evidence
        sides = self._sides(part)
        if sides:
            yield self._say_differ(run, part, sides)
            most = max(_FEWEST_SIDES, self.config.evidence.max_sentences)
            chosen = (*(item for _, item in sides[:most]), *chosen)
        written = False
        if self.writes and not sides:
            yield Stage("write", f"Writing from {len(chosen)} sentences")
            with timed(run, "write"):
                written = yield from self._written(run, part, chosen)
        if not written:
            with timed(run, "check"):
                for item in chosen:
                    yield from quote(run, item, copies=copies(item, part.evidence))

    @staticmethod
    def _sides(part: Part) -> list[tuple[str, Evidence]]:
        """Values that exclude each other, with the piece of the reply that holds them if one does.

        They are quoted below as the reply shows them, so that no side is there twice.
        """
        sides = conflicting(part.question, part.compared, part.weights)
        sides = sides or changed_copy(part.question, part.compared, part.evidence)
        shown = part.reply.evidence
        return [
            (value, next((e for e in shown if holds(e, item)), with_sentence_before(item)))
            for value, item in sides
        ]

    @staticmethod
    def _say_differ(run: Run, part: Part, sides: Sequence[tuple[str, Evidence]]) -> Event:
        """Say that the sources differ, before anything else is said."""
        cited = [(value, cite(run, item)) for value, item in sides]
        values = [value for value, _ in cited]
        run.disagreements.append(Disagreement(kind_of(part.question, values), tuple(cited)))
        said = "; ".join(values).rstrip(".")
        return show(run, own("differ", *(citation.marker for _, citation in cited), said=said))

    def _written(
        self, run: Run, part: Part, chosen: Sequence[Evidence]
    ) -> Generator[Event, None, bool]:
        """Let the model write; show what its evidence supports, quote where it does not."""
        pieces = self.generator.write(
            prompts.writing(part.question, [e.text for e in chosen]),
            max_new_tokens=self.config.generation.max_new_tokens, stopped=run.stopped,
        )  # fmt: skip
        written = False
        with closing(whole_sentences(pieces)) as sentences:
            for text in sentences:
                item = chosen[best_source(text, chosen)]
                if support(text, item.text, question=part.question).holds:
                    yield show(run, Sentence(text, (cite(run, item).marker,), quoted=False))
                else:
                    yield from quote(run, item)
                written = True
        return written

    def _answer(self, run: Run, snapshot: Snapshot) -> Answer:
        answered = bool(run.sentences)
        refusal = run.plain_reply or Own("refused" if snapshot.passage_count else "empty")
        for stage in ("retrieve", "evidence", "write", "check"):
            run.timings_ms.setdefault(stage, 0.0)
        return Answer(
            question=run.question,
            standalone_question=run.searched,
            status="answered" if answered else "abstained",
            text=" ".join(marked(s) for s in run.sentences) if answered else refusal.text,
            sentences=tuple(run.sentences) or (of_own(refusal),),
            citations=tuple(run.citations),
            disagreements=tuple(run.disagreements),
            hits=run.hits,
            missing=tuple(dict.fromkeys(word for part in run.parts for word in part.missing)),
            confidence=round(run.confidence, 4),
            timings_ms={k: round(v, 1) for k, v in run.timings_ms.items()},
            fingerprint=self.config.fingerprint(),
        )
