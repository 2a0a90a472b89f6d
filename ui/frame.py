"""The fixed pieces of the page as HTML: nothing in them comes from outside.

Their texts are English here; the page puts those of the reader's language in their place, by
``data-word`` for what an element says and ``data-word-label`` for its name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from rag.config import Config
from ui.messages import NAMES, TABLES, Words
from ui.settings import MOST_PASSAGES
from ui.shelf import MOST_AT_ONCE

_WORDS = Words()


def _word(key: str) -> str:
    return f'<span data-word="{key}">{escape(_WORDS(key))}</span>'


def _labelled(key: str) -> str:
    label = escape(_WORDS(key))
    return f'data-word-label="{key}" aria-label="{label}" title="{label}"'


BRAND = (
    f'<button type="button" class="skip" data-skip>{_word("skip")}</button>'
    '<div class="brand"><svg viewBox="0 0 24 24" aria-hidden="true">'
    '<rect x="2" y="2" width="20" height="20" rx="5" fill="currentColor"/><path d="M6 8h12M6 16h8" '
    'stroke="#fff" stroke-width="1.6" stroke-linecap="round" opacity=".75"/>'
    '<rect class="line" x="5" y="10.4" width="14" height="3.2" rx="1.2"/></svg><h1>Kaynak</h1>'
    f'<span class="tagline">{_word("tagline")}</span></div>'
)
OPEN_LIBRARY = (
    f'<button type="button" data-library aria-expanded="false">{_word("documents")}</button>'
)
_GEAR = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 7h9m5 0h2M4 17h3m5 0h8"/>'
    '<circle cx="15.500" cy="7" r="2.500"/><circle cx="9.500" cy="17" r="2.500"/></svg>'
)
_SAVE = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 4v11m-4.500-4.500L12 15l4.500-4.500'
    'M5 19.500h14"/></svg>'
)
TOOLS = (
    f'<div class="tools"><button type="button" id="download" data-download disabled '
    f"{_labelled('download.title')}>{_SAVE}{_word('download')}</button>"
    f'<button type="button" data-options {_labelled("settings")}>{_GEAR}{_word("settings")}'
    "</button></div>"
)
SOURCES = (
    f'<aside class="sources" {_labelled("sources")}><header><h2>{_word("sources")}</h2>'
    '<span class="of"></span><button type="button" class="close" data-close '
    f'{_labelled("close")}>×</button></header><div class="cards"><p class="empty">'
    f"{_word('sources.empty')}</p></div></aside>"
)
SCOPE = '<div class="scope" role="status"></div>'


def library_head(config: Config) -> str:
    """Above the list of documents: what it is, and how to find one."""
    return (
        f'<header><h2>{_word("documents")}</h2><button type="button" class="widen" data-widen '
        f'aria-pressed="false">{_word("library.table")}</button><button type="button" '
        f'class="close" data-library {_labelled("close")}>×</button></header>'
        f'<div class="finding" data-most="{MOST_AT_ONCE}" '
        f'data-megabytes="{config.chat.max_upload_mb:g}"><input type="search" id="find-document" '
        f'{_labelled("library.search")} data-word-hint="library.search" '
        f'placeholder="{escape(_WORDS("library.search"))}" autocomplete="off">'
        '<button type="button" id="pick-shown" data-pick-shown hidden>'
        f"{_word('library.pick.all')}</button></div>"
    )


LIBRARY_NOTE = (
    '<p id="library-note" role="status"></p>'
    '<template id="confirm-template"><div class="confirm" role="cell">'
    '<span data-word="library.confirm"></span><button type="button" class="danger" data-removed '
    'data-word="library.confirm.yes"></button><button type="button" data-keep '
    'data-word="library.confirm.no"></button></div></template>'
)


def dialogs(config: Config) -> str:
    """What opens over the page: the reader and the settings."""
    return _READER + _settings(config) + f'<div class="dropzone">{_word("library.drop")}</div>'


_READER = (
    '<dialog id="reader-dialog" aria-labelledby="reader-title"><header><div class="of"><h2 '
    f'id="reader-title">{_word("reader")}</h2><p class="where"></p></div><div class="views" '
    f'role="group" {_labelled("reader")} hidden><button type="button" data-view="text">'
    f'{_word("reader.text")}</button><button type="button" data-view="page">'
    f'{_word("reader.pages")}</button></div><button type="button" class="shut" data-shut '
    f'{_labelled("close")}>×</button></header><div class="content" tabindex="0" role="region" '
    f"{_labelled('reader')}></div></dialog>"
)


def _settings(config: Config) -> str:
    usual = config.retrieval.passages
    passages = (
        f'<option value="" data-word="set.usual" data-word-n="{usual}">'
        f"{escape(_WORDS('set.usual', n=usual))}</option>"
    )
    counts = sorted({4, 6, 8, 12, 16, MOST_PASSAGES} - {usual})
    passages += "".join(f'<option value="{n}">{n}</option>' for n in counts)
    languages = "".join(
        f'<option value="{key}" lang="{key}">{escape(name)}</option>' for key, name in NAMES.items()
    )
    rows = (
        _row("language", languages, note=True)
        + _row("theme", _options("theme", ("system", "light", "dark")))
        + _row("mode", _options("mode", ("auto", "quoted", "written")))
        + _row("length", _options("length", ("short", "usual", "long")))
        + _row("strictness", _options("strictness", ("lenient", "usual", "strict")))
        + _row("passages", passages, note=True)
    )
    return (
        '<dialog id="settings-dialog" aria-labelledby="settings-title"><header><h2 '
        f'id="settings-title">{_word("settings")}</h2><button type="button" class="shut" '
        f'data-shut {_labelled("close")}>×</button></header><div class="content">{rows}'
        f'<label class="setting check"><input type="checkbox" name="times">{_word("set.times")}'
        f'</label><p class="note">{_word("set.note")}</p></div></dialog>'
    )


def _row(name: str, options: str, *, note: bool = False) -> str:
    more = f'<span class="note">{_word(f"set.{name}.note")}</span>' if note else ""
    return (
        f'<label class="setting"><span class="what">{_word(f"set.{name}")}{more}</span>'
        f'<select name="{name}">{options}</select></label>'
    )


def _options(name: str, values: Sequence[str]) -> str:
    return "".join(
        f'<option value="{value}" data-word="set.{name}.{value}">'
        f"{escape(_WORDS(f'set.{name}.{value}'))}</option>"
        for value in values
    )


def announced(live: str) -> str:
    """The turn under way, read out by screen readers as it grows."""
    return f'<div aria-live="polite">{live}</div>'


def head(folder: Path) -> str:
    """The page's own scripts, and the texts they say."""
    # "</" would end the element that the scripts stand in.
    tables = json.dumps(dict(TABLES), ensure_ascii=False).replace("</", "<\\/")
    scripts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.js"))]
    return f"<script>window.kaynakWords = {tables};\n{''.join(scripts)}</script>"
