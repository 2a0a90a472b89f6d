"""Question sets: a question, its gold answers and the documents that hold them, row by row."""

from __future__ import annotations

import difflib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rag.errors import QuestionSetError
from rag.metrics import normalise_answer
from rag.question_files import BadRow, read_rows

DRAFT = "draft"

_SHOWN_PROBLEMS = 10
_MISSPELT = 0.8


@dataclass(frozen=True, slots=True)
class GoldEvidence:
    """Where a document answers a question.

    Attributes:
        document: Its ``doc_id``.
        quote: As it stands in the document, but for white space; may be empty when the characters
            are given.
        start: In the document's text, characters, inclusive; None when only the quote is given.
        end: Characters, exclusive.
    """

    document: str
    quote: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a question set.

    Attributes:
        id: Unique within the set.
        answers: Gold answers; empty when the documents do not answer the question.
        all: Every gold answer is needed, not just one of them.
        documents: ``doc_id`` of the documents that hold the answers; may be empty.
        history: Earlier questions and answers, oldest first.
        kind: For results by kind, e.g. "follow_up"; may be empty.
        evidence: Where the documents answer it; may be empty.
        status: "draft" until a person has accepted it; such questions are not asked.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    all: bool = False
    documents: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    evidence: tuple[GoldEvidence, ...] = ()
    status: str = ""

    @property
    def is_answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """A question set, read as far as possible.

    Attributes:
        questions: The good rows, in the order of the file, without drafts.
        drafts: How many rows wait for a person to accept them.
        problems: One for each bad row: its line and the reason.
    """

    questions: tuple[Question, ...]
    drafts: int
    problems: tuple[str, ...]


def check_questions(path: str | Path) -> CheckedSet:
    """Read a question set and say of each bad row what is wrong with it.

    Args:
        path: UTF-8; JSON lines, or CSV when its name ends so. Empty lines are skipped.

    Raises:
        QuestionSetError: If the file cannot be read.
    """
    questions: list[Question] = []
    problems: list[str] = []
    lines_by_id: dict[str, int] = {}
    for number, row in read_rows(Path(path)):
        try:
            question = question_of(row)
        except ValueError as exc:
            problems.append(f"line {number}: {exc}")
            continue
        first = lines_by_id.setdefault(question.id, number)
        if first != number:
            problems.append(f'line {number}: "id" {question.id!r} was used in line {first}')
        questions.append(question)
    asked = tuple(q for q in questions if q.status != DRAFT)
    return CheckedSet(asked, len(questions) - len(asked), tuple(problems))


def load_questions(path: str | Path) -> list[Question]:
    """Read a question set, as `check_questions` does; drafts are left out.

    Fields that are not known are passed over, unless they look like a misspelt one.

    Returns:
        At least one question, in the order of the file.

    Raises:
        QuestionSetError: If the file cannot be read, is empty, or holds bad rows; each is named
            with its line and the reason.
    """
    checked = check_questions(path)
    if checked.problems:
        raise QuestionSetError(f"{path}: {_listed(checked.problems)}.")
    if not checked.questions and checked.drafts:
        hint = 'Read them, and change "status" to "accepted" where they are good.'
        raise QuestionSetError(f"{path} holds {checked.drafts} drafts and no question.", hint=hint)
    if not checked.questions:
        raise QuestionSetError(f"{path} holds no questions.")
    return list(checked.questions)


def sample(questions: Sequence[Question], *, limit: int, seed: int) -> list[Question]:
    """Draw questions without replacement; they keep their order.

    Args:
        limit: How many; all when there are no more.
        seed: Equal seeds draw equal questions.
    """
    if limit >= len(questions):
        return list(questions)
    chosen = random.Random(seed).sample(range(len(questions)), limit)
    return [questions[i] for i in sorted(chosen)]


def _listed(problems: Sequence[str]) -> str:
    shown = "; ".join(problems[:_SHOWN_PROBLEMS])
    more = len(problems) - _SHOWN_PROBLEMS
    return f"{shown}; and {more} more" if more > 0 else shown


def question_of(row: object) -> Question:
    """The question of one row of a file.

    Raises:
        ValueError: If the row is wrong; it says what is.
    """
    if isinstance(row, BadRow):
        raise ValueError(row.reason)  # noqa: TRY004
    if not isinstance(row, dict):
        raise ValueError("no JSON object")  # noqa: TRY004
    known = [field.name for field in fields(Question)]
    for name in row.keys() - set(known):
        for close in difflib.get_close_matches(name, known, n=1, cutoff=_MISSPELT):
            if close not in row:
                raise ValueError(f'"{name}" is not a field; "{close}" is')
    values = {name: read(name, row[name]) for name, read in _READERS.items() if name in row}
    for name in ("id", "question", "answers"):
        if name not in values:
            raise ValueError(f'"{name}" is missing')
    return Question(**values)


def _id(name: str, value: object) -> str:
    return _text(name, str(value) if type(value) is int else value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'"{name}" must be a string that is not empty')
    return value


def _kind(name: str, value: object) -> str:
    return "" if value in ("", None) else _text(name, value)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f'"{name}" must be true or false')  # noqa: TRY004
    return value


def _texts(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f'"{name}" must be a list of strings')  # noqa: TRY004
    return tuple(_text(name, item) for item in value)


def _answers(name: str, value: object) -> tuple[str, ...]:
    answers = _texts(name, value)
    for answer in answers:
        if not normalise_answer(answer):
            raise ValueError(f'"{name}" holds {answer!r}, of which no word is left to look for')
    return answers


def _history(name: str, value: object) -> tuple[tuple[str, str], ...]:
    problem = f'"{name}" must be a list of pairs of question and answer'
    if not isinstance(value, list):
        raise ValueError(problem)  # noqa: TRY004
    turns = []
    for turn in value:
        match turn:
            case [str(question), str(answer)]:
                turns.append((question, answer))
            case _:
                raise ValueError(problem)
    return tuple(turns)


def _status(name: str, value: object) -> str:
    if value not in ("", "accepted", DRAFT):
        raise ValueError(f'"{name}" must be "{DRAFT}" or "accepted"')
    return str(value)


def _evidence(name: str, value: object) -> tuple[GoldEvidence, ...]:
    if not isinstance(value, list):
        raise ValueError(f'"{name}" must be a list of objects')  # noqa: TRY004
    return tuple(_gold(name, item) for item in value)


def _gold(name: str, item: object) -> GoldEvidence:
    row = item if isinstance(item, dict) else {}
    document, quote = row.get("document"), row.get("quote", "")
    start, end = row.get("start"), row.get("end")
    if isinstance(document, str) and document and isinstance(quote, str):
        if type(start) is int and type(end) is int and 0 <= start < end:
            return GoldEvidence(document, quote, start, end)
        if quote.strip() and start is None and end is None:
            return GoldEvidence(document, quote)
    raise ValueError(f'each of "{name}" needs a "document", and a "quote" or "start" and "end"')


_READERS: dict[str, Callable[[str, object], Any]] = {
    "id": _id,
    "question": _text,
    "answers": _answers,
    "all": _flag,
    "documents": _texts,
    "history": _history,
    "kind": _kind,
    "evidence": _evidence,
    "status": _status,
}
