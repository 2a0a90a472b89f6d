"""The command ``kaynak``: reads arguments, shows progress, prints; all work is done elsewhere."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rag import terminal
from rag.arguments import parser
from rag.commands import (
    check_documents,
    ensure_index,
    note,
    open_assistant,
    require_index,
    say,
    stage,
    sync_shown,
)
from rag.errors import (
    ConfigError,
    IndexLockedError,
    QuestionError,
    QuestionSetError,
    RagError,
)
from rag.printable import safe
from rag.process import check_port, set_up_messages, write_utf8
from rag.types import Answer, Checked, Stage

if TYPE_CHECKING:
    from rag.assistant import Assistant

DONE, FAILED, USAGE, ABSTAINED, INTERRUPTED = 0, 1, 2, 3, 130
_USAGE_ERRORS = (ConfigError, QuestionError, QuestionSetError)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments without the program's name; None for those of the process.

    Returns:
        The exit code; see ``kaynak --help``.

    Raises:
        SystemExit: With code 2 when the arguments are wrong, 0 after ``--help``.
    """
    for stream in (sys.stdout, sys.stderr):
        write_utf8(stream)
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has left (`kaynak status | head -1`). Python would try to write
        # the rest once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _run(argv: Sequence[str] | None) -> int:
    arguments = parser()
    args = arguments.parse_args(argv)
    if args.version:
        return _version()
    if args.command is None:
        arguments.print_help(sys.stderr)
        return USAGE
    set_up_messages(verbose=args.verbose)
    try:
        return _COMMANDS[args.command](args)
    except RagError as exc:
        if args.verbose:
            traceback.print_exc()
        note(f"Error: {exc.message}")
        note(f"What to do: {exc.hint}" if exc.hint else "")
        return USAGE if isinstance(exc, _USAGE_ERRORS) else FAILED
    except KeyboardInterrupt:
        note("\nStopped.")
        return INTERRUPTED


def _version() -> int:
    from importlib.metadata import version

    say(f"kaynak {version('kaynak')}")
    return DONE


def _fetch(args: argparse.Namespace) -> int:
    from rag.config import DEFAULT_MODEL, load_config
    from rag.models import fetch

    config = load_config(args.config, documents=args.documents, index=args.index)
    embedder = fetch(config.embedding.model, "embedder", progress=say)
    say(f"The embedder is in {embedder}.")
    if config.generation.model != DEFAULT_MODEL:
        # The judge is an adapter of the shipped model, whichever model writes.
        say(f"The judge's model is in {fetch(DEFAULT_MODEL, 'generator', progress=say)}.")
    generator = fetch(config.generation.model, "generator", progress=say)
    say(f"The generator is in {generator}.")
    if config.answering.mode == "auto":
        _test_writing(generator, device=config.generation.device)
    return DONE


def _test_writing(folder: Path, *, device: str) -> None:
    """Once per model: may it write by itself? The result is kept beside its weights."""
    from rag import selftest

    result = selftest.load(folder)
    if result is None:
        from rag.generation import LocalGenerator

        say("Testing once whether the generator keeps to its evidence ...")
        result = selftest.measure(LocalGenerator(folder, device=device))
        try:
            selftest.save(result, folder)
        except OSError as exc:
            note(f"The result cannot be kept in {folder}: {exc}. Evidence will be quoted.")
    way = "it writes answers" if result.writes else "answers quote their evidence"
    say(f"The generator passed {result.passed} of {result.cases} tests: {way}.")


def _sync(args: argparse.Namespace) -> int:
    with closing(open_assistant(args)) as assistant:
        report = sync_shown(assistant, rebuild=args.rebuild, allow_empty=args.allow_empty)
    say(terminal.to_json(report) if args.json else terminal.sync_text(report))
    return FAILED if report.failed else DONE


def _ask(args: argparse.Namespace) -> int:
    streams = sys.stdout.isatty() and not args.json
    with closing(open_assistant(args)) as assistant:
        ensure_index(assistant)
        check_documents(assistant, args.document or ())
        if streams:
            answer = _streamed(assistant, args.question, args.document)
        else:
            answer = assistant.answer(args.question, documents=args.document)
    if args.json:
        say(terminal.to_json(answer))
    else:
        parts = ["" if streams else answer.text, terminal.sources_text(answer)]
        say("\n\n".join(part for part in parts if part))
    return ABSTAINED if answer.status == "abstained" else DONE


def _streamed(assistant: Assistant, question: str, documents: Sequence[str] | None) -> Answer:
    """Print each sentence once it is checked; what was not streamed is printed at the end."""
    shown = 0
    for event in assistant.stream(question, documents=documents):
        if isinstance(event, Stage):
            stage(event.detail)
        elif isinstance(event, Checked):
            stage("")
            print(safe(terminal.sentence_text(event.sentence)), end=" ", flush=True)
            shown += 1
        else:
            stage("")
            rest = map(terminal.sentence_text, event.sentences[shown:])
            say(" ".join(rest) if shown else event.text)
            say("")
            return event
    raise AssertionError("the stream ended without an answer")


def _chat(args: argparse.Namespace) -> int:
    from ui.security import require_safe

    with closing(open_assistant(args)) as assistant:
        host = require_safe(args.host or assistant.config.chat.host)
        port = args.port or assistant.config.chat.port
        check_port(host, port)
        try:
            note(terminal.sync_text(sync_shown(assistant)))
        except IndexLockedError as exc:
            if not assistant.documents():
                raise
            note(f"{exc.message} The chat opens with the index as it is.")
        from ui.app import launch

        launch(assistant, host=host, port=port)
    return DONE


def _evaluate(args: argparse.Namespace) -> int:
    from rag.evaluation_commands import evaluate

    return evaluate(args, open_assistant)


def _tune(args: argparse.Namespace) -> int:
    from rag.evaluation_commands import tune

    return tune(args)


def _questions(args: argparse.Namespace) -> int:
    from rag.evaluation_commands import questions

    return questions(args, open_assistant)


def _status(args: argparse.Namespace) -> int:
    require_index(args)
    with closing(open_assistant(args)) as assistant:
        status, failed = assistant.status(), assistant.failed()
        files = assistant.documents()
    if args.json:
        say(terminal.to_json({"status": status, "files": files, "failed": failed}))
    else:
        say("\n".join([terminal.status_text(status), *terminal.failed_lines(failed)]))
    return DONE


def _doctor(args: argparse.Namespace) -> int:
    require_index(args)
    with closing(open_assistant(args)) as assistant:
        checks = assistant.examine()
    say(terminal.to_json(checks) if args.json else terminal.checks_text(checks))
    return FAILED if any(check.problems for check in checks) else DONE


def _backup(args: argparse.Namespace) -> int:
    from rag.backup import backup
    from rag.config import load_config

    config = load_config(args.config, documents=args.documents, index=args.index)
    report = backup(config.documents.index, args.file)
    say(terminal.to_json(report) if args.json else terminal.backup_text(report))
    return DONE


def _remove(args: argparse.Namespace) -> int:
    with closing(open_assistant(args)) as assistant:
        removal = assistant.remove(*args.document, purge=args.purge)
        attic = assistant.config.documents.index / "removed"
    say(terminal.removal_text(removal, attic))
    for line in terminal.left_lines(removal):
        note(line)
    return DONE


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "fetch": _fetch,
    "sync": _sync,
    "ask": _ask,
    "chat": _chat,
    "evaluate": _evaluate,
    "tune": _tune,
    "questions": _questions,
    "status": _status,
    "doctor": _doctor,
    "backup": _backup,
    "remove": _remove,
}


if __name__ == "__main__":
    sys.exit(main())
