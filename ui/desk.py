"""What is kept of the latest answers: why they are as they are, and what readers think of them."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass

from rag.errors import RagError
from rag.explanation import Explanation
from rag.feedback import Feedback, Rating
from rag.types import Answer

MOST_KEPT = 200
_VERDICTS = ("up", "down")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with what it was made from and in answer to."""

    answer: Answer
    explanation: Explanation
    history: tuple[tuple[str, str], ...]
    restricted: tuple[str, ...]


class Desk:
    """The latest answers of all tabs, each under a key that only its tab knows."""

    def __init__(self, feedback: Feedback, *, most: int = MOST_KEPT) -> None:
        self._feedback = feedback
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, kept: Kept) -> str:
        """Keep an answer, and let the oldest go; returns its key."""
        key = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[key] = kept
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return key

    def find(self, key: str) -> Kept | None:
        """An answer that is still kept."""
        with self._lock:
            return self._kept.get(key)

    def rate(self, key: str, verdict: str, remark: str) -> RagError | None:
        """Store what a reader thinks of an answer; the reason when that cannot be."""
        kept = self.find(key)
        if kept is None or verdict not in _VERDICTS:
            return RagError("")
        try:
            self._feedback.rate(
                Rating(
                    key, "up" if verdict == "up" else "down", remark, kept.answer, kept.history,
                    kept.restricted,
                )
            )  # fmt: skip
        except RagError as error:
            return error
        return None
