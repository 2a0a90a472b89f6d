"""What is stopped at every step, or finds the disk full."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rag.backup import backup
from rag.store import Store
from tests.faults import world
from tests.faults.world import Operation
from tests.small_library import found, open_library


@dataclass(frozen=True)
class Scene:
    """An operation to be stopped, what it does to the folder, and how its library is opened."""

    name: str
    act: Callable[[Path], None]
    operation: Operation | None = None


def _scene(operation: Operation) -> Scene:
    def act(root: Path) -> None:
        embedder = world.embedder_of(root)
        if operation.kind == "rebuild":
            embedder = world.other_embedder(embedder)
        with open_library(root, embedder) as library:
            operation.index(library)

    return Scene(operation.kind, act, operation)


def _open_and_make_words(root: Path) -> None:
    """The next question after the word index was deleted, see `lose_words`."""
    with open_library(root) as library:
        found(library, "harbour")


def _migrate(root: Path) -> None:
    Store(root / "index").close()


def _back_up(root: Path) -> None:
    backup(root / "index", root / "copy.db")


SCENES = (
    _scene(Operation("add", "d5.txt", world.text_of("d5", 1))),
    _scene(Operation("change", "d1.txt", world.text_of("d1", 1))),
    _scene(Operation("remove", "d1.txt")),
    _scene(Operation("rename", "d5.txt", world.text_of("d1", 0), "d1.txt")),
    _scene(Operation("purge", "d1.txt")),
    _scene(Operation("rebuild", "")),
    Scene("make words", _open_and_make_words),
    Scene("migrate", _migrate),
    Scene("backup", _back_up),
)


def lose_words(root: Path) -> None:
    """Another program's work; a stop amid it is damage like any other."""
    shutil.rmtree(root / "index" / "index")


def to_version_one(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE documents DROP COLUMN embedded_title")
        db.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
    db.close()
