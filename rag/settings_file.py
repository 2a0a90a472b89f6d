"""Change single values of config.yaml, and nothing else: comments and order stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from rag.errors import ConfigError

Value = int | float


def with_values(text: str, values: Mapping[str, Value]) -> str:
    """The text of a settings file with other values.

    Args:
        text: YAML of sections with one setting a line.
        values: By section and key, as ``retrieval.passages``; a key that is not there is added.

    Raises:
        ConfigError: If the file is written in a way in which a value cannot be changed safely.
    """
    changed = text
    for name, value in values.items():
        section, key = name.split(".")
        changed = _with_value(changed, section, key, value)
    sections = {name.split(".")[0] for name in values}
    # YAML takes the last of two sections of one name, and says nothing.
    twice = any(len(re.findall(rf"^{s}[ \t]*:", changed, re.MULTILINE)) > 1 for s in sections)
    # Whatever the text looks like: what is read from it must differ in these values alone.
    if twice or _read(changed) != _merged(_read(text), values):
        raise ConfigError(
            "The settings file is written in a way that cannot be changed line by line.",
            hint="Set these by hand: " + ", ".join(f"{k}: {v}" for k, v in values.items()) + ".",
        )
    return changed


def write_values(path: Path, values: Mapping[str, Value]) -> None:
    """Change values in a settings file, which is made when it is not there.

    Raises:
        ConfigError: If that cannot be done; the file is as it was.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        beside.write_text(with_values(text, values), encoding="utf-8")
        beside.replace(path)
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"{path} cannot be changed: {exc}.",
            hint="Set these by hand: " + ", ".join(f"{k}: {v}" for k, v in values.items()) + ".",
        ) from exc


def _with_value(text: str, section: str, key: str, value: Value) -> str:
    head = re.search(rf"^{section}:[ \t]*(?:#.*)?$", text, re.MULTILINE)
    if head is None:
        return f"{text.rstrip()}\n\n{section}:\n  {key}: {value}\n".lstrip()
    rest = text[head.end() :]
    end = re.search(r"^[^\s#]", rest, re.MULTILINE)
    body = rest[: end.start()] if end else rest
    line = re.compile(rf"^([ \t]+{key}:[ \t]*)([^\s#]+)(.*)$", re.MULTILINE)
    if line.search(body):
        body = line.sub(lambda m: _aligned(m[1], m[2], str(value), m[3]), body, count=1)
    else:
        body = f"\n  {key}: {value}{body}"
    return text[: head.end()] + body + (rest[end.start() :] if end else "")


def _aligned(before: str, old: str, new: str, after: str) -> str:
    """A line with another value; its comment keeps its column where there is room."""
    spare = len(after) - len(after.lstrip(" "))
    width = max(1, spare + len(old) - len(new)) if after.strip() else spare
    return before + new + " " * width + after.lstrip(" ")


def _read(text: str) -> dict[str, object]:
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError:
        return {"": None}
    return values if isinstance(values, dict) else {}


def _merged(settings: dict[str, object], values: Mapping[str, Value]) -> dict[str, object]:
    merged = {k: dict(v) if isinstance(v, dict) else v for k, v in settings.items()}
    for name, value in values.items():
        section, key = name.split(".")
        inner = merged.get(section)
        merged[section] = {**(inner if isinstance(inner, dict) else {}), key: value}
    return merged
