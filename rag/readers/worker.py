"""The process that reads files: ``python -m rag.readers.worker``, started by `IsolatedReader`.

It takes requests from its standard input and answers on its standard output until the input ends,
as it does when the program that started it has gone.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import BinaryIO

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.frames import document_to, packed, receive, send
from rag.readers.limits import allow, peak_mb, shut_in
from rag.readers.reading import read_document

_MOST_REQUEST = 1_000_000


def main() -> None:
    """Answer requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that started this
    source, sink = _streams()
    shut_in()
    send(sink, {"ready": True})
    while (request := receive(source, most=_MOST_REQUEST)) is not None:
        sink.write(_reply(request))
        sink.flush()


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, out of the reach of libraries that print."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    return source, sink


def _reply(request: dict[str, object]) -> bytes:
    try:
        limits = Readers.model_validate(request["limits"])
        path, doc_id = Path(str(request["path"])), str(request["doc_id"])
        allow(limits, file_bytes=_size(path, limits))
        document = read_document(path, doc_id=doc_id, limits=limits)
        return packed({"document": document_to(document), "peak_mb": peak_mb()})
    except ReadError as exc:
        error = exc
    except MemoryError:
        error = ReadError.because("memory")
    except Exception as exc:  # noqa: BLE001 - see below
        # The one broad handler of the package, at the boundary of the process: whatever a parser
        # raises that its reader did not expect becomes a reason, and the next file is read.
        error = ReadError.because("unreadable", type(exc).__name__)
    said = {"code": error.code, "message": error.message, "hint": error.hint}
    return packed({"error": said, "peak_mb": peak_mb()})


def _size(path: Path, limits: Readers) -> int:
    try:
        return min(path.stat().st_size, int(limits.max_file_mb * 1_000_000))
    except OSError:
        return 0  # reading it says why


if __name__ == "__main__":
    main()
