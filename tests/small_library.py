"""A library with trivial steps, for tests: plain text, one passage per paragraph."""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

import numpy as np

from rag.errors import ReadError
from rag.library import Library
from rag.schema import Pipeline
from rag.types import Document, Heading, Passage
from tests.fakes import HashEmbedder

SUFFIXES = frozenset({".txt", ".md"})
PIPELINE = Pipeline("hash-64", 64, "paragraphs-1")


def read(path: Path, doc_id: str) -> Document:
    """The first line is the title when it begins with "#"; a text with "!bad" is refused."""
    data = path.read_bytes()
    text = data.decode("utf-8")
    if "!bad" in text:
        raise ReadError("it is bad")
    return document(doc_id, text, hashlib.sha256(data).hexdigest())


def document(doc_id: str, text: str, sha256: str = "") -> Document:
    first = text.partition("\n")[0]
    title = first[1:].strip() if first.startswith("#") else "Untitled"
    sha256 = sha256 or hashlib.sha256(text.encode()).hexdigest()
    return Document(doc_id, sha256, title, text, "txt")


def chunk(document: Document) -> list[Passage]:
    passages, start = [], 0
    for paragraph in document.text.split("\n\n"):
        if paragraph.strip():
            end = start + len(paragraph)
            passages.append(Passage(document.doc_id, start, end, paragraph, title=document.title))
        start += len(paragraph) + 2
    return passages


def stored(doc_id: str, text: str, *, heading: str = "") -> tuple[Document, list[Passage]]:
    """A document with a heading and pages, and its passages."""
    made = document(doc_id, text)
    made = Document(
        doc_id, made.sha256, made.title, text, "pdf",
        page_starts=(0, 10), headings=(Heading(0, 3, 1, text[:3]),),
    )  # fmt: skip
    passages = [
        Passage(p.doc_id, p.start, p.end, p.text, made.page_at(p.start), heading, p.title)
        for p in chunk(made)
    ]
    return made, passages


def vectors_of(passages: list[Passage]) -> np.ndarray:
    return HashEmbedder().embed([p.text for p in passages])


def open_library(root: Path, embedder: HashEmbedder | None = None, **steps) -> Library:
    """A library over ``root/docs`` with its index in ``root/index`` or ``index``."""
    return Library.open(
        root / "docs",
        steps.get("index", root / "index"),
        embedder=embedder or HashEmbedder(),
        read=steps.get("read", read),
        chunk=chunk,
        chunker_fingerprint=steps.get("chunker", "paragraphs-1"),
        suffixes=SUFFIXES,
        most_bytes=steps.get("most_bytes", 1_000_000),
        readers_version=steps.get("readers_version", 0),
    )


def write(root: Path, **texts: str) -> None:
    """Write ``name="text"`` to ``docs/name.txt``; "__" in a name is a folder."""
    for name, text in texts.items():
        path = root / "docs" / f"{name.replace('__', '/')}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(library: Library, question: str, *, k: int = 10) -> set[str]:
    """Documents that either search finds; the dense one only when it is near."""
    snapshot = library.snapshot()
    vector = HashEmbedder().embed_question(question)
    ids = [i for i, cosine in snapshot.search_dense(vector, k=k) if cosine > 0.5]
    ids += [i for i, _ in snapshot.search_lexical(question, k=k)]
    return {p.doc_id for p in snapshot.passages(ids).values()}


def main(root: Path, what: str) -> None:
    """For tests with processes: "sync" says each step, "hold" keeps the lock until it is ended."""
    library = open_library(root)
    if what == "sync":
        library.sync(progress=lambda p: print(p.action, p.doc_id, flush=True))
        return

    def wait(_progress) -> None:
        print("holding", flush=True)
        time.sleep(60)

    library.sync(progress=wait)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
