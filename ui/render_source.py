"""Chips and cards: what leads from a sentence to the place it stands on. All text is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from ui.messages import Words
from ui.passage import passage_html
from ui.sources import Source

SNIPPET_CHARS = 180
_TITLE_CHARS = 400


def place(source: Source, words: Words) -> str:
    """Where in its document a source stands, for people, unescaped."""
    parts = [] if source.page is None else [words("page", n=source.page)]
    headings = [h for h in source.heading.split(" > ") if h]
    # The outermost heading mostly is the title, or how it begins.
    if headings and source.title.startswith(headings[0]):
        headings = headings[1:]
    return " · ".join([*parts, " › ".join(headings)] if headings else parts)


def chip(key: str, sources: Mapping[str, Source], words: Words) -> str:
    """The number after a sentence; nothing when there is no such source."""
    source = sources.get(key)
    if source is None:
        return ""
    where = ", ".join(part for part in (source.title, place(source, words)) if part)
    title = shorten(f"“{source.quote}” — {where}", _TITLE_CHARS)
    label = words("source.label", n=key, where=where)
    return (
        f'<button type="button" class="chip" data-source="{escape(key)}" '
        f'title="{escape(title)}" aria-label="{escape(label)}">{escape(key)}</button>'
    )


def card(source: Source, words: Words) -> str:
    """The passage of a source with its quote marked, and the ways on from there."""
    kind = "cited" if source.is_cited else "near"
    label = source.key if source.is_cited else "≈"
    inside = f"{' starts-inside' if source.starts_inside else ''}"
    inside += f"{' ends-inside' if source.ends_inside else ''}"
    where = " · ".join(part for part in (source.document, place(source, words)) if part)
    before, after = (_more(way, source, words) for way in ("previous", "next"))
    return (
        f'<article class="card {kind}" data-card="{escape(source.key)}" '
        f'data-document="{escape(source.document)}" data-start="{source.start}" '
        f'data-end="{source.end}" data-page="{source.page or ""}" tabindex="-1">'
        f'<button type="button" class="card-head" data-open="{escape(source.key)}" '
        f'aria-expanded="false"><span class="number">{escape(label)}</span><span class="name">'
        f'<strong>{escape(source.title)}</strong><span class="where">{escape(where)}</span></span>'
        f'</button><p class="excerpt">{escape(shorten(source.quote, SNIPPET_CHARS))}</p>'
        f'<div class="inside">{before}<div class="passage{inside}">{passage_html(source)}</div>'
        f"{after}{_ways(source, words)}</div></article>"
    )


def shorten(text: str, most: int) -> str:
    """The beginning of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"


def _more(way: str, source: Source, words: Words) -> str:
    if not source.is_there:
        return ""
    is_before = way == "previous"
    at = source.start - len(source.before) if is_before else source.end + len(source.after)
    label = words(f"passage.{way}")
    return (
        f'<button type="button" class="more {way}" data-more="{way}" data-at="{at}">'
        f"{escape(label)}</button>"
    )


def _ways(source: Source, words: Words) -> str:
    if not source.is_there:
        return ""
    page = ""
    if source.page is not None and source.document.lower().endswith(".pdf"):
        page = f'<button type="button" data-read="page">{escape(words("open.page"))}</button>'
    text = f'<button type="button" data-read="text">{escape(words("open.document"))}</button>'
    return f'<div class="ways">{text}{page}</div>'
