"""The local language model: it writes, streamed.

Writing is a loop of our own rather than a thread with a streamer: a caller that closes the iterator
leaves nothing running, an exception surfaces where it is awaited, and the lock is only held while
the model works on one step. So another caller, or the same one, may write between two pieces.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.causal_model import CausalModel
from rag.errors import GenerationError, RagError
from rag.model_files import reason
from rag.protocols import Messages
from rag.streaming import ThoughtFilter, TokenText, draft_tokens

# A step of this size takes under a second on two cores: how long a reader who leaves is waited for.
_BLOCK_TOKENS = 512
# Eight tokens at once take 1.2 times as long as one (measured, SmolLM2, bf16, two cores).
_DRAFT_TOKENS = 7
FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class LocalGenerator:
    """A causal transformers model in a local folder; safe to share between threads.

    Attributes:
        name: Of the folder.
    """

    def __init__(self, folder: Path, *, device: str = "auto", dtype: str = "auto") -> None:
        """Remember where the model is; its weights are loaded on the first use.

        Args:
            folder: As `rag.models.locate` gives it.
            device: "auto" for a GPU when there is one; or "cpu", "cuda", "mps".
            dtype: "auto" for bfloat16 where the device computes in it; or a name of torch.
        """
        self.folder = folder
        self.name = folder.name
        self._device = device
        self._dtype = dtype
        self._lock = threading.Lock()
        self._model: CausalModel | None = None

    def load(self) -> None:
        """Load the weights now; does nothing when they are loaded.

        Raises:
            ModelError: If they cannot be loaded.
        """
        with self._at_work():
            pass

    def write(
        self, messages: Messages, *, max_new_tokens: int, stopped: Callable[[], bool] | None = None
    ) -> Iterator[str]:
        """Write a reply, greedily, piece by piece; ends early when ``stopped()`` turns true.

        Blocks of reasoning (``<think>``) are not yielded but count as tokens. Control tokens in a
        message are plain text to the model, so that a document cannot speak as another role.

        Args:
            messages: The chat so far; the last one is answered.
            max_new_tokens: Most tokens to write, from 1.
            stopped: Asked before each step of the model.

        Raises:
            GenerationError: If the model fails, or the messages are too long for it.
            ModelError: If the weights cannot be loaded.
            ValueError: If ``max_new_tokens`` is below 1.
        """
        if max_new_tokens < 1:
            raise ValueError(f"max_new_tokens must be at least 1, not {max_new_tokens}")
        with self._at_work() as model:
            reply = _Reply(model, model.chat_ids(messages), max_new_tokens)
        while not reply.is_done:
            if stopped is not None and stopped():
                return
            with self._at_work():
                piece = reply.advance()
            if piece:
                yield piece

    @contextmanager
    def _at_work(self) -> Iterator[CausalModel]:
        """The loaded model, to this caller alone; its errors become ours."""
        with self._lock:
            if self._model is None:
                self._model = CausalModel.load(self.folder, device=self._device, dtype=self._dtype)
            import torch

            try:
                with torch.inference_mode():
                    yield self._model
            except RagError:
                raise
            except FAILURES as exc:
                raise GenerationError(
                    f"The model {self.name} failed: {reason(exc)}.",
                    detail=f"{self.name}, {reason(exc)}",
                ) from exc


class _Reply:
    """A reply that is being written: what the model has read, and what was shown."""

    def __init__(self, model: CausalModel, prompt: list[int], max_new_tokens: int) -> None:
        model.check_length(len(prompt), max_new_tokens)
        self._model = model
        self._ids = list(prompt)
        self._unread = list(prompt)
        self._left = max_new_tokens
        self._cache = model.new_cache()
        self._text = TokenText(model.decode)
        self._thoughts = ThoughtFilter(inside=model.opens_thought(prompt))
        self.is_done = False

    def advance(self) -> str:
        """Let the model work one step; returns the text that came of it."""
        block, self._unread = self._unread[:_BLOCK_TOKENS], self._unread[_BLOCK_TOKENS:]
        guess = self._guess(block)
        best = self._model.next_tokens(block + guess, self._cache, keep=len(guess) + 1)
        if self._unread:
            return ""
        accepted = [best[0]]
        for guessed, following in zip(guess, best[1:], strict=True):
            if guessed != accepted[-1]:
                break
            accepted.append(following)
        self._cache.crop(len(accepted) - len(guess) - 1)
        self._unread = accepted[-1:]
        return "".join(self._take(token) for token in accepted if not self.is_done)

    def _guess(self, block: list[int]) -> list[int]:
        # Only behind the prompt's first words can a guess be checked at no price.
        if len(block) > 1 or not self._model.can_forget(self._cache):
            return []
        return draft_tokens(self._ids, size=min(_DRAFT_TOKENS, self._left - 1))

    def _take(self, token: int) -> str:
        self._ids.append(token)
        self._left -= 1
        self.is_done = token in self._model.end_ids or self._left == 0
        shown = "" if token in self._model.hidden_ids else self._text.push(token)
        piece = self._thoughts.feed(shown)
        if self.is_done:
            piece += self._thoughts.feed(self._text.finish()) + self._thoughts.finish()
        return piece
