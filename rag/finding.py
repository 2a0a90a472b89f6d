"""From one thing that is asked to hits, scored evidence, and how likely they answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag import answerable
from rag.composing import compose, without_headings
from rag.config import Config
from rag.disagreement import comparable
from rag.evidence import Opinion, inverse_frequency, judge, score_sentences
from rag.exclusion import excluded_last
from rag.extent import leans, with_lead
from rag.forms import other_forms
from rag.protocols import Embedder, Judge, Snapshot
from rag.retrieval import retrieve
from rag.run import Part
from rag.spelling import replaced, respelt
from rag.text import content_stems, content_words, fold, stem, words
from rag.types import Hit

_MOST_LOOKED_AT = 5  # passages
# Words of questions that say nothing of what is sought.
_OF_ASKING = frozenset(
    stem(word)
    for word in (
        "get got happen mean find found document file text summarise summarize describe explain "
        "mention state mentioned know want need see look go come make use called may might must "
        "shall"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Finder:
    """What searching and reading need.

    Attributes:
        judge: None leaves the ranking to the cheap signals.
    """

    config: Config
    embedder: Embedder
    judge: Judge | None

    def search(
        self, part: Part, snapshot: Snapshot, documents: Sequence[str] | None
    ) -> NDArray[np.float32]:
        """Fill in the hits, and mend what is misspelt; returns the question's vector."""
        vector = self._retrieve(part, snapshot, documents)
        if not (meant := self._meant(part, snapshot)):
            return vector
        also = tuple(replaced(text, meant) for text in part.also)
        mended = replace(part, question=replaced(part.question, meant), also=also, meant=meant)
        closer = self._retrieve(mended, snapshot, documents)
        # A rare word that was no mistake ("repels", and "rebels" elsewhere) leads away.
        if _closest(mended.hits) <= _closest(part.hits):
            return vector
        part.question, part.also, part.hits = mended.question, also, mended.hits
        part.meant = meant
        return closer

    def _retrieve(
        self, part: Part, snapshot: Snapshot, documents: Sequence[str] | None
    ) -> NDArray[np.float32]:
        vector = self.embedder.embed_question(part.question)
        weight = 1 / len(part.also) if part.also and part.is_complete else 1.0
        also = [(text, self.embedder.embed_question(text), weight) for text in part.also]
        part.hits = retrieve(
            part.question, vector, snapshot, settings=self.config.retrieval, documents=documents,
            also=also,
        )  # fmt: skip
        return vector

    def _meant(self, part: Part, snapshot: Snapshot) -> dict[str, str]:
        """The words that are misspelt, with what they were meant to be."""
        asked = list(dict.fromkeys(content_words(part.question)))
        absent = missing(asked, stem_frequencies(asked, snapshot), part.hits, snapshot)
        bare = self.embedder.count_tokens("") + 1
        return respelt(
            absent,
            # A tokenizer keeps whole what it met often, and takes misspellings to pieces.
            is_known=lambda word: self.embedder.count_tokens(word) <= bare,
            frequencies=snapshot.passage_frequencies,
            as_it_stands=lambda word: _as_it_stands(word, snapshot),
        )

    def read(self, part: Part, vector: NDArray[np.float32], snapshot: Snapshot) -> None:
        """Fill in evidence, what is compared, weights, reply and confidence."""
        asked = list(dict.fromkeys(content_words(part.question)))
        frequencies = stem_frequencies(asked, snapshot)
        part.weights = {
            s: inverse_frequency(n, snapshot.passage_count) for s, n in frequencies.items()
        }
        part.missing = missing(asked, frequencies, part.hits, snapshot)
        scored = score_sentences(
            part.question, vector, with_leads(part.hits, snapshot),
            embed=self.embedder.embed_sentences,
            frequencies=frequencies, passage_count=snapshot.passage_count,
        )  # fmt: skip
        part.evidence = excluded_last(part.question, scored)
        if not part.evidence:
            return
        opinion = self._judge(part)
        part.signals = answerable.signals(
            part.question, part.hits, part.evidence, part.reply,
            frequencies=frequencies, passage_count=snapshot.passage_count,
        )  # fmt: skip
        part.compared = comparable(part.question, part.evidence, part.weights, opinion)
        if opinion is not None:
            pair = [without_headings(reply) for reply in (part.replies[0], part.reply)]
            sentence, reply = opinion(part.question, pair)
            part.signals = answerable.read_again(part.signals, sentence=sentence, reply=reply)
        if not answerable.cannot_answer(part.question, part.reply, part.hits):
            part.confidence = answerable.probability(part.signals)

    def _judge(self, part: Part) -> Opinion | None:
        """Let the judge, if there is one, rank the evidence and read the replies made of it."""
        top = self.config.evidence.judged
        opinion = remembering(self.judge, part.read) if self.judge is not None and top else None
        if opinion is not None:
            part.evidence = judge(part.question, part.evidence, opinion=opinion, top=top)
        part.replies = compose(
            part.question, part.evidence, most=self.config.evidence.max_sentences,
            weights=part.weights, opinion=opinion,
        )  # fmt: skip
        return opinion


def _closest(hits: Sequence[Hit]) -> float:
    return max((hit.cosine for hit in hits if hit.cosine is not None), default=-1.0)


def _as_it_stands(word: str, snapshot: Snapshot) -> str | None:
    found = snapshot.passages([i for i, _ in snapshot.search_lexical(word, k=_MOST_LOOKED_AT)])
    texts = (f"{p.title} {p.heading} {p.text}" for p in found.values())
    written = [w for text in texts for w in words(text) if fold(w) == word]
    # A name has a capital wherever it stands.
    return next((w for w in written if w.islower()), written[0] if written else None)


def stem_frequencies(asked: Sequence[str], snapshot: Snapshot) -> dict[str, int]:
    """In how many passages each word occurs, by its stem.

    The index is given the words: it stems them itself, and of "warehous" would make "warehou".
    """
    counts = snapshot.passage_frequencies(asked)
    return {stem(word): counts[word] for word in sorted(counts, key=lambda w: counts[w])}


def missing(
    asked: Sequence[str], frequencies: Mapping[str, int], hits: Sequence[Hit], snapshot: Snapshot
) -> tuple[str, ...]:
    """The words that no passage holds, in no form, nor what stands above those that were found."""
    above = " ".join(f"{h.passage.title} {h.passage.heading}" for h in hits)
    known = set(content_stems(above)) | _OF_ASKING
    absent = [w for w in asked if not frequencies[stem(w)] and stem(w) not in known]
    forms = {word: other_forms(word) for word in absent}
    counts = snapshot.passage_frequencies([f for each in forms.values() for f in each])
    return tuple(w for w in absent if not any(counts[f] for f in forms[w]))


def with_leads(hits: Sequence[Hit], snapshot: Snapshot) -> list[Hit]:
    """Hits whose passages begin with the sentence that their first one leans on."""
    texts: dict[str, str] = {}
    led = []
    for hit in hits:
        passage = hit.passage
        if leans(passage.text) and passage.doc_id not in texts:
            document = snapshot.document(passage.doc_id)
            texts[passage.doc_id] = document.text if document is not None else ""
        text = texts.get(passage.doc_id, "")
        is_there = text[passage.start : passage.end] == passage.text
        led.append(replace(hit, passage=with_lead(passage, text)) if is_there else hit)
    return led


def remembering(judge: Judge, read: list[tuple[str, str]]) -> Opinion:
    """A judge that is not asked twice: the shortest reply is a sentence that it has read.

    Args:
        read: What it is asked is added here.
    """
    known: dict[tuple[str, str], float] = {}

    def opinion(question: str, evidence: Sequence[tuple[str, str]]) -> list[float]:
        new = [pair for pair in dict.fromkeys(evidence) if pair not in known]
        if new:
            read.extend(new)
            known.update(zip(new, judge.judge(question, new), strict=True))
        return [known[pair] for pair in evidence]

    return opinion
