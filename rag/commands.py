"""What the commands of ``kaynak`` share: an assistant with its index, and lines for people."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag import terminal
from rag.errors import LibraryError, QuestionError
from rag.printable import safe, safe_name
from rag.progress import sync_progress
from rag.types import SyncReport

if TYPE_CHECKING:
    from rag.assistant import Assistant


def open_assistant(args: argparse.Namespace) -> Assistant:
    """The assistant of the shared options; nothing is read yet."""
    from rag.assistant import Assistant

    return Assistant.open(args.config, documents=args.documents, index=args.index)


def require_index(args: argparse.Namespace) -> None:
    """Stop when there is no index, where a command is to look at one and not to make it.

    Raises:
        LibraryError: If there is none.
    """
    from rag import lost
    from rag.config import load_config

    lost.require(
        load_config(args.config, documents=args.documents, index=args.index).documents.index
    )


def ensure_index(assistant: Assistant) -> None:
    """Index the folder if that was never done."""
    if not assistant.documents():
        note(terminal.sync_text(sync_shown(assistant)))
    if not assistant.documents():
        raise LibraryError(
            f"There is nothing to ask in {assistant.config.documents.folder}.",
            hint="Put documents there, or choose another folder with --documents DIR.",
        )


def sync_shown(
    assistant: Assistant, *, rebuild: bool = False, allow_empty: bool = False
) -> SyncReport:
    """Sync behind a progress bar."""
    with sync_progress(sys.stderr) as progress:
        return assistant.sync(progress=progress, rebuild=rebuild, allow_empty=allow_empty)


def check_documents(assistant: Assistant, wanted: Sequence[str]) -> None:
    """Stop when a document is asked for that is not indexed.

    Raises:
        QuestionError: If one is not, with the one that was probably meant.
    """
    known = [document.doc_id for document in assistant.documents()]
    for name in wanted:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = (
                f"Did you mean {safe_name(close[0])}?"
                if close
                else "`kaynak status --json` lists them."
            )
            raise QuestionError(f"There is no document {safe_name(name)} in the index.", hint=hint)


def say(text: str) -> None:
    """A line of the result."""
    print(safe(text), flush=True)


def note(text: str) -> None:
    """A line about the work, beside the result."""
    print(safe(text), file=sys.stderr, flush=True)


def stage(text: str) -> None:
    """What goes on now, in a line that the next output overwrites; "" clears it."""
    if sys.stderr.isatty():
        width = 70
        print(f"\r{safe_name(text)[:width]:<{width}}\r", end="", file=sys.stderr, flush=True)
