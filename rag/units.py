"""Units of measure, so that 1.5 km and 1,500 m are the same length."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What is measured -> unit -> how much of the first of them it is. Feet and miles as agreed on in
# 1959; a "ton" may be any of three, and a "pint" either of two: they are left out.
_UNITS: dict[str, dict[str, float]] = {
    "length": {
        "m|met(?:re|er)s?": 1.0,
        "km|kilomet(?:re|er)s?": 1e3,
        "cm|centimet(?:re|er)s?": 1e-2,
        "mm|millimet(?:re|er)s?": 1e-3,
        "miles?": 1609.344,
        "yards?": 0.9144,
        "ft|feet|foot": 0.3048,
        "inch(?:es)?": 0.0254,
    },
    "area": {
        "m2|sq(?:uare|\\.)? ?(?:m|met(?:re|er)s?)": 1.0,
        "km2|sq(?:uare|\\.)? ?(?:km|kilomet(?:re|er)s?)": 1e6,
        "ha|hectares?": 1e4,
        "acres?": 4046.856,
        "sq(?:uare|\\.)? ?miles?": 2589988.0,
        "sq(?:uare|\\.)? ?(?:ft|feet|foot)": 0.09290304,
    },
    "volume": {
        "l|lit(?:re|er)s?": 1.0,
        "ml|millilit(?:re|er)s?": 1e-3,
        "cl|centilit(?:re|er)s?": 1e-2,
        "hl|hectolit(?:re|er)s?": 1e2,
        "m3|cubic met(?:re|er)s?": 1e3,
    },
    "mass": {
        "kg|kilograms?|kilos?": 1.0,
        "g|grams?": 1e-3,
        "mg|milligrams?": 1e-6,
        "t|tonnes?|metric tons?": 1e3,
        "lbs?|pounds?": 0.45359237,
        "oz|ounces?": 0.028349523,
    },
    "time": {
        "s|secs?|seconds?": 1.0,
        "mins?|minutes?": 60.0,
        "h|hrs?|hours?": 3600.0,
        "days?": 86400.0,
        "weeks?": 604800.0,
    },
    "months": {"months?": 1.0, "yrs?|years?": 12.0, "decades?": 120.0, "centur(?:y|ies)": 1200.0},
    "power": {"w|watts?": 1.0, "kw|kilowatts?": 1e3, "mw|megawatts?": 1e6, "gw|gigawatts?": 1e9},
    "energy": {"wh": 1.0, "kwh|kilowatt[ -]hours?": 1e3, "mwh": 1e6, "gwh": 1e9, "twh": 1e12},
    "data": {"kb": 1.0, "mb": 1e3, "gb": 1e6, "tb": 1e9},
}
_FLAT = [
    (kind, re.compile(rf"[\s-]?(?:{names})(?!\w)"), factor)
    for kind, units in _UNITS.items()
    for names, factor in units.items()
]
_MOST = 24  # characters
# Who converts rounds: "5 miles (8 km)".
_ROUNDED = 0.02


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount with its unit.

    Attributes:
        kind: What is measured, such as "length".
        unit: How much the unit is, in the first unit of its kind.
        total: In that first unit.
    """

    kind: str
    unit: float
    total: float


def measure(amount: float, behind: str) -> Measure | None:
    """What an amount measures; None without a unit that is known.

    Args:
        behind: What stands behind the digits.
    """
    text = behind[:_MOST].lower().replace("²", "2").replace("³", "3")
    for kind, names, factor in _FLAT:
        if names.match(text):
            return Measure(kind, factor, amount * factor)
    return None


def same_measure(a: Measure | None, b: Measure | None) -> bool:
    """Whether two amounts in different units of one kind are as good as equal."""
    if a is None or b is None or a.kind != b.kind or a.unit == b.unit:
        return False
    return abs(a.total - b.total) <= _ROUNDED * max(abs(a.total), abs(b.total))
