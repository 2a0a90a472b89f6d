"""Conversations that outlive a reload of their tab; nothing of them is written down."""

from __future__ import annotations

import threading
from collections import OrderedDict

from ui.turns import Conversation

MOST_KEPT = 100


class Tabs:
    """The latest conversations, each under a key that only its tab knows.

    A page takes a new key whenever it is loaded, and names the one before: a tab that was
    duplicated has what was said until then, and from there on each goes its own way.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Conversation] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, tab: str, conversation: Conversation) -> None:
        """Keep what a tab has said so far, and let the oldest go; a tab without a key has none."""
        if not tab:
            return
        with self._lock:
            self._kept[tab] = conversation
            self._kept.move_to_end(tab)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def find(self, tab: str) -> Conversation:
        """What a tab has said; an empty conversation when that is not known."""
        with self._lock:
            return self._kept.get(tab, Conversation())
