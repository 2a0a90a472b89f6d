"""Small plots as SVG text: no library, no script, colours from the page's style sheet.

Every label is escaped here. The page gives the classes ``plot``, ``axis``, ``grid``, ``mark``,
``soft``, ``line`` and ``here`` their colours, light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rag.statistics import Bin

_WIDTH = 520
_ROW = 24
_LABEL = 190
_VALUE = 90
_SQUARE = 300
_MARGIN = 60
_TOP = 24
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value from 0 to 1 with its interval."""

    label: str
    value: float
    low: float
    high: float


def intervals(estimates: Sequence[Estimate], *, title: str) -> str:
    """Values as dots on lines from their lower to their upper bounds, one a row."""
    width = _WIDTH - _LABEL - _VALUE
    height = _ROW * len(estimates) + 26
    parts = []
    for tick in _TICKS:
        x = _LABEL + tick * width
        parts.append(_line(x, 4, x, height - 22, "grid"))
        parts.append(_text(x, height - 6, f"{tick:g}", anchor="middle"))
    for i, e in enumerate(estimates):
        y = _ROW * i + 16.0
        parts.append(_text(_LABEL - 10, y + 4, e.label, anchor="end"))
        parts.append(_line(_LABEL + e.low * width, y, _LABEL + e.high * width, y, "line"))
        parts.append(_dot(_LABEL + e.value * width, y, 4.5, "mark"))
        parts.append(_text(_WIDTH - _VALUE + 12, y + 4, f"{e.value:.3f}"))
    return _svg(_WIDTH, height, title, parts)


def bars(rows: Sequence[tuple[str, Sequence[float]]], *, title: str, unit: str = "") -> str:
    """Horizontal bars; of a row with two values the second is drawn paler behind the first.

    Args:
        rows: Labels with one or two values, the smaller first.
        unit: Stands after the values; without one they are counts.
    """
    most = max((max(values) for _, values in rows), default=0.0) or 1.0
    width = _WIDTH - _LABEL - _VALUE - 20
    parts = []
    for i, (label, values) in enumerate(rows):
        y = _ROW * i + 4.0
        parts.append(_text(_LABEL - 10, y + 13, label, anchor="end"))
        for value, kind in reversed([*zip(values, ("mark", "soft"), strict=False)]):
            parts.append(
                f'<rect class="{kind}" x="{_LABEL}" y="{_n(y)}" height="{_ROW - 8}" '
                f'width="{_n(max(1.0, value / most * width))}" rx="2"/>'
            )
        said = " / ".join(f"{value:.2f}" if unit else f"{value:g}" for value in values)
        x = _LABEL + max(values) / most * width + 8
        parts.append(_text(x, y + 13, f"{said} {unit}".strip()))
    return _svg(_WIDTH, _ROW * len(rows) + 6, title, parts)


def curve(
    points: Sequence[tuple[float, float]],
    *,
    title: str,
    x_label: str,
    y_label: str,
    here: tuple[float, float] | None = None,
) -> str:
    """A line through points of 0 to 1.

    Args:
        here: A point to mark, e.g. where the settings stand.
    """
    path = " ".join(f"{_n(_x(x))},{_n(_y(y))}" for x, y in points)
    parts = [*_square(x_label, y_label), f'<polyline class="line" points="{path}"/>']
    if here is not None:
        parts.append(_dot(_x(here[0]), _y(here[1]), 5, "here"))
    return _svg(_SQUARE + 2 * _MARGIN, _SQUARE + _TOP + 44, title, parts)


def calibration(bins: Sequence[Bin], *, title: str) -> str:
    """Bins of predictions by how often they came true; the diagonal is a perfect forecast."""
    total = sum(b.n for b in bins) or 1
    parts = _square("confidence", "share that can be answered")
    parts.append(_line(_x(0), _y(0), _x(1), _y(1), "grid"))
    for b in bins:
        radius = 3 + 14 * (b.n / total) ** 0.5
        parts.append(_dot(_x(b.predicted), _y(b.came_true), radius, "soft"))
        parts.append(_dot(_x(b.predicted), _y(b.came_true), 2.5, "mark"))
        parts.append(_text(_x(b.predicted) + radius + 2, _y(b.came_true) - 4, str(b.n)))
    return _svg(_SQUARE + 2 * _MARGIN, _SQUARE + _TOP + 44, title, parts)


def _square(x_label: str, y_label: str) -> list[str]:
    """Axes from 0 to 1."""
    parts = []
    for tick in _TICKS:
        parts.append(_line(_x(tick), _y(0), _x(tick), _y(1), "grid"))
        parts.append(_line(_x(0), _y(tick), _x(1), _y(tick), "grid"))
        parts.append(_text(_x(tick), _y(0) + 16, f"{tick:g}", anchor="middle"))
        parts.append(_text(_x(0) - 6, _y(tick) + 4, f"{tick:g}", anchor="end"))
    parts.append(_text(_x(0.5), _y(0) + 36, x_label, anchor="middle"))
    parts.append(
        f'<text transform="translate(12 {_n(_y(0.5))}) rotate(-90)" text-anchor="middle">'
        f"{escape(y_label)}</text>"
    )
    return parts


def _x(share: float) -> float:
    return _MARGIN + share * _SQUARE


def _y(share: float) -> float:
    return _TOP + (1 - share) * _SQUARE


def _n(number: float) -> str:
    return f"{number:.1f}"


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'


def _dot(x: float, y: float, radius: float, kind: str) -> str:
    return f'<circle class="{kind}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="plot" role="img" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
