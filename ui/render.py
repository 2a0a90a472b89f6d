"""Answers and sources as HTML. Whatever comes from a person, a model or a document is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from rag.errors import RagError
from rag.text import sentence_spans
from rag.types import Answer, Checked, Disagreement, Sentence, Stage
from ui.passage import passage_html
from ui.sources import Source

# What two sides may disagree on without the caption saying it.
_NOT_NAMED = {"", "values", "answer"}
_SNIPPET_CHARS = 180
_TITLE_CHARS = 400
_STEP_NAMES = {"retrieve": "search", "evidence": "read", "write": "write", "check": "check"}


@dataclass(slots=True)
class Live:
    """A question that is being answered.

    Attributes:
        number: Of the turn in its conversation, from 1.
        sources: Cards of the citations so far, by key.
    """

    number: int
    question: str
    stages: list[Stage] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)


def live_turn(live: Live) -> str:
    """A turn while it is worked on: its steps, and the sentences that have passed."""
    steps = "".join(
        f'<li class="{"now" if stage is live.stages[-1] else "past"}">{escape(stage.detail)}</li>'
        for stage in live.stages
    )
    body = f'<ol class="steps">{steps or "<li class=now>Starting</li>"}</ol>'
    if live.checked:
        body += _prose([c.sentence for c in live.checked], live.sources)
    return _turn(live.number, live.question, body, live.sources.values(), state="live")


def answered_turn(number: int, answer: Answer, sources: Sequence[Source]) -> str:
    """A finished turn: an answer with its chips, or a refusal with the nearest passages."""
    by_key = {source.key: source for source in sources}
    understood = ""
    if answer.standalone_question != answer.question:
        understood = (
            '<p class="understood"><span>Understood as:</span> '
            f"{escape(answer.standalone_question)}</p>"
        )
    if answer.status == "abstained":
        return _turn(
            number, answer.question, understood + _refusal(answer, sources), sources,
            state="refused",
        )  # fmt: skip
    tables = "".join(_disagreement(d, by_key) for d in answer.disagreements)
    told = [{c.marker for _, c in d.sides} for d in answer.disagreements]
    # The table says what the sentence about the disagreement says.
    sentences = [s for s in answer.sentences if s.quoted or set(s.markers) not in told]
    body = understood + tables + _prose(sentences, by_key) + _footnote(sentences, answer.timings_ms)
    return _turn(number, answer.question, body, sources, state="answered")


def stopped_turn(live: Live) -> str:
    """A turn that the reader stopped: what had passed until then."""
    body = _prose([c.sentence for c in live.checked], live.sources) if live.checked else ""
    body += '<p class="footnote">You stopped this answer.</p>'
    return _turn(live.number, live.question, body, live.sources.values(), state="stopped")


def failed_turn(number: int, question: str, error: RagError) -> str:
    """A turn that ended in an error: what happened, and what to do."""
    return _turn(number, question, notice(error.message, error.hint), (), state="failed")


def notice(message: str, hint: str = "", *, kind: str = "error") -> str:
    """A sentence about something that went wrong (``error``) or well (``done``)."""
    role = "alert" if kind == "error" else "status"
    more = f' <span class="hint">{escape(hint)}</span>' if hint else ""
    return (
        f'<div class="notice {kind}" role="{role}"><strong>{escape(message)}</strong>{more}</div>'
    )


def welcome(suggestions: Sequence[str], *, documents: int) -> str:
    """What an empty conversation shows."""
    if not documents:
        return (
            '<section class="welcome"><h2>Add a document to begin</h2><p>Kaynak answers from your '
            "own files and shows the sentence behind every statement. Nothing leaves this "
            "machine.</p></section>"
        )
    chips = "".join(
        f'<li><button type="button" class="suggestion" data-ask="{escape(s)}">{escape(s)}'
        "</button></li>"
        for s in suggestions
    )
    count = "1 document" if documents == 1 else f"{documents:,} documents"
    examples = f'<ul aria-label="Example questions">{chips}</ul>' if chips else ""
    return (
        f'<section class="welcome"><h2>Ask your {count}</h2><p>Every statement in an answer links '
        "to the exact sentence it stands on. When the documents do not say, Kaynak says "
        f"so.</p>{examples}</section>"
    )


def conversation(turns: Iterable[str], *, dropped: int = 0) -> str:
    """The finished turns, oldest first."""
    note = f'<p class="dropped">{dropped} earlier, no longer kept</p>' if dropped else ""
    return note + "".join(turns)


def place(source: Source) -> str:
    """Where in its document a source stands, for people, unescaped."""
    parts = [] if source.page is None else [f"page {source.page}"]
    headings = [h for h in source.heading.split(" > ") if h]
    # The outermost heading mostly is the title, or how it begins.
    if headings and source.title.startswith(headings[0]):
        headings = headings[1:]
    return " · ".join([*parts, " › ".join(headings)] if headings else parts)


def _turn(number: int, question: str, body: str, sources: Iterable[Source], *, state: str) -> str:
    cards = "".join(_card(source) for source in sources)
    return (
        f'<article class="turn {state}" data-turn="{number}"><h2 class="question">'
        f'{escape(question)}</h2><div class="reply">{body}</div>'
        f'<div class="cards-store" hidden>{cards}</div></article>'
    )


def _prose(sentences: Sequence[Sentence], sources: Mapping[str, Source]) -> str:
    """Sentences in order; those that are lists of lines, or quoted, stand for themselves."""
    return f'<div class="prose">{"".join(_sentence(s, sources) for s in sentences)}</div>'


def _sentence(sentence: Sentence, sources: Mapping[str, Source]) -> str:
    chips = "".join(_chip(str(marker), sources) for marker in sentence.markers)
    if sentence.quoted:
        return (
            '<p class="quoted" title="Word for word from the document">'
            f"<q>{escape(sentence.text)}</q>{chips}</p>"
        )
    kind = "written" if sentence.markers else "own"
    return f'<p class="{kind}">{escape(sentence.text)}{chips}</p>'


def _chip(key: str, sources: Mapping[str, Source]) -> str:
    source = sources.get(key)
    if source is None:
        return ""
    where = ", ".join(part for part in (source.title, place(source)) if part)
    title = _shorten(f"“{source.quote}” — {where}", _TITLE_CHARS)
    return (
        f'<button type="button" class="chip" data-source="{escape(key)}" '
        f'title="{escape(title)}" aria-label="Source {escape(key)}: {escape(where)}">'
        f"{escape(key)}</button>"
    )


def _disagreement(disagreement: Disagreement, sources: Mapping[str, Source]) -> str:
    about = "" if disagreement.about in _NOT_NAMED else f" on the {disagreement.about}"
    rows = "".join(
        f'<tr><th scope="row">{escape(value)}</th><td>{escape(citation.title)}</td>'
        f"<td>{_chip(str(citation.marker), sources)}</td></tr>"
        for value, citation in disagreement.sides
    )
    return (
        '<div class="differ"><table class="sides"><caption>Your sources disagree'
        f"{escape(about)}</caption><thead>"
        '<tr><th scope="col">Says</th><th scope="col">Document</th><th scope="col">Source</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _refusal(answer: Answer, sources: Sequence[Source]) -> str:
    rows = "".join(
        f'<li><button type="button" class="nearest" data-source="{escape(s.key)}"><strong>'
        f"{escape(s.title)}</strong><span>{escape(_shorten(s.quote, _SNIPPET_CHARS))}</span>"
        "</button></li>"
        for s in sources
    )
    nearest = f"<h3>These passages came nearest</h3><ul>{rows}</ul>" if rows else ""
    return (
        f'<div class="refusal"><p class="verdict"><strong>{escape(answer.text)}</strong></p>'
        f"{nearest}</div>"
    )


def _footnote(sentences: Sequence[Sentence], timings_ms: Mapping[str, float]) -> str:
    """How the answer came about: one line, with the times of the steps behind it."""
    quoted = sum(len(sentence_spans(s.text)) for s in sentences if s.quoted)
    written = sum(bool(s.markers) and not s.quoted for s in sentences)
    kinds = [f"{_sentences(quoted)} quoted word for word"] if quoted else []
    kinds += [f"{_sentences(written)} written and checked"] if written else []
    steps = " · ".join(
        f"{name} {timings_ms[key]:,.0f} ms"
        for key, name in _STEP_NAMES.items()
        if timings_ms.get(key)
    )
    line = " · ".join([*kinds, f"{timings_ms.get('total', 0) / 1000:.1f} s"])
    return f'<p class="footnote" title="{escape(steps)}">{escape(line)}</p>'


def _sentences(n: int) -> str:
    return f"{n} sentence" if n == 1 else f"{n} sentences"


def _card(source: Source) -> str:
    kind = "cited" if source.is_cited else "near"
    label = source.key if source.is_cited else "≈"
    inside = f"{' starts-inside' if source.starts_inside else ''}"
    inside += f"{' ends-inside' if source.ends_inside else ''}"
    passage = passage_html(source)
    where = " · ".join(part for part in (source.document, place(source)) if part)
    return (
        f'<article class="card {kind}" data-card="{escape(source.key)}" tabindex="-1">'
        f'<button type="button" class="card-head" data-open="{escape(source.key)}" '
        f'aria-expanded="false"><span class="number">{escape(label)}</span><span class="name">'
        f'<strong>{escape(source.title)}</strong><span class="where">{escape(where)}</span></span>'
        f'</button><p class="excerpt">{escape(_shorten(source.quote, _SNIPPET_CHARS))}</p>'
        f'<div class="passage{inside}">{passage}</div></article>'
    )


def _shorten(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"
