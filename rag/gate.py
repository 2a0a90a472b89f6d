"""A line below which an evaluation fails: ``gold_held=0.8``, for continuous integration."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.errors import ConfigError
from rag.summary import Summary, metric_names, value_text


@dataclass(frozen=True, slots=True)
class Limit:
    """What a measure must reach, or must not pass.

    Attributes:
        metric: Its name in a summary.
        is_least: The value is the least that is allowed; else the most.
    """

    metric: str
    value: float
    is_least: bool


def limits(least: Sequence[str], most: Sequence[str]) -> list[Limit]:
    """Read limits as they are typed: the measure's name, with ``_`` for what is no letter, ``=``.

    ``recall@5`` is ``recall_at_5``, ``refusal F1`` is ``refusal_f1``.

    Raises:
        ConfigError: If one has no number, or there is no such measure.
    """
    return [
        *(_limit(text, is_least=True) for text in least),
        *(_limit(text, is_least=False) for text in most),
    ]


def broken(summary: Summary, wanted: Sequence[Limit]) -> list[str]:
    """The limits that a summary does not keep, each with what it is, for people.

    What was not measured keeps no limit: else a question set that lost its unanswerable questions
    would pass.
    """
    return [_told(limit, summary) for limit in wanted if not _is_kept(limit, summary)]


def metric_key(name: str) -> str:
    """The name of a measure as it is typed: ``metric_key("recall@5") == "recall_at_5"``."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold().replace("@", "_at_")).strip("_")


def _limit(text: str, *, is_least: bool) -> Limit:
    option = "--min" if is_least else "--max"
    name, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError as exc:
        message = f"{option} {text} has no number."
        raise ConfigError(message, hint=f"Write it as {option} gold_held=0.8.") from exc
    keys = {metric_key(metric): metric for metric in metric_names()}
    if metric_key(name) not in keys:
        close = difflib.get_close_matches(metric_key(name), keys, n=1, cutoff=0.4)
        meant = f"Did you mean {close[0]}? " if close else ""
        raise ConfigError(
            f"{option} {text}: there is no measure {name}.",
            hint=f"{meant}There are {', '.join(keys)}.",
        )
    return Limit(keys[metric_key(name)], value, is_least)


def _is_kept(limit: Limit, summary: Summary) -> bool:
    value = summary.metric(limit.metric).value
    if value is None:
        return False
    return value >= limit.value if limit.is_least else value <= limit.value


def _told(limit: Limit, summary: Summary) -> str:
    metric = summary.metric(limit.metric)
    wanted = f"{'at least' if limit.is_least else 'at most'} {limit.value:g}"
    if metric.value is None:
        return f"{limit.metric} was not measured, and {wanted} is wanted: no question asks for it."
    return f"{limit.metric} is {value_text(metric)}, and {wanted} is wanted."
