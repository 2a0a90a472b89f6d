"""What readers thought of answers: kept in a small database of its own, never sent anywhere.

Each line is a question with its answer, a thumb and a remark. `rows` makes a question set of
them for ``kaynak evaluate``; ``python -m rag.feedback INDEX_FOLDER`` prints it.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from rag.errors import LibraryError
from rag.text import fold, sentence_spans, words
from rag.types import Answer

NAME = "feedback.db"
Verdict = Literal["up", "down"]
_BUSY_S = 10
_MOST_REMARK = 2000
_RUN, _SHORTEST_RUN = 6, 3  # words; fewer are in any text
_MARKER = re.compile(r"\[[0-9]+\]")
_SAYS = "id, cited, restricted, quotes, history, answer, remark, question"
_SCHEMA = """CREATE TABLE IF NOT EXISTS ratings (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, verdict TEXT NOT NULL CHECK (verdict IN ('up', 'down')),
    remark TEXT NOT NULL, question TEXT NOT NULL, history TEXT NOT NULL, restricted TEXT NOT NULL,
    status TEXT NOT NULL, answer TEXT NOT NULL, quotes TEXT NOT NULL, cited TEXT NOT NULL,
    confidence REAL NOT NULL, fingerprint TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Rating:
    """What one reader said of one answer.

    Attributes:
        id: Of the answer; a second rating takes the place of the first.
        remark: What was good or wrong; for a thumb down, what the right answer is.
        history: Earlier questions and answers of the conversation.
        restricted: The documents that were asked; empty for all.
    """

    id: str
    verdict: Verdict
    remark: str
    answer: Answer
    history: tuple[tuple[str, str], ...] = ()
    restricted: tuple[str, ...] = ()


class Feedback:
    """The ratings of one index folder; threads may share one object.

    The file is made at the first rating. Methods raise `LibraryError` when it cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._lock = threading.Lock()

    def rate(self, rating: Rating) -> None:
        """Keep a rating."""
        answer = rating.answer
        values = (
            rating.id, datetime.now(UTC).isoformat(timespec="seconds"), rating.verdict,
            rating.remark.strip()[:_MOST_REMARK], answer.question,
            json.dumps(rating.history, ensure_ascii=False), json.dumps(rating.restricted),
            answer.status, answer.text,
            json.dumps([c.quote for c in answer.citations], ensure_ascii=False),
            json.dumps(list(dict.fromkeys(c.document for c in answer.citations))),
            answer.confidence, answer.fingerprint,
        )  # fmt: skip
        with self._database() as db:
            db.execute(_SCHEMA)
            marks = ", ".join("?" * len(values))
            db.execute(f"INSERT OR REPLACE INTO ratings VALUES ({marks})", values)

    def forget(self, doc_ids: Collection[str], texts: Sequence[str]) -> int:
        """Delete the ratings that say something of documents, and every byte of them.

        Args:
            doc_ids: Ratings of answers that cite one of these, or were asked of these, go.
            texts: So do those that hold a piece of one of these: an earlier answer of the
                conversation, or one that cites a document by the name it had then.

        Returns:
            How many were deleted.
        """
        if not self.path.exists():
            return 0
        with self._database() as db:
            db.execute(_SCHEMA)
            db.execute("PRAGMA secure_delete = ON")
            found = db.execute(f"SELECT {_SAYS} FROM ratings").fetchall()
            gone = _naming(found, set(doc_ids)) | _sharing(found, texts)
            db.executemany("DELETE FROM ratings WHERE id = ?", [(key,) for key in gone])
            db.commit()
            db.execute("VACUUM")  # a rating that was replaced has left its bytes behind as well
        return len(gone)

    def count(self) -> int:
        """How many answers were rated."""
        return len(self._rows("SELECT 1 FROM ratings"))

    def rows(self) -> list[dict[str, object]]:
        """The ratings as rows of a question set, oldest first; see the README for the format.

        A thumb up makes the quotes of the answer gold, or says that the documents do not answer; a
        thumb down makes its remark the gold answer. Without a remark nobody knows what would have
        been right, and there is no row.
        """
        found = self._rows(
            "SELECT id, verdict, remark, question, history, status, quotes, cited FROM ratings"
            " ORDER BY at, rowid"
        )
        return [row for values in found for row in _as_rows(*values)]

    def _rows(self, sql: str) -> list[tuple[str, ...]]:
        if not self.path.exists():
            return []
        with self._database() as db:
            return db.execute(sql).fetchall()

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with closing(sqlite3.connect(self.path, timeout=_BUSY_S)) as db, db:
                    yield db
        except (sqlite3.Error, OSError) as exc:
            raise LibraryError(
                f"The ratings in {self.path} cannot be used: {exc}.",
                hint="Move the file away, and it is made again; answers need nothing of it.",
                code="ratings", detail=f"{self.path}, {exc}",
            ) from exc  # fmt: skip


def _naming(rows: Sequence[Sequence[str]], doc_ids: set[str]) -> set[str]:
    """The ratings whose answers cite one of the documents, or were asked of one."""
    return {
        key for key, cited, restricted, *_ in rows
        if doc_ids.intersection(json.loads(cited) + json.loads(restricted))
    }  # fmt: skip


def _sharing(rows: Sequence[Sequence[str]], texts: Iterable[str]) -> set[str]:
    """The ratings that hold a run of words of a text."""
    # What ratings say is little, a document may be long: its runs are looked up, never kept.
    holders: dict[tuple[str, ...], set[str]] = {}
    for key, _, _, quotes, history, *said in rows:
        earlier = [part for turn in json.loads(history) for part in turn]
        for run in _runs([*said, *json.loads(quotes), *earlier]):
            holders.setdefault(run, set()).add(key)
    sizes = {len(run) for run in holders}
    found: set[str] = set()
    for text in texts:
        its = _folded(text)
        for size in sizes:
            for run in zip(*(its[i:] for i in range(size)), strict=False):
                found |= holders.get(run, set())
    return found


def _runs(said: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Every run of some words in each sentence; a short sentence is one as a whole."""
    for text in said:
        for span in sentence_spans(text):
            its = _folded(_MARKER.sub(" ", text[span.start : span.end]))
            size = min(_RUN, len(its))
            if size >= _SHORTEST_RUN:
                yield from zip(*(its[i:] for i in range(size)), strict=False)


def _folded(text: str) -> list[str]:
    return [fold(word) for word in words(text)]


def _as_rows(  # noqa: PLR0913 - one value per column
    key: str, verdict: str, remark: str, question: str, history: str, status: str, quotes: str,
    cited: str,
) -> Iterator[dict[str, object]]:  # fmt: skip
    gold = json.loads(quotes) if status == "answered" else []
    if verdict == "down":
        if not any(c.isalnum() for c in remark):
            return
        gold = [remark]
    row: dict[str, object] = {"id": key, "question": question, "answers": gold, "kind": verdict}
    if verdict == "up":
        row["documents"] = json.loads(cited)
    earlier = json.loads(history)
    yield row | ({"history": earlier} if earlier else {})


def main(arguments: Sequence[str]) -> int:
    """Print the rows of an index folder's ratings, one JSON object per line."""
    if len(arguments) != 1:
        sys.stderr.write("Usage: python -m rag.feedback INDEX_FOLDER > questions.jsonl\n")
        return 2
    try:
        rows = Feedback(Path(arguments[0])).rows()
    except LibraryError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
