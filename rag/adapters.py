"""Low-rank adapters (LoRA) of a language model; the only file that imports peft."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any


def merged(model: Any, adapter: Path) -> Any:  # noqa: ANN401
    """A model of transformers with an adapter's weights added to its own.

    Args:
        adapter: Folder with ``adapter_config.json`` and ``adapter_model.safetensors``.
    """
    from peft import PeftModel

    with warnings.catch_warnings():
        # peft asks transformers by a name that is about to go.
        warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`")
        return PeftModel.from_pretrained(
            model, str(adapter), local_files_only=True
        ).merge_and_unload()
