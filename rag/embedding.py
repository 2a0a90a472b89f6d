"""sentence-transformers: texts to unit vectors. Weights are loaded on the first use.

What can be known without the weights (dimension, limit, fingerprint, counts of tokens) is read from
the files beside them, so that opening an index or cutting documents stays quick.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.devices import best_dtype
from rag.errors import ModelError
from rag.model_files import (
    Module,
    is_complete,
    modules,
    read_record,
    read_settings,
    reason,
    sha256_of,
    stay_offline,
    weight_files,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

# Enters the fingerprint; raised when the same weights would give other vectors than before.
_FORMAT = 1
_DOCUMENT_PROMPTS = ("document", "passage", "corpus")
_QUESTION_PROMPTS = ("query", "question")
_LEGACY_POOLING = (
    "pooling_mode_cls_token",
    "pooling_mode_max_tokens",
    "pooling_mode_mean_tokens",
    "pooling_mode_mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens",
    "pooling_mode_lasttoken",
)


class SentenceEmbedder:
    """A sentence-transformers model in a local folder; safe to share between threads.

    Attributes:
        dim: Length of a vector.
        max_tokens: Longest text that is not cut, special tokens and the model's prompt included.
    """

    def __init__(self, folder: Path, *, batch_size: int = 8, device: str = "auto") -> None:
        """Read the model's settings; its weights are loaded on the first use.

        Args:
            folder: As `rag.models.locate` gives it.
            batch_size: Texts that go through the model at once.
            device: "auto" for a GPU when there is one, or a name that torch knows.

        Raises:
            ModelError: If the folder's files do not describe a model.
        """
        self.folder = folder
        self._batch_size = batch_size
        self._device = device
        self._steps = modules(folder)
        self._model: SentenceTransformer | None = None
        # Tokenizers of one model must not be used by two threads ("Already borrowed").
        self._lock = threading.Lock()
        self.dim = _dimension(self._steps)
        self.max_tokens = _max_tokens(self._steps[0].folder)
        prompts = read_settings(folder / "config_sentence_transformers.json")
        self._document_prompt = _prompt(prompts, _DOCUMENT_PROMPTS)
        self._question_prompt = _prompt(prompts, _QUESTION_PROMPTS)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of everything that shapes a vector: weights, tokenizer, settings; 16 digits."""
        digest = hashlib.sha256(f"{_FORMAT} {self.dim} {self.max_tokens}".encode())
        for name, sha256 in sorted(_weight_hashes(self.folder).items()):
            digest.update(f"{name} {sha256}\n".encode())
        digest.update(f"{self._document_prompt}\n{self._question_prompt}\n".encode())
        for step in self._steps:
            settings = read_settings(step.folder / "config.json")
            digest.update(f"{step.kind} {json.dumps(settings, sort_keys=True)}\n".encode())
        digest.update(json.dumps(_bert_settings(self._steps[0].folder), sort_keys=True).encode())
        digest.update(sha256_of(self._steps[0].folder / "tokenizer.json").encode())
        return digest.hexdigest()[:16]

    def count_tokens(self, text: str) -> int:
        """Tokens of a document's text, special tokens and the model's prompt included."""
        return len(self._tokenizer.encode(self._document_prompt + text).ids)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts of documents.

        Returns:
            One row per text in their order, L2-normalised. Shape: ``(len(texts), dim)``.

        Raises:
            ValueError: If a text is longer than ``max_tokens`` (it would be cut silently).
            ModelError: If the model fails.
        """
        self._check_lengths(texts)
        return self._encode(list(texts), self._document_prompt)

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts that are compared at once and not kept.

        As `embed`, but in bfloat16 on a processor that computes in it: a third faster, cosines
        within .01. What is kept is the same on all machines, and so is a question.
        """
        self._check_lengths(texts)
        return self._encode(list(texts), self._document_prompt, is_quick=True)

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """Embed a question, cut to ``max_tokens``. Shape: ``(dim,)``.

        Raises:
            ModelError: If the model fails.
        """
        row: NDArray[np.float32] = self._encode([question], self._question_prompt)[0]
        return row

    def load(self) -> None:
        """Load the weights now; does nothing when they are loaded.

        Raises:
            ModelError: If they cannot be loaded.
        """
        with self._lock:
            self._loaded()

    def _check_lengths(self, texts: Sequence[str]) -> None:
        for i, text in enumerate(texts):
            size = self.count_tokens(text)
            if size > self.max_tokens:
                raise ValueError(
                    f"text {i} has {size} tokens, the limit is {self.max_tokens}: {text[:60]!r}"
                )

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer, normalizers

        file = self._steps[0].folder / "tokenizer.json"
        if not file.is_file():
            raise ModelError(f"{self.folder} has no tokenizer.json, so texts cannot be counted.")
        # Its own, never changed after this line, so that threads may count at once.
        tokenizer = Tokenizer.from_file(str(file))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        if _bert_settings(self._steps[0].folder).get("do_lower_case"):
            # As the library does it: a normaliser leaves control tokens such as [SEP] alone.
            before = [tokenizer.normalizer] if tokenizer.normalizer is not None else []
            tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), *before])
        return tokenizer

    def _encode(
        self, texts: list[str], prompt: str, *, is_quick: bool = False
    ) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        with self._lock:
            model = self._loaded()
            try:
                with _quickest(model.device.type) if is_quick else nullcontext():
                    rows = model.encode(
                        texts,
                        prompt=prompt,
                        batch_size=self._batch_size,
                        show_progress_bar=False,
                        normalize_embeddings=True,
                    )
            except (RuntimeError, ValueError, TypeError, IndexError) as exc:
                raise ModelError(f"The embedder {self.folder.name} failed: {reason(exc)}.") from exc
        return np.ascontiguousarray(rows, dtype=np.float32)

    def _loaded(self) -> SentenceTransformer:
        if self._model is None:
            self._model = self._load()
        return self._model

    def _load(self) -> SentenceTransformer:
        stay_offline()
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(self.folder),
                device=None if self._device == "auto" else self._device,
                local_files_only=True,
                model_kwargs={"dtype": torch.float32, "use_safetensors": True},
            )
        except (OSError, ValueError, RuntimeError, KeyError, TypeError, SafetensorError) as exc:
            raise ModelError(
                f"The embedder in {self.folder} cannot be loaded: {reason(exc)}."
            ) from exc
        # Its own limit may be read from another file than ours; the smaller one was promised.
        model.max_seq_length = self.max_tokens
        found = model.get_embedding_dimension()
        if found != self.dim:
            raise ModelError(f"The embedder in {self.folder} gives {found} values, not {self.dim}.")
        return model


def _quickest(device: str) -> AbstractContextManager[object]:
    """Matrices are multiplied in bfloat16 inside it, where that is the quickest."""
    import torch

    if device != "cpu" or best_dtype(device) is not torch.bfloat16:
        return nullcontext()
    return torch.autocast(device, dtype=torch.bfloat16)


def _weight_hashes(folder: Path) -> dict[str, str]:
    record = read_record(folder)
    if record is not None and is_complete(folder, record):
        return {weight.name: weight.sha256 for weight in record.weights}
    return {file.relative_to(folder).as_posix(): sha256_of(file) for file in weight_files(folder)}


def _bert_settings(folder: Path) -> dict[str, object]:
    """The file is named after the first architecture that used it: sentence_bert_config.json."""
    file = next(iter(sorted(folder.glob("sentence_*_config.json"))), None)
    return {} if file is None else read_settings(file)


def _max_tokens(folder: Path) -> int:
    limits = [
        _bert_settings(folder).get("max_seq_length"),
        read_settings(folder / "tokenizer_config.json").get("model_max_length"),
        read_settings(folder / "config.json").get("max_position_embeddings"),
    ]
    sizes = [int(limit) for limit in limits if isinstance(limit, (int, float)) and limit > 0]
    if not sizes or min(sizes) > 1_000_000:
        raise ModelError(f"{folder} does not say how many tokens the model reads.")
    return min(sizes)


def _dimension(steps: Sequence[Module]) -> int:
    size: object = None
    for step in steps:
        settings = read_settings(step.folder / "config.json")
        if step.kind == "Transformer":
            size = settings.get("hidden_size")
        elif step.kind == "Pooling":
            size = _pooled(settings, size)
        elif step.kind == "Dense":
            size = settings.get("out_features")
    if not isinstance(size, int) or size < 1:
        raise ModelError(f"{steps[0].folder} does not say how long the model's vectors are.")
    return size


def _pooled(settings: dict[str, object], before: object) -> object:
    size = settings.get("embedding_dimension", settings.get("word_embedding_dimension", before))
    mode = settings.get("pooling_mode")
    if isinstance(mode, list):
        count = len(mode)
    else:
        count = 1 if mode else sum(bool(settings.get(key)) for key in _LEGACY_POOLING)
    # Several ways of pooling are laid side by side.
    return size * max(count, 1) if isinstance(size, int) else size


def _prompt(settings: dict[str, object], names: Sequence[str]) -> str:
    prompts = settings.get("prompts")
    if not isinstance(prompts, dict):
        return ""
    return next((str(prompts[name]) for name in names if prompts.get(name)), "")
