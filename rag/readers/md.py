"""Markdown, by its grammar, to plain text with headings, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from rag.config import Readers
from rag.errors import ReadError
from rag.readers import html
from rag.readers.extracted import Builder, Extracted
from rag.readers.md_inline import plain
from rag.readers.tables import write_rows
from rag.readers.txt import decode
from rag.text import normalise

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_PAGE = re.compile(r"\s*(?:<\?xml[^<>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_MOST_HTML = 10_000  # blocks that hold words; each takes the parser of HTML 0.3 ms
_MATTER_CHARS = 100_000
# A link takes seven characters; for each opening bracket the parser looks twenty levels ahead.
_MAX_BRACKETS, _MAX_BRACKET_SHARE = 100, 0.2
# Impossible dates, numbers of a million digits and the like are no YAML errors.
_NO_YAML = (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError)


def read(data: bytes, limits: Readers) -> Extracted:
    """Read Markdown; the fields of its front matter stay in the text, one a line."""
    text = normalise(decode(data, limits))
    builder = Builder(most=limits.max_characters)
    matter = _FRONT_MATTER.match(text)
    fields = _fields(matter.group(1)) if matter else None
    if matter and fields is not None:
        builder.title = fields.get("title", "")
        builder.block("\n".join(_field_line(k, v) for k, v in fields.items()))
        text = text[matter.end() :]
    if _PAGE.match(text):
        html.write(builder, text)  # a whole page under the name of another format
        return builder.extracted()
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _inline_marks)
    tokens = parser.parse(text)
    blocks = [token.content for token in tokens if token.type == "html_block"]
    html.check_tags(sum(block.count("<") for block in blocks), sum(map(len, blocks)))
    writer = _Writer(builder)
    for before, token in zip([None, *tokens], tokens, strict=False):
        writer.write(token, before)
    return builder.extracted()


def _inline_marks(state: StateCore) -> None:
    """The parser's own rule, but that blocks of little else than brackets stay as they are."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = []
            brackets = token.content.count("[")
            if brackets > max(_MAX_BRACKETS, _MAX_BRACKET_SHARE * len(token.content)):
                token.children.append(Token("text", "", 0, content=token.content))
            else:
                state.md.inline.parse(token.content, state.md, state.env, token.children)


def _fields(source: str) -> dict[str, str] | None:
    """The fields of a front matter; None when it is none, or no small one."""
    if len(source) > _MATTER_CHARS:
        return None
    try:
        values = yaml.safe_load(source)
        if not isinstance(values, dict) or not _is_small(values):
            return None
        return {str(k): str(v) for k, v in values.items() if isinstance(v, str | int | float) or v}
    except _NO_YAML:
        return None


def _is_small(value: object) -> bool:
    """Whether a value is as short as it looks: aliases may repeat a part any number of times."""
    left, stack = _MATTER_CHARS, [value]
    while stack and left > 0:
        item = stack.pop()
        left -= 1
        if isinstance(item, Mapping):
            stack.extend(item.values())
        elif isinstance(item, list | set | tuple):
            stack.extend(item)
        elif isinstance(item, str | bytes):
            left -= len(item)
    return left > 0


def _field_line(key: str, value: str) -> str:
    return f"{key.replace('_', ' ').capitalize()}: {' '.join(value.split()).rstrip('.')}."


class _Writer:
    """Turns the flat list of tokens into blocks."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._lists: list[int | None] = []  # the next number of each open list; None for bullets
        self._bullet = ""
        self._rows: list[list[str]] = []
        self._gap = "\n\n"
        self._html_left = _MOST_HTML

    def write(self, token: Token, before: Token | None) -> None:
        """Take the next token; `before` is the one that opened it."""
        if token.type == "inline":
            self._inline(plain(token.children or []), before)
        elif token.type in ("fence", "code_block"):
            self._builder.block(token.content)
        elif token.type == "html_block":
            self._html(token.content)
        elif token.type == "tr_open":
            self._rows.append([])
        elif token.type == "table_close":
            write_rows(self._builder, self._rows, header=any(self._rows[0]))
            self._rows, self._gap = [], "\n\n"
        else:
            self._list(token)

    def _list(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            numbered = token.type == "ordered_list_open"
            self._lists.append(int(token.attrGet("start") or 1) if numbered else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
            self._gap = "\n" if self._lists else "\n\n"
        elif token.type == "list_item_open":
            number = self._lists[-1]
            self._bullet = "- " if number is None else f"{number}. "
            self._lists[-1] = None if number is None else number + 1

    def _html(self, source: str) -> None:
        source = _comments_closed(source)
        if not any(c.isalnum() for c in _TAG.sub("", source)):
            return  # the beginning or the end of an element around Markdown, mostly
        self._html_left -= 1
        if self._html_left < 0:
            raise ReadError.because("too_long", f"more than {_MOST_HTML:,} pieces of HTML")
        html.write(self._builder, source)

    def _inline(self, text: str, before: Token | None) -> None:
        opened = before.type if before else ""
        if opened == "heading_open" and before is not None:
            self._builder.heading(text, int(before.tag[1]))
        elif opened in ("th_open", "td_open"):
            self._rows[-1].append(" ".join(text.split()))
        else:
            self._builder.block(self._bullet + text, gap=self._gap if self._bullet else "\n\n")
            self._gap, self._bullet = ("\n" if self._lists else "\n\n"), ""


def _comments_closed(source: str) -> str:
    """A comment that is never closed would take the rest of the document with it: it is none."""
    opened = source.find("<!--", source.rfind("-->") + 1)
    return source if opened < 0 else source[:opened] + source[opened:].replace("<!--", " ")
