"""Files to documents: one module per family of formats, run in a process with limits.

`IsolatedReader` is what the product uses; `read_document` does the same in the calling process.
"""

from __future__ import annotations

from rag.readers.formats import FORMATS, SUPPORTED
from rag.readers.isolated import IsolatedReader
from rag.readers.reading import read_document

__all__ = ["FORMATS", "SUPPORTED", "IsolatedReader", "read_document"]
