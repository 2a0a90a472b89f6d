"""A folder of weights on disk: is it safe to load, and is it what was fetched?

Nothing here imports a library that runs models: a folder is judged before anything reads it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rag.errors import ModelError

Role = Literal["embedder", "generator"]

RECORD_NAME = "kaynak.json"
MODULE_TYPES = {
    "sentence_transformers.models.Transformer": "Transformer",
    "sentence_transformers.models.Pooling": "Pooling",
    "sentence_transformers.models.Normalize": "Normalize",
    "sentence_transformers.models.Dense": "Dense",
    "sentence_transformers.base.modules.transformer.Transformer": "Transformer",
    "sentence_transformers.base.modules.normalize.Normalize": "Normalize",
    "sentence_transformers.base.modules.dense.Dense": "Dense",
    "sentence_transformers.sentence_transformer.modules.pooling.Pooling": "Pooling",
}
"""What ``modules.json`` may name, in the spelling of old and new versions, and its plain kind."""

_CODE = frozenset({".py", ".pyc", ".pyd", ".so", ".dll", ".dylib"})
# Endings of weights that are refused: reading a pickle runs what is written in it.
_PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
# Each of these has made a loader import code that the folder, or a hub, chose.
_CODE_KEYS = frozenset(
    {
        "auto_map",
        "custom_pipelines",
        "trust_remote_code",
        "attn_implementation",
        "_attn_implementation",
        "_attn_implementation_internal",
        "_experts_implementation_internal",
    }
)
_DATA_FILES = frozenset({RECORD_NAME, "tokenizer.json", "vocab.json", "added_tokens.json"})
_MAX_JSON_BYTES = 8 * 1024 * 1024
_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of weights.

    Attributes:
        name: Path below the model's folder, with ``/``.
        sha256: Hexadecimal.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """What ``kaynak.json`` says about a fetched folder.

    Attributes:
        source: "package" or "hub".
        name: Package name or hub name.
        version: Package version or commit.
        weights: Every safetensors file, in the order of their names.
    """

    source: str
    name: str
    version: str
    weights: tuple[WeightFile, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """One step of a sentence-transformers model.

    Attributes:
        kind: "Transformer", "Pooling", "Normalize" or "Dense".
        folder: Where its configuration is.
    """

    kind: str
    folder: Path


def context_tokens(folder: Path) -> int:
    """How many tokens a model reads.

    Raises:
        ModelError: If its settings do not say.
    """
    config = read_settings(folder / "config.json")
    for values in (config, config.get("text_config")):
        if isinstance(values, dict) and isinstance(values.get("max_position_embeddings"), int):
            return int(values["max_position_embeddings"])
    raise ModelError(f"{folder / 'config.json'} does not say how many tokens the model reads.")


def sha256_of(file: Path) -> str:
    """Hash of a file's bytes, hexadecimal; reads it in blocks."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a folder and the folders below it, in the order of their names."""
    return sorted(file for file in _files(folder) if file.suffix == ".safetensors")


def write_record(folder: Path, *, source: str, name: str, version: str) -> ModelRecord:
    """Hash the weights of a folder and keep the result in its ``kaynak.json``."""
    weights = tuple(
        WeightFile(file.relative_to(folder).as_posix(), file.stat().st_size, sha256_of(file))
        for file in weight_files(folder)
    )
    record = ModelRecord(source, name, version, weights)
    text = json.dumps(asdict(record), indent=2)
    (folder / RECORD_NAME).write_text(text + "\n", encoding="utf-8")
    return record


def read_record(folder: Path) -> ModelRecord | None:
    """What was fetched into a folder; None when it says nothing, or nothing that can be read."""
    try:
        values = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
        weights = tuple(WeightFile(**weight) for weight in values.pop("weights"))
        return ModelRecord(**values, weights=weights)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def is_complete(folder: Path, record: ModelRecord) -> bool:
    """Whether every recorded file is there with its size; quick, reads no weights."""
    sizes = [(folder / weight.name, weight.bytes) for weight in record.weights]
    return bool(sizes) and all(
        file.is_file() and file.stat().st_size == size for file, size in sizes
    )


def read_json(file: Path) -> object:
    """Parse a JSON file of a model's folder.

    Raises:
        ModelError: If it is not there, too large, or no JSON.
    """
    try:
        if file.stat().st_size > _MAX_JSON_BYTES:
            raise ModelError(f"{file} is too large for a settings file.")
        value: object = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise ModelError(f"{file} cannot be read as JSON: {reason(exc)}.") from exc
    return value


def read_settings(file: Path) -> dict[str, Any]:
    """Parse a JSON file that holds named settings; empty when it is not there.

    Raises:
        ModelError: If it holds anything else.
    """
    if not file.is_file():
        return {}
    values = read_json(file)
    if not isinstance(values, dict):
        raise ModelError(f"{file} must hold named settings.")
    return values


def modules(folder: Path) -> list[Module]:
    """The steps that an embedder's ``modules.json`` names, in order.

    Raises:
        ModelError: If it is missing, or names a type or a place that is not allowed.
    """
    file = folder / "modules.json"
    if not file.is_file():
        raise ModelError(f"{folder} has no modules.json: it is not a sentence-transformers model.")
    entries = read_json(file)
    if not isinstance(entries, list) or not entries:
        raise ModelError(f"{file} names no modules.")
    return [_module(file, entry) for entry in entries]


def check_safe(folder: Path, role: Role) -> None:
    """Refuse a folder that could run code of its own, or whose weights are not safetensors.

    Raises:
        ModelError: Saying which file was found, and what is wrong with it.
    """
    for file in _files(folder):
        if file.suffix.lower() in _CODE:
            raise ModelError(f"{folder} holds program code ({file.name}), which is never run.")
        if file.suffix == ".json" and file.name not in _DATA_FILES:
            _check_keys(file, read_json(file))
    if (folder / "adapter_config.json").exists():
        raise ModelError(f"{folder} holds an adapter, not a whole model.")
    steps = modules(folder) if role == "embedder" else [Module("Transformer", folder)]
    for step in steps:
        _check_step(step)
    if role == "embedder" and steps[0].kind != "Transformer":
        raise ModelError(f"{folder / 'modules.json'} must begin with a Transformer.")


def reason(exc: BaseException) -> str:
    """The first line of what a library says went wrong, without a full stop."""
    lines = str(exc).strip().splitlines()
    return lines[0].rstrip(". ") if lines else type(exc).__name__


def stay_offline() -> None:
    """Keep the model libraries from reaching a network, or drawing bars, in this process."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from huggingface_hub import constants
    from huggingface_hub.utils.tqdm import disable_progress_bars

    # The variable is only read on import, which another library may have done already.
    constants.HF_HUB_OFFLINE = True
    disable_progress_bars()


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in sorted(names):
            yield Path(parent) / name


def _module(file: Path, entry: object) -> Module:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise ModelError(f"{file} has an entry without a path.")
    kind = MODULE_TYPES.get(str(entry.get("type")))
    if kind is None:
        raise ModelError(f"{file} names the type {entry.get('type')!r}, which is not allowed.")
    path = Path(entry["path"])
    if path.is_absolute() or ".." in path.parts:
        raise ModelError(f"{file} points outside the folder: {entry['path']!r}.")
    return Module(kind, file.parent / path)


def _check_keys(file: Path, value: object) -> None:
    # A stack, because a file nested thousands deep would end a recursion.
    stack: list[object] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            found = [key for key in item if key in _CODE_KEYS and item[key]]
            if found:
                raise ModelError(f"{file} holds the key {found[0]!r}, which can load code.")
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _check_step(step: Module) -> None:
    if step.kind in ("Pooling", "Normalize"):
        return
    names = sorted(file.name for file in step.folder.glob("*") if file.is_file())
    if not any(name.endswith(".safetensors") for name in names):
        other = [name for name in names if Path(name).suffix.lower() in _PICKLES | {".gguf"}]
        found = f"only {', '.join(other)}" if other else "none"
        raise ModelError(f"{step.folder} must hold weights as safetensors; there are {found}.")
    if "config.json" not in names:
        raise ModelError(f"{step.folder} has no config.json.")
    if step.kind == "Dense":
        _check_activation(step.folder / "config.json")


def _check_activation(file: Path) -> None:
    name = read_settings(file).get("activation_function", "torch.nn.")
    if not str(name).startswith("torch.nn."):
        raise ModelError(f"{file} names the activation {name!r}, which is not allowed.")
