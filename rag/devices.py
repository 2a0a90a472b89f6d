"""Where a model computes, and in which precision; the same for everything that runs on torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def best_device() -> str:
    """A GPU when there is one, in torch's words."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def best_dtype(device: str) -> torch.dtype:
    """bfloat16 halves the memory, but a processor without it computes several times slower."""
    import torch

    if device.startswith("cuda"):
        is_native = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device == "cpu":
        able = torch.cpu.get_capabilities()
        is_native = any(able.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    else:
        is_native = True
    return torch.bfloat16 if is_native else torch.float32
