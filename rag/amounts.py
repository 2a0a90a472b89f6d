"""Numbers in a text, brought to one form: ``4.5 billion``, ``4,500 million``; 21, twenty-one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.clock import clear_times
from rag.dates import dates
from rag.text import RAISED
from rag.units import measure
from rag.value import Value, aligned_fold, blank

_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
# Of these "m" counts millions only of money.
_LETTERS = {"k": 1e3, "mn": 1e6, "bn": 1e9, "tn": 1e12}
_UNITS = (
    "kg|mg|g|km2|km|cm|mm|m2|m3|m|ml|cl|l|ha|kwh|mwh|gwh|kw|mw|gw|v|w|khz|mhz|ghz|hz|kb|mb|gb|tb"
    "|hrs?|h|mins?|secs?|lbs?|oz|ft|mph|kph|kmh|t|yrs?|pp"
)
_SCALE = "hundred|thousand|million|billion|trillion"
_PER_CENT = r"\s*(?:%|per ?cent\b)"
_NUMBER = re.compile(
    # A minus stands behind a word: no range, no bullet.
    r"(?P<m>(?:(?<=[^\W\d_] )|(?<=[:=(] )|(?<=\())[-−])?(?<![\w.])"
    # Thousands with spaces stand before what they count: columns of a table do not.
    r"(?P<n>(?<!\d )\d{1,3}(?: \d{3})+(?!\d)(?=\s?[^\W\d_]|\s?[%€$£°]|[.,;:)](?:\s|\Z))"
    r"|\d{1,2}/\d{1,2}(?![/\d])|(?>\d+(?:[.,]\d+)*)|(?=[½¼¾](?! of\b)))"
    r"(?: ?(?P<v>[½¼¾]))?"
    rf"(?:(?P<e>\^+)(?!\w)|(?:st|nd|rd|th)(?!\w)|(?P<k>k|mn|bn|tn|m)(?!\w)|(?:{_UNITS})(?!\w)|(?!\w))"
    rf"(?:\s*-?(?P<s>{_SCALE})\b)?(?P<p>{_PER_CENT})?"
)
_APART = re.compile(r" (k|m|mn|bn|tn)\b")
_MONEY = re.compile(r"(?:[$€£₺¥]|\b(?:usd|eur|gbp))\s?\Z")
_WORDS = {
    w: i
    for i, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORD = "|".join(_WORDS)
_SPOKEN = re.compile(
    rf"\b(?P<n>(?:{_WORD})\b(?:(?:[ -]|,? and )(?:{_WORD}|{_SCALE})\b)*)"
    rf"(?P<h> and (?:a half|a quarter|three quarters)\b(?:[ -](?P<s>{_SCALE})\b)?)?"
    rf"(?P<p>{_PER_CENT})?"
    r"(?P<f>[ -](?:third|quarter|fifth|tenth)(?=s?\b))?"
)
# "Three quarters of an hour", "one and three quarters".
_OF_A = re.compile(r"\As?(?: of an?\b)?")
_ADDED = {"and a half": 0.5, "and a quarter": 0.25, "and three quarters": 0.75}
_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
# "Which one", "no one", "the one": it counts nothing.
_PRONOUN = re.compile(r"\b(?:which|no|every|each|any|this|that|another|some|the)[ -]\Z")
# "Half an hour", "half a million".
_HALF = re.compile(rf"\bhalf an?(?= ) (?:(?P<s>{_SCALE})\b|\w+)")
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_LOWERED = str.maketrans(RAISED, "0123456789")


def numbers(text: str) -> list[Value]:
    """Numbers that are no part of a date or time of day, in order, those in words as well."""
    folded = blank(blank(aligned_fold(text), dates(text)), clear_times(text))
    found = [_of_digits(text, folded, match) for match in _NUMBER.finditer(folded)]
    for match in _SPOKEN.finditer(folded):
        found += _of_words(text, folded, match)
    for match in _HALF.finditer(folded):
        found += _of_half(text, match)
    return sorted(found, key=lambda v: v.start)


def _of_digits(text: str, folded: str, match: re.Match[str]) -> Value:
    shown = text[match.start() : match.end()].strip()
    amount = _amount(match["n"] or "0")
    if amount is None:
        return Value("number", shown, match["n"], match.start())
    amount += _FRACTIONS.get(match["v"], 0.0)
    scale = _SCALES.get(match["s"] or "", 1.0) * _LETTERS.get(match["k"] or "", 1.0)
    is_money = _MONEY.search(folded[max(0, match.start() - 5) : match.start()]) is not None
    if match["k"] == "m" and is_money:
        scale = 1e6
    if is_money and (apart := _APART.match(folded, match.end())):
        scale, shown = scale * _LETTERS.get(apart[1], 1e6), text[match.start() : apart.end()]
    power = ""
    if match["e"]:
        power = f"^{int(text[match.start('e') : match.end('e')].translate(_LOWERED))}"
    sign = "-" if match["m"] else ""
    unit = "%" if match["p"] else ""
    total = float(f"{sign}{amount * scale:.10g}")
    ends = (match.end(group) for group in ("n", "v", "s", "k") if group != "k" or scale != 1)
    measured = None if power or unit or is_money else measure(total, text[max(ends) :])
    return Value("number", shown, f"{total:.10g}{power}{unit}", match.start(), measured)


def _amount(digits: str) -> float | None:
    """4,500 is thousands; 4.5 and 4,5 are decimals; 5.3.21 and 1/3 are no amounts."""
    if "/" in digits:
        return None
    groups = re.split(r"[., ]", digits)
    marks = re.findall(r"[., ]", digits)
    if not marks:
        return float(digits)
    is_thousands = all(len(g) == 3 for g in groups[1:])
    if is_thousands and len(set(marks)) == 1 and (len(marks) > 1 or marks != ["."]):
        return float("".join(groups))
    is_mixed = len(set(marks)) == 2 and marks.count(marks[-1]) == 1
    if len(marks) == 1 or is_mixed:
        return float("".join(groups[:-1]) + "." + groups[-1])
    return None


def _of_words(text: str, folded: str, match: re.Match[str]) -> Iterator[Value]:
    start = match.start()
    said = list(_amounts(match["n"]))
    for i, (first, end, amount) in enumerate(said):
        begin, stop, unit = start + first, start + end, ""
        is_last = i == len(said) - 1
        if is_last and match["h"]:
            added = next(x for said, x in _ADDED.items() if said in match["h"])
            amount, stop = (amount + added) * _SCALES.get(match["s"] or "", 1.0), match.end("h")
        if is_last and match["p"]:
            unit, stop = "%", match.end("p")
        if is_last and match["f"]:
            unit, stop = f"/{_PARTS[match['f'][1:]]}", match.end("f")
        is_pronoun = amount == 1 and _PRONOUN.search(folded[max(0, begin - 10) : begin])
        if not is_pronoun:
            measured = None if match["p"] else measure(amount, text[stop:])
            if is_last and match["f"]:
                measured = measure(amount / _PARTS[match["f"][1:]], _OF_A.sub("", text[stop:]))
            yield Value("number", text[begin:stop], f"{amount:.10g}{unit}", begin, measured)


def _of_half(text: str, match: re.Match[str]) -> Iterator[Value]:
    shown, start = text[match.start() : match.end()], match.start()
    measured = measure(0.5, shown[shown.rindex(" ") :])
    if match["s"] or measured:
        yield Value("number", shown, f"{0.5 * _SCALES.get(match['s'], 1):.10g}", start, measured)


def _amounts(run: str) -> Iterator[tuple[int, int, float]]:
    """The numbers that words in a row make, with where they begin and end: one, or several."""
    begin = end = 0
    done, part, least = 0.0, 0.0, 0.0
    joined = False
    for match in re.finditer(r"[a-z]+", run):
        word = match.group()
        if word == "and":
            joined = True
            continue
        value = float(_WORDS.get(word, 0))
        if word == "hundred" and 0 < part < 100:
            part *= 100
        elif word in _SCALES and word != "hundred" and part:
            done, part, least = done + part * _SCALES[word], 0.0, _SCALES[word]
        elif word in _WORDS and _goes_on(done, part, least, value, joined=joined):
            part += value
        else:
            if end:
                yield begin, end, done + part
            begin, done, part, least = match.start(), 0.0, value, 0.0
        end, joined = match.end(), False
    yield begin, end, done + part


def _goes_on(done: float, part: float, least: float, value: float, *, joined: bool) -> bool:
    """Whether a word adds to the number before it: "twenty-one", "two hundred and fifty"."""
    is_unit_of_tens = part % 100 >= 20 and part % 10 == 0 and 0 < value < 10 and not joined
    is_behind_hundreds = part >= 100 and part % 100 == 0 and value > 0
    return is_unit_of_tens or is_behind_hundreds or bool(done and not part and value < least)
