"""A follow-up and what was said before -> a question that stands alone.

What the follow-up leaves out is taken from the question before it, word for word: "And Kars?" takes
the place of the name it answers to, "it" becomes what that question was about. Where neither is
possible the earlier question is put in front, so that nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.own_words import OWN_TEXTS
from rag.text import STOPWORDS, content_stems, fold, words
from rag.values import names

History = Sequence[tuple[str, str]]

_LEAD = re.compile(
    r"^\s*(?:(?:and|but|or|so|then|also|ok|okay)\b[\s,]*)*"
    r"(?:(?:what|how) about|what of|and|but|or|so)\b[\s,]*",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(
    r"^\s*(?:and|but|or|so|what about|how about|what of|also|then|why|how so|when|where|who"
    r"|since when|in which|for whom)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|these|that|those|there|then"
    r"|the same|the other|the former|the latter|former|latter|others?|one|ones)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"\b(?:it|they|them|he|him|she|(?P<of>its|their|his|her))\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"\b(?:its|their|his|her)\s+(?=[a-z])", re.IGNORECASE)
_DEFINITE = re.compile(r"\bthe\s+(?!(?:most|first|last|only|best)\b)[a-z]+\b")
_PLACE = re.compile(r"^(?:the )?(?:ones?|that|those)\s+(?=\w)", re.IGNORECASE)
_PREPOSITION = r"in|at|to|for|from|with|of|by|on|under|near|into|between|about"
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|shall|should|may"
    r"|might|must|who|whom|whose|what|which|when|where|why|how)\b",
    re.IGNORECASE,
)
_CAPITAL = r"[^\W\d_a-z][\w’'.-]*"
_NAME_RUN = re.compile(
    rf"{_CAPITAL}(?:(?:\s+(?:of|on|and|the|for|de|al)){{1,2}}\s+{_CAPITAL}|\s+{_CAPITAL})*"
)
ASKING = r"(?:when|where|who|whom|whose|why|how|what|which)"
# Between the questions of one sentence: "When was it signed, and by whom was it kept?"
JOINT = (
    rf"[,;]?\s+(?:and|or)\s+(?=(?:(?:also|then)\s+)?(?:(?:in|on|at|by|for|from|to|with|of|since|after"
    rf"|before|until)\s+)?{ASKING}\b)"
)
_OFFICE = re.compile(r"\W*who (?:is|was) (the [^,;?]+?)\W*\Z", re.IGNORECASE)
_PERSONS = frozenset("he him his she her hers".split())
_FEW_WORDS = 3
_MARKER = re.compile(r"\s*\[\d{1,4}\]")
_MOST_ANSWER = 300


def standalone(question: str, history: History) -> str:
    """Rewrite a follow-up so that it can be searched by itself.

    A question that names its own subject is left alone. Names of the earlier question that the
    rewritten one would lose are kept in brackets behind it.

    Args:
        question: As it was asked.
        history: Pairs of question and answer, oldest first.

    Example:
        >>> standalone("And Kars?", [("When was the consulate in Istanbul opened?", "In 1993.")])
        'When was the consulate in Kars opened?'
    """
    if not history or not leans(question):
        return question
    if not _asks_on(question):
        history = _answered(history)
        if not history:
            return question
    # A chain of follow-ups ("And Kars?", "And Ganja?") hangs on the question that began it.
    return completed(question, standalone(history[-1][0], history[:-1]))


def other_wordings(question: str, history: History) -> tuple[str, ...]:
    """What else to search for a follow-up: the question behind what was said before.

    Whether and how a question leans on which earlier turn is guesswork; searched behind the last
    question, the first one and the last answer, it finds what belongs to each.

    Args:
        question: As it was asked.
        history: Pairs of question and answer, oldest first.
    """
    history = _answered(history)
    if not history:
        return ()
    (first, _), (last, answer) = history[0], history[-1]
    told = " ".join(_MARKER.sub("", answer).split())[:_MOST_ANSWER]
    return tuple(dict.fromkeys(f"{before} {question}" for before in (last, first, told)))


def completed(question: str, earlier: str) -> str:
    """A question with what it leaves out, from the one before it."""
    swapped = _swapped(question, earlier)
    if swapped is not None:
        return swapped
    resolved = _resolved(question, earlier)
    return f"{earlier} {question}" if resolved is None else resolved


def leans(question: str) -> bool:
    """Whether a question needs the ones before it to be understood."""
    question = _first_of(question)
    stems = content_stems(question)
    named = names_something(question)
    if _PRONOUN.search(question):
        return not named or len(stems) <= _FEW_WORDS + 1
    if _LEAD.match(question) or _is_bare(question):
        return True
    return len(stems) < _FEW_WORDS and not named and bool(_ELLIPSIS.match(question))


def _asks_on(question: str) -> bool:
    """Whether it says itself that it goes on from the question before: "it", "and", a bare name."""
    first = _first_of(question)
    return bool(_PRONOUN.search(first) or _LEAD.match(first)) or _is_bare(first)


def _first_of(question: str) -> str:
    """The first of several questions: what is asked behind it has its names before it."""
    return re.split(JOINT, question, maxsplit=1, flags=re.IGNORECASE)[0]


def _answered(history: History) -> History:
    """Without the turns that were refused: what is not in the documents is nobody's subject."""
    return [turn for turn in history if not turn[1].startswith(OWN_TEXTS["refused"])]


def refers_back(question: str) -> bool:
    """Whether a question has a word that stands for something said before, such as "it".

    In "when did Turkey close its border" it stands for a name of the question itself.
    """
    named = min((run.end() for run in _runs(question)), default=len(question))
    own = {m.start() for m in _POSSESSIVE.finditer(question, named)}
    return any(m.start() not in own for m in _PRONOUN.finditer(question))


def with_names(question: str, earlier: str) -> str:
    """A question that speaks of "the line" and names nothing, with the names of the one before."""
    if names_something(question) or not _DEFINITE.search(question):
        return question
    return _resolved(question, earlier) or question


def names_something(question: str) -> bool:
    """Whether a name, or a word written large behind the first, stands in a question."""
    return bool(names(question)) or any(w[0].isupper() for w in words(question)[1:])


def _is_bare(question: str) -> bool:
    """One or two words that ask nothing by themselves: "Turkmanchay?"."""
    return len(words(question)) <= 2 and not _VERB.search(question)


def _swapped(question: str, earlier: str) -> str | None:
    """The earlier question about another name: "And Kars?", "the one in Kars?"."""
    rest = _PLACE.sub("", _LEAD.sub("", question)).strip(" ?!.,")
    if not rest or _VERB.search(rest):
        return None
    placed = re.match(rf"({_PREPOSITION})\s+(.+)", rest, re.IGNORECASE)
    runs = list(_runs(earlier))
    if placed:
        preposition, name = placed.groups()
        same = [r for r in runs if _word_before(earlier, r.start()) == preposition.casefold()]
        if not _is_name(name):
            return None
        return _put(earlier, same[-1], name) if same else f"{earlier.rstrip(' ?')} {rest}?"
    return _put(earlier, runs[-1], rest) if runs and _is_name(rest) else None


def _resolved(question: str, earlier: str) -> str | None:
    """The follow-up with the names of the earlier question: for its pronoun, or behind it."""
    runs = _runs(earlier)
    if not runs or not _VERB.search(question):
        return None
    whole = question
    if (pronoun := _SUBJECT.search(question)) is not None:
        topic = _topic(earlier, runs[0], pronoun.group())
        if topic is None:
            return None
        owner = "'s" if pronoun["of"] else ""
        whole = f"{question[: pronoun.start()]}{topic}{owner}{question[pronoun.end() :]}"
    kept = [r.group() for r in runs if r.group() not in whole and _bare(r) not in whole]
    return f"{whole} ({', '.join(kept)})" if kept else whole


def _topic(earlier: str, run: re.Match[str], pronoun: str) -> str | None:
    """What a pronoun stands for; None where a name alone would not fit it."""
    topic = _bare(run)
    # Of "Who is the president of Lumora?" "she" is the president, not Lumora.
    if fold(pronoun) in _PERSONS and re.match(r"\W*who\b", earlier, re.IGNORECASE):
        office = _OFFICE.match(earlier)
        return office[1] if office else None
    if fold(pronoun) in {"they", "them", "their"} and " and " not in topic:
        # "Azerbaijani citizens": the name says which, the word behind it who.
        plural = re.match(r"\s+[a-z]+s\b(?<!ss)", earlier[run.end() :])
        if plural is None:
            return None
        topic += plural.group()
    return f"the {topic}" if _word_before(earlier, run.start()) == "the" else topic


def _bare(run: re.Match[str]) -> str:
    return re.sub(r"['’]s$", "", run.group())


def _runs(text: str) -> list[re.Match[str]]:
    """Names in a question, each as long as it goes; not the question word it begins with."""
    first = re.match(r"\W*\w+", text)
    start = first.end() if first and fold(first.group().strip()) in STOPWORDS else 0
    return [m for m in _NAME_RUN.finditer(text, start) if fold(m.group()) not in STOPWORDS]


def _is_name(text: str) -> bool:
    bare = re.sub(r"^(?:the|a|an)\s+", "", text, flags=re.IGNORECASE)
    return _NAME_RUN.fullmatch(bare) is not None


def _word_before(text: str, at: int) -> str:
    found = words(text[:at])
    return fold(found[-1]) if found else ""


def _put(text: str, place: re.Match[str], name: str) -> str:
    owner = re.search(r"['’]s$", place.group())
    return f"{text[: place.start()]}{name}{owner.group() if owner else ''}{text[place.end() :]}"
