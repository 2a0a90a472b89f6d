"""Forms of a word that share no stem: "child" and "children", "become" and "became"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from rag.text import fold


def other_forms(word: str) -> tuple[str, ...]:
    """The irregular forms of a word without itself; most words have none.

    Example:
        >>> other_forms("Children"), other_forms("harbour")
        (('child',), ())
    """
    folded = fold(word)
    return tuple(form for form in _forms().get(folded, ()) if form != folded)


@cache
def _forms() -> Mapping[str, tuple[str, ...]]:
    listed = files("rag").joinpath("irregular.txt").read_text(encoding="utf-8").splitlines()
    rows = [tuple(line.split()) for line in listed if line and not line.startswith("#")]
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        for form in row:
            found[form] = (*found.get(form, ()), *row)
    return found
