"""In which order a causal model reads several prompts, so that little is read twice or for nothing.

What prompts begin with is read once, and prompts of like length are read together, padded to the
longest. Each pass through the model costs something of its own, so fewer passes may be worth some
padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

# Padded tokens of one pass: bounds memory, and larger gains nothing on two cores.
MOST_TOKENS = 2048
# A pass over one token takes as long as so many more tokens of a longer one (two cores; 0.1 s).
_PASS_TOKENS = 45


@dataclass(frozen=True, slots=True)
class Reading:
    """Prompts that begin alike.

    Attributes:
        begins: So many tokens are the same in all of them and are read first; 0 for none.
        batches: Indices of prompts whose rest is read in one pass.
        cost: In tokens.
    """

    begins: int
    batches: tuple[tuple[int, ...], ...]
    cost: int


def plan(prompts: Sequence[list[int]], *, most: int = MOST_TOKENS) -> list[Reading]:
    """Cut prompts into readings that cost the least together.

    Args:
        prompts: Tokens, none empty.
        most: Padded tokens of a pass, unless one prompt has more.
    """
    order = sorted(range(len(prompts)), key=lambda i: prompts[i])
    return _planned(prompts, order, most) if order else []


def _planned(prompts: Sequence[list[int]], order: list[int], most: int) -> list[Reading]:
    """All together, or those apart that go on alike; ``order`` is the prompts' own."""
    begins = _shared(prompts[order[0]], prompts[order[-1]])
    sizes = {i: len(prompts[i]) for i in order}
    rest = {i: size - begins for i, size in sizes.items()}
    together = [min(_reading(0, sizes, most), _reading(begins, rest, most), key=_cost)]
    if len(order) < 3:
        return together
    groups = [list(rows) for _, rows in groupby(order, key=lambda i: prompts[i][begins])]
    if len(groups) in (1, len(order)):
        return together
    apart = [reading for rows in groups for reading in _planned(prompts, rows, most)]
    return min(together, apart, key=lambda readings: sum(map(_cost, readings)))


def _reading(begins: int, sizes: dict[int, int], most: int) -> Reading:
    """The cheapest batches of what is left of each prompt: neighbours in the order of length."""
    rows = sorted(sizes, key=lambda i: sizes[i])
    # The cheapest way to read the first n rows, and where its last batch begins.
    best = [(_PASS_TOKENS + begins if begins else 0, 0)]
    for end in range(1, len(rows) + 1):
        width = sizes[rows[end - 1]]
        fits = [start for start in range(end) if start == end - 1 or (end - start) * width <= most]
        best.append(min((best[s][0] + _PASS_TOKENS + (end - s) * width, s) for s in fits))
    batches: list[tuple[int, ...]] = []
    end = len(rows)
    while end:
        start = best[end][1]
        batches.insert(0, tuple(rows[start:end]))
        end = start
    return Reading(begins, tuple(batches), best[-1][0])


def _cost(reading: Reading) -> int:
    return reading.cost


def _shared(first: Sequence[int], last: Sequence[int]) -> int:
    """How many tokens the first and the last of sorted prompts begin with, and so all of them.

    Each prompt keeps at least one token of its own.
    """
    most = min(len(first), len(last)) - 1
    return next((i for i in range(most) if first[i] != last[i]), most)
