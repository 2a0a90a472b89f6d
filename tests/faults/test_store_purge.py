"""Removed means removed: not found from the next question on, and no byte left after --purge."""

from __future__ import annotations

import random
import string
from pathlib import Path

from rag.assistant import Assistant, open_library
from rag.config import load_config
from tests.fakes import HashEmbedder, ScriptedGenerator
from tests.faults import world
from tests.faults.figures import Figure, size

_DOCUMENTS = 200
_AT_ONCE = 10


def _canaries() -> dict[str, str]:
    """A word of its own for each document; long and random, so that no index shortens it away."""
    rng = random.Random(3)
    names = [f"{'sub/' if i % 3 == 0 else ''}c{i}.txt" for i in range(_DOCUMENTS)]
    return {name: "".join(rng.choices(string.ascii_lowercase, k=24)) for name in names}


def _open(folder: Path) -> Assistant:
    config = load_config(documents=folder / "docs", index=folder / "index")
    embedder = HashEmbedder()
    library = open_library(config, embedder)
    return Assistant(config, library, embedder, ScriptedGenerator(), writes=False)


def _bytes_left(index: Path, canaries: list[str]) -> list[str]:
    """Files that hold a canary, or the end of one, in any of the encodings that could be used."""
    left = []
    for file in sorted(index.rglob("*")):
        data = file.read_bytes().lower() if file.is_file() else b""
        for word in canaries:
            tail = word[4:-2]  # whatever an index shares with other words, or cuts as an ending
            if tail.encode() in data or tail.encode("utf-16-le") in data:
                left.append(f"{file.relative_to(index)}: {word}")
    return left


def _retrieved(assistant: Assistant, words: list[str]) -> list[str]:
    snapshot = assistant._library.snapshot()
    found = []
    for word in words:
        hits = [i for i, _ in snapshot.search_lexical(word, k=10)]
        hits += [i for i, _ in snapshot.search_dense(HashEmbedder().embed_question(word), k=10)]
        found += [p.doc_id for p in snapshot.passages(hits).values() if word in p.text]
    return found


def purge(folder: Path) -> list[Figure]:
    timer, canaries = world.Timer(), _canaries()
    for doc_id, word in canaries.items():
        path = folder / "docs" / doc_id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"About {word}\n\nThe {word} was kept in a drawer.\n", encoding="utf-8")
    gone = sorted(canaries)[::2]
    with _open(folder) as assistant, _open(folder) as chat:
        assistant.sync()
        retrieved, asked = [], 0
        for start in range(0, len(gone), _AT_ONCE):
            batch = gone[start : start + _AT_ONCE]
            old = chat._library.snapshot()
            assistant.remove(*batch)
            for _ in range(size(1, 5)):
                retrieved += _retrieved(chat, [canaries[d] for d in batch])
                asked += len(batch)
            ids = [i for d in batch for i, _ in old.search_lexical(canaries[d], k=5)]
            retrieved += [p.doc_id for p in old.passages(ids).values()]
        words = [canaries[d] for d in gone]
        before = _bytes_left(folder / "index", words)
        assistant.remove(*gone[: len(gone) // 2], purge=True)
        assistant.remove(*gone[len(gone) // 2 :], purge=True)
        left = _bytes_left(folder / "index", words)
        kept = [d for d in canaries if d not in gone]
        lost = [d for d in kept if d not in _retrieved(chat, [canaries[d]])]
        assistant.sync()
        left += _bytes_left(folder, words) + [d for d in gone if (folder / "docs" / d).exists()]
    return [
        Figure(
            "questions about removed documents, from the next one on", asked, len(retrieved),
            timer.seconds, f"{len(gone)} of {_DOCUMENTS} documents removed",
            examples=tuple(retrieved[:20]),
        ),
        Figure(
            "documents whose bytes are anywhere in the index folder after --purge", len(gone),
            len({line.partition(": ")[2] for line in left}) + len(lost), timer.seconds,
            f"store, word indexes, quarantine, removed/; {len(kept)} others still found",
            f"removed without --purge: {len({b.partition(': ')[2] for b in before})} of"
            f" {len(gone)} left bytes", tuple((left + lost)[:20]),
        ),
    ]  # fmt: skip


HARNESSES = [purge]


def test_purge(tmp_path):
    questions, left = purge(tmp_path)
    assert questions.examples == left.examples == ()
    assert (questions.wrong, left.wrong) == (0, 0)
    assert left.n == 100
    assert int(left.control.split()[3]) == 100, "the control found nothing"
