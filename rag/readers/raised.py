"""Raised digits: without a sign of it, 10 to the sixth would be read as 106."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_NUMBER = re.compile(r"\s*[-+−]?[0-9]+\s*")


def raised(text: str) -> str:
    """A number that stands higher than its line, in Unicode's raised digits.

    Letters ("5th") and notes in brackets ("[1]") cannot be mistaken and stay as they are.
    """
    return text.strip().translate(_RAISED) if _NUMBER.fullmatch(text) else text
