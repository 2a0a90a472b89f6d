"""The sentence-transformers adapter: what it reads from files, and what the model then does."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from rag.embedding import SentenceEmbedder
from rag.errors import ModelError
from rag.models import locate
from tests.tiny_models import module_entries, tiny_embedder, write_json

TEXTS = [
    "The embassy opened.",
    "Odd: Türkiye, İstanbul, naïve café — 3,5 % of 1.000?",
    "",
    "   spaces   \n\n lines\t",
    "漢字かな and emoji 🙂🙂",
    "a" * 120,
    "[CLS] control [SEP] tokens [PAD]",
    "UPPER lower ... !!! 12:30 e.g. U.S. don't",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_embedder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "model")


def test_reads_dimension_and_limit_without_loading(folder):
    embedder = SentenceEmbedder(folder)

    assert (embedder.dim, embedder.max_tokens) == (16, 24)
    assert embedder._model is None
    assert embedder.count_tokens("the embassy") == 4
    assert len(embedder.fingerprint) == 16
    assert embedder._model is None


def test_the_vectors_are_those_of_the_mean_of_the_tokens(folder):
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel

    text = "the embassy opened in ankara"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    with torch.inference_mode():
        model = BertModel.from_pretrained(str(folder)).eval()
        states = model(torch.tensor([tokenizer.encode(text).ids])).last_hidden_state[0]
    mean = states.mean(dim=0).numpy()

    row = SentenceEmbedder(folder, device="cpu").embed([text])[0]

    np.testing.assert_allclose(row, mean / np.linalg.norm(mean), atol=1e-5)


def test_sentences_are_embedded_in_the_precision_that_is_quickest(folder, monkeypatch):
    import torch

    texts = ["the embassy opened in ankara", "council"]
    embedder = SentenceEmbedder(folder, device="cpu")
    exact = embedder.embed(texts)
    monkeypatch.setattr("rag.embedding.best_dtype", lambda device: torch.float32)
    np.testing.assert_array_equal(embedder.embed_sentences(texts), exact)
    monkeypatch.setattr("rag.embedding.best_dtype", lambda device: torch.bfloat16)
    quick = embedder.embed_sentences(texts)

    assert quick.dtype == np.float32
    assert not np.array_equal(quick, exact)
    np.testing.assert_allclose(quick, exact, atol=0.01)
    # What is kept, and the question, are not touched by it.
    np.testing.assert_array_equal(embedder.embed(texts), exact)


def test_texts_up_to_the_limit_are_taken_whole(folder):
    embedder = SentenceEmbedder(folder, device="cpu")
    text = " ".join(["council"] * 22)
    assert embedder.count_tokens(text) == 24

    embedder.embed([text])
    with pytest.raises(ValueError, match="text 1 has 25 tokens, the limit is 24"):
        embedder.embed(["council", text + " council"])


def test_a_question_is_cut_at_the_limit(folder):
    embedder = SentenceEmbedder(folder, device="cpu")
    words = ["embassy", "council"] * 20

    long = embedder.embed_question(" ".join(words))

    np.testing.assert_allclose(long, embedder.embed([" ".join(words[:22])])[0], atol=1e-5)


def test_prompts_are_put_before_the_text_and_counted(tmp_path):
    prompts = {"query": "when was ", "passage": "treaty: "}
    with_prompts = SentenceEmbedder(tiny_embedder(tmp_path / "a", prompts=prompts), device="cpu")
    plain = SentenceEmbedder(tiny_embedder(tmp_path / "b"), device="cpu")

    assert with_prompts.count_tokens("council") == plain.count_tokens("treaty: council") == 5
    np.testing.assert_allclose(
        with_prompts.embed(["council"]), plain.embed(["treaty: council"]), atol=1e-5
    )
    np.testing.assert_allclose(
        with_prompts.embed_question("it opened"),
        plain.embed_question("when was it opened"),
        atol=1e-5,
    )
    assert with_prompts.fingerprint != plain.fingerprint


@pytest.mark.parametrize("lowercase", [False, True])
def test_counts_as_the_model_does(copy, lowercase):
    tokenizer = json.loads((copy / "tokenizer.json").read_text())
    tokenizer["normalizer"] = None
    write_json(copy / "tokenizer.json", tokenizer)
    settings = {"max_seq_length": 200, "do_lower_case": lowercase}
    write_json(copy / "sentence_bert_config.json", settings)
    embedder = SentenceEmbedder(copy, device="cpu")
    config = json.loads((copy / "config.json").read_text())
    assert embedder.max_tokens == config["max_position_embeddings"] == 64
    embedder.load()
    assert embedder._model is not None

    for text in TEXTS:
        ids = embedder._model.tokenizer(text)["input_ids"]
        assert embedder.count_tokens(text) == len(ids), text
    # Without lower case the word is unknown: one token, not "council" and "##s".
    assert embedder.count_tokens("COUNCILS") == (4 if lowercase else 3)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"embedding_dimension": 16, "pooling_mode": "mean"}, 16),
        ({"embedding_dimension": 16, "pooling_mode": ["cls", "mean"]}, 32),
        (
            {
                "word_embedding_dimension": 16,
                "pooling_mode_cls_token": True,
                "pooling_mode_mean_tokens": True,
            },
            32,
        ),
        ({"word_embedding_dimension": 16}, 16),
    ],
)
def test_the_dimension_is_the_one_that_the_model_gives(copy, settings, expected):
    write_json(copy / "1_Pooling" / "config.json", settings)
    embedder = SentenceEmbedder(copy, device="cpu")

    assert embedder.dim == expected
    assert embedder.embed(["the embassy"]).shape == (1, expected)


def test_a_model_that_gives_another_dimension_is_refused(copy):
    write_json(copy / "modules.json", module_entries("Transformer", "Pooling", "Dense"))
    write_json(copy / "2_Dense" / "config.json", {"in_features": 16, "out_features": 8})
    embedder = SentenceEmbedder(copy, device="cpu")
    assert embedder.dim == 8

    with pytest.raises(ModelError, match="cannot be loaded"):
        embedder.embed(["the embassy"])


class TestFingerprint:
    def test_is_the_same_for_the_same_files_elsewhere(self, folder, copy):
        assert SentenceEmbedder(copy).fingerprint == SentenceEmbedder(folder).fingerprint

    def test_does_not_depend_on_the_record(self, folder, copy):
        from rag.model_files import write_record

        write_record(copy, source="hub", name="a/b", version="1")

        assert SentenceEmbedder(copy).fingerprint == SentenceEmbedder(folder).fingerprint

    @pytest.mark.parametrize("change", ["weights", "tokenizer", "pooling", "limit", "prompt"])
    def test_changes_with_whatever_shapes_a_vector(self, folder, copy, change):
        if change == "weights":
            data = bytearray((copy / "model.safetensors").read_bytes())
            data[-1] ^= 1
            (copy / "model.safetensors").write_bytes(data)
        elif change == "tokenizer":
            text = (copy / "tokenizer.json").read_text()
            (copy / "tokenizer.json").write_text(text.replace("embassy", "consulate"))
        elif change == "pooling":
            settings = {"word_embedding_dimension": 16, "pooling_mode_cls_token": True}
            write_json(copy / "1_Pooling" / "config.json", settings)
        elif change == "limit":
            write_json(copy / "sentence_bert_config.json", {"max_seq_length": 20})
        else:
            values = {"prompts": {"query": "search: "}}
            write_json(copy / "config_sentence_transformers.json", values)

        assert SentenceEmbedder(copy).fingerprint != SentenceEmbedder(folder).fingerprint


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("model.safetensors", b"garbage", "cannot be loaded"),
        ("config.json", b'{"model_type": "unheard-of", "hidden_size": 16}', "cannot be loaded"),
    ],
)
def test_files_that_are_no_model(copy, file, content, message):
    (copy / file).write_bytes(content)
    embedder = SentenceEmbedder(copy, device="cpu")

    with pytest.raises(ModelError, match=message):
        embedder.embed(["the embassy"])


@pytest.mark.parametrize(
    ("file", "message"),
    [("modules.json", "modules.json"), ("1_Pooling/config.json", None), ("config.json", "long")],
)
def test_settings_that_are_missing(copy, file, message):
    (copy / file).unlink()
    if file == "config.json":
        write_json(copy / "1_Pooling" / "config.json", {})
    if message is None:
        assert SentenceEmbedder(copy).dim == 16
        return
    with pytest.raises(ModelError, match=message):
        SentenceEmbedder(copy)


def test_a_missing_tokenizer_is_named(copy):
    (copy / "tokenizer.json").unlink()

    with pytest.raises(ModelError, match=r"no tokenizer\.json"):
        SentenceEmbedder(copy).count_tokens("the embassy")


def test_a_failure_of_the_model_is_ours_and_the_next_call_works(folder, monkeypatch):
    embedder = SentenceEmbedder(folder, device="cpu")
    expected = embedder.embed(["the embassy"])

    with monkeypatch.context() as patch:
        patch.setattr(embedder._model, "encode", _fail)
        with pytest.raises(ModelError, match="out of memory"):
            embedder.embed(["the embassy"])

    np.testing.assert_array_equal(embedder.embed(["the embassy"]), expected)


def _fail(*args, **options):
    raise RuntimeError("out of memory")


@pytest.fixture(scope="module")
def shipped():
    return SentenceEmbedder(locate("default", "embedder"), device="cpu")


@pytest.mark.models
class TestShipped:
    def test_what_is_known_of_it(self, shipped):
        assert (shipped.dim, shipped.max_tokens) == (384, 256)
        assert shipped.count_tokens("hello world") == 4

    def test_counts_as_the_model_does(self, shipped, seeds):
        shipped.load()
        paragraphs = [p for f in seeds.glob("*.md") for p in f.read_text("utf-8").split("\n\n")]
        assert len(paragraphs) > 20

        for text in [*TEXTS, *paragraphs]:
            ids = shipped._model.tokenizer(text, verbose=False)["input_ids"]
            assert shipped.count_tokens(text) == len(ids), text[:80]

    def test_understands(self, shipped):
        rows = shipped.embed(
            ["The embassy in Ankara was opened in 1992.", "Tomatoes like warm soil."]
        )
        cosines = rows @ shipped.embed_question("When did the diplomatic mission begin its work?")

        assert cosines[0] > 0.3
        assert cosines[1] < 0.15

    def test_texts_of_the_full_length_differ_by_their_last_word(self, shipped):
        text = " ".join(["council"] * 253)
        assert shipped.count_tokens(text + " treaty") == 256
        rows = shipped.embed([text + " treaty", text + " tomato"])

        assert rows[0] @ rows[1] < 0.9999
