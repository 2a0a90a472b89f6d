"""What the fault harnesses hand over: how often something was tried, and how often it was wrong.

A harness is a function ``harness(folder: Path) -> list[Figure]`` that works in an empty folder. A
module ``tests/faults/test_*.py`` lists its own in ``HARNESSES``; its tests assert the figures, and
`python -m tests.faults` writes them all to docs/reliability.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from math import comb, isnan
from pathlib import Path
from shutil import disk_usage
from typing import TypeVar

FULL = os.environ.get("KAYNAK_FAULTS", "ci") == "full"
_T = TypeVar("_T")
_ROOM = 2_000_000_000


def size(ci: _T, full: _T) -> _T:
    """The size of a harness: small on every change, full by hand (KAYNAK_FAULTS=full)."""
    return full if FULL else ci


def place() -> str | None:
    """Where to work: in memory when there is room, since no harness can tell whether fsync worked.

    None for the usual place for temporary files.
    """
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and disk_usage(memory).free > _ROOM else None


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Attributes:
        what: That was tried.
        n: Times that it was tried.
        wrong: How often the outcome was not allowed.
        seconds: For all of it.
        note: Other numbers worth reading.
        control: What the naive way does under the same check; it must fail, else the check proves
            nothing.
        examples: Of what was wrong, to be read in a failing test.
    """

    what: str
    n: int
    wrong: int
    seconds: float
    note: str = ""
    control: str = ""
    examples: tuple[str, ...] = field(default=(), compare=False)


Harness = Callable[[Path], list[Figure]]


def upper_bound(wrong: int, n: int, *, confidence: float = 0.95) -> float:
    """The largest share of wrong outcomes that n trials do not rule out (exact, one-sided).

    >>> round(upper_bound(0, 300), 4)
    0.0099
    """
    if n == 0 or wrong >= n:
        return 1.0
    low, high = wrong / n, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        seen = sum(comb(n, k) * middle**k * (1 - middle) ** (n - k) for k in range(wrong + 1))
        if isnan(seen) or seen < 1 - confidence:
            high = middle
        else:
            low = middle
    return high
