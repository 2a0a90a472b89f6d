"""The encoding of bytes that say nothing of it, by the letters and words that it would give.

Code pages of European languages differ in few bytes, and any text is text in all of them: what
tells them apart is which letters a language has. The rest is left to charset-normalizer.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from charset_normalizer import from_bytes

_SAMPLE_BYTES = 50_000
_GUESS_FROM_BYTES = 200_000
_CONTEXT_BYTES = 1000
_LEAST_USUAL = 0.6  # of the characters beyond ASCII
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_MARKED = re.compile(r"(?s)(?<=(.))([^\x00-\x7f])(?=(.))")
_WORD = re.compile(r"[^\W\d_]+")
_OPENING = frozenset("¿¡«“‘„‚‹£€§©–—•·’µ\u00a0\u00ad")  # stands before a letter or digit


@dataclass(frozen=True, slots=True)
class _Language:
    letters: frozenset[str]
    words: frozenset[str]


def _language(letters: str, words: str) -> _Language:
    return _Language(frozenset(letters + letters.upper()), frozenset(words.split()))


# The likelier first: it is taken where two are as likely.
_WESTERN = (
    _language("éèàùâêîôûçœëïü", "le la les des et est du une un dans en pour que qui au par sur"),
    _language("äöüß", "der die das und ist nicht von mit den im ein eine zu auf für"),
    _language("áéíóúñü", "el los las es en por con del una que para como más"),
    _language("éïôñçèà", "the of and to in is was for on with that by"),
    _language("ãõçáéíóúâêôà", "os da do que não em uma para com foi por dos"),
    _language("àèéìòù", "il di che è la per una del con non sono della"),
    _language("åäöæøé", "och att det som en av på og er til ikke den ja on"),
)
_TURKISH = (_language("şğıçöüâîûİ", "ve bir bu için ile da de olarak olan çok daha ne"),)
_CENTRAL = (
    _language("ąćęłńóśźż", "i w na z do jest nie się to że od po przez"),
    _language("áčďéěíňóřšťúůýž", "a v na se je to že s z do o pro byl"),
    _language("áäčďéíĺľňóôŕšťúýž", "a v na sa je to že s z do o pre bol"),
    _language("áéíóöőúüű", "a az és egy hogy nem is van volt meg"),
    _language("čćđšž", "i u je na se da su za od koji što in"),
    _language("ăâîşţ", "și în de la cu este un o pe din care nu"),
)
_BALTIC = (
    _language("ąčęėįšųūž", "ir yra kad iš su buvo į"),
    _language("āčēģīķļņšūž", "un ir ar no par kas tas"),
)
_PAGES = (
    ("cp1252", _WESTERN),
    ("cp1254", _TURKISH),
    ("cp1250", _CENTRAL),
    ("iso8859_2", _CENTRAL),
    ("cp1257", _BALTIC),
)


def guess(data: bytes) -> str | None:
    """The likeliest encoding of bytes that are not UTF-8; None when they are no text."""
    first = _NOT_ASCII.search(data)
    # What comes before is the same in all, and may be longer than the sample.
    start = max(0, first.start() - _CONTEXT_BYTES) if first else 0
    if _is_broken_utf8(data[start : start + _GUESS_FROM_BYTES]):
        return "utf-8"
    european = _european(data[start : start + _SAMPLE_BYTES])
    if european is not None:
        return european
    best = from_bytes(data[start : start + _GUESS_FROM_BYTES]).best()
    return None if best is None else best.encoding


def _is_broken_utf8(data: bytes) -> bool:
    """Whether most is UTF-8: in other encodings, hardly two bytes look like it."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    beyond = sum(not character.isascii() for character in text)
    return beyond - broken > 3 * broken


def _european(sample: bytes) -> str | None:
    beyond = len(_NOT_ASCII.findall(sample))
    if 2 * sum(map(len, _RUN.findall(sample))) > beyond:
        return None  # whole words of them: another script
    found, best = None, (_LEAST_USUAL * beyond, 0)
    for encoding, languages in _PAGES:
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        letters, others = _marked(text)
        words = Counter(_WORD.findall(text.lower()))
        for language in languages:
            usual = others + sum(n for c, n in letters.items() if c in language.letters)
            score = (usual, sum(words[word] for word in language.words))
            if score > best:
                best, found = score, encoding
    return found


def _marked(text: str) -> tuple[Counter[str], int]:
    """Letters beyond ASCII that stand as letters do; and signs that stand well, less all others."""
    letters: Counter[str] = Counter()
    others = 0
    for before, character, after in _MARKED.findall(f" {text} "):
        if not character.isalpha() or character in "ªºµ":
            others += 1 if character in _OPENING or not after.isalpha() else -1
        elif before.isdecimal() or after.isdecimal() or (before.islower() and character.isupper()):
            others -= 1
        else:
            letters[character] += 1
    return letters, others
