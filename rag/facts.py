"""What is read back from the store, and is seen to be what was written; SQLite keeps no types."""

from __future__ import annotations

import json

from rag.errors import IndexCorruptError


def number(key: str, value: object) -> int:
    """A fact of the store that counts something.

    Raises:
        IndexCorruptError: If it is missing, or no number.
    """
    try:
        return int(str(value))
    except ValueError as exc:
        raise _no_fact(key, value) from exc


def need_texts(*values: object) -> None:
    """See that columns hold text; SQLite lets them hold anything.

    Raises:
        IndexCorruptError: If one does not.
    """
    for value in values:
        if not isinstance(value, str):
            raise IndexCorruptError(f"The index holds {value!r:.40} where a text should be.")


def pipeline(fingerprint: str) -> tuple[str, int, str]:
    """Embedder, dimension and chunker.

    Raises:
        IndexCorruptError: If the fingerprint does not name them.
    """
    try:
        embedder, dim, chunker = json.loads(fingerprint)
    except (ValueError, TypeError) as exc:
        raise _no_fact("pipeline", fingerprint) from exc
    if not (isinstance(embedder, str) and isinstance(chunker, str) and type(dim) is int):
        raise _no_fact("pipeline", fingerprint)
    return embedder, dim, chunker


def _no_fact(key: str, value: object) -> IndexCorruptError:
    said = "is missing" if value is None else f"cannot be {value!r:.80}"
    return IndexCorruptError(f"The index is damaged: its {key} {said}.")
