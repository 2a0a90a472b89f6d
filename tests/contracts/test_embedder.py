"""What every embedder promises: the fake, a tiny real model, and the one that ships."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from rag.embedding import SentenceEmbedder
from rag.models import locate
from rag.protocols import Embedder
from tests.fakes import HashEmbedder
from tests.tiny_models import tiny_embedder

TEXTS = [
    "The embassy opened in Ankara.",
    "A treaty was signed by the council, after long and difficult talks.",
    "when was it",
    "The embassy opened in Ankara.",
]


@pytest.fixture(
    scope="module",
    params=["fake", "tiny", pytest.param("shipped", marks=pytest.mark.models)],
)
def any_embedder(request, tmp_path_factory) -> Embedder:
    if request.param == "fake":
        return HashEmbedder()
    if request.param == "tiny":
        folder = tiny_embedder(tmp_path_factory.mktemp("tiny"), max_tokens=64)
        return SentenceEmbedder(folder, batch_size=2, device="cpu")
    return SentenceEmbedder(locate("default", "embedder"), batch_size=2, device="cpu")


class TestEmbedder:
    def test_gives_unit_rows_in_the_order_of_the_texts(self, any_embedder):
        rows = any_embedder.embed(TEXTS)

        assert rows.shape == (4, any_embedder.dim)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
        for text, row in zip(TEXTS, rows, strict=True):
            np.testing.assert_allclose(any_embedder.embed([text])[0], row, atol=1e-5)

    def test_sentences_to_compare_are_embedded_about_alike(self, any_embedder):
        rows, exact = any_embedder.embed_sentences(TEXTS), any_embedder.embed(TEXTS)

        assert rows.shape == (4, any_embedder.dim)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(rows @ exact.T, exact @ exact.T, atol=0.01)
        with pytest.raises(ValueError, match="tokens"):
            any_embedder.embed_sentences(["council " * any_embedder.max_tokens])

    def test_nothing_gives_no_rows(self, any_embedder):
        for embed in (any_embedder.embed, any_embedder.embed_sentences):
            rows = embed([])

            assert rows.shape == (0, any_embedder.dim)
            assert rows.dtype == np.float32

    def test_equal_texts_are_equal_and_others_are_not(self, any_embedder):
        rows = any_embedder.embed(TEXTS)

        np.testing.assert_allclose(rows[0], rows[3], atol=1e-5)
        assert rows[0] @ rows[1] < 0.999

    def test_a_question_is_a_unit_vector(self, any_embedder):
        vector = any_embedder.embed_question("When was the embassy opened?")

        assert vector.shape == (any_embedder.dim,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)

    def test_refuses_a_text_that_would_be_cut(self, any_embedder):
        assert any_embedder.count_tokens("council " * any_embedder.max_tokens) > (
            any_embedder.max_tokens
        )
        with pytest.raises(ValueError, match="tokens"):
            any_embedder.embed(["short", "council " * any_embedder.max_tokens])

    def test_a_long_question_is_cut(self, any_embedder):
        vector = any_embedder.embed_question("when was it opened " * any_embedder.max_tokens)

        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)

    def test_counts_grow_with_the_text(self, any_embedder):
        counts = [any_embedder.count_tokens(" ".join(["council"] * n)) for n in range(1, 6)]

        assert counts == [counts[0] + n for n in range(5)]

    def test_threads_get_what_one_caller_gets(self, any_embedder):
        alone = [any_embedder.embed([text])[0] for text in TEXTS]
        results: dict[tuple[int, int], np.ndarray] = {}

        def work(worker: int) -> None:
            for i, text in enumerate(TEXTS):
                any_embedder.count_tokens(text)
                results[worker, i] = any_embedder.embed([text])[0]

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(results) == 16
        for (_, i), row in results.items():
            np.testing.assert_allclose(row, alone[i], atol=1e-5)

    def test_the_fingerprint_is_stable(self, any_embedder):
        assert any_embedder.fingerprint == any_embedder.fingerprint
        assert len(any_embedder.fingerprint) >= 4
