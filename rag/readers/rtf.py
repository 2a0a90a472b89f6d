"""Rich text (RTF)."""

from __future__ import annotations

import re
from itertools import groupby

from striprtf.striprtf import rtf_to_text

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.extracted import Builder, Extracted, check_length
from rag.readers.rtf_source import as_read
from rag.readers.tables import is_headed, write_rows

# Line ends mean nothing in RTF, and keep the patterns of striprtf from looking far: without them,
# a file full of fonts or links takes it minutes. The address of a link is not text.
_FAR = re.compile(r"(?=\\f(?:\d|ldinst))")
_TITLE = re.compile(r"\{\\title ([^{}\\]{1,200})\}")


def read(data: bytes, limits: Readers) -> Extracted:
    """Read RTF: a paragraph per block, notes after it, tables as in `rag.readers.tables`.

    Raises:
        ReadError: If it is damaged, or too long.
    """
    source = data.decode("cp1252", errors="replace")
    check_length(len(source), limits.max_characters)
    title = _TITLE.search(source[:20_000])
    try:
        text = rtf_to_text(  # type: ignore[no-untyped-call]
            _FAR.sub("\n", as_read(source)), errors="replace"
        )
    except (ValueError, TypeError, LookupError, OverflowError) as exc:
        raise ReadError.because("damaged", exc) from exc
    builder = Builder(title.group(1).strip() if title else "", limits.max_characters)
    for is_table, lines in groupby(text.split("\n"), key=lambda s: s.rstrip().endswith("|")):
        if is_table:
            rows = [line.rstrip().removesuffix("|").split("|") for line in lines]
            write_rows(builder, rows, header=is_headed(rows))
        else:
            for line in lines:
                builder.block(line)
    return builder.extracted()
