"""A database that several processes use: who writes waits for readers, and who copies holds short.

With the rollback journal a commit needs a moment in which nobody reads. A program that reads for
long, such as a copy of a large store, must not end a sync.
"""

from __future__ import annotations

import logging
import sqlite3
import time

_PATIENCE_S = 300
_POLL_S = 0.05
_STEP_PAGES = 4096
_MOST_IDLE_STEPS = 40
_log = logging.getLogger(__name__)


class _OvertakenError(Exception):
    """Others commit so often that a copy in steps would not end."""


def execute_patiently(db: sqlite3.Connection, statement: str) -> None:
    """Run a statement that needs the database for itself.

    It is tried again from here rather than in one long wait of SQLite's, in which Ctrl-C would not
    be heard.

    Raises:
        sqlite3.Error: If it fails, or others read without a break for minutes.
    """
    until = time.monotonic() + _PATIENCE_S
    waited = False
    while True:
        try:
            db.execute(statement)
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            if not waited:
                _log.warning("The index is being read by another program; waiting for it.")
            waited = True
            time.sleep(_POLL_S)
        else:
            return


def copy_database(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy one committed state.

    In steps, between which others may write. SQLite begins such a copy again whenever another
    process has committed; where that happens too often, it is made in one step after all.

    Raises:
        sqlite3.Error: If it fails.
    """
    least, idle = float("inf"), 0

    def watch(_status: int, remaining: int, _total: int) -> None:
        nonlocal least, idle
        idle = 0 if remaining < least else idle + 1
        least = min(least, remaining)
        if idle > _MOST_IDLE_STEPS:
            raise _OvertakenError

    try:
        source.backup(target, pages=_STEP_PAGES, progress=watch, sleep=_POLL_S)
    except _OvertakenError:
        source.backup(target)
