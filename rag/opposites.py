"""Whether a text says the opposite of what a question asks for, or lacks its "not".

"Which is the smallest?" is not answered by what is said of the largest, nor "Who did not sign?" by
who signed. The opposites stand in ``opposites.txt``, English words alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rag.text import STOPWORDS, fold, words

_NOT = re.compile(r"\b(?:not|never|cannot|no longer|unable)\b|n['’]t\b", re.IGNORECASE)
# "Whether or not" and "may or may not" leave it open; "not only" says yes.
_OPEN = re.compile(r"\bor (?:\w+ )?not\b|\bnot (?:only|just|merely)\b", re.IGNORECASE)
# "At least", and "how successful", which asks for either.
_NEUTRAL = re.compile(
    r"\bat (?:the )?(?:most|least|best|worst|first|last)\b|\bhow (?!many\b|much\b)\w+",
    re.IGNORECASE,
)
# Whatever may stand for a "not" in an answer: wide, since a question refused wrongly costs as much.
_SOME_NOT = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|nowhere|nor|neither|without|cannot|lack\w*|fail\w*"
    r"|refus\w*|reject\w*|declin\w*|except\w*|exclu\w*|exempt\w*|prevent\w*|prohibit\w*|for[bd]\w+"
    r"|ban(?:s|ned)?|den(?:y|ies|ied|ial)|rather|instead|only|unlike|few|little|less|hardly|rarely"
    r"|seldom|barely|absen\w*|avoid\w*|ceas\w*|stop\w*|oppos\w*|against|limit\w*|however|despite"
    r"|although|though|but|while|whereas|other than|difficult\w*|resist\w*|ignor\w*|miss\w*|beyond"
    r"|remaining|un\w{3,}|in\w{3,}(?:able|ible|ed|ent|ant|ive)|im\w{3,}(?:able|ible|al)|il\w{4,}|ir\w{5,}"
    r"|non\w*|dis\w{4,}|\w+less|\w+-free)\b|n['’]t\b",
    re.IGNORECASE,
)


def is_opposed(question: str, text: str) -> bool:
    """Whether a text cannot answer a question since it says the opposite, or lacks its "not".

    How often that is wrong was measured on public sets: docs/decisions/refusal.md.

    Example:
        >>> is_opposed("What is the smallest lake?", "The largest lake is Van.")
        True
        >>> is_opposed("Who did not sign it?", "Nine states signed it.")
        True
    """
    asked = _NEUTRAL.sub(" ", question)
    if _NOT.search(_OPEN.sub(" ", asked)):
        return _SOME_NOT.search(text) is None
    # Next to a "not" the opposite says the same.
    return _NOT.search(text) is None and _is_excluded(asked, _NEUTRAL.sub(" ", text))


def is_turned(word: str, said: Set[str]) -> bool | None:
    """Whether a text says the opposite of a word, both as `base_form`; for polar questions.

    Returns:
        None when neither its like nor its opposite is there.
    """
    sides = [s for s in _sides(of_polar=True).get(word, []) if not s.is_before_same]
    if any(said & side.same for side in sides):
        return False
    return True if any(said & side.other for side in sides) else None


@lru_cache(maxsize=65536)
def base_form(word: str) -> str:
    """A word without case and the endings that every noun or verb takes, less than a stem.

    A stem takes "position" for "positive", "response" for "responsible", "nature" for "natural".
    """
    found = fold(word).removesuffix("'s")
    if len(found) > 4 and found.endswith(("ies", "ied")):
        return found[:-3] + "y"
    for ending, least in (("ing", 6), ("ed", 5), ("es", 5), ("s", 4), ("ly", 7)):
        if len(found) >= least and found.endswith(ending) and not found.endswith("ss"):
            found = found.removesuffix(ending)
            break
    if len(found) > 3 and found[-1] == found[-2] and found[-1] not in "aeosl":
        found = found[:-1]  # stopped
    return found[:-1] if len(found) > 3 and found[-1] == "e" and found[-2] != "e" else found


def _is_excluded(question: str, text: str) -> bool:
    asked, said = _places(question), _places(text)
    for word in asked.keys() & _sides().keys():
        for side in _sides()[word]:
            if said.keys() & side.same or asked.keys() & side.other:
                continue
            found = {next_ for other in side.other & said.keys() for next_ in said[other]}
            if found & asked[word] - {""} if side.is_before_same else found:
                return True
    return False


def _places(text: str) -> dict[str, set[str]]:
    """The words of a text, each with those that it stands before, "" at the end."""
    forms = [(base_form(w), fold(w) in STOPWORDS) for w in words(text)]
    found: dict[str, set[str]] = {}
    following = ""
    for word, is_empty in reversed(forms):
        found.setdefault(word, set()).add(following)
        following = following if is_empty else word
    return found


@dataclass(frozen=True, slots=True)
class _Side:
    """What says the same as a word, and what excludes it, anywhere or before the same word."""

    same: frozenset[str]
    other: frozenset[str]
    is_before_same: bool


@cache
def _sides(*, of_polar: bool = False) -> Mapping[str, list[_Side]]:
    found: dict[str, list[_Side]] = {}
    listed = files("rag").joinpath("opposites.txt").read_text(encoding="utf-8").splitlines()
    for line in (line for line in listed if line and not line.startswith("#")):
        if line.startswith("=" if of_polar else "?"):
            continue
        first, second = map(_forms, line.lstrip("~?=").split(":"))
        for (firm, same), (other, _) in ((first, second), (second, first)):
            for word in firm:
                side = _Side(same, other - same, line.startswith("~"))
                found.setdefault(word, []).append(side)
    return found


def _forms(side: str) -> tuple[frozenset[str], frozenset[str]]:
    """Stems of the words before the bar, and of all."""
    firm, _, vague = (frozenset(map(base_form, words(part))) for part in side.partition("|"))
    return firm, firm | vague
