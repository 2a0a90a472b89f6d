"""Files to documents: one module per family of formats, run in a process with limits.

`IsolatedReader` is what the product uses; `read_document` does the same in the calling process.
"""

from __future__ import annotations

from rag.readers.formats import FORMATS, SUPPORTED
from rag.readers.isolated import IsolatedReader
from rag.readers.reading import read_document

__all__ = ["FORMATS", "READERS_VERSION", "SUPPORTED", "IsolatedReader", "read_document"]

# To be raised when a reader makes another text of the same bytes: the next sync then reads every
# file again, and embeds what has changed.
READERS_VERSION = 5
