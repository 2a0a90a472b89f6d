"""The formulas of retrieval against a reference library, on many rankings."""

from __future__ import annotations

import random

import ir_measures
import pytest
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

from rag.metrics import ndcg_at_k, recall_at_k, reciprocal_rank


@pytest.mark.parametrize("seed", range(40))
def test_recall_mrr_and_ndcg_agree_with_ir_measures(seed: int) -> None:
    pick = random.Random(seed)
    names = [f"d{i}" for i in range(30)]
    retrieved = pick.sample(names, pick.randint(1, 20))
    expected = pick.sample(names, pick.randint(1, 12))
    qrels = [Qrel("q", name, 1) for name in expected]
    run = [ScoredDoc("q", name, 1.0 - i / 100) for i, name in enumerate(retrieved)]
    by_reference = ir_measures.calc_aggregate([R @ 5, R @ 10, RR, nDCG @ 5, nDCG @ 10], qrels, run)
    assert recall_at_k(retrieved, expected, k=5) == pytest.approx(by_reference[R @ 5])
    assert recall_at_k(retrieved, expected, k=10) == pytest.approx(by_reference[R @ 10])
    assert reciprocal_rank(retrieved, expected) == pytest.approx(by_reference[RR])
    assert ndcg_at_k(retrieved, expected, k=5) == pytest.approx(by_reference[nDCG @ 5])
    assert ndcg_at_k(retrieved, expected, k=10) == pytest.approx(by_reference[nDCG @ 10])
