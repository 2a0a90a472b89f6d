"""Arguments of ``kaynak evaluate``, ``tune`` and ``questions``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

_Add = Callable[[str, str], argparse.ArgumentParser]


def add_evaluation(add: _Add) -> None:
    """Add the three commands.

    Args:
        add: Makes the parser of a command from its name and what it does.
    """
    _add_evaluate(add("evaluate", "ask a set of questions and measure the answers"))
    _add_tune(add("tune", "find settings on one half of the questions, judge them on the other"))
    _add_questions(add("questions", "draft questions from the documents, or check a set"))


def _add_evaluate(evaluate: argparse.ArgumentParser) -> None:
    evaluate.add_argument(
        "file", type=Path, metavar="FILE", nargs="?", help="JSON lines or CSV; see the README"
    )
    evaluate.add_argument(
        "--compare", type=Path, nargs=2, metavar=("A", "B"),
        help="ask nothing: compare two files of results question by question",
    )  # fmt: skip
    evaluate.add_argument(
        "--report", type=Path, metavar="RESULTS",
        help="ask nothing: write the report of a file of results again",
    )  # fmt: skip
    evaluate.add_argument(
        "--out", type=Path, metavar="FILE",
        help="a line for each question (runs/<name>-<time>.jsonl); the summary and the report, as"
        " HTML and Markdown, go beside it; with --compare the report of B beside A",
    )  # fmt: skip
    for name, what in (("min", "at least"), ("max", "at most")):
        evaluate.add_argument(
            f"--{name}", action="append", default=[], metavar="MEASURE=VALUE",
            help=f"fail unless the measure is {what} the value, as gold_held=0.8; may be repeated",
        )  # fmt: skip
    evaluate.add_argument(
        "--limit", type=_count, metavar="N", help="only N questions, drawn with the seed"
    )
    _add_seed(evaluate, "of the intervals and of --limit")
    evaluate.add_argument("--json", action="store_true", help="print JSON")


def _add_tune(tune: argparse.ArgumentParser) -> None:
    tune.add_argument("file", type=Path, metavar="FILE", help="a question set, 40 or more")
    tune.add_argument(
        "--dry-run", action="store_true", help="change no settings, also when others are better"
    )
    _add_seed(tune, "of the halves and of the test")
    tune.add_argument("--json", action="store_true", help="print JSON")


def _add_questions(questions: argparse.ArgumentParser) -> None:
    questions.add_argument(
        "action", choices=("new", "check"),
        help="new: draft questions from the documents; check: say what is wrong with a set",
    )  # fmt: skip
    questions.add_argument("file", type=Path, metavar="FILE", help="JSON lines, or CSV by its name")
    questions.add_argument("--n", type=_count, default=50, help="how many to draft, at most (50)")
    _add_seed(questions, "of the choice")


def _add_seed(command: argparse.ArgumentParser, of: str) -> None:
    command.add_argument("--seed", type=int, default=0, metavar="S", help=f"{of} (0)")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)
