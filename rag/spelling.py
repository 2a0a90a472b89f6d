"""Misspelt words of a question: what no document holds, but for one letter.

"What was the Frensh garrison?" is searched as "French", and the reader is shown so. A word that is
somebody's real word is left alone, whatever the documents hold: "shades" is no "shares".
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence

from rag.text import fold

# Of shorter words too many others are one letter away.
MIN_LETTERS = 5
_MOST_TRIED = 3


def respelt(
    absent: Sequence[str],
    *,
    is_known: Callable[[str], bool],
    frequencies: Callable[[Sequence[str]], Mapping[str, int]],
    as_it_stands: Callable[[str], str | None],
) -> dict[str, str]:
    """What words that no document holds were probably meant to be.

    Args:
        absent: Words of a question.
        is_known: Whether a word is one of the language, so that nobody misspelt it.
        frequencies: In how many passages each word occurs; 0 for those in none.
        as_it_stands: A word as a document writes it; None if only other forms of it are there.

    Returns:
        By word of the question; without those that nothing is close to.
    """
    found = {}
    for word in absent:
        if len(word) < MIN_LETTERS or not (word.isascii() and word.isalpha()) or is_known(word):
            continue
        counts = frequencies(one_edit_away(fold(word)))
        likely = sorted((c for c in counts if counts[c]), key=lambda c: (-counts[c], c))
        written = (as_it_stands(candidate) for candidate in likely[:_MOST_TRIED])
        if meant := next((w for w in written if w), None):
            found[word] = meant
    return found


def one_edit_away(word: str) -> list[str]:
    """Words that differ by a letter left out, put in or changed, or by two that changed places.

    The first letter stays, so that fewer other words come in question.

    Example:
        >>> "french" in one_edit_away("frensh"), "french" in one_edit_away("fernch")
        (True, True)
    """
    found = set()
    for i in range(1, len(word) + 1):
        head, tail = word[:i], word[i:]
        found |= {f"{head}{letter}{tail}" for letter in string.ascii_lowercase}
        if tail:
            found |= {f"{head}{letter}{tail[1:]}" for letter in string.ascii_lowercase}
            found.add(f"{head}{tail[1:]}")
        if len(tail) > 1:
            found.add(f"{head}{tail[1]}{tail[0]}{tail[2:]}")
    return sorted(found - {word})


def replaced(text: str, meant: Mapping[str, str]) -> str:
    """A text with its misspelt words mended, in whatever case they stand."""
    for word, other in meant.items():
        text = re.sub(rf"\b{re.escape(word)}\b", other, text, flags=re.IGNORECASE)
    return text
