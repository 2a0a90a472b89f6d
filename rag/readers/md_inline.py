"""The text of one paragraph, heading or cell of Markdown, without its marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from rag.readers.html_nodes import BLOCKS, DELETED, UNSEEN
from rag.readers.raised import raised

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_STRUCK = {"s_open": "s", "s_close": "/s"}  # ~~so~~
_DROPPED = DELETED | UNSEEN


def plain(children: Sequence[Token]) -> str:
    """Link texts and descriptions of images stay, addresses go, and so does what is deleted."""
    parts = []
    is_raised = False
    for child in _kept(children):
        if child.type in ("text", "code_inline"):
            parts.append(raised(child.content) if is_raised else child.content)
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("\n")
        elif child.type == "image":
            parts.append(plain(child.children or []))
        else:
            tag = _tag(child)
            is_raised = tag == "sup" or (is_raised and tag != "/sup")
            parts.append(_gap(tag.lstrip("/")))
    return "".join(parts)


def _kept(children: Sequence[Token]) -> Iterator[Token]:
    """Those between no tags that drop what is between them; what is never closed drops nothing."""
    ends = {tag: n for n, child in enumerate(children) if (tag := _tag(child)).startswith("/")}
    until = ""
    for n, child in enumerate(children):
        tag = _tag(child)
        if until:
            until = "" if tag == until else until
        elif tag in _DROPPED and ends.get(f"/{tag}", -1) > n:
            until = f"/{tag}"
        else:
            yield child


def _tag(token: Token) -> str:
    """Name of an element, after a slash where it ends; empty for what is no tag."""
    found = _TAG.match(token.content) if token.type == "html_inline" else None
    return found.group(1) + found.group(2).lower() if found else _STRUCK.get(token.type, "")


def _gap(name: str) -> str:
    if name == "br":
        return "\n"
    return " " if name in BLOCKS else ""
