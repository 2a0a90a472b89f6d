"""The judge: does this piece of evidence answer this question?

The shipped language model with a small trained adapter (``rag/judge``, see its README). It reads
one piece of evidence at a time and is asked for yes or no; it writes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from rag.causal_model import CausalModel
from rag.errors import GenerationError
from rag.generation import FAILURES
from rag.model_files import reason
from rag.prompts import JUDGED_NO, JUDGED_YES, judged

ADAPTER = Path(__file__).parent / "judge"


class LocalJudge:
    """A causal model in a local folder with an adapter; safe to share between threads."""

    def __init__(
        self, folder: Path, *, adapter: Path = ADAPTER, device: str = "auto", dtype: str = "auto"
    ) -> None:
        """Remember where the weights are; they are loaded on the first use.

        Args:
            folder: Of the model that the adapter was trained on.
            adapter: Folder with ``adapter_config.json`` and ``adapter_model.safetensors``.
            device: "auto" for a GPU when there is one; or "cpu", "cuda", "mps".
            dtype: "auto" for bfloat16 where the device computes in it; or a name of torch.
        """
        self._folder = folder
        self._adapter = adapter
        self._device = device
        self._dtype = dtype
        self._lock = threading.Lock()
        self._model: CausalModel | None = None

    def judge(self, question: str, evidence: Sequence[tuple[str, str]]) -> list[float]:
        """Log-odds that each piece of evidence answers the question; 0 is even.

        Args:
            evidence: Pairs of the headings above a text and the text.

        Raises:
            GenerationError: If the model fails, or a piece is too long for it.
            ModelError: If the weights cannot be loaded.
        """
        return self._answers([judged(question, *pair) for pair in evidence])

    def _answers(self, prompts: Sequence[str]) -> list[float]:
        """Log-odds of yes against no after each prompt."""
        if not prompts:
            return []
        with self._lock:
            if self._model is None:
                self._model = CausalModel.load(
                    self._folder, device=self._device, dtype=self._dtype, adapter=self._adapter
                )
            model = self._model
            import torch

            try:
                with torch.inference_mode():
                    (yes,), (no,) = model.text_ids(JUDGED_YES), model.text_ids(JUDGED_NO)
                    return model.preference([model.text_ids(p) for p in prompts], yes, no)
            except FAILURES as exc:
                said = reason(exc)
                raise GenerationError(f"The judge failed: {said}.", detail=said) from exc
