"""The commands ``kaynak evaluate``, ``tune`` and ``questions``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rag import evaluation, terminal
from rag.commands import ensure_index, note, say
from rag.comparison import Comparison, compare
from rag.config import DEFAULT_NAME, Config, load_config, settings_file
from rag.drafting import as_row, draft
from rag.errors import QuestionSetError, RagError
from rag.evaluation import StoredRun, read_run
from rag.gate import broken, limits
from rag.progress import evaluation_progress
from rag.question_files import write_rows
from rag.questions import Question, check_questions, load_questions
from rag.report import html_report, markdown_report
from rag.results import QuestionResult
from rag.settings_file import write_values
from rag.summary import Summary

if TYPE_CHECKING:
    from rag.assistant import Assistant

DONE, FAILED = 0, 1
_Open = Callable[[argparse.Namespace], "Assistant"]


def evaluate(args: argparse.Namespace, open_assistant: _Open) -> int:
    """Ask a question set; or compare two runs, or write the report of one again."""
    if args.compare:
        return _compare(args)
    wanted = limits(args.min, args.max)
    if args.report:
        run, out = read_run(args.report), args.out or args.report
        summary = run.summary()
    else:
        run, summary, out = _asked(args, open_assistant)
    say(terminal.to_json(summary) if args.json else terminal.summary_text(summary))
    note(f"Report: {', '.join(map(str, _write_reports(run, summary, out)))}")
    low = broken(summary, wanted)
    for line in low:
        note(f"Below the line: {line}")
    return FAILED if low or summary.metric("failed").value else DONE


def _asked(args: argparse.Namespace, open_assistant: _Open) -> tuple[StoredRun, Summary, Path]:
    if args.file is None:
        raise QuestionSetError(
            "There is no question set.", hint="`kaynak evaluate FILE`, or --compare A B."
        )
    questions = load_questions(args.file)
    if args.limit is not None:
        questions = evaluation.sample(questions, limit=args.limit, seed=args.seed)
    started = datetime.now(UTC)
    out = args.out or Path("runs") / f"{args.file.stem}-{started:%Y%m%d-%H%M%S}.jsonl"
    evaluation.check_writable(out)
    with closing(open_assistant(args)) as assistant:
        ensure_index(assistant)
        _warn_of_missing(assistant, questions)
        with evaluation_progress(sys.stderr, len(questions)) as advance:
            done = evaluation.evaluate(assistant, questions, seed=args.seed, on_result=advance)
    date = started.isoformat(timespec="seconds")
    written = evaluation.write_results(done, out, question_set=args.file.name, date=date)
    note(f"Results: {', '.join(map(str, written))}")
    return read_run(out), done.summary, out


def _compare(args: argparse.Namespace) -> int:
    first, second = (read_run(file) for file in args.compare)
    found = compare(first.results, second.results, seed=args.seed)
    say(terminal.to_json(found) if args.json else terminal.comparison_text(found))
    if args.out:
        written = _write_reports(
            second, second.summary(), args.out, comparison=found, against=first.name
        )
        note(f"Report: {', '.join(map(str, written))}")
    return DONE


def _write_reports(
    run: StoredRun,
    summary: Summary,
    out: Path,
    *,
    comparison: Comparison | None = None,
    against: str = "",
) -> tuple[Path, Path]:
    page, text = out.with_suffix(".html"), out.with_suffix(".md")
    for path, made in (
        (page, html_report(run, summary, comparison=comparison, against=against)),
        (text, markdown_report(run, summary, comparison=comparison, against=against)),
    ):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made, encoding="utf-8")
        except OSError as exc:
            message = f"The report cannot be written to {path}: {exc.strerror or exc}."
            raise RagError(message, hint="Choose another file with --out.") from exc
    return page, text


def _warn_of_missing(assistant: Assistant, questions: Sequence[Question]) -> None:
    known = {document.doc_id for document in assistant.documents()}
    missing = sorted({name for q in questions for name in q.documents} - known)
    if missing:
        note(f"Expected documents that are not indexed: {', '.join(missing)}.")


def tune(args: argparse.Namespace) -> int:
    """Search settings, report what they do to the other half, write them when they are better."""
    from rag import tuning

    asked = load_questions(args.file)
    config = load_config(args.config, documents=args.documents, index=args.index)
    found = tuning.tune(asked, config, _ask_under, seed=args.seed)
    say(terminal.to_json(found) if args.json else terminal.tuning_text(found))
    if not found.values or not found.is_better or args.dry_run:
        note("The settings stay as they are.")
        return DONE
    file = settings_file(args.config) or Path(DEFAULT_NAME)
    write_values(file, found.values)
    note(f"Written to {file}.")
    return DONE


def _ask_under(config: Config, questions: Sequence[Question]) -> Sequence[QuestionResult]:
    from rag.assistant import Assistant

    with closing(Assistant.open(config)) as assistant:
        ensure_index(assistant)
        with evaluation_progress(sys.stderr, len(questions)) as advance:
            return evaluation.evaluate(assistant, questions, on_result=advance).results


def questions(args: argparse.Namespace, open_assistant: _Open) -> int:
    """Draft a question set, or check one."""
    return _check(args.file) if args.action == "check" else _draft(args, open_assistant)


def _check(file: Path) -> int:
    checked = check_questions(file)
    for problem in checked.problems:
        say(problem)
    answerable = sum(q.is_answerable for q in checked.questions)
    say(
        f"{len(checked.questions)} questions, {answerable} of them with an answer; "
        f"{checked.drafts} drafts; {len(checked.problems)} bad rows."
    )
    return FAILED if checked.problems else DONE


def _draft(args: argparse.Namespace, open_assistant: _Open) -> int:
    if args.file.exists():
        raise QuestionSetError(
            f"{args.file} exists, and may hold what somebody edited.", hint="Name a new file."
        )
    with closing(open_assistant(args)) as assistant:
        ensure_index(assistant)
        texts = [assistant.document(info.doc_id) for info in assistant.documents()]
    drafts = draft([text for text in texts if text is not None], n=args.n, seed=args.seed)
    if not drafts:
        raise QuestionSetError(
            "The documents hold no sentence that a question could be drafted from.",
            hint="Write some by hand; seeds/questions.jsonl is an example.",
        )
    write_rows(args.file, [as_row(item, i) for i, item in enumerate(drafts, start=1)])
    say(
        f"{len(drafts)} drafts in {args.file}. Read them, change what is wrong, and set “status” "
        "to “accepted” where they are good: drafts are not asked."
    )
    return DONE
