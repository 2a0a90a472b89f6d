"""Why an answer is as it is, as tables: what was found, weighed and asked of the models."""

from __future__ import annotations

from html import escape

from rag.explanation import Explanation, FoundPassage, WeighedSentence
from ui.messages import Words
from ui.render_source import shorten

_TEXT_CHARS = 240
_TIMES = {"retrieve", "evidence", "write", "check", "first", "total"}


def why(found: Explanation, words: Words) -> str:
    """The explanation of one answer."""
    if not found.passages:
        return f'<p class="empty">{escape(words("why.plain"))}</p>'
    share, least = round(100 * found.confidence), round(100 * found.refuse_below)
    sure = escape(words("why.confidence", share=share, least=least))
    searched = "".join(f"<li>{escape(w)}</li>" for w in (found.searched, *found.wordings))
    return (
        f'<p class="sure">{sure}</p>{_section("searched", f"<ul>{searched}</ul>", words)}'
        f"{_section('passages', _passages(found, words), words)}"
        f"{_section('sentences', _sentences(found, words), words)}"
        f"{_section('times', _times(found, words), words)}"
        f"{_section('prompts', _prompts(found, words), words)}"
    )


def _section(key: str, body: str, words: Words) -> str:
    return f"<section><h3>{escape(words(f'why.{key}'))}</h3>{body}</section>"


def _passages(found: Explanation, words: Words) -> str:
    heads = ("rank", "dense", "bm25", "fused", "cosine", "text", "fate")
    rows = "".join(_passage(passage, words) for passage in found.passages)
    return _table(heads, rows, words, label=words("why.passages"))


def _passage(found: FoundPassage, words: Words) -> str:
    hit = found.hit
    cosine = "–" if hit.cosine is None else words.decimal(hit.cosine)
    where = hit.passage.doc_id
    if hit.passage.page is not None:
        where += f", {words('page', n=hit.passage.page)}"
    return _row(
        [str(found.rank), str(hit.dense_rank or "–"), str(hit.lexical_rank or "–"),
         words.decimal(hit.score, 4), cosine],
        f"{escape(where)}<br>{escape(shorten(hit.passage.text, _TEXT_CHARS))}",
        found.fate, words,
    )  # fmt: skip


def _sentences(found: Explanation, words: Words) -> str:
    heads = ("score", "cosine", "bm25", "verdict", "text", "fate")
    rows = "".join(_sentence(sentence, words) for sentence in found.sentences)
    left = ""
    if found.left_out:
        left = f'<p class="left">{escape(words("why.left", n=found.left_out))}</p>'
    return _table(heads, rows, words, label=words("why.sentences")) + left


def _sentence(weighed: WeighedSentence, words: Words) -> str:
    item = weighed.evidence
    verdict = "–" if item.verdict is None else words.decimal(item.verdict, 1)
    return _row(
        [words.decimal(item.score), words.decimal(item.cosine), words.decimal(item.lexical),
         verdict],
        escape(shorten(item.text, _TEXT_CHARS)), weighed.fate, words,
    )  # fmt: skip


def _row(numbers: list[str], text: str, fate: str, words: Words) -> str:
    cells = "".join(f'<td class="number">{escape(n)}</td>' for n in numbers)
    return (
        f'<tr class="{escape(fate)}">{cells}<td class="text">{text}</td>'
        f"<td>{escape(words(f'fate.{fate}'))}</td></tr>"
    )


def _table(heads: tuple[str, ...], rows: str, words: Words, *, label: str) -> str:
    head = "".join(f'<th scope="col">{escape(words(f"why.{key}"))}</th>' for key in heads)
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="{escape(label)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _times(found: Explanation, words: Words) -> str:
    rows = "".join(
        f"<li>{escape(words(f'time.{name}'))}: {escape(words.seconds(ms))}</li>"
        for name, ms in found.timings_ms
        if name in _TIMES
    )
    return f"<ul>{rows}</ul>"


def _prompts(found: Explanation, words: Words) -> str:
    if not found.prompts:
        return f"<p>{escape(words('why.prompts.none'))}</p>"
    shown = []
    judged = 0
    for role, text in found.prompts:
        judged += role == "judge"
        name = words("why.prompt.judge", n=judged) if role == "judge" else words("why.prompt.write")
        shown.append(
            f"<details><summary>{escape(name)}</summary><pre>{escape(text)}</pre></details>"
        )
    return "".join(shown)
