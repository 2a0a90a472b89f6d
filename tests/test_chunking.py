"""Passages: exact offsets, whole sentences, never over the limit."""

from __future__ import annotations

import time

import pytest

from rag.chunking import chunk
from rag.config import Readers
from rag.readers import read_document
from rag.types import Document, Heading
from tests.fakes import HashEmbedder

COUNTER = HashEmbedder(max_tokens=256)


def document(text: str, *headings: str, **more) -> Document:
    spans = [Heading(text.index(h), text.index(h) + len(h), 1, h) for h in headings]
    return Document("a.txt", "0", "A", text, "txt", headings=tuple(spans), **more)


def check(found: Document, size: int, overlap: int) -> None:
    passages = chunk(found, counter=COUNTER, size_tokens=size, overlap_sentences=overlap)
    covered = set()
    for p in passages:
        assert found.text[p.start : p.end] == p.text
        assert p.text == p.text.strip() != ""
        assert COUNTER.count_tokens(p.text) <= size
        covered.update(range(p.start, p.end))
    missing = [i for i, c in enumerate(found.text) if not c.isspace() and i not in covered]
    assert missing == []


@pytest.mark.parametrize("size", [32, 64, 160, 256])
@pytest.mark.parametrize("overlap", [0, 1, 2])
def test_the_invariants_on_the_seeds(seeds, size, overlap) -> None:
    for file in sorted(seeds.glob("*.md")):
        check(read_document(file, doc_id=file.name, limits=Readers()), size, overlap)


@pytest.mark.parametrize(
    "text",
    [
        "one",
        "word " * 3000,
        "x" * 9000,
        "A b. " * 500,
        "\n\n".join("abcdefg"),
        "é" * 3000 + " end.",
    ],
)
def test_the_invariants_on_odd_texts(text) -> None:
    check(document(text), 32, 1)


def test_sentences_are_kept_whole_and_repeated() -> None:
    text = "One two three four five six. Seven eight nine ten. Eleven twelve thirteen fourteen."
    found = chunk(document(text), counter=COUNTER, size_tokens=12, overlap_sentences=0)
    assert [p.text for p in found] == [
        "One two three four five six. Seven eight nine ten.",
        "Eleven twelve thirteen fourteen.",
    ]
    text = "Aa bb cc dd ee ff gg. Hh ii. Jj kk ll mm nn."
    found = chunk(document(text), counter=COUNTER, size_tokens=12, overlap_sentences=1)
    assert [p.text for p in found] == ["Aa bb cc dd ee ff gg. Hh ii.", "Hh ii. Jj kk ll mm nn."]


def test_a_heading_goes_with_what_follows_it() -> None:
    text = "Top\n\nPart one\n\nIt begins.\n\nPart two\n\nIt ends."
    found = chunk(document(text, "Top", "Part one", "Part two"), counter=COUNTER, size_tokens=64)
    assert [p.text for p in found] == ["Top\n\nPart one\n\nIt begins.", "Part two\n\nIt ends."]
    assert [p.heading for p in found] == ["Part one", "Part two"]


def test_pages_are_those_of_the_first_new_sentence() -> None:
    text = "First page text.\n\nSecond page text."
    found = chunk(
        document(text, page_starts=(0, 18)), counter=COUNTER, size_tokens=6, overlap_sentences=0
    )
    assert [p.page for p in found] == [1, 2]


def test_passages_that_the_embedder_would_cut_are_refused() -> None:
    with pytest.raises(ValueError, match="the embedder takes 256"):
        chunk(document("text"), counter=COUNTER, size_tokens=300)


def test_an_endless_line_takes_linear_time() -> None:
    started = time.perf_counter()
    chunk(document("word " * 400_000), counter=COUNTER, size_tokens=160)
    assert time.perf_counter() - started < 30


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("hello " + "." * 1_000_000 + "x", 7),  # one sentence that seems to end at each mark
        ("hello\n" + ". " * 1_000_000, 13),
    ],
)
def test_marks_without_words_take_no_minutes(text, passages) -> None:
    found = chunk(document(text), counter=COUNTER, size_tokens=160)
    assert len(found) == passages
    assert found[0].text.startswith("hello")


def test_the_same_short_sentence_is_counted_once() -> None:
    counted: list[str] = []

    class Counter:
        max_tokens = 256

        def count_tokens(self, text: str) -> int:
            counted.append(text)
            return COUNTER.count_tokens(text)

    passages = chunk(document("A b. " * 1000), counter=Counter(), size_tokens=32)
    assert len(passages) == 72
    assert counted == ["A b."]


def test_headings_stay_right_when_each_passage_has_its_own() -> None:
    names = [f"Part {n}" for n in range(3000)]
    spans, text = [], ""
    for level, name in zip([1, 2, 3] * 1000, names, strict=True):
        spans.append(Heading(len(text), len(text) + len(name), level, name))
        text += f"{name}\n\n" + ("" if level == 2 else "Words.\n\n")
    found = Document("a.md", "0", "A", text.strip(), "md", headings=tuple(spans))
    passages = chunk(found, counter=COUNTER, size_tokens=160)
    assert [p.text for p in passages[:2]] == [
        "Part 0\n\nWords.", "Part 1\n\nPart 2\n\nWords.",
    ]  # fmt: skip
    assert [p.heading for p in passages] == [found.heading_at(p.end - 1) for p in passages]
    assert len(passages) == 2000
