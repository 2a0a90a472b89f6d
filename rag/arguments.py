"""Arguments of the command ``kaynak``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from rag.evaluation_arguments import add_evaluation

_Add = Callable[[str, str], argparse.ArgumentParser]

_DESCRIPTION = "Ask a folder of documents; every statement shows the sentence it stands on."
_EPILOG = """\
exit codes:
  0    done; the question was answered
  1    failed, or done in part (some files or questions failed)
  2    wrong arguments, settings, question or question set
  3    the documents do not answer the question
  130  stopped with Ctrl-C

`kaynak COMMAND --help` shows the options of a command. Everything else is set in config.yaml.
"""


def parser() -> argparse.ArgumentParser:
    """The parser; ``command`` of what it parses is the name of the command, or None.

    Options that all commands share may stand before the command or after it.
    """
    top = argparse.ArgumentParser(
        prog="kaynak",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_shared()],
        allow_abbrev=False,
    )
    top.add_argument("--version", action="store_true", help="show the version")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        # Without SUPPRESS, the defaults here would undo what stood before the command.
        shared = _shared(default=argparse.SUPPRESS)
        description = f"{text[0].upper()}{text[1:]}."
        return commands.add_parser(
            name, help=text, description=description, parents=[shared], allow_abbrev=False
        )

    add("fetch", "bring the models onto this machine; the only step that needs a network")
    _add_sync(add)
    _add_ask(add)
    _add_chat(add)
    add_evaluation(add)
    _add_json(add("status", "show what is indexed, since when, with which models, how large"))
    _add_json(add("doctor", "check the whole index, say what is wrong and what to do"))
    _add_backup(add)
    _add_remove(add)
    return top


def _shared(default: str | None = None) -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False, argument_default=default)
    group = shared.add_argument_group("options of all commands")
    group.add_argument(
        "--config", type=Path, metavar="F",
        help="settings file (KAYNAK_CONFIG, else config.yaml in the working folder)",
    )  # fmt: skip
    group.add_argument("--documents", type=Path, metavar="DIR", help="folder of documents")
    group.add_argument("--index", type=Path, metavar="DIR", help="folder of the index")
    group.add_argument(
        "--verbose", action="store_true", default=default or False,
        help="show what goes on, and where an error comes from",
    )  # fmt: skip
    return shared


def _add_sync(add: _Add) -> None:
    sync = add("sync", "bring the index up to date with the folder")
    sync.add_argument("--rebuild", action="store_true", help="index every document again")
    sync.add_argument(
        "--allow-empty", action="store_true", help="let a folder that is empty now empty the index"
    )
    _add_json(sync)


def _add_ask(add: _Add) -> None:
    ask = add("ask", "answer a question; indexes the folder first if that was never done")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument(
        "--document", action="append", metavar="D",
        help="answer from this document only, a path below the folder; may be repeated",
    )  # fmt: skip
    _add_json(ask)


def _add_chat(add: _Add) -> None:
    chat = add("chat", "open the web chat on this machine")
    chat.add_argument("--host", metavar="H", help="address to listen on (settings: chat.host)")
    chat.add_argument("--port", type=_port, metavar="P", help="settings: chat.port")


def _add_backup(add: _Add) -> None:
    backup = add("backup", "write one consistent copy of the index, also while it is in use")
    backup.add_argument(
        "file", type=Path, metavar="FILE",
        help="a new file; to restore it, put it into an empty folder as store.db",
    )  # fmt: skip
    _add_json(backup)


def _add_remove(add: _Add) -> None:
    remove = add(
        "remove", "take documents out of the index, and their files out of the documents' folder"
    )
    remove.add_argument(
        "document", nargs="+", metavar="DOC", help="its path below the documents' folder"
    )
    remove.add_argument(
        "--purge", action="store_true",
        help="delete the files for good and leave no byte of their text in the index folder;"
        " without it, files are moved to removed/ there, so that no sync brings them back",
    )  # fmt: skip


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON")


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)
