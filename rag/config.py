"""config.yaml as frozen records; the only file that reads settings or the environment."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import ConfigError

CONFIG_VARIABLE = "KAYNAK_CONFIG"
HOME_VARIABLE = "KAYNAK_HOME"
DEFAULT_NAME = "config.yaml"
DEFAULT_MODEL = "default"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Documents(_Section):
    """Where documents and index are; absolute once loaded."""

    folder: Path = Path("seeds")
    index: Path = Path(".kaynak")


class Readers(_Section):
    """Limits of one file; it is read in a process of its own."""

    max_file_mb: float = Field(50, gt=0)
    max_pages: int = Field(2000, ge=1)
    max_characters: int = Field(20_000_000, ge=1000)
    max_seconds: float = Field(20, ge=1)
    max_memory_mb: int = Field(2048, ge=256)


class Chunking(_Section):
    """Size of passages."""

    size_tokens: int = Field(160, ge=32, le=8192)
    overlap_sentences: int = Field(1, ge=0, le=5)


class Embedding(_Section):
    """The embedder."""

    model: str = DEFAULT_MODEL
    batch_size: int = Field(8, ge=1, le=1024)


class Retrieval(_Section):
    """Question to hits."""

    passages: int = Field(8, ge=1, le=50)
    candidates: int = Field(50, ge=1, le=1000)
    rrf_k: int = Field(60, ge=1, le=1000)
    per_document: int = Field(5, ge=1, le=50)


class EvidenceSettings(_Section):
    """Hits to sentences."""

    judged: int = Field(10, ge=0, le=50)
    max_sentences: int = Field(3, ge=1, le=10)


class Answering(_Section):
    """Sentences to a reply."""

    mode: Literal["auto", "quoted", "written"] = "auto"
    refuse_below: float = Field(0.45, ge=0, le=1)
    max_question_characters: int = Field(4000, ge=100)
    max_history_turns: int = Field(20, ge=0)


class Generation(_Section):
    """The language model."""

    model: str = DEFAULT_MODEL
    max_new_tokens: int = Field(160, ge=16, le=4096)
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"


class Chat(_Section):
    """The web chat."""

    host: str = "127.0.0.1"
    port: int = Field(7860, ge=1, le=65535)
    max_upload_mb: float = Field(50, gt=0)
    queue: int = Field(32, ge=1)


class Config(_Section):
    """All settings."""

    documents: Documents = Documents()
    readers: Readers = Readers()
    chunking: Chunking = Chunking()
    embedding: Embedding = Embedding()
    retrieval: Retrieval = Retrieval()
    evidence: EvidenceSettings = EvidenceSettings()
    answering: Answering = Answering()
    generation: Generation = Generation()
    chat: Chat = Chat()

    def fingerprint(self) -> str:
        """Hash of the settings that shape an answer, 12 hexadecimal digits; folders do not."""
        shaping = self.model_dump_json(exclude={"documents", "chat"})
        return hashlib.sha256(shaping.encode()).hexdigest()[:12]


def load_config(
    path: str | Path | None = None,
    *,
    documents: str | Path | None = None,
    index: str | Path | None = None,
) -> Config:
    """Read the settings.

    Args:
        path: The file; None for the environment's KAYNAK_CONFIG, else ``config.yaml`` in the
            working folder, else the defaults.
        documents: Overrides ``documents.folder``; relative to the working folder.
        index: Overrides ``documents.index``; relative to the working folder. When only
            ``documents`` is given, the index is kept in ``.kaynak`` inside that folder.

    Raises:
        ConfigError: If the file is not there, is no YAML, or holds a wrong key or value.
    """
    file = settings_file(path)
    values = {} if file is None else _read_yaml(file)
    try:
        config = Config.model_validate(values)
    except ValidationError as exc:
        raise ConfigError(f"{file}: {_explain(exc)}.") from exc
    base = Path.cwd() if file is None else file.parent
    folder = _absolute(config.documents.folder, base)
    index_folder = _absolute(config.documents.index, base)
    if documents is not None:
        folder = _absolute(Path(documents), Path.cwd())
        index_folder = folder / ".kaynak"
    if index is not None:
        index_folder = _absolute(Path(index), Path.cwd())
    return config.model_copy(update={"documents": Documents(folder=folder, index=index_folder)})


def models_folder() -> Path:
    """Where weights are kept: ``KAYNAK_HOME``, else the user's cache folder."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home).expanduser().absolute() / "models"
    if os.name == "nt":
        cache = Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local")))
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")))
    return cache / "kaynak" / "models"


def settings_file(path: str | Path | None) -> Path | None:
    """The file that `load_config` reads; None when there is none."""
    named = path or os.environ.get(CONFIG_VARIABLE)
    file = Path(named) if named else Path(DEFAULT_NAME)
    if file.is_file():
        return file.absolute()
    if named:
        raise ConfigError(f"The settings file {file} does not exist.")
    return None


def _read_yaml(file: Path) -> dict[str, object]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise ConfigError(f"{file} cannot be read as YAML: {exc}.") from exc
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{file} must hold sections such as `documents:`.")
    return values


def _explain(exc: ValidationError) -> str:
    problems = []
    for error in exc.errors():
        key = ".".join(str(part) for part in error["loc"])
        if error["type"] == "extra_forbidden":
            problems.append(f"`{key}` is not a setting")
        else:
            problems.append(f"`{key}` is {error['input']!r}: {error['msg'].lower()}")
    return "; ".join(problems)


def _absolute(path: Path, base: Path) -> Path:
    return Path(os.path.normpath(base / path.expanduser()))
