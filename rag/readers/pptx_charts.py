"""Charts of presentations as lines: a category, then what each series says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rag.readers.xlsx_sheets import as_shown

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_LABEL_CHARS = 80  # of the name of a series, which every value repeats


def chart_lines(root: Any) -> Iterator[str]:  # noqa: ANN401 - python-pptx has no types
    """The title of a chart and a line for each category, as its program drew it last.

    Args:
        root: The element of the whole chart. Its points are walked once: python-pptx looks for
            each anew, and believes what the file says of their number.
    """
    title = root.find(f"{_C}chart/{_C}title")
    if title is not None:
        typed = ("".join(t.text or "" for t in p.iter(f"{_A}t")) for p in title.iter(f"{_A}p"))
        linked = (v.text or "" for v in title.iter(f"{_C}v"))
        yield " ".join(text for text in (*typed, *linked) if text)
    categories: dict[str, str] = {}
    said: dict[str, list[str]] = {}
    for series in root.iter(f"{_C}ser"):
        name = " ".join(_points(series, "tx").values())[:_LABEL_CHARS]
        categories = _points(series, "cat", "xVal") | categories
        for index, value in _points(series, "val", "yVal", "bubbleSize").items():
            said.setdefault(index, []).append(f"{name}: {value}" if name else value)
    for index, values in said.items():
        category = categories.get(index, "")
        yield " | ".join([category, *values] if category else values)


def _points(series: Any, *names: str) -> dict[str, str]:  # noqa: ANN401
    """Texts or numbers by their index; of the first level, where categories have several."""
    found: dict[str, str] = {}
    for part in series:
        if part.tag not in {_C + name for name in names}:
            continue
        format_ = part.findtext(f".//{_C}formatCode") or ""
        for value in part.iter(f"{_C}v"):
            index = str(value.getparent().get("idx", "0"))
            text = " ".join((value.text or "").split())
            if text and index not in found:
                found[index] = _shown(text, format_)
    return found


def _shown(text: str, format_: str) -> str:
    try:
        return as_shown(float(text), format_) if format_ else text
    except (ValueError, OverflowError):
        return text
