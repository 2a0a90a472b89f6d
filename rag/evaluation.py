"""A question set in, results per question and a summary out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from rag.errors import QuestionSetError, RagError
from rag.machine import environment, peak_memory_mb
from rag.measuring import measure, missed
from rag.metrics import recall_at_k
from rag.questions import Question, load_questions, sample
from rag.results import QuestionResult, QuotedSource, result_of
from rag.summary import Metric, Summary, summarise
from rag.types import Answer, Document

__all__ = [
    "Evaluation",
    "Metric",
    "Question",
    "QuestionResult",
    "QuotedSource",
    "StoredRun",
    "Summary",
    "ask",
    "check_writable",
    "environment",
    "evaluate",
    "load_questions",
    "read_run",
    "sample",
    "write_results",
]


_TAKEN = (".html", ".md", ".json")


class Answerer(Protocol):
    """What an evaluation needs of `rag.assistant.Assistant`."""

    def answer(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Answer a question."""
        ...

    def document(self, doc_id: str) -> Document | None:
        """One document with its text."""
        ...


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Results in the order of the questions, and their summary.

    Attributes:
        seed: Of the bootstrap.
        fingerprint: Of the settings that made the answers; empty when none was made.
    """

    results: tuple[QuestionResult, ...]
    summary: Summary
    seed: int
    fingerprint: str


def evaluate(
    assistant: Answerer,
    questions: Sequence[Question],
    *,
    seed: int = 0,
    on_result: Callable[[QuestionResult], None] | None = None,
) -> Evaluation:
    """Ask every question and measure the answers.

    A question that ends in a `RagError` is recorded as failed, and the rest goes on.

    Args:
        seed: Of the bootstrap intervals.
        on_result: Called after each question.
    """
    results = []
    for question in questions:
        results.append(ask(assistant, question))
        if on_result is not None:
            on_result(results[-1])
    fingerprint = next((r.fingerprint for r in results if r.fingerprint), "")
    return Evaluation(tuple(results), summarise(results, seed=seed), seed, fingerprint)


def ask(assistant: Answerer, question: Question) -> QuestionResult:
    """Ask one question and measure the answer.

    A follow-up with expected documents is asked once more without its history, to see what
    rewriting it gains.
    """
    started = time.perf_counter()
    try:
        answer = assistant.answer(question.question, history=question.history)
        elapsed_ms = (time.perf_counter() - started) * 1000
        result = measure(question, answer, elapsed_ms, document=assistant.document)
    except RagError as exc:
        return missed(question, str(exc), (time.perf_counter() - started) * 1000)
    if not (question.history and question.documents):
        return result
    return replace(result, recall_at_5_alone=_recall_alone(assistant, question))


def _recall_alone(assistant: Answerer, question: Question) -> float:
    try:
        alone = assistant.answer(question.question)
    except RagError:
        return 0.0
    return recall_at_k([hit.passage.doc_id for hit in alone.hits], question.documents, k=5)


def check_writable(path: Path) -> None:
    """Find out before a long evaluation that its results could not be written.

    Raises:
        RagError: If they could not.
    """
    if path.suffix in _TAKEN:
        message = f"Results cannot be written to {path}: its report or summary has that name."
        raise RagError(message, hint="Choose a name that ends in .jsonl with --out.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        existed = path.exists()
        with path.open("a", encoding="utf-8"):
            pass
        if not existed:
            path.unlink()
    except OSError as exc:
        raise _not_written(path, exc) from exc


def write_results(
    evaluation: Evaluation, path: Path, *, question_set: str, date: str
) -> tuple[Path, Path]:
    """Write one JSON line per question, and the summary beside it.

    Args:
        path: Of the lines; the summary goes to ``<path without .jsonl>.summary.json``.
        question_set: Name of the questions' file.
        date: When the evaluation ran, ISO 8601.

    Returns:
        The two files.

    Raises:
        RagError: If they cannot be written.
    """
    lines = [json.dumps(asdict(result), ensure_ascii=False) for result in evaluation.results]
    header = {
        "question_set": question_set, "questions": len(lines), "date": date,
        "seed": evaluation.seed, "fingerprint": evaluation.fingerprint,
        "peak_memory_mb": peak_memory_mb(), **environment(), **asdict(evaluation.summary),
    }  # fmt: skip
    beside = path.with_suffix(".summary.json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        text = json.dumps(header, ensure_ascii=False, indent=2)
        beside.write_text(f"{text}\n", encoding="utf-8")
    except OSError as exc:
        raise _not_written(path, exc) from exc
    return path, beside


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it was written.

    Attributes:
        name: Of the file, without folder and ending.
        header: What was written beside the results; empty when that is gone.
    """

    name: str
    results: tuple[QuestionResult, ...]
    header: Mapping[str, object]

    def summary(self) -> Summary:
        """The measures, worked out again from the results; the same to the last digit."""
        seed = self.header.get("seed", 0)
        return summarise(self.results, seed=seed if isinstance(seed, int) else 0)


def read_run(path: Path) -> StoredRun:
    """Read what `write_results` wrote.

    Args:
        path: Of the lines; the summary beside it is read when it is there.

    Raises:
        QuestionSetError: If the file cannot be read, or is something else.
    """
    hint = "Give a file that `kaynak evaluate --out FILE` wrote."
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
        results = tuple(map(result_of, rows))
        beside = path.with_suffix(".summary.json")
        header = json.loads(beside.read_text("utf-8")) if beside.is_file() else {}
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise QuestionSetError(f"{path} cannot be read as results: {exc}.", hint=hint) from exc
    if not results:
        raise QuestionSetError(f"{path} holds no results of an evaluation.", hint=hint)
    return StoredRun(path.stem, results, header)


def _not_written(path: Path, exc: OSError) -> RagError:
    hint = "Choose another file with --out."
    return RagError(f"Results cannot be written to {path}: {exc.strerror or exc}.", hint=hint)
