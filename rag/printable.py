"""What may be printed: a name of a file can hold what moves the cursor or clears the screen."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# A name is one line, read in one direction; a text may be several, and in Arabic.
_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def safe(text: str) -> str:
    r"""A text with its control characters as ``\u001b``, as JSON has them; lines and tabs stay."""
    return _CONTROLS.sub(_escaped, text)


def safe_name(name: str) -> str:
    """A name in one line that shows all that is in it."""
    return _IN_NAMES.sub(_escaped, name)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
