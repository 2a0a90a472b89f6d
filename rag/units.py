"""Units of measure, so that 1.5 km and 1,500 m are the same length."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

# What is measured -> unit -> how much of the first of them it is. Feet and miles as agreed on in
# 1959; a month is a twelfth of a year. A "ton" may be any of three, a "pint" either of two, a
# "pound" is money as well: they are left out. Capitals count where "mW" is not "MW".
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
        r"m2|sq(?:uare|\.)? ?(?:m|met(?:re|er)s?)": 1.0,
        r"km2|sq(?:uare|\.)? ?(?:km|kilomet(?:re|er)s?)": 1e6,
        "ha|hectares?": 1e4,
        "acres?": 4046.856,
        r"sq(?:uare|\.)? ?miles?": 2589988.0,
        r"sq(?:uare|\.)? ?(?:ft|feet|foot)": 0.09290304,
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
        "(?-i:g)|grams?": 1e-3,
        "mg|milligrams?": 1e-6,
        "(?-i:t)|tonnes?|metric tons?": 1e3,
        "lbs?": 0.45359237,
        "oz|ounces?": 0.028349523,
    },
    "time": {
        "(?-i:s)|secs?|seconds?": 1.0,
        "mins?|minutes?": 60.0,
        "(?-i:h)|hrs?|hours?": 3600.0,
        "days?": 86400.0,
        "weeks?": 604800.0,
        "months?": 2629800.0,
        "yrs?|years?": 31557600.0,
        "decades?": 315576000.0,
    },
    "energy": {
        "kwh|kilowatt[ -]hours?": 1.0,
        "mwh|megawatt[ -]hours?": 1e3,
        "gwh": 1e6,
        "twh": 1e9,
    },
    "power": {
        "(?-i:W)|watts?": 1.0,
        "(?-i:[kK]W)|kilowatts?": 1e3,
        "(?-i:MW)|megawatts?": 1e6,
        "(?-i:GW)|gigawatts?": 1e9,
    },
    "data": {"(?-i:[kK]B)": 1.0, "(?-i:MB)": 1e3, "(?-i:GB)": 1e6, "(?-i:TB)": 1e9},
}
# Not "km/h", "miles per hour" or "second-hand".
_FLAT = [
    (kind, re.compile(rf"[\s-]?(?:{names})(?![\w-]| ?/| per\b)", re.IGNORECASE), factor)
    for kind, units in _UNITS.items()
    for names, factor in units.items()
]
_MOST = 24  # characters
# Who converts rounds: "5 miles (8 km)". But two hours are not 100 minutes.
_ROUNDED = 0.05


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
    text = behind[:_MOST].replace("²", "2").replace("³", "3")
    for kind, names, factor in _FLAT:
        if names.match(text):
            return Measure(kind, factor, amount * factor)
    return None


def may_agree(a: Measure | None, b: Measure | None) -> bool:
    """Whether two amounts with different units leave room for each other.

    They do when they measure something else, such as days and litres, and when one is the other,
    rounded as it is written.
    """
    if a is None or b is None or (a.kind == b.kind and a.unit == b.unit):
        return False
    if a.kind != b.kind:
        return True
    is_close = abs(a.total - b.total) <= _ROUNDED * max(abs(a.total), abs(b.total))
    return is_close and (_rounds_to(a, b) or _rounds_to(b, a))


def _rounds_to(exact: Measure, rounded: Measure) -> bool:
    amount = rounded.total / rounded.unit
    decimals = len(f"{amount:.6g}".partition(".")[2])
    return math.isclose(round(exact.total / rounded.unit, decimals), amount, rel_tol=1e-6)
