"""Questions to start with, made from the documents without a model.

Nothing is rephrased: a question is a fixed frame round words that the documents use, so that it is
grammatical, and asks for what they hold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.text import STOPWORDS, content_stems, fold, sentence_spans
from rag.types import Document

# The beginning of a long document is enough for a handful of questions.
_LOOKED_AT_CHARS = 100_000
_MIN_SENTENCE_WORDS = 6
# A name must come back in another place: so many sentences are one, with or without paragraphs.
_PLACE_SENTENCES = 5
_MIN_PLACES = 2
_MIN_NAME_CHARS = 3
_MAX_CHARS = 60
_SECTION_CHARS = 5_000
_TAKEN_UP = 0.7

_MONTHS = "January February March April May June July August September October November December"
_CALENDAR = frozenset(
    f"{_MONTHS} Monday Tuesday Wednesday Thursday Friday Saturday Sunday".casefold().split()
)
_LABELS = frozenset("figure fig table section chapter appendix page part step note example".split())
_PREPOSITIONS = frozenset("of in to by with from for about between against through under".split())
_WORD = re.compile(r"\w[\w’'.&-]*\w|\w")
_CAPITAL = r"(?=[^\W\d_])[A-ZÀ-ÖØ-ÞĀ-Ž][\w’&-]*"
# "Shusha", "Shusha Declaration", "Organization of Turkic States", "Claude 3 Opus".
_NAME = re.compile(
    rf"\b{_CAPITAL}(?: (?:(?:of|for) (?:the )?)?{_CAPITAL}| \d+(?:\.\d+)?(?= {_CAPITAL})){{0,5}}"
)
_SUBJECT = (
    r"(?:(?:In|On|After|By|According) [^,.;:]{3,40}, )?(?P<subject>\w[\w’'-]*(?: \w[\w’'-]*){0,6})"
)
_DATE_WORDS = "|".join([*_MONTHS.split(), r"\d{1,2}", "the|of|spring|summer|autumn|winter"])
_DATE = rf" (?:in|on) (?:(?:{_DATE_WORDS}),? )*(?:1\d{{3}}|20\d{{2}})\b"
_PASSIVE = re.compile(
    rf"{_SUBJECT} (?P<was>was|were) (?:first |officially |formally )?"
    r"(?P<verb>signed|opened|founded|established|launched|created|built|completed|adopted|"
    r"published|introduced|inaugurated|ratified|restored|abolished|dissolved|discovered|invented|"
    r"released|approved|held|elected|appointed|born|killed|destroyed|rebuilt|renamed|occupied|"
    rf"captured|recognized)(?: [^\s.;:]+){{0,8}}?{_DATE}"
)
_PRESENT = {
    "began": "begin", "started": "start", "ended": "end", "opened": "open", "died": "die",
    "fell": "fall", "collapsed": "collapse", "broke out": "break out", "took place": "take place",
    "took effect": "take effect", "entered into force": "enter into force",
    "came into force": "come into force",
}  # fmt: skip
_ACTIVE = re.compile(rf"{_SUBJECT} (?P<verb>{'|'.join(_PRESENT)}){_DATE}")
# A subject with one of these is a clause, or two things.
_NOT_IN_SUBJECTS = frozenset(
    "that which who whom whose when where while if because although but or and as than then not "
    "is are was were be been has have had will would can could may might by only also soon it he "
    "she they this these we you i".split()
)


@dataclass(slots=True)
class _Name:
    """Where a name stands between small words, and whether it is also a word without a capital.

    Places are pairs of document and number.
    """

    with_the: int = 0
    after_preposition: int = 0
    is_plain_too: bool = False
    places: Counter[tuple[int, int]] = field(default_factory=Counter)

    @property
    def is_known(self) -> bool:
        """Whether a single word is a name: "in Shusha", but not "the Turkish" or "in English"."""
        return self.after_preposition >= _MIN_PLACES and not self.with_the and not self.is_plain_too


Names = dict[str, _Name]


@dataclass(frozen=True, slots=True)
class _Candidate:
    question: str
    words: frozenset[str]
    home: int
    score: float


def example_questions(documents: Sequence[Document], *, n: int = 4) -> list[str]:
    """A few questions that the documents can answer; the same for the same documents.

    They ask when something was signed, opened or founded where a sentence says so, about names
    that come back, and about headings whose words their section takes up; all spread over the
    documents.

    Args:
        n: At most so many.

    Returns:
        English questions without repetitions; fewer than ``n``, or none, when the documents name
        too little.
    """
    names = known_names(documents)
    chosen: list[_Candidate] = []
    queues = [
        _about_names(names, documents), _events(documents, names),
        _about_headings(documents, names),
    ]  # fmt: skip
    _choose(chosen, queues, n)
    return [candidate.question for candidate in chosen]


def _choose(chosen: list[_Candidate], queues: list[list[_Candidate]], n: int) -> None:
    """Take from the queues in turns, so that none fills the list while others last."""
    while len(chosen) < n and any(queues):
        queues.append(queues.pop(0))
        queue = queues[-1]
        while queue:
            homes = Counter(candidate.home for candidate in chosen)
            best = max(queue, key=lambda c: (c.score / 4 ** homes[c.home], c.question))
            queue.remove(best)
            if not any(_is_alike(best, other) for other in chosen):
                chosen.append(best)
                break


def _is_alike(a: _Candidate, b: _Candidate) -> bool:
    return 2 * len(a.words & b.words) >= min(len(a.words), len(b.words))


def _frame(documents: int) -> str:
    return "What do the documents say" if documents > 1 else "What does the document say"


def _about_names(names: Names, documents: Sequence[Document]) -> list[_Candidate]:
    headings = "\n".join(h.text for document in documents for h in document.headings)
    candidates = []
    for text, name in names.items():
        if len(name.places) < _MIN_PLACES or (" " not in text and not name.is_known):
            continue
        by_document = Counter(home for home, _ in name.places.elements())
        # The fewer words, the wider the question, and the vaguer every answer to it. A section of
        # its own says that there is an answer.
        score = len(name.places) * len(by_document) * 4.0 ** min(len(text.split()), 3)
        score *= 4 if text in headings else 1
        score *= 1 if " " in text else 1e-6
        home = max(by_document, key=lambda d: (by_document[d], -d))
        article = "the " if 2 * name.with_the > name.places.total() else ""
        question = f"{_frame(len(documents))} about {article}{text}?"
        candidates.append(_Candidate(question, _content(text), home, score))
    return candidates


def _about_headings(documents: Sequence[Document], names: Names) -> list[_Candidate]:
    """From "The idea of a Turkic world": what is said about the idea of a Turkic world."""
    candidates = []
    for home, document in enumerate(documents):
        starts = [*(h.start for h in document.headings), len(document.text)]
        for heading, end in zip(document.headings, starts[1:], strict=True):
            text = " ".join(heading.text.split()).rstrip(":")
            section = document.text[heading.end : min(end, heading.end + _SECTION_CHARS)]
            score = _taken_up(text, section)
            if score:
                question = f"{_frame(len(documents))} about {_as_object(text, names)}?"
                candidates.append(_Candidate(question, _content(text), home, score))
    return candidates


def _taken_up(heading: str, section: str) -> float:
    """How much of a heading its section repeats in one sentence; 0 for a poor question."""
    wanted = set(content_stems(heading))
    if len(wanted) < 2 or len(heading) > _MAX_CHARS or set(heading) & set("“”?!"):
        return 0.0
    found = (
        len(wanted.intersection(content_stems(section[span.start : span.end]))) / len(wanted)
        for span in sentence_spans(section)
    )
    best = max(found, default=0.0)
    return best * len(wanted) if best >= _TAKEN_UP else 0.0


def _as_object(heading: str, names: Names) -> str:
    """A heading inside a sentence; between quotation marks where its grammar is not known."""
    words = heading.split()
    if set(heading).isdisjoint(",;:.()\"'’"):
        if words[0] == "The":
            return " ".join(["the", *words[1:]])
        if words[0] in names:
            return heading
    return f"“{heading}”"


def _events(documents: Sequence[Document], names: Names) -> list[_Candidate]:
    """When something was signed, where a sentence begins with "The X was signed in 1992"."""
    found: dict[str, _Candidate] = {}
    for home, document in enumerate(documents):
        for _, sentence in _sentences(document):
            question = event_question(sentence, names)
            if question is not None:
                words = _content(question)
                found.setdefault(question, _Candidate(question, words, home, len(words)))
    return list(found.values())


def event_question(sentence: str, names: Names) -> str | None:
    """When something happened, if a sentence begins with that; None for all others."""
    if match := _PASSIVE.match(sentence):
        subject = _subject(match["subject"], names)
        return subject and f"When {match['was']} {subject} {match['verb']}?"
    if match := _ACTIVE.match(sentence):
        subject = _subject(match["subject"], names)
        return subject and f"When did {subject} {_PRESENT[match['verb']]}?"
    return None


def _subject(text: str, names: Names) -> str | None:
    """The subject as it stands inside a sentence; None unless it names one certain thing."""
    words = text.split()
    if any(fold(word) in _NOT_IN_SUBJECTS for word in words):
        return None
    if words[0] in ("The", "the"):
        words[0] = "the"
    elif len(words) == 1:
        return text if text in names and names[text].is_known else None
    elif not (_is_capital(words[0]) and _is_capital(words[1])):
        return None
    return " ".join(words) if any(map(_is_capital, words[1:])) else None


def _is_capital(word: str) -> bool:
    return word[0].isupper() and fold(word) not in STOPWORDS | _CALENDAR


def _content(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in _WORD.findall(text)) - STOPWORDS


def known_names(documents: Sequence[Document]) -> Names:
    """Names that documents use, and how."""
    names: Names = {}
    plain: set[str] = set()
    for home, document in enumerate(documents):
        for place, sentence in _sentences(document):
            plain.update(word for word in _WORD.findall(sentence) if word.islower())
            for text, before in _names_between(sentence):
                name = names.setdefault(text, _Name())
                name.places[home, place] += 1
                name.with_the += before == "the"
                name.after_preposition += before in _PREPOSITIONS
    for text, name in names.items():
        name.is_plain_too = text.casefold() in plain or len(text) < _MIN_NAME_CHARS
    return names


def _names_between(sentence: str) -> Iterator[tuple[str, str]]:
    """Names with a small word before them, and that word.

    After the name comes a small word too, or punctuation: in "the European Union law" the article
    belongs to the law, and what begins a sentence or stands in a menu may be no name at all.
    """
    for match in _NAME.finditer(sentence):
        text = match[0].removesuffix("’s")
        before = _WORD.findall(sentence[max(0, match.start() - 20) : match.start()])[-1:]
        after = _WORD.match(sentence, match.end() + 1)
        is_between = (
            bool(before)
            and sentence[match.start() - 1] == " "
            and before[0] in STOPWORDS
            and (sentence[match.end() :][:1] != " " or not after or fold(after[0]) in STOPWORDS)
        )
        if is_between and _is_name(text):
            yield text, before[0]


def _is_name(text: str) -> bool:
    words = text.split()
    folded = [fold(word) for word in words]
    has_case = not any(w[0].islower() and w not in ("of", "for", "the") for w in words)
    odd = STOPWORDS | _CALENDAR | _LABELS
    is_odd = len(set(folded)) < len(words) or not odd.isdisjoint((folded[0], folded[-1]))
    return has_case and not is_odd and len(text) <= _MAX_CHARS


def _sentences(document: Document) -> Iterator[tuple[int, str]]:
    """Sentences with the number of their place; no headings, cells or menus."""
    text = document.text[:_LOOKED_AT_CHARS]
    for i, span in enumerate(sentence_spans(text)):
        sentence = " ".join(text[span.start : span.end].split()).lstrip("-*•–> ")
        words = _WORD.findall(sentence)
        capitals = sum(word[0].isupper() for word in words)
        if len(words) >= _MIN_SENTENCE_WORDS and 2 * capitals <= len(words):
            yield i // _PLACE_SENTENCES, sentence
