"""The words of a text that answer a question, read out by the judge's model; always verbatim.

The model goes on after its verdict with the answer, as it was trained to, and may only go on with
what stands in the text: pointer-style decoding over the text's own tokens (after Vinyals et al.,
Pointer Networks, 2015), greedy.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.causal_model import CausalModel
from rag.protocols import Reading

MOST_TOKENS = 24
# Of a token that cannot be: what a text without an answer is given.
NOTHING_READ = -10.0


def extracted(model: CausalModel, prompt: Sequence[int], text: str, end: int) -> Reading:
    """The answer that the model reads in a text.

    Args:
        prompt: Tokens up to where the answer begins.
        text: The answer is a part of it, whole words.
        end: Token that the model was trained to end an answer with.
    """
    pieces = _Pieces(model, text)
    cache = model.new_cache()
    likely = model.next_log_probabilities(list(prompt), cache)
    at = pieces.starts()
    said: list[float] = []
    while at and len(said) < MOST_TOKENS:
        ends_here = [i for i in at if said and pieces.ends_before(i)]
        best = max(at, key=lambda i: pieces.score(likely, i, first=not said))
        score = pieces.score(likely, best, first=not said)
        if ends_here and likely[end] >= score:
            total = sum(said) + likely[end]
            start = ends_here[0] - len(said)
            return Reading(pieces.between(start, ends_here[0]), total / (len(said) + 1))
        if pieces.is_over(best):
            break
        said.append(score)
        token = pieces.ids[best]
        at = [i + 1 for i in at if not pieces.is_over(i) and pieces.ids[i] == token]
        likely = model.next_log_probabilities([token], cache)
    return Reading("", NOTHING_READ)


class _Pieces:
    """The tokens of a text, and where its words begin and end among them."""

    def __init__(self, model: CausalModel, text: str) -> None:
        self._model = model
        # As it would stand behind a colon: every word begins with a space.
        self.ids = model.text_ids(" " + " ".join(text.split()))
        self._shown = [model.decode([token]) for token in self.ids]
        self._spaced = [self._with_space(i) for i in range(len(self.ids))]

    def _with_space(self, i: int) -> int:
        """The same token with a space before it: an opening bracket stood in its place."""
        if self._shown[i].startswith(" "):
            return self.ids[i]
        ids = self._model.text_ids(" " + self._shown[i])
        return ids[0] if len(ids) == 1 else self.ids[i]

    def starts(self) -> list[int]:
        """Where a word begins."""
        return [i for i in range(len(self.ids)) if self._begins(i)]

    def _begins(self, i: int) -> bool:
        shown = self._shown[i].strip()
        if not shown and not self.is_over(i + 1):
            # Digits come one by one, after a space of their own.
            return self._shown[i + 1][:1].isalnum()
        before = self._shown[i - 1][-1:] if i else " "
        is_inside = before.isalnum() or (before == " " and i > 0)
        return shown[:1].isalnum() and (self._shown[i].startswith(" ") or not is_inside)

    def ends_before(self, i: int) -> bool:
        """Whether a word ends where a token begins."""
        return self.is_over(i) or not self._shown[i][:1].isalnum()

    def is_over(self, i: int) -> bool:
        """Whether the text ends before a token."""
        return i >= len(self.ids)

    def score(self, likely: Sequence[float], i: int, *, first: bool) -> float:
        """How likely the model finds a token to come next."""
        if self.is_over(i):
            return float("-inf")
        alone = likely[self.ids[i]]
        return max(alone, likely[self._spaced[i]]) if first else alone

    def between(self, start: int, end: int) -> str:
        """The text of some tokens, without the marks around it."""
        return self._model.decode(self.ids[start:end]).strip(" \n,;:.!?\"'“”‘’()[]")
