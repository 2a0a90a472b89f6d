"""Errors that a person may see.

RagError
├── ConfigError          a setting is misspelt, missing or out of range
├── ReadError            a file cannot be turned into text
├── LibraryError         the documents' folder or the index cannot be used
│   ├── IndexLockedError   another process is writing
│   ├── IndexStaleError    the index was made with another model or chunker
│   └── IndexCorruptError  the store is damaged
├── ModelError           a model cannot be used
│   └── ModelMissingError  its weights are not on this machine
├── GenerationError      the model failed while writing or scoring
├── QuestionError        the question cannot be asked as it is
└── QuestionSetError     a file of questions with their answers cannot be used

A caller's mistake in Python is `ValueError`. "Nothing found" and "not in the documents" are values.
"""

from __future__ import annotations

from rag.reasons import HINTS, REASONS, ReadCode

_DETAIL_CHARS = 200


class RagError(Exception):
    """Base of all errors of this package.

    Attributes:
        message: What happened, and to what.
        hint: What to do next.
        code: What happened, for those who say it in another language; most classes have one code.
        detail: What of the message is data: a name, a number, what the system said; None when
            that cannot be told apart.
    """

    hint: str = ""
    code: str = "other"

    def __init__(
        self, message: str, *, hint: str | None = None, code: str | None = None,
        detail: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.message = message
        self.detail = detail
        if code is not None:
            self.code = code
        if hint is not None:
            self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigError(RagError):
    """A setting is misspelt, missing or out of range."""

    hint = "See the comments in config.yaml for the settings and their ranges."


class ReadError(RagError):
    """A file cannot be turned into text; `message` is the reason, without the file's name.

    Attributes:
        code: The reason, of the list in `rag.reasons`.
    """

    hint = "Repair or remove the file, then run `kaynak sync` again."

    def __init__(
        self, message: str, *, hint: str | None = None, code: ReadCode = "unreadable",
        detail: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message, hint=hint, detail=detail)
        self.code: ReadCode = code

    @classmethod
    def because(cls, code: ReadCode, detail: object = "") -> ReadError:
        """The error for a reason of the list.

        Args:
            detail: What was found, as it may follow a colon.
        """
        said = " ".join(str(detail).split())[:_DETAIL_CHARS]
        message = f"{REASONS[code]}: {said}" if said else REASONS[code]
        return cls(message, hint=HINTS.get(code), code=code, detail=said)


class LibraryError(RagError):
    """The documents' folder or the index folder cannot be used."""

    hint = "Check the folders that `kaynak status` names."
    code = "library"


class IndexLockedError(LibraryError):
    """Another process is writing to the index."""

    hint = "Wait until it has finished, or stop it, then try again."
    code = "locked"


class IndexStaleError(LibraryError):
    """The index was made with another embedder or chunker."""

    hint = "Run `kaynak sync --rebuild` to index the documents again."
    code = "stale"


class IndexCorruptError(LibraryError):
    """The store is damaged."""

    hint = (
        "Move the index folder away and run `kaynak sync`, or put a backup into a new one as"
        " store.db; the documents themselves are unharmed."
    )
    code = "corrupt"


class ModelError(RagError):
    """A model cannot be used."""

    hint = "Run `kaynak fetch` again, or choose another model in config.yaml."
    code = "model"


class ModelMissingError(ModelError):
    """A model's weights are not on this machine."""

    hint = "Run `kaynak fetch` once while online."
    code = "model_missing"


class GenerationError(RagError):
    """The model failed while writing or scoring."""

    hint = "Ask again; if it happens again, choose another model in config.yaml."
    code = "generation"


class QuestionError(RagError):
    """The question cannot be asked as it is."""

    hint = "Ask a question of one to a few sentences."
    code = "question"


class QuestionSetError(RagError):
    """A file of questions with their gold answers cannot be used."""

    hint = "Correct the lines named; the README shows the format."
