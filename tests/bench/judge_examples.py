"""Collect what the judge learns from: question, evidence, and whether it answers.

    python -m tests.bench.judge_examples DATA --out examples.jsonl

The evidence is what Kaynak's own search and cheap signals bring up for development questions of
public sets, so that the judge sees in training what it will see at work. Questions are split by
article; articles that are held out are only used to judge the judge.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.assistant import open_library
from rag.config import Retrieval, load_config
from rag.embedding import SentenceEmbedder
from rag.evidence import in_context, score_sentences
from rag.extent import with_next, with_previous, with_sentence_before
from rag.finding import stem_frequencies
from rag.metrics import normalise_answer
from rag.models import locate
from rag.protocols import Snapshot
from rag.retrieval import retrieve
from rag.text import content_words
from rag.types import Evidence, Passage

# (folder, questions, most questions): enough of each kind for an hour on two cores.
SETS = (
    ("squad2_rag", "dev.jsonl", 2405),
    ("squad2_rag", "flags_dev.jsonl", 600),
    ("nq_oracle_rag", "dev.jsonl", 1310),
    ("clapnq_rag", "dev.jsonl", 303),
)
CANDIDATES = 12
HELD_OUT = 0.15


@dataclass(frozen=True)
class Example:
    """One piece of evidence for one question.

    Attributes:
        group: The question's id.
        rank: Of the evidence by the cheap signals, from 0.
        label: 1 answers, 0 does not, None not known.
        cheap: Score by the cheap signals.
        answer: The gold answer where one is given.
        before: The sentence before it, if one stands in its paragraph; empty if not.
        after: The sentence after it, likewise.
        held_out: For judging only.
    """

    source: str
    group: str
    question: str
    above: str
    text: str
    rank: int
    cheap: float
    label: int | None
    answerable: bool
    answer: str
    before: str
    after: str
    held_out: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with args.out.open("w", encoding="utf-8") as out:
        for folder in dict.fromkeys(name for name, _, _ in SETS):
            for example in _of_set(args.data / folder, args.seed):
                out.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
        for example in _given_sentences(args.data / "citation_sentences"):
            out.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")


def _of_set(folder: Path, seed: int) -> Iterator[Example]:
    paragraphs = paragraphs_of(folder / "corpus.jsonl")
    asked = []
    for name, file, most in SETS:
        if name == folder.name:
            rows = read_rows(folder / file)
            random.Random(seed).shuffle(rows)
            asked += [(row, file) for row in rows[:most]]
    with searchable(folder / "corpus") as (embedder, snapshot):
        for i, (row, file) in enumerate(asked):
            found = _evidence(row["question"], embedder, snapshot)
            gold = paragraphs.get(row.get("paragraph_sha1", ""), "")
            labels = _labels(row, found, gold)
            source = f"{folder.name}/{file}"
            # Flags say only whether there is an answer: they judge, and teach nothing.
            held_out = file != "dev.jsonl" or is_held_out(row)
            yield from _examples(source, row, found, labels, held_out)
            print(f"\r{folder.name} {i + 1}/{len(asked)}   ", end="", flush=True)
    print()


def _given_sentences(folder: Path) -> Iterator[Example]:
    """Sentences of one passage, of which people marked those that carry the answer."""
    for row in read_rows(folder / "dev.jsonl"):
        texts = row["sentences"]
        passage = " ".join(texts)
        at = 0
        found = []
        for text in texts:
            found.append(_evidence_at(passage, at, text, row["title"]))
            at += len(text) + 1
        labels: list[int | None] = [int(i in row["gold_sentences"]) for i in range(len(texts))]
        kept = sorted(zip(found, labels, strict=True), key=lambda p: -(p[1] or 0))[:CANDIDATES]
        row = {**row, "answerable": any(labels)}
        held_out = is_held_out({"article": row["title"]})
        yield from _examples(
            "citation_sentences", row, [e for e, _ in kept], [x for _, x in kept], held_out
        )


def _evidence_at(passage: str, at: int, text: str, title: str) -> Evidence:
    whole = Passage(doc_id=title, start=0, end=len(passage), text=passage, title=title)
    return Evidence(whole, at, at + len(text), text, score=0, cosine=0, lexical=0, rank=1)


class Remembering(SentenceEmbedder):
    """An embedder that remembers: the same sentences come up for many questions."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._known: dict[str, NDArray[np.float32]] = {}

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = [t for t in dict.fromkeys(texts) if t not in self._known]
        if new:
            self._known.update(zip(new, super().embed_sentences(new), strict=True))
        return np.array([self._known[t] for t in texts], dtype=np.float32).reshape(-1, self.dim)


class searchable:  # noqa: N801
    """A folder indexed in a temporary place."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus

    def __enter__(self) -> tuple[SentenceEmbedder, Snapshot]:
        self._folder = tempfile.TemporaryDirectory()
        embedder = Remembering(locate("default", "embedder"))
        config = load_config(documents=self._corpus, index=self._folder.name)
        self._library = open_library(config, embedder)
        self._library.sync(
            progress=lambda p: print(f"\r{p.done}/{p.total} {p.action}   ", end="", flush=True)
        )
        print()
        return embedder, self._library.snapshot()

    def __exit__(self, *_: object) -> None:
        self._library.close()
        self._folder.cleanup()


def _evidence(question: str, embedder: SentenceEmbedder, snapshot: Snapshot) -> list[Evidence]:
    vector = embedder.embed_question(question)
    hits = retrieve(question, vector, snapshot, settings=Retrieval())
    return score_sentences(
        question, vector, hits, embed=embedder.embed_sentences,
        frequencies=stem_frequencies(content_words(question), snapshot),
        passage_count=snapshot.passage_count,
    )  # fmt: skip


def _labels(row: dict, found: Sequence[Evidence], gold: str) -> list[int | None]:
    """1 for the best sentence of the gold paragraph that holds the answer; None where unsure."""
    if not row["answerable"]:
        return [0] * len(found)
    if not row["answers"]:
        return [None] * len(found)
    marked = [s for sentences in row.get("evidence_sentences") or [] for s in sentences]
    in_gold = spaceless(gold)
    labels: list[int | None] = []
    have = False
    for item in found:
        if marked:
            mine = spaceless(item.text)
            is_gold = any(mine in spaceless(s) or spaceless(s) in mine for s in marked)
            labels.append(int(is_gold))
            continue
        holds = _holds(item.text, row["answers"])
        inside = not in_gold or spaceless(item.text) in in_gold
        if holds and inside and not have:
            labels.append(1)
            have = True
        else:
            labels.append(None if holds or (inside and not have and in_gold) else 0)
    return labels


def _holds(text: str, answers: Sequence[str]) -> bool:
    said = f" {normalise_answer(text)} "
    for answer in answers:
        wanted = normalise_answer(answer)
        if not wanted:
            continue
        if f" {wanted} " in said:
            return True
        # Long answers run over several sentences: one that is nearly all answer counts.
        if len(wanted.split()) > 8 and len(said.split()) > 5 and said.strip() in wanted:
            return True
    return False


def _examples(
    source: str, row: dict, found: Sequence[Evidence], labels: Sequence[int | None], held_out: bool
) -> Iterator[Example]:
    kept = [i for i in range(len(found)) if i < CANDIDATES or labels[i] == 1]
    for i in kept:
        above, text = in_context(found[i])
        yield Example(
            source, str(row["id"]), row["question"], above, text, i, round(found[i].score, 4),
            labels[i], bool(row["answerable"]), (row.get("answers") or [""])[0],
            *neighbours(found[i]), held_out,
        )  # fmt: skip


def neighbours(item: Evidence) -> tuple[str, str]:
    """The sentences before and after, as far as a reply would be stretched over them."""
    item = with_sentence_before(item)
    before = with_previous(item).text.removesuffix(item.text).strip()
    return before, with_next(item).text.removeprefix(item.text).strip()


def is_held_out(row: dict) -> bool:
    article = str(row.get("article") or row.get("doc_ids"))
    return hashlib.sha256(article.encode()).digest()[0] / 256 < HELD_OUT


def paragraphs_of(file: Path) -> dict[str, str]:
    """Paragraphs of a set's ``corpus.jsonl`` by their sha1."""
    texts = {}
    for row in read_rows(file):
        for paragraph in row.get("paragraphs", []):
            texts[hashlib.sha1(paragraph.encode()).hexdigest()] = paragraph
    return texts


def read_rows(file: Path) -> list[dict]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def spaceless(text: str) -> str:
    """A text without blanks, for finding it where it was wrapped otherwise."""
    return "".join(text.split())


if __name__ == "__main__":
    main()
