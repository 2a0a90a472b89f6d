"""Answers and refusals as HTML. Whatever comes from a person, model or document is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from rag.own_words import COURTESIES
from rag.text import sentence_spans
from rag.types import Answer, Disagreement, Sentence
from ui import copying, told
from ui.messages import Words
from ui.render_source import SNIPPET_CHARS, chip, shorten
from ui.sources import Source
from ui.turns import Turn

# A date or a number stands on one line; what says yes or no may take several.
_ON_ONE_LINE = 24
_LONG = ' class="long"'
# What two sides may disagree on with the caption saying it.
_NAMED = ("date", "time", "number", "year", "name")
_STEPS = ("retrieve", "evidence", "write", "check", "first", "total")
_COPY = '<path d="M9 9h10v11H9zM6 15H5V4h10v2" />'
_UP = '<path d="M7 11v9H4v-9zM7 12l4-8c2 0 2.5 1.5 2 3.5L12.500 10H19l-1.500 9H7" />'
_DOWN = '<path d="M7 13V4H4v9zM7 12l4 8c2 0 2.5-1.500 2-3.500L12.500 14H19l-1.500-9H7" />'


def reply(turn: Turn, words: Words) -> str:
    """What is said to a question, from how it was understood to what could be asked next."""
    answer = turn.reply
    if answer is None:
        return ""
    if _is_courtesy(answer):
        return prose(answer.sentences, {}, words) + _actions(turn, words)
    said = _refusal(turn, answer, words) if turn.state == "refused" else _said(turn, answer, words)
    return _understood(answer, words) + said + _actions(turn, words) + _following(turn, words)


def prose(sentences: Sequence[Sentence], sources: Mapping[str, Source], words: Words) -> str:
    """Sentences in order; those that are lists of lines, or quoted, stand for themselves."""
    return f'<div class="prose">{"".join(_sentence(s, sources, words) for s in sentences)}</div>'


def footnote(sentences: Sequence[Sentence], timings_ms: Mapping[str, float], words: Words) -> str:
    """How the answer came about: one line, with the times of the steps behind it."""
    quoted = sum(len(sentence_spans(s.text)) for s in sentences if s.quoted)
    written = sum(bool(s.markers) and not s.quoted for s in sentences)
    kinds = [words.count("foot.quoted", quoted)] if quoted else []
    kinds += [words.count("foot.written", written)] if written else []
    times = " · ".join(
        f"{words(f'time.{key}')} {words.seconds(timings_ms[key])}"
        for key in _STEPS
        if timings_ms.get(key)
    )
    line = " · ".join([*kinds, words.seconds(timings_ms.get("total", 0))])
    return (
        f'<details class="footnote"><summary>{escape(line)}</summary>'
        f'<p class="times">{escape(times)}</p></details>'
    )


def _is_courtesy(answer: Answer) -> bool:
    """Whether nothing was asked of the documents: nothing was refused, and there is no source."""
    return any(s.own is not None and s.own.kind in COURTESIES for s in answer.sentences)


def _said(turn: Turn, answer: Answer, words: Words) -> str:
    by_key = {source.key: source for source in turn.sources}
    tables = "".join(_disagreement(d, by_key, words) for d in answer.disagreements)
    sides = [{c.marker for _, c in d.sides} for d in answer.disagreements]
    # The table says what the sentence about the disagreement says.
    sentences = [s for s in answer.sentences if s.quoted or set(s.markers) not in sides]
    return (
        tables + prose(sentences, by_key, words) + footnote(sentences, answer.timings_ms, words)
    )  # fmt: skip


def _understood(answer: Answer, words: Words) -> str:
    if answer.standalone_question == answer.question:
        return ""
    return (
        f'<p class="understood"><span>{escape(words("understood"))}</span> '
        f"{escape(answer.standalone_question)}</p>"
    )


def _sentence(sentence: Sentence, sources: Mapping[str, Source], words: Words) -> str:
    chips = "".join(chip(str(marker), sources, words) for marker in sentence.markers)
    text = escape(told.sentence(sentence, words))
    if not sentence.markers:
        return f'<p class="own">{text}</p>'
    kind = "quoted" if sentence.quoted else "written"
    stands = (
        f'<span class="stands" title="{escape(words(f"{kind}.title"))}">'
        f"{escape(words(kind))}</span>"
    )
    shown = f"<q>{text}</q>" if sentence.quoted else text
    return f'<p class="{kind}">{shown}{chips}{stands}</p>'


def _disagreement(
    disagreement: Disagreement, sources: Mapping[str, Source], words: Words
) -> str:  # fmt: skip
    caption = words("differ")
    if disagreement.about in _NAMED:
        caption = words("differ.on", about=words(f"about.{disagreement.about}"))
    alike = _same_titled([(c.title, c.document) for _, c in disagreement.sides])
    rows = "".join(
        f'<tr><th scope="row"{_LONG if len(value) > _ON_ONE_LINE else ""}>{escape(value)}</th>'
        f"<td>{escape(citation.title)}{_named(citation.title, citation.document, alike)}</td>"
        f"<td>{chip(str(citation.marker), sources, words)}</td></tr>"
        for value, citation in disagreement.sides
    )
    heads = "".join(
        f'<th scope="col">{escape(words(f"differ.{key}"))}</th>'
        for key in ("says", "document", "source")
    )
    return (
        f'<div class="differ"><table class="sides"><caption>{escape(caption)}</caption><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _refusal(turn: Turn, answer: Answer, words: Words) -> str:
    said = " ".join(told.sentence(s, words) for s in answer.sentences) or answer.text
    alike = _same_titled([(s.title, s.document) for s in turn.sources])
    rows = "".join(
        f'<li><button type="button" class="nearest" data-source="{escape(s.key)}"><strong>'
        f"{escape(s.title)}</strong>{_named(s.title, s.document, alike)}"
        f"<span>{escape(shorten(s.quote, SNIPPET_CHARS))}</span>"
        "</button></li>"
        for s in turn.sources
    )
    nearest = f"<h3>{escape(words('refused.nearest'))}</h3><ul>{rows}</ul>" if rows else ""
    return (
        f'<div class="refusal"><p class="verdict"><strong>{escape(said)}</strong></p>'
        f"{_searched(turn, answer, words)}{nearest}</div>"
    )


def _same_titled(shown: Sequence[tuple[str, str]]) -> set[str]:
    """Titles, out of pairs of title and document, that more than one document has."""
    counts = Counter(title for title, _ in set(shown))
    return {title for title, n in counts.items() if n > 1}


def _named(title: str, document: str, alike: set[str]) -> str:
    return f'<span class="where">{escape(document)}</span>' if title in alike else ""


def _searched(turn: Turn, answer: Answer, words: Words) -> str:
    if turn.searched is None or not answer.hits:
        return ""
    said = words(
        "refused.searched",
        passages=words.count("passages", turn.searched.passages),
        documents=words.count("documents", turn.searched.documents),
    )
    share, least = round(100 * answer.confidence), round(100 * turn.searched.least)
    # A reply that lacks what any answer would hold is refused whatever its probability.
    if answer.confidence > 0 and share < least:
        said += " " + words("refused.read", share=share, least=least)
    if answer.missing:
        said += " " + words("refused.missing", words=", ".join(answer.missing))
    return f'<p class="searched">{escape(said)}</p>'


def _following(turn: Turn, words: Words) -> str:
    if not turn.following:
        return ""
    label = words("refused.better" if turn.state == "refused" else "next")
    rows = "".join(
        f'<li><button type="button" class="ask-next" data-ask="{escape(q)}">{escape(q)}'
        "</button></li>"
        for q in turn.following
    )
    return (
        f'<section class="following" aria-label="{escape(label)}"><h3>{escape(label)}</h3>'
        f"<ul>{rows}</ul></section>"
    )


def _actions(turn: Turn, words: Words) -> str:
    """What can be done with an answer; the texts to copy stand beside, hidden."""
    if not turn.key:
        return ""
    thumbs = "".join(
        f'<button type="button" class="thumb" data-rate="{verdict}" aria-pressed="false" '
        f'aria-label="{escape(words(f"rate.{verdict}"))}" '
        f'title="{escape(words(f"rate.{verdict}"))}">{_icon(icon)}</button>'
        for verdict, icon in (("up", _UP), ("down", _DOWN))
    )
    copies = "".join(
        f'<button type="button" data-copy="{kind}">{_icon(_COPY)}{escape(words(f"copy.{kind}"))}'
        "</button>"
        for kind in ("text", "markdown")
    )
    return (
        f'<div class="actions" role="group" aria-label="{escape(words("actions"))}" '
        f'data-key="{escape(turn.key)}">{thumbs}{copies}'
        f'<button type="button" data-why>{escape(words("why"))}</button>'
        '<span class="told" role="status"></span></div>'
        f'<pre class="as-text" hidden>{escape(copying.as_text(turn, words))}</pre>'
        f'<pre class="as-markdown" hidden>{escape(copying.as_markdown(turn, words))}</pre>'
    )


def _icon(path: str) -> str:
    return f'<svg viewBox="0 0 24 24" aria-hidden="true">{path}</svg>'
