"""From token ids to the text that is shown: pieces that are whole, and no reasoning. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"
_REPLACEMENT = "\ufffd"
_NGRAM_SIZES = (3, 2)


class TokenText:
    """Turns tokens into text as they come, holding back characters that are not whole yet.

    Many tokens only make sense beside their neighbours (half a character, a space that belongs to
    the next word), so a window of tokens is decoded twice and the difference is the new text.
    """

    def __init__(self, decode: Callable[[list[int]], str]) -> None:
        self._decode = decode
        self._ids: list[int] = []
        self._window = 0
        self._shown = 0

    def push(self, token_id: int) -> str:
        """Text that this token completes; may be empty."""
        self._ids.append(token_id)
        text = self._decode(self._ids[self._window :])
        if text.endswith(_REPLACEMENT):
            return ""
        piece = text[len(self._decode(self._ids[self._window : self._shown])) :]
        self._window, self._shown = self._shown, len(self._ids)
        return piece

    def finish(self) -> str:
        """Text that was held back and can still be shown."""
        before = self._decode(self._ids[self._window : self._shown])
        return self._decode(self._ids[self._window :])[len(before) :].rstrip(_REPLACEMENT)


class ThoughtFilter:
    """Drops ``<think>...</think>`` from a text that comes in pieces, and white space before it all.

    A block that is never closed hides everything after it.
    """

    def __init__(self, *, inside: bool = False) -> None:
        """Start a reply.

        Args:
            inside: True when the prompt has opened a block already.
        """
        self._inside = inside
        self._begun = False
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown once this piece is known; may be empty."""
        text = self._held + piece
        shown: list[str] = []
        while True:
            tag = THINK_CLOSE if self._inside else THINK_OPEN
            before, found, after = text.partition(tag)
            if not found:
                break
            if not self._inside:
                shown.append(before)
            self._inside = not self._inside
            text = after
        keep = _partial_tag(text, tag)
        self._held = text[len(text) - keep :]
        if not self._inside:
            shown.append(text[: len(text) - keep])
        return self._trimmed("".join(shown))

    def finish(self) -> str:
        """What was held back because it could have begun a block."""
        held, self._held = self._held, ""
        return "" if self._inside else self._trimmed(held)

    def _trimmed(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text


def draft_tokens(ids: Sequence[int], *, size: int) -> list[int]:
    """Guess the next tokens: those that followed the last few where they stood before.

    Replies repeat the wording of their prompt, so a guess is often right, and several tokens are
    checked at the price of one (prompt lookup decoding, Saxena 2023).

    Args:
        ids: Prompt and reply so far.
        size: Most tokens to guess.

    Returns:
        At most ``size`` ids; empty when nothing like the end of ``ids`` stood before.
    """
    for n in _NGRAM_SIZES:
        end = list(ids[-n:])
        for start in range(len(ids) - n - 1, -1, -1):
            if list(ids[start : start + n]) == end:
                return list(ids[start + n : start + n + size])
    return []


def _partial_tag(text: str, tag: str) -> int:
    """Length of the longest end of a text that begins a tag."""
    for size in range(min(len(tag) - 1, len(text)), 0, -1):
        if text.endswith(tag[:size]):
            return size
    return 0
