"""Turns of a conversation as HTML. Whatever comes from people, models or documents is escaped."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from rag.errors import RagError
from rag.types import Checked, Stage
from ui import render_answer
from ui.messages import Words
from ui.render_source import card
from ui.sources import Source
from ui.told import Problem, told
from ui.turns import Conversation, Turn

_NUMBER = re.compile(r"\d[\d,]*")


@dataclass(slots=True)
class Live:
    """A question that is being answered.

    Attributes:
        number: Of the turn in its conversation, from 1.
        stages: With the time at which each began.
        before: Questions that are answered first.
        sources: Cards of the citations so far, by key.
    """

    number: int
    question: str
    stages: list[tuple[Stage, float]] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    before: int = 0

    def note(self, stage: Stage) -> None:
        """A step has begun."""
        self.stages.append((stage, time.perf_counter()))


def live_turn(live: Live, words: Words) -> str:
    """A turn while it is worked on: its steps, and the sentences that have passed."""
    steps = "".join(_steps(live, words))
    body = f'<ol class="steps">{steps}</ol>'
    if live.checked:
        body += render_answer.prose([c.sentence for c in live.checked], live.sources, words)
    return _turn(live.number, live.question, body, live.sources.values(), words, state="live")


def finished_turn(turn: Turn, words: Words) -> str:
    """A turn with its answer, its refusal, or why there is none."""
    if turn.error is not None:
        body = problem(turn.error, words)
    elif turn.state == "stopped":
        by_key = {source.key: source for source in turn.sources}
        body = render_answer.prose(turn.shown, by_key, words) if turn.shown else ""
        body += f'<p class="footnote">{escape(words("stopped"))}</p>'
    elif turn.state == "withheld":
        body = notice(words("withheld"), words("withheld.hint"))
    else:
        body = render_answer.reply(turn, words)
    return _turn(turn.number, turn.question, body, turn.sources, words, state=turn.state)


def conversation(shown: Conversation, words: Words) -> str:
    """The finished turns, oldest first."""
    dropped = shown.asked - len(shown.turns)
    note = f'<p class="dropped">{escape(words.count("dropped", dropped))}</p>' if dropped else ""
    return note + "".join(finished_turn(turn, words) for turn in shown.turns)


def notice(message: str, hint: str = "", *, kind: str = "error") -> str:
    """A sentence about something that went wrong (``error``) or well (``done``)."""
    role = "alert" if kind == "error" else "status"
    more = f' <span class="hint">{escape(hint)}</span>' if hint else ""
    return (
        f'<div class="notice {kind}" role="{role}"><strong>{escape(message)}</strong>{more}</div>'
    )


def problem(error: RagError | Problem, words: Words) -> str:
    """An error as a notice."""
    return notice(*told(error, words))


def welcome(suggestions: Sequence[str], words: Words, *, documents: int) -> str:
    """What an empty conversation shows."""
    if not documents:
        title, text = words("welcome.nothing"), words("welcome.nothing.text")
        return f'<section class="welcome"><h2>{escape(title)}</h2><p>{escape(text)}</p></section>'
    title, text = words.count("welcome.title", documents), words("welcome.text")
    examples = questions(suggestions, words("welcome.examples"))
    return (
        f'<section class="welcome"><h2>{escape(title)}</h2><p>{escape(text)}</p>'
        f"{examples}</section>"
    )


def questions(asked: Sequence[str], label: str) -> str:
    """Questions that are asked with a click."""
    if not asked:
        return ""
    rows = "".join(
        f'<li><button type="button" class="suggestion" data-ask="{escape(q)}">{escape(q)}'
        "</button></li>"
        for q in asked
    )
    return f'<ul class="suggestions" aria-label="{escape(label)}">{rows}</ul>'


def _steps(live: Live, words: Words) -> Iterable[str]:
    if live.before:
        yield f'<li class="now">{escape(words.count("waiting", live.before))}</li>'
        return
    if not live.stages:
        yield f'<li class="now">{escape(words("step.start"))}</li>'
    ends = [began for _, began in live.stages[1:]]
    for i, (stage, began) in enumerate(live.stages):
        said = escape(_step(stage, words))
        if i < len(ends):
            took = escape(words.seconds((ends[i] - began) * 1000))
            yield f'<li class="past">{said}<span class="took">{took}</span></li>'
        else:
            yield f'<li class="now">{said}</li>'


def _step(stage: Stage, words: Words) -> str:
    """What is going on; the library says it in English, with a number."""
    if words.language == "en":
        return stage.detail
    number = _NUMBER.search(stage.detail)
    if number is None:
        return words("step.check" if stage.name == "check" else "step.work")
    return words(f"step.{stage.name}", n=int(number.group().replace(",", "")))


def _turn(
    number: int, question: str, body: str, sources: Iterable[Source], words: Words, *, state: str
) -> str:
    cards = "".join(card(source, words) for source in sources)
    return (
        f'<article class="turn {state}" data-turn="{number}"><h2 class="question">'
        f'{escape(question)}</h2><div class="reply">{body}</div>'
        f'<div class="cards-store" hidden>{cards}</div></article>'
    )
