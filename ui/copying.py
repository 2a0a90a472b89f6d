"""An answer to take along: as text with footnotes, or as Markdown that holds nothing active."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.types import Sentence
from ui import told
from ui.messages import Words
from ui.render_source import place
from ui.sources import Source
from ui.turns import Turn

_MARKUP = re.compile(r"([\\`*_\[\]<>#|!~&$])")


def as_text(turn: Turn, words: Words) -> str:
    """Question, answer with [n], and the footnotes."""
    notes = [f"[{s.key}] {_note(s, words)}" for s in _cited(turn)]
    parts = [turn.question, _prose(turn, words, lambda text: text, "[{}]"), "\n".join(notes)]
    return "\n\n".join(part for part in parts if part)


def as_markdown(turn: Turn, words: Words) -> str:
    """The same with footnotes of Markdown; what was not written by this program is escaped."""
    # One definition of a footnote may be used once in a file: the number of the turn goes before.
    notes = [f"[^{turn.number}-{s.key}]: {plain(_note(s, words))}" for s in _cited(turn)]
    body = _prose(turn, words, plain, f"[^{turn.number}-{{}}]")
    parts = [f"## {plain(turn.question)}", body, "\n".join(notes)]
    return "\n\n".join(part for part in parts if part)


def plain(text: str) -> str:
    """Text that Markdown shows as it is: no links, images, HTML or headings come of it."""
    return _MARKUP.sub(r"\\\1", text)


def _prose(turn: Turn, words: Words, escaped: Callable[[str], str], marker: str) -> str:
    if turn.reply is None:
        return ""
    return "\n\n".join(
        _line(s, escaped(told.sentence(s, words)), marker) for s in turn.reply.sentences
    )


def _line(sentence: Sentence, said: str, marker: str) -> str:
    if sentence.quoted:
        said = f"“{said}”"
    marks = "".join(f" {marker.format(m)}" for m in sentence.markers)
    return said + marks


def _cited(turn: Turn) -> list[Source]:
    return [source for source in turn.sources if source.is_cited]


def _note(source: Source, words: Words) -> str:
    where = ", ".join(
        part for part in (source.title, source.document, place(source, words)) if part
    )
    return f"{where}: “{' '.join(source.quote.split())}”"
