"""Question sets: JSONL rows of a question, its gold answers and the documents that hold them."""

from __future__ import annotations

import difflib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rag.errors import QuestionSetError
from rag.metrics import normalise_answer

_SHOWN_PROBLEMS = 10
_MISSPELT = 0.8


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
    """

    id: str
    question: str
    answers: tuple[str, ...]
    all: bool = False
    documents: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()
    kind: str = ""

    @property
    def is_answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.answers)


def load_questions(path: str | Path) -> list[Question]:
    """Read a question set.

    Fields that are not known are passed over, unless they look like a misspelt one.

    Args:
        path: UTF-8, one JSON object per line; empty lines are skipped.

    Returns:
        At least one question, in the order of the file.

    Raises:
        QuestionSetError: If the file cannot be read, is empty, or holds bad rows; each is named
            with its line and the reason.
    """
    questions: list[Question] = []
    problems: list[str] = []
    lines_by_id: dict[str, int] = {}
    for number, line in enumerate(_lines(Path(path)), start=1):
        if not line.strip():
            continue
        try:
            question = _parse(line)
        except ValueError as exc:
            problems.append(f"line {number}: {exc}")
            continue
        first = lines_by_id.setdefault(question.id, number)
        if first != number:
            problems.append(f'line {number}: "id" {question.id!r} was used in line {first}')
        questions.append(question)
    if problems:
        raise QuestionSetError(f"{path}: {_listed(problems)}.")
    if not questions:
        raise QuestionSetError(f"{path} holds no questions.")
    return questions


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


def _lines(path: Path) -> list[str]:
    try:
        # Not splitlines(): U+2028 and the like may stand unescaped inside a JSON string.
        return path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError as exc:
        hint = "Check the path; seeds/questions.jsonl is an example."
        raise QuestionSetError(f"The question set {path} does not exist.", hint=hint) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise QuestionSetError(f"The question set {path} cannot be read: {exc}.") from exc


def _listed(problems: Sequence[str]) -> str:
    shown = "; ".join(problems[:_SHOWN_PROBLEMS])
    more = len(problems) - _SHOWN_PROBLEMS
    return f"{shown}; and {more} more" if more > 0 else shown


def _parse(line: str) -> Question:
    """One row; ValueError says what is wrong with it."""
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as exc:
        raise ValueError(f"no JSON ({getattr(exc, 'msg', 'nested too deeply')})") from exc
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


_READERS: dict[str, Callable[[str, object], Any]] = {
    "id": _id,
    "question": _text,
    "answers": _answers,
    "all": _flag,
    "documents": _texts,
    "history": _history,
    "kind": _kind,
}
