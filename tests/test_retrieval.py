"""Fusion and the cap per document."""

import numpy as np

from rag.config import Retrieval
from rag.retrieval import reciprocal_rank_fusion, retrieve
from tests.makers import passage


class ListSnapshot:
    """A snapshot that finds what it is told to."""

    generation = 1

    def __init__(self, dense, lexical, passages) -> None:
        self._dense, self._lexical = dense, lexical
        self._passages = {p.passage_id: p for p in passages}
        self.passage_count = len(passages)

    def search_dense(self, vector, *, k, documents=None):
        return self._dense[:k]

    def search_lexical(self, question, *, k, documents=None):
        return self._lexical[:k]

    def passages(self, passage_ids):
        return {i: self._passages[i] for i in passage_ids if i in self._passages}


def test_reciprocal_rank_fusion_by_hand() -> None:
    assert reciprocal_rank_fusion([[7, 8], [8]], k=60) == [(8, 1 / 62 + 1 / 61), (7, 1 / 61)]
    assert reciprocal_rank_fusion([[], []]) == []
    fused = reciprocal_rank_fusion([[7], [8], [8]], k=60, weights=[1.0, 0.25, 0.25])
    assert fused == [(7, 1 / 61), (8, 0.5 / 61)]


def test_hits_say_which_search_found_them() -> None:
    snapshot = ListSnapshot(
        [(1, 0.9), (2, 0.4)], [(2, 7.0)], [passage("one", number=1), passage("two", number=2)]
    )
    hits = retrieve("q", np.zeros(2, np.float32), snapshot, settings=Retrieval())
    assert [(h.passage.passage_id, h.dense_rank, h.lexical_rank, h.cosine) for h in hits] == [
        (2, 2, 1, 0.4),
        (1, 1, None, 0.9),
    ]
    assert hits[0].score == 1 / 62 + 1 / 61


def test_a_deleted_passage_is_no_hit() -> None:
    snapshot = ListSnapshot([(1, 0.9), (9, 0.8)], [(9, 3.0)], [passage("one", number=1)])
    hits = retrieve("q", np.zeros(2, np.float32), snapshot, settings=Retrieval())
    assert [h.passage.passage_id for h in hits] == [1]


def test_one_document_cannot_fill_the_list() -> None:
    many = [passage(f"text {i}", "long.md", number=i) for i in range(1, 7)]
    other = passage("other", "short.md", number=9)
    dense = [(i, 1 - i / 10) for i in range(1, 7)] + [(9, 0.1)]
    snapshot = ListSnapshot(dense, [], [*many, other])
    settings = Retrieval(passages=4, per_document=2)
    hits = retrieve("q", np.zeros(2, np.float32), snapshot, settings=settings)
    assert [h.passage.passage_id for h in hits] == [1, 2, 9, 3]


def test_other_wordings_are_fused_in_and_the_question_itself_says_the_ranks() -> None:
    class ByText(ListSnapshot):
        def search_lexical(self, question, *, k, documents=None):
            return [(2, 5.0)] if question == "of the ferry" else []

    both = [passage("one", number=1), passage("two", number=2)]
    snapshot = ByText([(1, 0.9)], [], both)
    vector = np.zeros(2, np.float32)
    hits = retrieve(
        "it", vector, snapshot, settings=Retrieval(), also=[("of the ferry", vector, 1.0)]
    )
    assert [(h.passage.passage_id, h.dense_rank, h.lexical_rank) for h in hits] == [
        (1, 1, None),
        (2, None, None),
    ]
    assert [h.score for h in hits] == [2 / 61, 1 / 61]
