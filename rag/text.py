"""Text: normalising once, sentences with their offsets, words folded for comparison.

Nothing here changes a text after `normalise`: sentences are spans of it, so that a quote is always
exactly what the document says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

from rag.types import Span

# Characters that show nothing but change what a reader, a search or a model sees: soft hyphen,
# zero-width, bidirectional controls, byte order mark, tag characters.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"[^\S\n]")

_TERMINATOR = re.compile(
    # From the first of many marks, or a line of nothing else would be tried from each.
    r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?:\[\d{1,3}\])*(?=\s)|[。！？]+[」』”]?(?:\[\d{1,3}\])*"
)
# So many characters without a word are a rule or filler, whatever marks of ends they hold.
_WORDLESS = re.compile(r"[\W_]{20,}")
_MOST_WORDLESS = 1000
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*•‣◦▪–·]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+\S")
_TABLE_ROW = re.compile(r"[ \t]*\|.*\||[^\n]*(?:\t| \| )")
_SHORT_LINE_CHARS = 40
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st sr jr vs etc eg ie cf al fig figs no nos vol pp ed eds inc ltd co corp "
    "gen col lt capt sgt rev hon gov sen rep pres dept est approx jan feb mar apr jun jul aug sep "
    "sept oct nov dec mt ave sok cad mah vb vd örn doç yrd av bkz ör ca art sec ch eq ref refs "
    "e.g i.e a.m p.m u.s u.k u.n a.k.a ph.d b.c a.d d.c g.o tel fax ibid op cit".split()
)
# After an abbreviation that may also end a sentence ("the U.S. The ..."), one of these begins one.
_STARTERS = frozenset(
    "the a an in on at it he she they we this that these those however but and as for from with "
    "after before when while since its his her their there by to".split()
)
# Raised digits are the number of a note, or a power: no part of the word or number before them.
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_WORD = re.compile(rf"[^\W_{RAISED}]+(?:['’.\-][^\W_{RAISED}]+)*")
_LAST_WORD = re.compile(r"(\S+?)[.!?…]+[\"'”’»)\]]*(?:\[\d{1,3}\])*$")
_NEXT_WORD = re.compile(r"[\s\"'“‘«(\[]*([^\W_]+|\S)")

STOPWORDS = frozenset(
    "a about above after again against all also am an and any are as at be because been before "
    "being below between both but by can could did do does doing down during each few for from "
    "further had has have having he her here hers him his how i if in into is it its itself just "
    "me more most my no nor not now of off on once only or other our out over own same she should "
    "so some such than that the their them then there these they this those through to too under "
    "until up very was we were what when where which while who whom whose why will with would you "
    "your yours ever did does doesn don isn wasn weren say says said tell according please "
    "give show list name names many much long often kind type happen happened".split()
)


def normalise(text: str) -> str:
    r"""Normalise a text once, as it is read; offsets count characters of the result.

    Surrogate pairs are joined and lone surrogates become U+FFFD; control characters become
    spaces; invisible characters are removed; line ends become ``\n``; the result is NFC.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = text.replace("\u2029", "\n\n").replace("\x0b", "\n").replace("\x0c", "\n")
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text).replace("\t", "\x00")).replace(
        "\x00", "\t"
    )


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Sentences, list items, table rows and headings of a text, in order, as spans of it.

    Spans are trimmed of white space, do not overlap and together hold every character that is
    not white space.

    Args:
        start: Only look at ``text[start:end]``.
        end: None for the end of the text.
    """
    return list(each_sentence(text, start, len(text) if end is None else end))


def each_sentence(text: str, start: int, end: int) -> Iterator[Span]:
    """What `sentence_spans` lists, one at a time: a text of millions need not be held as spans."""
    for block in _blocks(text, start, end):
        yield from _block_sentences(text, block)


def _blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """Runs of lines that belong together: a paragraph, a list item, a table row, a heading."""
    block_start = start
    line_start = start
    previous = ""
    while line_start < end:
        newline = text.find("\n", line_start, end)
        line_end = end if newline < 0 else newline
        line = text[line_start:line_end]
        if line_start > block_start and _starts_block(previous, line):
            yield Span(block_start, line_start)
            block_start = line_start
        previous = line
        line_start = line_end + 1
    if block_start < end:
        yield Span(block_start, end)


def _starts_block(previous: str, line: str) -> bool:
    before, here = previous.strip(), line.strip()
    if not before or not here:
        return True
    if _LIST_ITEM.match(line) or _TABLE_ROW.match(line) or _TABLE_ROW.match(previous):
        return True
    # A short line without an end before a capital is a heading or a cell, not a wrapped line.
    unfinished = before[-1] not in ".!?…,;:-–([" and len(before) < _SHORT_LINE_CHARS
    return unfinished and (here[0].isupper() or here[0].isdigit())


def _block_sentences(text: str, block: Span) -> Iterator[Span]:
    start = block.start
    for match in _WORDLESS.finditer(text, block.start, block.end):
        if match.end() - match.start() < _MOST_WORDLESS:
            continue
        yield from _sentences(text, start, match.start())
        yield from _trimmed(text, match.start(), match.end())
        start = match.end()
    yield from _sentences(text, start, block.end)


def _sentences(text: str, start: int, limit: int) -> Iterator[Span]:
    for match in _TERMINATOR.finditer(text, start, limit):
        end = match.end()
        if end < limit and _ends_sentence(text, start, end, limit):
            yield from _trimmed(text, start, end)
            start = end
    yield from _trimmed(text, start, limit)


def _trimmed(text: str, start: int, end: int) -> tuple[Span, ...]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (Span(start, end),) if start < end else ()


def _ends_sentence(text: str, start: int, end: int, limit: int) -> bool:
    following = _NEXT_WORD.match(text, end, limit)
    if following is None:
        return True
    word = following.group(1)
    if word[0].islower():
        return False
    last = _LAST_WORD.search(text, max(start, end - 40), end)
    if last is None or text[end - 1] in "。！？":
        return True
    token = last.group(1).lstrip("\"'“‘«([").casefold()
    if token in _ABBREVIATIONS or re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", token):
        return "." in token and word.casefold() in _STARTERS
    if re.fullmatch(r"[^\W\d_]", token) and last.group(1)[-1].isupper():
        return False  # an initial: "J. Smith"
    # "1. First": the number of a list item is no sentence of its own.
    return not (token.isdigit() and not text[start : last.start(1)].strip())


def words(text: str) -> list[str]:
    """Words and numbers of a text as they stand, in order."""
    return _WORD.findall(text)


# What no decomposition takes apart; the index folds them the same.
_LETTERS = str.maketrans(
    {
        "ı": "i",
        "ə": "a",
        "’": "'",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word without case and diacritics, for comparing: ``fold("Türkiye") == "turkiye"``."""
    decomposed = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_ENGLISH = snowballstemmer.stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A folded word without its English ending: ``stem("agreements") == "agreement"``."""
    folded = fold(word)
    folded = folded[:-2] if folded.endswith("'s") else folded
    return str(_ENGLISH.stemWord(folded))


def content_words(text: str) -> list[str]:
    """The words that carry meaning as they stand, in order, with repetitions."""
    return [w for w in words(text) if fold(w) not in STOPWORDS]


def content_stems(text: str) -> list[str]:
    """Stems of `content_words`."""
    return [stem(w) for w in content_words(text)]


def held_stems(text: str) -> set[str]:
    """Stems of `content_words`, and of the parts of those with hyphens: the index has these."""
    return {stem(part) for w in content_words(text) for part in (w, *w.split("-")) if part}
