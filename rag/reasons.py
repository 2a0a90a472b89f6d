"""Why a file is not in the index: the whole list, each with a sentence for people.

A reason that a person sees is one of these sentences, most with a detail after a colon, so the
code can be found again from the reason that a store keeps: see `code_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ReadCode = Literal[
    "empty", "no_text", "scanned", "uncalculated", "not_text", "unknown_type", "wrong_type",
    "old_format", "protected", "damaged", "bomb", "too_large", "too_long", "memory", "time",
    "crashed", "unreadable", "cannot_open", "not_regular", "outside", "bad_name", "changed",
    "embedding",
]  # fmt: skip

REASONS: Mapping[ReadCode, str] = {
    "empty": "it is empty",
    "no_text": "it holds no text",
    "scanned": "its pages are scanned images without text",
    "uncalculated": "its formulas were never calculated",
    "not_text": "it is not text, or its encoding is not known",
    "unknown_type": "it is of a type that cannot be read",
    "wrong_type": "it is not what its name says",
    "old_format": "it is in an old Office format",
    "protected": "it is protected by a password",
    "damaged": "it is damaged",
    "bomb": "it would unpack to far more than a document needs",
    "too_large": "it is too large",
    "too_long": "it is too long",
    "memory": "it took too much memory to read",
    "time": "it took too long to read",
    "crashed": "it crashed its reader",
    "unreadable": "its reader failed",
    "cannot_open": "it cannot be read",
    "not_regular": "it is not a regular file",
    "outside": "it leads outside the folder",
    "bad_name": "its name is not valid text",
    "changed": "it changed while it was read",
    "embedding": "it cannot be embedded",
}

HINTS: Mapping[ReadCode, str] = {
    "empty": "Remove the file, or put text into it.",
    "no_text": "Remove the file, or put text into it.",
    "scanned": "Run text recognition (OCR) over it, then `kaynak sync` again.",
    "uncalculated": "Open it in a spreadsheet program and save it once, then `kaynak sync` again.",
    "not_text": "Save the file as UTF-8 text, or remove it.",
    "unknown_type": "Save it as one of the types that README.md lists.",
    "wrong_type": "Give the file the ending of its real type.",
    "old_format": "Save it in the current format (.docx, .pptx, .xlsx).",
    "protected": "Save a copy without the password.",
    "bomb": "Remove the file; save the document anew if it is a real one.",
    "too_large": "Split the file, or raise `readers.max_file_mb` in config.yaml.",
    "too_long": "Split the file, or raise the limits under `readers:` in config.yaml.",
    "memory": "Split the file, or raise `readers.max_memory_mb` in config.yaml.",
    "time": "Split the file, or raise `readers.max_seconds` in config.yaml.",
    "cannot_open": "Check that the file is there and may be read.",
    "not_regular": "Put a copy of the file itself into the folder.",
    "outside": "Put a copy of the file itself into the folder.",
    "bad_name": "Rename the file.",
    "changed": "Run `kaynak sync` again when nothing writes to it any more.",
}
"""What to do next; for the others, repair or remove the file."""


def code_of(reason: str) -> ReadCode | None:
    """The code of a reason as people see it; None when it is none of the list."""
    for code, sentence in REASONS.items():
        if reason == sentence or reason.startswith(f"{sentence}: "):
            return code
    return None
