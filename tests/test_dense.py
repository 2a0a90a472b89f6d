"""Dense search against a plain dot product."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rag.dense import DenseIndex

DIM = 16


def unit(n: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def build(ids: np.ndarray, vectors: np.ndarray, *, size: int = 100) -> DenseIndex:
    return DenseIndex.build(
        DIM, [(ids[i : i + size], vectors[i : i + size]) for i in range(0, len(ids), size)]
    )


def expected(ids, vectors, query, k):
    scores = vectors @ query
    order = np.argsort(-scores, kind="stable")[:k]
    return [(int(ids[i]), pytest.approx(float(scores[i]), abs=1e-6)) for i in order]


@pytest.fixture
def ids() -> np.ndarray:
    return np.arange(500, dtype=np.int64) * 7 + 3


@pytest.fixture
def vectors() -> np.ndarray:
    return unit(500, seed=1)


def test_hits_are_those_of_a_dot_product(ids, vectors):
    index = build(ids, vectors)
    assert len(index) == 500
    for query in unit(20, seed=2):
        assert index.search(query, k=25) == expected(ids, vectors, query, 25)


def test_only_allowed_passages_are_found(ids, vectors):
    index = build(ids, vectors)
    chosen = np.random.default_rng(3).choice(500, 40, replace=False)
    for query in unit(20, seed=4):
        hits = index.search(query, k=10, allowed=ids[chosen])
        assert hits == expected(ids[chosen], vectors[chosen], query, 10)
    everything = index.search(unit(1, 5)[0], k=999, allowed=ids[chosen])
    assert {i for i, _ in everything} == set(ids[chosen].tolist())
    assert index.search(unit(1, 5)[0], k=5, allowed=np.array([1, 2], dtype=np.int64)) == []
    assert index.search(unit(1, 5)[0], k=5, allowed=ids[:0]) == []


def test_a_change_is_a_copy(ids, vectors):
    old = build(ids[:300], vectors[:300])
    query = unit(1, seed=6)[0]
    before = old.search(query, k=300)
    new = old.changed(
        removed=[(int(ids[100]), int(ids[149])), (0, int(ids[9])), (10**9, 10**9 + 5)],
        added=[(ids[300:], vectors[300:])],
    )
    kept = np.r_[10:100, 150:500]
    assert sorted(new.ids().tolist()) == ids[kept].tolist()
    assert new.search(query, k=999) == expected(ids[kept], vectors[kept], query, 999)
    assert old.search(query, k=300) == before
    assert len(old) == 300


def test_everything_may_be_removed_and_added_again(ids, vectors):
    empty = build(ids, vectors).changed(removed=[(0, 10**6)], added=[])
    assert (len(empty), empty.search(vectors[0], k=3)) == (0, [])
    again = empty.changed(removed=[], added=[(ids, vectors)])
    assert again.search(vectors[7], k=1)[0][0] == ids[7]


def test_empty_and_small_indexes(vectors):
    assert DenseIndex.build(DIM, []).search(vectors[0], k=5) == []
    one = build(np.array([42]), vectors[:1])
    assert one.search(vectors[0], k=50) == [(42, pytest.approx(1.0))]
    assert one.search(vectors[0], k=0) == []


def test_equal_scores_are_in_the_order_of_ids(vectors):
    same = np.repeat(vectors[:1], 5, axis=0)
    index = build(np.array([50, 20, 40, 10, 30]), same)
    assert [i for i, _ in index.search(vectors[0], k=5)] == [10, 20, 30, 40, 50]


def test_wrong_shapes_are_refused(ids, vectors):
    with pytest.raises(ValueError, match="499 ids"):
        DenseIndex.build(DIM, [(ids[:-1], vectors)])
    with pytest.raises(ValueError, match="shape"):
        build(ids, vectors).search(vectors[0][:8], k=1)


def test_threads_search_old_copies_while_new_ones_are_made(ids, vectors):
    index = build(ids, vectors)
    query = vectors[17]
    before = index.search(query, k=10)

    def search() -> None:
        for _ in range(200):
            assert index.search(query, k=10) == before

    with ThreadPoolExecutor() as pool:
        searches = [pool.submit(search) for _ in range(3)]
        for _ in range(50):
            index.changed(removed=[(0, 1000)], added=[(ids[:9] + 9000, vectors[:9])])
        for each in searches:
            each.result()
