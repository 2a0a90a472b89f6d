"""Lines that the pages of a document repeat at their edges: running heads, feet, page numbers.

A line is dropped only when it cannot be a fact of its page: it is the same to the letter on most
pages, or nothing but its page's number differs. Where that leaves nothing, the page stays whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FULL_PAGE_LINES = 8
_FEW_PAGES = 3  # on so few, what repeats is not yet a habit
_LEAST_NUMBERED = 3  # pages whose lone numbers must count on together
_AROUND = " \t-–—|[]().•·*_~/"
# Places and words of page numbers; a number in the middle of a line is a fact.
_NUMBER = (
    r"(?P<word>(?:page|sayfa|səhifə|seite|страница|стр)[ .]*)?(?P<number>\d{1,4})"
    r"(?P<total> ?(?:/|of|von|из|-) ?\d{1,4})?"
)
_AT_START = re.compile(_NUMBER + r"(?![^ ])")
_AT_END = re.compile(r"(?<![^ ])" + _NUMBER + r"\Z")
_WORD = re.compile(r"[^\W_]+")
_YEARS, _LATE_START = range(1500, 2200), 200


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A line with its page's number taken out; equal on all pages that count on alike.

    Attributes:
        offset: The number, less the index of the page.
        is_lone: There are no other words.
        is_said: It says itself that it is a page's number.
    """

    rest: str
    offset: int
    is_lone: bool
    is_said: bool


def running_lines(pages: Sequence[Sequence[str]]) -> list[set[int]]:
    """Of each page the places of its running heads, feet and page numbers.

    Args:
        pages: The lines of each page that have words.
    """
    running = _running(pages)
    found = []
    for index, lines in enumerate(pages):
        dropped = {
            i
            for i in _edge(lines)
            if any(_says_page(key) or key in running for key in _keys(lines[i], index))
        }
        found.append(set() if len(dropped) == len(lines) else dropped)
    return found


def _running(pages_lines: Sequence[Sequence[str]]) -> set[str | _Numbered]:
    found: Counter[str | _Numbered] = Counter()
    for index, lines in enumerate(pages_lines):
        found.update({key for i in _edge(lines) for key in _keys(lines[i], index)})
    pages = len(pages_lines)
    return {key for key, n in found.items() if _repeats(key, n, pages)}


def _repeats(key: str | _Numbered, n: int, pages: int) -> bool:
    if isinstance(key, _Numbered) and key.is_lone:
        # Two pages that say "1" and "2" are enough, but not any two that happen to count on.
        return n >= _LEAST_NUMBERED or (n > 1 and key.offset == 1)
    return pages > _FEW_PAGES and n > pages / 2


def _says_page(key: str | _Numbered) -> bool:
    return isinstance(key, _Numbered) and key.is_lone and key.is_said


def _edge(lines: Sequence[str]) -> set[int]:
    """The first and last lines of a page; few of a page that has few."""
    n = 2 if len(lines) >= _FULL_PAGE_LINES else 1
    return set(range(len(lines))[:n]) | set(range(len(lines))[-n:])


def _keys(line: str, index: int) -> Iterator[str | _Numbered]:
    """What a line may have in common with those of other pages."""
    text = " ".join(line.casefold().split())
    yield text
    text = text.strip(_AROUND)
    for match in (_AT_START.match(text), _AT_END.search(text)):
        key = match and _numbered(match, text, index)
        if key:
            yield key


def _numbered(match: re.Match[str], text: str, index: int) -> _Numbered | None:
    number = int(match["number"])
    words = len(_WORD.findall(text[: match.start()] + " " + text[match.end() :]))
    is_said, offset = match["word"] is not None, number - index
    is_heading = words == 1 and not is_said and match["total"] is None  # "Article 3"
    if is_heading or (not is_said and number in _YEARS and offset > _LATE_START):
        return None
    rest = f"{text[: match.start('number')]}#{text[match.end('number') :]}"
    return _Numbered(rest, offset, not words, is_said)
