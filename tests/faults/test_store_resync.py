"""The same content again, wherever its files went: nothing is embedded a second time."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from rag import sync_run
from rag.assistant import open_library
from rag.config import load_config
from tests.fakes import HashEmbedder
from tests.faults import world
from tests.faults.figures import Figure, size

_FILES = size(40, 400)


def _write(docs: Path) -> None:
    """A third of them have no title of their own: they are called by their names."""
    for i in range(_FILES):
        path = docs / f"part{i % 3}" / f"f{i}.{'md' if i % 3 else 'txt'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        sentence = f"The lighthouse {i} stands on a rock, and its light is seen from far away."
        titled = f"# Lighthouse {i}\n\n{sentence}" if i % 3 else f"{sentence} " * 4
        path.write_text(f"{titled}\n\nIt was built in {1700 + i}.\n", encoding="utf-8")


def _files(docs: Path) -> list[Path]:
    return sorted(path for path in docs.rglob("*") if path.is_file())


def _nothing(_docs: Path, _rng: random.Random) -> None:
    pass


def _renamed(docs: Path, rng: random.Random) -> None:
    for path in _files(docs):
        path.rename(path.with_name(f"n{rng.randrange(10**9)}-{path.name}"))


def _moved(docs: Path, _rng: random.Random) -> None:
    for number, path in enumerate(_files(docs)):
        target = docs / f"far{number % 4}" / "away" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)


def _shifted(docs: Path, rng: random.Random) -> None:
    """Each file takes the name of another, so that every name is there before and after."""
    for suffix in (".md", ".txt"):
        paths = [p for p in _files(docs) if p.suffix == suffix]
        beside = [p.rename(p.with_name(f".{i}")) for i, p in enumerate(paths)]
        rng.shuffle(beside)
        for source, target in zip(beside, paths, strict=True):
            source.rename(target)


def _over_another(docs: Path, _rng: random.Random) -> None:
    """A file is moved over another, which is gone."""
    paths = [p for p in _files(docs) if p.suffix == ".md"]
    paths[0].replace(paths[-1])


def _copied(docs: Path, _rng: random.Random) -> None:
    for path in _files(docs)[:5]:
        shutil.copy(path, docs / f"copy of {path.name}")


CHANGES: dict[str, Callable[[Path, random.Random], None]] = {
    "the same folder": _nothing,
    "again": _nothing,
    "renamed": _renamed,
    "moved": _moved,
    "names exchanged": _shifted,
    "moved over another": _over_another,
    "copied": _copied,
}


def _resynced(folder: Path) -> tuple[int, int, list[str]]:
    """Texts embedded at first, files looked at again, and what was wrong then."""
    rng, docs = random.Random(5), folder / "docs"
    _write(docs)
    embedder = HashEmbedder()
    config = load_config(documents=docs, index=folder / "index")
    again, wrong = 0, []
    with open_library(config, embedder) as library:
        library.sync()
        first = len(embedder.embedded)
        for name, change in CHANGES.items():
            change(docs, rng)
            embedder.embedded.clear()
            report = library.sync()
            again += len(report.unchanged) + len(report.added) + len(report.changed)
            wrong += [f"{name}: embedded again: {text[:60]}" for text in embedder.embedded]
            wrong += [f"{name}: {failed}" for failed in report.failed]
            wrong += [f"{name}: {p}" for check in library.examine() for p in check.problems]
            files = sorted(path.relative_to(docs).as_posix() for path in _files(docs))
            if [d.doc_id for d in library.documents()] != files:
                wrong.append(f"{name}: other documents than files")
    return first, again, wrong


def resync(folder: Path) -> list[Figure]:
    timer = world.Timer()
    first, again, wrong = _resynced(folder / "ours")
    with mock.patch.object(sync_run, "_as_known", lambda passages, _known: passages):
        _, _, control = _resynced(folder / "control")
    return [
        Figure(
            "files synced again: the same, renamed, moved, exchanged, copied", again, len(wrong),
            timer.seconds, f"new embeddings and wrong documents; {first} embeddings at first",
            f"vectors known by title and text alone: {len(control)} wrong", tuple(wrong[:20]),
        )
    ]  # fmt: skip


HARNESSES = [resync]


def test_resync(tmp_path):
    figure = resync(tmp_path)[0]
    assert figure.examples == ()
    assert figure.n > len(CHANGES) * (_FILES - 2)
    assert int(figure.control.split()[-2]) > _FILES // 3, "the control found nothing wrong"
