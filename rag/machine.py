"""What a result depends on beside the settings: the machine and the versions."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module, metadata

_VERSIONS_OF = (
    "kaynak", "faiss-cpu", "numpy", "sentence-transformers", "tantivy", "tokenizers", "torch",
    "transformers",
)  # fmt: skip


def environment() -> dict[str, object]:
    """Machine and versions that a result depends on; names no person and no host."""
    versions = {}
    for package in _VERSIONS_OF:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    machine = {
        "system": platform.system(), "machine": platform.machine(), "cores": os.cpu_count(),
        "python": platform.python_version(),
    }  # fmt: skip
    return {"machine": machine, "versions": versions}


def peak_memory_mb() -> float | None:
    """The most memory that this process has held so far; None on Windows, which does not say."""
    try:
        resource = import_module("resource")
    except ModuleNotFoundError:
        return None
    peak = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    # Linux counts kilobytes, macOS bytes.
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
