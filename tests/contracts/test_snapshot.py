"""What every snapshot promises: that of a real library, and the fake in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.protocols import Snapshot
from tests.fakes import HashEmbedder, MemorySnapshot
from tests.small_library import chunk, document, open_library, write

TEXTS = {
    "baku": "The embassy was opened in Baku.\n\nIt stands by the Caspian sea.",
    "kars": "The consulate in Kars was opened later.\n\nThe embassy is older.\n\nTrade grew.",
    "trade": "Trade agreements were signed.\n\nThe tariff was lowered.",
}


@pytest.fixture(params=["library", "memory"])
def snapshot(request, tmp_path) -> Snapshot:
    if request.param == "memory":
        passages = [p for name in TEXTS for p in chunk(document(f"{name}.txt", TEXTS[name]))]
        yield MemorySnapshot(*(replace(p, passage_id=i) for i, p in enumerate(passages, start=1)))
        return
    write(tmp_path, **TEXTS)
    with open_library(tmp_path) as library:
        library.sync()
        yield library.snapshot()


def vector(text: str):
    return HashEmbedder().embed_question(text)


class TestSnapshot:
    def test_dense_hits_are_the_best_first(self, snapshot):
        hits = snapshot.search_dense(vector("The embassy was opened in Baku."), k=3)

        assert len(hits) == 3
        assert [score for _, score in hits] == sorted((s for _, s in hits), reverse=True)
        best = snapshot.passages([hits[0][0]])[hits[0][0]]
        assert best.text == "The embassy was opened in Baku."
        assert 0.8 < hits[0][1] <= 1.0001

    def test_lexical_hits_are_the_best_first(self, snapshot):
        hits = snapshot.search_lexical("When was the embassy in Baku opened?", k=9)

        assert [score for _, score in hits] == sorted((s for _, s in hits), reverse=True)
        texts = [snapshot.passages([i])[i].text for i, _ in hits]
        assert texts[0] == "The embassy was opened in Baku."
        assert set(texts[1:]) == {
            "The consulate in Kars was opened later.", "The embassy is older.",
        }  # fmt: skip

    def test_no_word_in_common_is_no_hit(self, snapshot):
        assert snapshot.search_lexical("zebra crossing", k=5) == []
        assert snapshot.search_lexical("", k=5) == []

    @pytest.mark.parametrize("k", [0, 1, 2, 50])
    def test_k_is_the_most(self, snapshot, k):
        assert len(snapshot.search_dense(vector("embassy"), k=k)) == min(k, 7)
        assert len(snapshot.search_lexical("embassy", k=k)) == min(k, 2)

    def test_no_passage_is_found_twice(self, snapshot):
        ids = [i for i, _ in snapshot.search_dense(vector("trade"), k=50)]

        assert len(ids) == len(set(ids)) == snapshot.passage_count == 7

    def test_only_the_chosen_documents_are_searched(self, snapshot):
        chosen = ["kars.txt", "absent.txt"]
        dense = snapshot.search_dense(vector("embassy Baku"), k=9, documents=chosen)
        words = snapshot.search_lexical("embassy trade", k=9, documents=chosen)

        assert len(dense) == 3
        assert len(words) == 2
        for i, _ in [*dense, *words]:
            assert snapshot.passages([i])[i].doc_id == "kars.txt"
        every = snapshot.search_dense(vector("embassy Baku"), k=9)
        assert dense == [hit for hit in every if hit in dense]
        assert snapshot.search_dense(vector("embassy"), k=9, documents=[]) == []
        assert snapshot.search_lexical("embassy", k=9, documents=[]) == []

    def test_passages_that_are_not_there_are_absent(self, snapshot):
        ids = [i for i, _ in snapshot.search_dense(vector("trade"), k=2)]
        found = snapshot.passages([*ids, 10**9, 0])

        assert set(found) == set(ids)
        assert all(passage.passage_id == i for i, passage in found.items())
        assert snapshot.passages([]) == {}

    def test_a_passage_is_a_span_of_its_document(self, snapshot):
        ids = [i for i, _ in snapshot.search_dense(vector("trade"), k=50)]
        for passage in snapshot.passages(ids).values():
            text = snapshot.document(passage.doc_id).text
            assert text[passage.start : passage.end] == passage.text

    def test_documents_come_by_name_with_their_passages(self, snapshot):
        infos = snapshot.documents()

        assert [info.doc_id for info in infos] == ["baku.txt", "kars.txt", "trade.txt"]
        assert [info.passages for info in infos] == [2, 3, 2]
        assert snapshot.document("kars.txt").text == TEXTS["kars"]
        assert snapshot.document("absent.txt") is None

    def test_frequencies_count_passages(self, snapshot):
        assert snapshot.passage_frequencies(["embassy", "trade", "zebra"]) == {
            "embassy": 2, "trade": 2, "zebra": 0,
        }  # fmt: skip
        assert snapshot.passage_frequencies([]) == {}

    def test_generations_are_numbers(self, snapshot):
        assert snapshot.generation >= 1
