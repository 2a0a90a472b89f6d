"""Kaynak: ask a folder of documents; every statement shows the sentence it stands on.

Example:
    >>> import rag
    >>> answer = rag.answer("When was the embassy opened?")  # doctest: +SKIP
    >>> answer.citations[0].quote  # doctest: +SKIP
    'The embassy of Azerbaijan opened in August 1992.'
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Config, load_config
from rag.errors import RagError
from rag.types import (
    Answer,
    Checked,
    Citation,
    Disagreement,
    Document,
    Hit,
    Passage,
    Sentence,
    Stage,
    SyncReport,
)

if TYPE_CHECKING:
    from rag.assistant import Assistant

__all__ = [
    "Answer",
    "Assistant",
    "Checked",
    "Citation",
    "Config",
    "Disagreement",
    "Document",
    "Hit",
    "Passage",
    "RagError",
    "Sentence",
    "Stage",
    "SyncReport",
    "answer",
    "load_config",
]


def answer(
    question: str,
    *,
    history: Sequence[tuple[str, str]] = (),
    documents: Sequence[str] | None = None,
    config: str | Path | None = None,
) -> Answer:
    """Answer a question from the folder that the settings name; builds the index when needed.

    The assistant is opened once per working folder and settings file and kept; use `Assistant`
    for more than one folder.

    Args:
        question: In plain language.
        history: Earlier questions and answers, oldest first.
        documents: Only answer from these documents; None for all.
        config: The settings file; None for KAYNAK_CONFIG or ``config.yaml`` of the working folder.

    Raises:
        RagError: With what happened and what to do; see `rag.errors`.
    """
    assistant = _assistant(str(Path.cwd()), None if config is None else str(config))
    return assistant.answer(question, history=history, documents=documents)


@lru_cache(maxsize=4)
def _assistant(_working_folder: str, config: str | None) -> Assistant:
    from rag.assistant import Assistant

    return Assistant.open(config)


def __getattr__(name: str) -> object:
    """Load the assistant, and with it numpy and the adapters, only when it is asked for."""
    if name != "Assistant":
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    from rag.assistant import Assistant

    return Assistant
