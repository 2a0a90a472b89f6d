"""A question set in, results per question and a summary out."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Protocol

from rag.errors import RagError
from rag.grounding import unsupported
from rag.metrics import (
    citation_precision,
    gold_held,
    recall_at_k,
    reciprocal_rank,
    unsupported_values,
)
from rag.questions import Question, load_questions, sample
from rag.results import Metric, QuestionResult, QuotedSource, Summary, summarise
from rag.types import Answer, Citation, Document

__all__ = [
    "Evaluation",
    "Metric",
    "Question",
    "QuestionResult",
    "QuotedSource",
    "Summary",
    "ask",
    "check_writable",
    "environment",
    "evaluate",
    "load_questions",
    "sample",
    "write_results",
]

_VERSIONS_OF = (
    "kaynak", "faiss-cpu", "numpy", "sentence-transformers", "tantivy", "tokenizers", "torch",
    "transformers",
)  # fmt: skip


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
    """Ask one question and measure the answer."""
    started = time.perf_counter()
    try:
        answer = assistant.answer(question.question, history=question.history)
        elapsed_ms = (time.perf_counter() - started) * 1000
        return _measure(assistant, question, answer, elapsed_ms)
    except RagError as exc:
        # Counted as a miss throughout, so that failing never looks better than answering badly.
        miss = 0.0 if question.documents else None
        return QuestionResult(
            question.id, question.kind, question.question, question.is_answerable,
            bool(question.history), "failed",
            error=str(exc),
            gold_held=False if question.is_answerable else None,
            recall_at_5=miss, recall_at_10=miss, reciprocal_rank=miss,
            elapsed_ms=(time.perf_counter() - started) * 1000,
        )  # fmt: skip


def _measure(
    assistant: Answerer, question: Question, answer: Answer, elapsed_ms: float
) -> QuestionResult:
    retrieved = tuple(hit.passage.doc_id for hit in answer.hits)
    expected = question.documents
    cited = [citation.document for citation in answer.citations]
    refused = answer.status == "abstained"
    held = not refused and _holds(answer, question) if question.is_answerable else None
    return QuestionResult(
        id=question.id,
        kind=question.kind,
        question=question.question,
        is_answerable=question.is_answerable,
        is_follow_up=bool(question.history),
        status=answer.status,
        standalone_question=answer.standalone_question,
        reply=answer.text,
        words=len(_without_markers(answer).split()),
        gold_held=held,
        retrieved=retrieved,
        recall_at_5=recall_at_k(retrieved, expected, k=5) if expected else None,
        recall_at_10=recall_at_k(retrieved, expected, k=10) if expected else None,
        reciprocal_rank=reciprocal_rank(retrieved, expected) if expected else None,
        citations=_judged(assistant, answer, expected),
        citation_precision=citation_precision(cited, expected) if expected else None,
        unsupported=unsupported_values(answer, unsupported=unsupported),
        confidence=answer.confidence,
        disagreements=len(answer.disagreements),
        elapsed_ms=elapsed_ms,
        timings_ms=dict(answer.timings_ms),
        fingerprint=answer.fingerprint,
    )


def _holds(answer: Answer, question: Question) -> bool:
    return gold_held(answer.text, question.answers, all=question.all)


def _without_markers(answer: Answer) -> str:
    return " ".join(s.text for s in answer.sentences) if answer.sentences else answer.text


def _judged(
    assistant: Answerer, answer: Answer, expected: Sequence[str]
) -> tuple[QuotedSource, ...]:
    sides = [citation for d in answer.disagreements for _, citation in d.sides]
    return tuple(
        QuotedSource(
            c.marker, c.document, c.page, c.start, c.end, c.quote,
            expected=c.document in expected if expected else None,
            verbatim=_is_verbatim(assistant, c),
        )
        for c in dict.fromkeys([*answer.citations, *sides])
    )  # fmt: skip


def _is_verbatim(assistant: Answerer, citation: Citation) -> bool:
    document = assistant.document(citation.document)
    return document is not None and document.text[citation.start : citation.end] == citation.quote


def environment() -> dict[str, object]:
    """Machine and versions that a result depends on; names no person and no host."""
    versions = {}
    for package in _VERSIONS_OF:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    machine = {
        "system": platform.system(), "machine": platform.machine(), "cores": os.cpu_count(),
        "python": platform.python_version(),
    }  # fmt: skip
    return {"machine": machine, "versions": versions}


def check_writable(path: Path) -> None:
    """Find out before a long evaluation that its results could not be written.

    Raises:
        RagError: If they could not.
    """
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
        **environment(), **asdict(evaluation.summary),
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


def _not_written(path: Path, exc: OSError) -> RagError:
    hint = "Choose another file with --out."
    return RagError(f"Results cannot be written to {path}: {exc.strerror or exc}.", hint=hint)
