"""What can be said about an index, for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """The state of an index.

    Attributes:
        generation: Counts the commits that changed what can be found.
        bytes: Of the index folder on disk.
        embedder: Fingerprint of the embedder that made it; None while nothing was indexed.
        chunker: Fingerprint of the chunker that made it; None while nothing was indexed.
        since: When the document that is indexed longest was indexed; UTC, ISO 8601.
        last_change: UTC, ISO 8601; None while nothing was indexed.
        is_rebuilding: Whether a rebuild was begun and has not ended.
    """

    documents: int
    passages: int
    generation: int
    bytes: int
    embedder: str | None
    chunker: str | None
    since: str | None
    last_change: str | None
    is_rebuilding: bool


@dataclass(frozen=True, slots=True)
class AssistantStatus:
    """What is indexed, where, since when, with which models, and how large.

    Attributes:
        index_bytes: Size of the index folder on disk.
        indexed_since: When the document that is indexed longest was indexed; UTC, ISO 8601.
        last_change: UTC, ISO 8601; None when nothing was indexed yet.
        rebuilding: Whether a rebuild was begun and has not ended; `kaynak sync` goes on with it.
        embedder: As in the settings.
        made_with: Fingerprint of the embedder that made the index; None when nothing was indexed.
        writes: Whether the generator writes sentences of its own, or evidence is quoted.
    """

    documents_folder: str
    index_folder: str
    documents: int
    passages: int
    failed: int
    index_bytes: int
    indexed_since: str | None
    last_change: str | None
    rebuilding: bool
    embedder: str
    made_with: str | None
    chunker: str | None
    generator: str
    writes: bool
