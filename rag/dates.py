"""Dates and years in a text, brought to one form: ``14 January 1992`` and ``January 14th, 1992``.

The form is ``year-month-day`` with ``?`` for what is not said. Days in a row are ``12..14``; of
``05/03/2021``, which is read either way, both readings stand in it, with a bar between them. The
season 1995-96 is ``1995..1996-?-?``.
"""

from __future__ import annotations

import re

from rag.text import STOPWORDS
from rag.value import Value, aligned_fold

_MONTHS = {
    name: i
    for i, names in enumerate(
        (
            "january jan ocak", "february feb subat", "march mar mart", "april apr nisan",
            "may mayis", "june jun haziran", "july jul temmuz", "august aug agustos",
            "september sep sept eylul", "october oct ekim", "november nov kasim",
            "december dec aralik",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ORDINAL = "(?:st|nd|rd|th)?"
_D, _M = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATE = re.compile(
    # 14 January 1992, 12-14 May, 12 to 14 May 2021
    rf"\b(?:(?:(?P<a1>\d{{1,2}}){_ORDINAL}\s*(?:[-–—]|to\b|until\b|and\b)\s*)?(?P<d1>\d{{1,2}}){_ORDINAL}"
    rf"(?:\s+of)?\s+(?P<m1>{_MONTH})\b\.?(?:,?\s+(?P<y1>\d{{4}})\b)?"
    # January 14th, 1992, May 12-14, 2021
    rf"|(?P<m2>{_MONTH})\b\.?\s+(?P<d2>\d{{1,2}}){_ORDINAL}"
    rf"(?:\s*(?:[-–—]|to\b)\s*(?P<b2>\d{{1,2}}){_ORDINAL})?\b(?:,?\s+(?P<y2>\d{{4}})\b)?"
    rf"|(?P<m3>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<y3>\d{{4}})\b"
    rf"|(?P<y4>\d{{4}})-(?P<m4>{_M})-(?P<d4>{_D})(?!\d)"
    rf"|(?P<d5>{_D})\.(?P<m5>{_M})\.(?P<y5>\d{{4}})\b"
    r"|(?P<d7>\d{1,2})/(?P<m7>\d{1,2})/(?P<y7>\d{4})\b"
    # The season 1995-96; 2021-03 is a month, 2026/36 a number.
    r"|(?P<y8>(?:1[0-9]|20)(?P<x8>\d{2}))[-–/](?P<z8>\d{2})(?![-–/.,]?\d)"
    r"|(?P<y6>(?:1[0-9]|20)\d{2})(?:s\b|\b(?![\d,.%]*\d|\s*(?:%|percent|million|billion)))"
    r")"
)
# "1850 people", "1500 km": what is counted stands behind, and nothing before that dates.
_COUNTED = re.compile(
    r"\s+(?:people|men|women|children|feet|(?:kilo)?(?:metre|meter|gram)s?|k?m|[cm]m|[cm]l|[km]g"
    r"|[kmg]wh?|[kmgt]b|(?!\w*ss\b)[a-z]{3,}s)\b"
)
_IS_YEAR = re.compile(
    r"(?:\b(?:in|since|by|until|till|from|the|of|during|before|after|around|circa|between|and|or|years?"
    r"|(?<!home )to"
    r"|early|late|mid|spring|summer|autumn|winter|fall|his|her|its|their|our|season|act|law)"
    r"|['’]s|[-–—/(,&])\s*\Z"
)
_TOTAL = re.compile(r"\b(?:total|number|population|sum|crew|force|staff)(?: of| is| was|:)\s*\Z")
# Money, and what programs are set to: "max_tokens=1024".
_SIGN = re.compile(r"(?:[$€£₺¥]\s?|=\s?)\Z")
# "May 12 guests sit here?", "they march 12 km".
_VERBS = frozenset(("may", "march"))
_DATED = re.compile(r"\b(?:on|by|until|till|since|before|after|of|from|to|between|and|in)\s+\Z")
_NEXT_WORD = re.compile(r"\s+([a-z]+)")


def dates(text: str) -> list[Value]:
    """Dates and years, in order."""
    folded = aligned_fold(text)
    found = []
    for match in _DATE.finditer(folded):
        if key := _key(text, folded, match):
            # Of "2026/36" the year alone is a date.
            is_year = match["z8"] is not None and ".." not in key
            end = match.start("z8") - 1 if is_year else match.end()
            found.append(Value("date", text[match.start() : end], key, match.start()))
    return found


def same_date(a: str, b: str) -> bool:
    """Whether two date keys may mean the same day: ``2021-?-?`` agrees with ``2021-6-15``."""
    return any(_agree(x, y) for x in a.split("|") for y in b.split("|"))


def covers(known: str, said: str) -> bool:
    """Whether a date key says at least as much as another: 2021 does not cover June 2021.

    Of days in a row the first and the last are covered, and they as a whole.
    """
    return any(_covers(x, y) for x in known.split("|") for y in said.split("|"))


def _key(text: str, folded: str, match: re.Match[str]) -> str:
    """The key of what was matched; empty if it is no date."""
    groups = {k[0]: v for k, v in match.groupdict().items() if v}
    if match["y6"] and _is_count(folded, match):
        return ""
    if groups.get("m") in _VERBS and "y" not in groups and _is_verb(text, folded, match):
        return ""
    year, month = groups.get("y", "?"), groups.get("m", "?")
    if match["z8"] and 0 < int(match["z8"]) - int(match["x8"]) <= (1 if "/" in match[0] else 20):
        return f"{year}..{year[:2]}{match['z8']}-?-?"
    number = _MONTHS.get(month) or (int(month) if month.isdigit() else 0)
    if match["d7"]:
        return _of_two_orders(year, int(groups["d"]), number)
    return f"{year}-{number or '?'}-{_days(groups)}"


def _days(groups: dict[str, str]) -> str:
    days = [int(groups[name]) for name in ("a", "d", "b") if name in groups]
    if len(days) == 2 and days[0] < days[1]:
        return f"{days[0]}..{days[1]}"
    return str(days[-1]) if days else "?"


def _of_two_orders(year: str, first: int, second: int) -> str:
    orders = dict.fromkeys(((second, first), (first, second)))
    return "|".join(f"{year}-{m}-{d}" for m, d in orders if 0 < m <= 12 and 0 < d <= 31)


def _is_count(folded: str, match: re.Match[str]) -> bool:
    """Whether four digits count something: "1850 people", not "in 1850 people left"."""
    before = folded[max(0, match.start() - 20) : match.start()]
    if _SIGN.search(before):
        return True
    if _TOTAL.search(before):
        return True
    counted = _COUNTED.match(folded, match.end())
    is_counted = counted is not None and counted.group().strip() not in STOPWORDS
    return is_counted and not _IS_YEAR.search(before)


def _is_verb(text: str, folded: str, match: re.Match[str]) -> bool:
    month = text[match.start("m1" if match["m1"] else "m2")]
    # Who writes no capitals at all may still mean the month.
    if month.islower() and any(c.isupper() for c in text):
        return True
    following = _NEXT_WORD.match(folded, match.end())
    counts = match["m2"] is not None and following and following[1] not in STOPWORDS
    return bool(counts) and not _DATED.search(folded[max(0, match.start() - 10) : match.start()])


def _agree(a: str, b: str) -> bool:
    pairs = zip(a.split("-"), b.split("-"), strict=True)
    return all("?" in (x, y) or _span(x) & _span(y) for x, y in pairs)


def _covers(known: str, said: str) -> bool:
    pairs = zip(known.split("-"), said.split("-"), strict=True)
    return all(s in ("?", k) or s in k.split("..") for k, s in pairs)


def _span(part: str) -> set[int]:
    first, _, last = part.partition("..")
    return set(range(int(first), int(last or first) + 1))
