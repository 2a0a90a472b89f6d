"""The nodes of a page that a person would see, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4.element import NavigableString, PreformattedString, Tag

HEADINGS = {f"h{n}": n for n in range(1, 7)}
"""Levels by name of the element."""

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form header hgroup hr html legend li main menu ol optgroup option p "
    "pre search section select summary table tbody td textarea tfoot th thead tr ul".split()
)
"""Names of elements that begin and end a block, besides headings."""

DELETED = frozenset({"del", "s", "strike"})
"""Names of elements whose text no longer holds."""

UNSEEN = frozenset({"script", "style", "template", "noscript", "nav", "svg", "head", "iframe"})
"""Names of elements whose text is not part of what a page says."""

_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_STYLE_CHARS = 10_000


def walk(root: Tag) -> Iterator[tuple[Tag | NavigableString, bool]]:
    """An element and what is in it, texts included, but not what is hidden or deleted.

    Yields:
        Each node, and whether it is closed: elements come twice.
    """
    # A stack of our own: deep nesting must not exhaust Python's.
    stack: list[tuple[object, bool]] = [(root, False)]
    while stack:
        node, closing = stack.pop()
        if isinstance(node, Tag):
            if closing:
                yield node, True
            elif not _is_out(node):
                yield node, False
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node.contents))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            yield node, False


def _is_out(tag: Tag) -> bool:
    if tag.name in UNSEEN or tag.name in DELETED:
        return True
    if tag.name in ("html", "body"):
        return False  # many a page hides all of itself until its script has run
    if tag.has_attr("hidden") and tag["hidden"] != "until-found":
        return True
    return bool(_HIDING.search(str(tag.get("style", ""))[:_STYLE_CHARS]))
