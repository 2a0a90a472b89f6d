"""Yes or no: whether a sentence says what a question asks about, or denies it.

Rules over words, English alone. Where they are not sure they say nothing: a disagreement that is
none costs more trust than one that is missed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.opposites import base_form, is_turned
from rag.text import content_stems, content_words, stem, words

_DO = "is|are|was|were|am|do|does|did|can|could|may|might|must|should|shall|will|would|has|have|had"
# "According to the lease, are pets allowed?"
_POLAR = re.compile(
    rf"^(?!\W*(?:wh\w+|how)\b)(?:[^,?]{{1,60}},\s*)?\W*(?:(?:and|but|so|then) )?"
    rf"(?:(?:{_DO})(?:n['’]t)?|won['’]t|shan['’]t|cannot)\b",
    re.IGNORECASE,
)
# "... red or blue?" asks which of them, "... or not?" does not.
# Nor do those with a "not" ask for a plain yes.
_CHOICE = re.compile(
    r"\bor\b(?! (?:not|more|less|fewer|later|earlier|over|under|above)\b)|(?<!or )\bnot\b",
    re.IGNORECASE,
)
# "Can you tell me when ...?", "Could you list the members?"
_ASKS_MORE = re.compile(
    r"\b(?:tell|say|know|known|show|explain|state|mention|specify|indicate|clear)\b"
    r"(?:\W+\w+){0,3}?\W+(?:who\w*|when|where|what|which|why|how)\b"
    r"|^\W*(?:can|could|would|will) (?:you|I|we)\b.{0,15}"
    r"\b(?:list|name|give|show|tell|summari[sz]e|explain|describe|find)\b",
    re.IGNORECASE,
)
_FILLERS = frozenset(
    "may might must shall need still ever already yet anyone anybody anything currently actually"
    " really".split()
)
_CLAUSE = re.compile(
    r"[;()—]|[,:–](?!\d)|\b(?:but|although|though|while|whereas|because|since|which|who|whose|when"
    r"|unless|except|if|provided that)\b"
    rf"|\band (?=(?:(?:{_DO}|need)(?: not\b|n['’]t\b)|(?:contains?|has|have) no\b"
    r"|cannot\b|never\b|not\b|no\b))",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:neither\b.*?\bnor|not|never|none|neither|nor|nobody|nothing|nowhere|cannot|unlikely"
    r"|no (?:one|longer|way|case|event)|hardly|barely|rarely|seldom|vot\w+ against|ruled? out"
    r"|(?:fail(?:s|ed)?|refus(?:es?|ed)|declin(?:es?|ed)) to"
    r"|(?:decid|advis|warn|rul)ed against|withheld|short of|lack(?:s|ed|ing)?)\b|n['’]t\b",
    re.IGNORECASE,
)
# "Without notice", "no dissenting votes" deny what they stand before, and nothing else.
_NONE_OF = re.compile(
    r"\b(?:no|without)((?:\s+(?!(?:in|on|at|for|of|to|by|from|with|after|before|during|than|as|and"
    rf"|or|be|been|{_DO})\b)[^\s,;:.()]+){{1,4}})",
    re.IGNORECASE,
)
# They deny nothing: numbers, bounds and formulas.
_VOID = re.compile(
    r"\bno\.? ?(?=\d)|\bNo\. of\b|\bno(?:-(?=\w)| confidence\b)|\bnot-(?=\w)|\bnot limited to\b"
    r"|\b(?:no|not) (?:later|earlier|sooner|less|fewer|more|lower|higher|greater) than\b"
    r"|\bnot (?:exceeding|to exceed|including|counting|un\w+)\b"
    r"|\bwithout (?:limitation|prejudice|exception|delay|notice|reservation)s?\b",
    re.IGNORECASE,
)
# It says neither yes nor no, or what somebody else says.
_OPEN = re.compile(
    r"(?:\bnot|n['’]t) (?:only|just|merely|necessarily|say|all|every|always|fully|entirely"
    r"|completely|exclusively|yet (?:known|clear))\b"
    r"|(?:\bnot|n['’]t|\bcannot|\bnever)\b[^,;.]{0,25}"
    r"\b(?:rul\w+ out|believe|think|as \w+(?: \S+){0,4}? as)\b"
    r"|\bnothing\b[^,;.]{0,40}\b(?:prevents?|precludes?|limits?|affects?)\b"
    r"|\bno (?:matter|doubt)\b|\byet to\b"
    r"|\b(?:or not|whether|might|perhaps|possibly|reportedly|den(?:y|ies|ied)|alleg\w+"
    r"|wrong(?:ful)?ly|mistak\w+|misconce\w+|misconstr\w+|misinterpret\w*|rumou?r\w*|supposed\w*"
    r"|claim(?:s|ed) that|disput(?:es?|ed)|asked to|call(?:s|ed) (?:on|for))\b|\?\s*$",
    re.IGNORECASE,
)
# "Is there any evidence?" is answered by "There is no evidence."
_UNKNOWN = re.compile(
    r"(?:\bnot|n['’]t) (?:known|clear|certain|sure)\b|\bno (?:evidence|information)\b",
    re.IGNORECASE,
)
# "Not allowed unless the landlord agrees" is no plain no.
_CONDITION = re.compile(
    r"\b(?:unless|until|except|save (?:for|where|with)|other than)\b", re.IGNORECASE
)
_REPLY = re.compile(r"\?\s*(yes|no)\b", re.IGNORECASE)
_OWN = re.compile(r"\b(?:without|never|fail\w*|refus\w*|unlikely|lack\w*)\b", re.IGNORECASE)
_LONGEST = 80
_FEWEST_WORDS = 4


def is_polar(question: str) -> bool:
    """Whether a question can be answered with yes or no.

    Example:
        >>> is_polar("May pets be kept?"), is_polar("Is it red or blue?"), is_polar("Who may?")
        (True, False, False)
    """
    others = (_CHOICE.search(question), _ASKS_MORE.search(question))
    return bool(_POLAR.search(question)) and not any(others)


def polar_stems(question: str) -> set[str]:
    """What a polar question asks about, without words like "may" and "anyone"."""
    found = set(content_stems(question))
    return {s for s in found if s not in _FILLERS and not s.endswith(("n't", "n’t"))} or found


def told(question: str, sentence: str) -> tuple[str, bool] | None:
    """What a sentence says on a polar question, as it stands, and whether that is a no.

    One "not" in a clause with a word of the question, or one opposite of such a word, is a no; two
    may cancel each other out.

    Returns:
        None when it says nothing of it, or not clearly.

    Example:
        >>> told("Are pets allowed?", "Pets are allowed."), told("Are pets allowed?", "No pets.")
        (('Pets are allowed', False), ('No pets', True))
        >>> told("Are pets allowed?", "In this house, dogs and other pets are forbidden.")
        ('dogs and other pets are forbidden', True)
    """
    if reply := _REPLY.search(sentence):
        return _short(sentence, ""), reply[1].lower() == "no"
    asked = _asked(question)
    unknown = _UNKNOWN.search(sentence)
    if _OPEN.search(sentence) or (unknown and stem(unknown.group().split()[-1]) not in asked):
        return None
    own = [m.group().casefold()[:5] for m in _OWN.finditer(question)]
    clauses = [c for c in _clauses(asked, sentence, own) if c[1]]
    clauses = [c for c in clauses if not _repeats(c, clauses)]
    if not clauses or sum(turns for *_, turns in clauses) > 1:
        return None
    clause, _, turns = max(clauses, key=lambda c: (c[2], len(c[1])))
    if turns and _CONDITION.search(sentence):
        return None
    return _short(sentence, clause), bool(turns)


def spoken_of(question: str, sentence: str) -> set[str]:
    """The question's stems that a sentence holds, or for which it has their like or opposite."""
    return set(_touched(_asked(question), sentence))


Clause = tuple[str, set[str], int]
"""Text, what it touches of the question, and how often it turns it round."""


def _clauses(asked: Mapping[str, str], sentence: str, own: list[str]) -> list[Clause]:
    # In "exports rose although imports fell" nothing is turned round.
    whole = _touched(asked, sentence)
    found = []
    for clause in _CLAUSE.split(sentence):
        touched = _touched(asked, clause)
        # "Whose wife died" says nothing of whether he is alive.
        is_on = len(touched) > 1 or len(asked) == 1
        opposites = sum(is_on and whole[word] and turned for word, turned in touched.items())
        found.append((clause, set(touched), opposites + _negations(asked, clause, own)))
    return found


def _repeats(clause: Clause, clauses: list[Clause]) -> bool:
    """Whether a negated clause says no more of what is asked than another that is not negated."""
    others = [c for c in clauses if c is not clause and not c[2]]
    touched = set().union(*(c[1] for c in others))
    is_fewer = any(len(c[1]) > len(clause[1]) for c in others)
    return bool(clause[2]) and clause[1] <= touched and is_fewer


def _negations(asked: Mapping[str, str], clause: str, own: list[str]) -> int:
    """How often a clause denies; not what the question's own "without" or "fail" asks for."""
    text = re.sub(r"^\W*(?:yes|no),", " ", _VOID.sub(" ", clause), flags=re.IGNORECASE)
    found = [m.group() for m in _NOT.finditer(text)]
    others = _NONE_OF.finditer(_NOT.sub(" ", text))
    found += [m.group() for m in others if _touched(asked, m[1])]
    return sum(not any(word.casefold().startswith(o) for o in own) for word in found)


def _touched(asked: Mapping[str, str], text: str) -> dict[str, bool]:
    """Of the stems asked for those that a text speaks of, and whether it says the opposite."""
    said = {stem(word) for word in words(text)}
    forms = {base_form(word) for word in words(text)}

    def is_opposite(stemmed: str) -> bool | None:
        if stemmed in said:
            return False
        if any(prefix + stemmed in said for prefix in ("un", "non", "non-")):
            return True
        return is_turned(asked[stemmed], forms)

    found = {word: is_opposite(word) for word in asked}
    return {word: turned for word, turned in found.items() if turned is not None}


def _asked(question: str) -> dict[str, str]:
    """The stems that are asked about, each with its word without plain endings."""
    stems = polar_stems(question)
    return {stem(w): base_form(w) for w in content_words(question) if stem(w) in stems}


def _short(sentence: str, clause: str) -> str:
    """A clause, or the sentence where it is a fragment, cut to what can be read at a glance."""
    whole = clause if len(words(clause)) >= _FEWEST_WORDS else sentence
    text = whole.strip(" ,;:\n\t").rstrip(".")
    if len(text) <= _LONGEST:
        return text
    negated = _NOT.search(text)
    first = max(0, negated.end() - _LONGEST // 2) if negated else 0
    start = text.find(" ", first - 1) + 1 if first else 0
    return text[start : start + _LONGEST].rsplit(maxsplit=1)[0]
