"""Files to documents in a process of its own, with limits: no file can take the program with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Timer
from typing import BinaryIO, get_args

from rag.config import Readers
from rag.errors import LibraryError, ReadError
from rag.readers.frames import FrameError, document_from, receive, send
from rag.reasons import ReadCode
from rag.types import Document

_COMMAND = ("-P", "-B", "-m", "rag.readers.worker")
_START_SECONDS = 60
_CLOCK_SHARE = 1.4  # by the clock, of the seconds of processor time
_RETIRED_FROM_MB = 300
_HELLO_BYTES = 1000
_REASON_CHARS = 500
_CODES = frozenset(get_args(ReadCode))


class IsolatedReader:
    """Reads files in one other process, which is started with the first file and ended by `close`.

    Threads may share it; files are read one after the other. A file that breaks its limits ends the
    process, and the next file gets a new one.
    """

    def __init__(self, limits: Readers) -> None:
        self._limits = limits
        self._lock = Lock()
        self._worker: _Worker | None = None

    def __call__(self, path: Path, doc_id: str) -> Document:
        """Read one file; see `rag.readers.reading.read_document`.

        Raises:
            ReadError: If the file cannot be turned into text, or breaks the limits.
            LibraryError: If the reading process cannot be started.
        """
        request: dict[str, object] = {
            "path": str(path.absolute()),
            "doc_id": doc_id,
            "limits": self._limits.model_dump(),
        }
        with self._lock:
            reply = self._ask(request)
            try:
                return self._taken(reply, doc_id)
            except FrameError as exc:
                self._end()
                raise ReadError.because("crashed", exc) from exc

    def close(self) -> None:
        """End the process, if there is one; the next file would start another."""
        with self._lock:
            self._end()

    @property
    def process_id(self) -> int | None:
        """Of the reading process; None when there is none."""
        worker = self._worker
        return None if worker is None else worker.process.pid

    def _ask(self, request: dict[str, object]) -> dict[str, object]:
        if self._worker is not None and self._worker.process.poll() is not None:
            self._end()  # ended from outside since the last file
        if self._worker is None:
            self._worker = _Worker()
        most = 12 * self._limits.max_characters + 1_000_000
        answered = False
        try:
            reply = self._worker.ask(
                request, seconds=self._limits.max_seconds * _CLOCK_SHARE, most=most
            )
            answered = True
        finally:
            if not answered:
                self._end()
        return reply

    def _taken(self, reply: dict[str, object], doc_id: str) -> Document:
        peak, error = reply.get("peak_mb"), reply.get("error")
        spoilt = isinstance(error, dict) and error.get("code") in ("memory", "unreadable")
        if spoilt or not isinstance(peak, int) or peak > _RETIRED_FROM_MB:
            self._end()  # what it holds would count against the next file
        if not isinstance(error, dict):
            return document_from(reply.get("document"), doc_id=doc_id)
        if error.get("code") not in _CODES:
            raise FrameError("its reason is none of the list")
        message, hint = (str(error.get(key))[:_REASON_CHARS] for key in ("message", "hint"))
        raise ReadError(message, hint=hint, code=error["code"])

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()


class _Worker:
    """The process and its two pipes."""

    def __init__(self) -> None:
        self.process = _started()
        hello = None
        try:
            hello = self._within(_START_SECONDS, _HELLO_BYTES)
        except (FrameError, ReadError, OSError) as exc:
            raise _not_started() from exc
        finally:
            if hello is None:
                self.end()
        if hello is None:
            raise _not_started()

    def ask(self, request: dict[str, object], *, seconds: float, most: int) -> dict[str, object]:
        """One request and its reply.

        Raises:
            ReadError: If the process dies of it, or takes too long.
        """
        try:
            send(self._stream(self.process.stdin), request)
            reply = self._within(seconds, most)
        except FrameError as exc:
            self.process.kill()
            raise ReadError.because("crashed", exc) from exc
        except OSError:
            reply = None
        if reply is None:
            raise self._death()
        return reply

    def end(self) -> None:
        """End the process and wait for it."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):  # of what was not sent any more
                    stream.close()

    def _within(self, seconds: float, most: int) -> dict[str, object] | None:
        """The next piece from the process, which is killed when that takes too long."""
        late = Event()

        def kill() -> None:
            late.set()
            self.process.kill()

        timer = Timer(seconds, kill)
        timer.start()
        try:
            reply = receive(self._stream(self.process.stdout), most=most)
        except FrameError:
            if not late.is_set():
                raise
            reply = None
        finally:
            timer.cancel()
            timer.join()
        if reply is None and late.is_set():
            raise ReadError.because("time", f"more than {seconds:g} seconds by the clock")
        return reply

    def _death(self) -> ReadError:
        """What a process died of, as a reason."""
        self.process.kill()
        status = self.process.wait()
        if status == -getattr(signal, "SIGXCPU", 0) and status:
            return ReadError.because("time")
        return ReadError.because("crashed", _name_of(status))

    @staticmethod
    def _stream(stream: object) -> BinaryIO:
        assert stream is not None  # both were asked for
        return stream  # type: ignore[return-value]


def _name_of(status: int) -> str:
    """What ended a process: the name of a signal, or the number that it left."""
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"it ended with {status}"


def _started() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parent.parent.parent)
    inherited = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    try:
        # -P: the working folder may be one of documents, and no place to import from.
        return subprocess.Popen(
            [sys.executable, *_COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([root, *inherited])},
        )
    except OSError as exc:
        raise _not_started() from exc


def _not_started() -> LibraryError:
    return LibraryError(
        "The process that reads files cannot be started.",
        hint="`python -m rag.readers.worker` says why; then install Kaynak again.",
        code="no_reader", detail="",
    )  # fmt: skip
