"""What the library says in English, said in the reader's language: reasons, errors, own words."""

from __future__ import annotations

from dataclasses import dataclass

from rag.errors import RagError
from rag.readers import SUPPORTED
from rag.reasons import HINTS, REASONS, code_of
from rag.types import Sentence
from ui.messages import TOLD, Words


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as plain data, without the place where it was raised; see `RagError`."""

    message: str
    hint: str = ""
    code: str = "other"
    detail: str | None = None


def problem_of(error: RagError) -> Problem:
    """What a conversation keeps of an error."""
    return Problem(error.message, error.hint, error.code, error.detail)


def told(error: RagError | Problem, words: Words) -> tuple[str, str]:
    """What happened and what to do next; the library's data stays behind it as it is."""
    texts = TOLD.get(words.language)
    if texts is None:
        return error.message, error.hint
    code = error.code if f"error.{error.code}" in texts else "other"
    said = words.told(f"error.{code}", error.message)
    detail = error.message if error.detail is None or code == "other" else error.detail
    return _ended(said, detail), hint(code, "", words)


def reason(reason: str, words: Words) -> str:
    """Why a file is not among the documents; the detail after the colon stays as it is."""
    code = code_of(reason)
    if code is None:
        return reason
    return words.told(f"error.{code}", REASONS[code]) + reason.removeprefix(REASONS[code])


def reason_hint(reason: str, words: Words) -> str:
    """What to do about such a file; empty when there is nothing particular."""
    code = code_of(reason)
    return "" if code is None else hint(code, HINTS.get(code, ""), words)


def hint(code: str, english: str, words: Words) -> str:
    """What to do next."""
    return words.told(f"hint.{code}", english, types=", ".join(sorted(SUPPORTED)))


def sentence(said: Sentence, words: Words) -> str:
    """What a sentence of an answer says; those of documents and models are never changed."""
    if said.own is None:
        return said.text
    return words.told(f"own.{said.own.kind}", said.text, **dict(said.own.values))


def _ended(said: str, detail: str) -> str:
    return f"{said}: {detail.rstrip('.')}." if detail else f"{said}."
