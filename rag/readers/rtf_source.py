"""RTF before it is stripped: hidden and deleted text goes, notes and text boxes come into the text.

striprtf leaves out whatever stands in a group of its own kind, and knows nothing of hidden text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[{}]"
    r"|[^\\{}]+|\\",
    re.DOTALL,
)
_CONCERNED = re.compile(r"\\(?:footnote|shptxt|dptxbxtext|deleted|v)(?![a-zA-Z])")
_ASIDE = frozenset({"footnote", "shptxt", "dptxbxtext"})
_HIDING = frozenset({"v", "deleted"})
# What stands in these is not of the text; a result is the same box once more, for old programs.
_OUTSIDE = frozenset(
    "header headerl headerr headerf footer footerl footerr footerf shprslt pict info stylesheet "
    "fonttbl annotation ftnsep ftnsepc aftnsep aftnsepc nonesttables".split()
)
_ENDS = frozenset({"par", "sect", "page"})  # not a row: a note between two would cut the table
_SHOWN = frozenset(
    "u tab line emdash endash emspace enspace qmspace bullet lquote rquote ldblquote "
    "rdblquote".split()
)


@dataclass(frozen=True, slots=True)
class _Group:
    """Where the text of a group goes, and whether it is seen.

    Attributes:
        aside: The parts of the note or box that it stands in; None for the text itself.
        begins: This group is that note or box.
        is_silent: striprtf leaves it out.
        is_outside: Notes and boxes in it are left out as well.
    """

    aside: list[str] | None = None
    begins: bool = False
    is_hidden: bool = False
    is_silent: bool = False
    is_outside: bool = False


def as_read(source: str) -> str:
    """The source of what a person reads; each note and box follows its paragraph."""
    return _Writer().written(source) if _CONCERNED.search(source) else source


class _Writer:
    def __init__(self) -> None:
        self._text: list[str] = []
        self._waiting: list[str] = []
        self._group = _Group()
        self._above: list[_Group] = []

    def written(self, source: str) -> str:
        at = 0
        while token := _TOKEN.match(source, at):
            at = token.end()
            if token["word"]:
                at += self._word(token)
            elif token[0] == "{":
                self._above.append(self._group)
                self._group = replace(self._group, begins=False)
                self._add(token[0])
            elif token[0] == "}":
                self._close()
            elif token[0] == r"\*":
                self._group = replace(self._group, is_silent=True)
                self._add(token[0])
            elif not self._group.is_hidden:
                self._add(token[0])
        self._add_waiting()
        return "".join(self._text)

    def _word(self, token: re.Match[str]) -> int:
        """Follow a control word; gives how many characters after it are no text."""
        word, number = token["word"], int(token["number"] or 1)
        if word in _HIDING or word == "plain":
            self._group = replace(self._group, is_hidden=word in _HIDING and number != 0)
        elif word in _OUTSIDE:
            self._group = replace(self._group, is_silent=True, is_outside=True)
        elif word in _ASIDE and not self._group.is_outside:
            self._group = replace(self._group, aside=[], begins=True, is_silent=False)
            return 0
        elif word == "bin":
            return max(0, number)
        if not (self._group.is_hidden and word in _SHOWN):
            self._add(token[0])
        if word in _ENDS and self._group.aside is None and not self._group.is_silent:
            self._add_waiting()
        return 0

    def _close(self) -> None:
        if self._group.begins and self._group.aside is not None:
            if not self._group.is_hidden:
                self._waiting.append("".join(self._group.aside))
        elif len(self._above) == 1:
            self._add(r"\par ")
            self._add_waiting()
        self._group = self._above.pop() if self._above else _Group()
        self._add("}")

    def _add(self, part: str) -> None:
        (self._text if self._group.aside is None else self._group.aside).append(part)

    def _add_waiting(self) -> None:
        self._text.extend(rf"{{{note}\par }}" for note in self._waiting)
        self._waiting.clear()
