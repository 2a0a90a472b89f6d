"""Lexical search: BM25 over the store's passages with Tantivy.

Derived from the store. On disk an index is a folder ``index/00000042.lexical`` that is never
changed once it has its name: a change copies the newest one, adds and removes, and gives the
result a new name. Each carries a stamp that says which state of which store it was made from and
how its files hash, so that a damaged or foreign one is noticed before Tantivy reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.schema import IndexState
from rag.text import STOPWORDS, fold, words
from rag.types import Passage

# Title and headings help to find a passage, but what it says counts more.
_HEADING_BOOST = 0.3
_MAX_WORD_BYTES = 100
_HEAP_BYTES = 64_000_000
_ANALYZER = "kaynak"
_ENDING = re.compile(r"['’](?:s|t|d|m|ll|re|ve)$")


class LexicalIndex:
    """One state of the index; immutable for its readers, so any number of threads may search.

    Attributes:
        state: Of the store that it was made from.
        folder: Where it is; None for one in memory.
        seal: By which the store knows it, see `rag.seals`; empty for one in memory.
    """

    def __init__(
        self, index: Any, state: IndexState, folder: Path | None, seal: str = "",  # noqa: ANN401
    ) -> None:  # fmt: skip
        _stop_watching(index)
        index.reload()
        self.state = state
        self.folder = folder
        self.seal = seal
        self._index = index
        self._searcher = index.searcher()
        self._analyzer = _analyzer()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def ids(self) -> list[int]:
        """The passage ids it holds, in no particular order."""
        from tantivy import Query

        hits = self._searcher.search(Query.all_query(), limit=max(1, len(self)), count=False).hits
        return [int(i) for i in self._searcher.fast_field_values("id", [a for _, a in hits])]

    def search(
        self, question: str, *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """The passages that share words with a question.

        The question is words, never query syntax. Words without meaning of their own are left
        out unless there are no others.

        Args:
            k: At most so many.
            documents: Only passages of these ``doc_id``; None for all.

        Returns:
            Passage ids and BM25 scores, best first, equal ones by id; empty when no word is found.
        """
        pieces = [piece for word in words(question) for piece in _pieces(word)]
        meaningful = [piece for piece in pieces if piece not in STOPWORDS]
        tokens = self._tokens(meaningful or pieces)
        if not tokens or k < 1:
            return []
        hits = self._searcher.search(self._query(tokens, documents), limit=k, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        found = ((int(i), float(score)) for i, (score, _) in zip(ids, hits, strict=True))
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def passage_frequencies(self, wanted: Sequence[str]) -> dict[str, int]:
        """In how many passages each word occurs, title and headings aside.

        A word of several parts ("2.5", "Nagorno-Karabakh") counts where they stand in a row.
        """
        return {word: self._frequency(word) for word in wanted}

    def _frequency(self, word: str) -> int:
        import tantivy

        tokens = self._tokens(_pieces(word), distinct=False)
        if not tokens:
            return 0
        schema = self._index.schema
        if len(tokens) == 1:
            query = tantivy.Query.term_query(schema, "body", tokens[0])
        else:
            query = tantivy.Query.phrase_query(schema, "body", [*tokens])
        return int(self._searcher.search(query, limit=1, count=True).count)

    def _tokens(self, pieces: Iterable[str], *, distinct: bool = True) -> list[str]:
        tokens: list[str] = self._analyzer.analyze(" ".join(pieces))
        return list(dict.fromkeys(tokens)) if distinct else tokens

    def _query(self, tokens: Sequence[str], documents: Sequence[str] | None) -> Any:  # noqa: ANN401
        from tantivy import Occur, Query

        schema = self._index.schema
        parts = []
        for token in tokens:
            heading = Query.term_query(schema, "heading", token, index_option="freq")
            parts.append((Occur.Should, Query.term_query(schema, "body", token)))
            parts.append((Occur.Should, Query.boost_query(heading, _HEADING_BOOST)))
        query = Query.boolean_query(parts)
        if documents is None:
            return query
        chosen = Query.term_set_query(schema, "document", list(documents))
        unscored = Query.const_score_query(chosen, 0.0)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, unscored)])


def in_memory(
    state: IndexState,
    passages: Iterable[Passage],
    *,
    base: LexicalIndex | None = None,
    removed: Iterable[tuple[int, int]] = (),
) -> LexicalIndex:
    """An index in memory: a new one, or ``base`` with changes, which goes on as it was.

    Args:
        state: Of the store that it then shows.
        passages: To add.
        base: One in memory.
        removed: First and last passage id of each range to remove, both inclusive.
    """
    import tantivy

    index = tantivy.Index(_schema()) if base is None else base._index
    apply_changes(index, passages, removed)
    return LexicalIndex(index, state, None)


def make(folder: Path, passages: Iterable[Passage], removed: Iterable[tuple[int, int]]) -> int:
    """Make an index in an empty folder, or change the one that is in it.

    Args:
        removed: First and last passage id of each range to remove, both inclusive.

    Returns:
        The number of passages that are in it then.

    Raises:
        ValueError: If Tantivy cannot write there.
    """
    import tantivy

    index = tantivy.Index(_schema(), path=str(folder))
    _stop_watching(index)
    apply_changes(index, passages, removed)
    index.reload()
    return int(index.searcher().num_docs)


def load(folder: Path, state: IndexState, *, name: Path, seal: str) -> LexicalIndex:
    """Open an index whose files are known to be as they were written, and which nobody changes.

    All files are mapped when this returns: their names may go.

    Args:
        name: The folder that ``folder`` is a copy of.
        seal: By which the store knows it.

    Raises:
        ValueError: If Tantivy cannot read it.
    """
    import tantivy

    index = tantivy.Index.open(str(folder))
    return LexicalIndex(index, state, name, seal)


def _stop_watching(index: Any) -> None:  # noqa: ANN401
    """No thread of Tantivy's reads the files again after a commit, on its own time.

    What is published never changes. A thread that reads a mapped file while it is cut short ends
    the whole process (SIGBUS), and no error handling can stop that; see `rag.private_copy`.
    """
    index.config_reader(reload_policy="manual")


def apply_changes(
    index: Any,  # noqa: ANN401 - tantivy.Index
    passages: Iterable[Passage],
    removed: Iterable[tuple[int, int]],
) -> None:
    """Add and remove passages in one commit."""
    from tantivy import Document, FieldType, Query

    index.register_tokenizer(_ANALYZER, _analyzer())
    # One thread makes one segment, the same for the same passages.
    writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
    schema = index.schema
    for first, last in removed:
        writer.delete_documents_by_query(
            Query.range_query(schema, "id", FieldType.Integer, first, last)
        )
    for passage in passages:
        fields = {
            "id": passage.passage_id,
            "document": passage.doc_id,
            "body": _folded(passage.text),
            "heading": _folded(f"{passage.title} {passage.heading}"),
        }
        writer.add_document(Document.from_dict(fields, schema))
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> Any:  # noqa: ANN401
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", tokenizer_name=_ANALYZER)
    builder.add_text_field("heading", tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _analyzer() -> Any:  # noqa: ANN401
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    filters = (
        Filter.remove_long(_MAX_WORD_BYTES),
        Filter.lowercase(),
        Filter.ascii_fold(),
        Filter.stemmer("english"),
    )
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for each in filters:
        builder = builder.filter(each)
    return builder.build()


def _folded(text: str) -> str:
    return " ".join(_folded_word(word) for word in words(text))


@lru_cache(maxsize=65536)
def _folded_word(word: str) -> str:
    """Without case, diacritics and an English ending after an apostrophe."""
    return _ENDING.sub("", fold(word))


def _pieces(word: str) -> list[str]:
    """The parts of a word as the index keeps them, before stemming."""
    return words(re.sub(r"[^\w]|_", " ", _folded_word(word)))
