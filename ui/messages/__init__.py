"""Every text that a person sees in the chat, by language; `Words` puts values in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from ui.messages import az, az_told, en, ru, ru_told, tr, tr_told

Table = Mapping[str, str]
TABLES: Mapping[str, Table] = {"en": en.TEXTS, "tr": tr.TEXTS, "az": az.TEXTS, "ru": ru.TEXTS}
# What the library says in English: sentences of its own ("own."), reasons why a file is not read
# and other errors ("error.", to be ended by a detail or a full stop), and what to do ("hint.").
TOLD: Mapping[str, Table] = {"tr": tr_told.TEXTS, "az": az_told.TEXTS, "ru": ru_told.TEXTS}
NAMES: Mapping[str, str] = {"en": "English", "tr": "Türkçe", "az": "Azərbaycanca", "ru": "Русский"}
DEFAULT = "en"
_THOUSANDS = {"en": ",", "tr": ".", "az": ".", "ru": "\u00a0"}
_DECIMAL = {"en": ".", "tr": ",", "az": ",", "ru": ","}


def _two_forms(n: int) -> str:
    return "one" if n == 1 else "other"


def _one_form(_n: int) -> str:
    return "other"


def _russian(n: int) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14):
        return "few"
    return "other"


# After a numeral, Turkish and Azerbaijani leave the noun as it is.
PLURALS: Mapping[str, Callable[[int], str]] = {
    "en": _two_forms, "tr": _one_form, "az": _one_form, "ru": _russian,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    language: str = DEFAULT

    def __call__(self, key: str, **values: object) -> str:
        """A text, unescaped; numbers among the values are written as the language does."""
        return TABLES[self.language][key].format(**{k: self._said(v) for k, v in values.items()})

    def count(self, key: str, n: int, **values: object) -> str:
        """A text about a number of things: of "key.one", "key.few" or "key.other" the right one."""
        return self(f"{key}.{PLURALS[self.language](n)}", n=n, **values)

    def told(self, key: str, english: str, **values: object) -> str:
        """What the library says, in the language.

        Args:
            key: See `TOLD`.
            english: The library's own words; they stay where there are no others.
        """
        text = TOLD.get(self.language, {}).get(key)
        if text is None:
            return english
        return text.format(**{k: self._said(v) for k, v in values.items()})

    def seconds(self, ms: float) -> str:
        """A time for people."""
        said = f"{ms / 1000:.1f}" if ms >= 100 else f"{ms / 1000:.2f}"
        return self("seconds", n=said.replace(".", _DECIMAL[self.language]))

    def decimal(self, value: float, digits: int = 2) -> str:
        """A number with a fraction."""
        return f"{value:.{digits}f}".replace(".", _DECIMAL[self.language])

    def _said(self, value: object) -> object:
        if isinstance(value, int):
            return f"{value:,}".replace(",", _THOUSANDS[self.language])
        return value


@cache
def words(language: str) -> Words:
    """The texts of a language; English when it is not known."""
    return Words(language if language in TABLES else DEFAULT)
