"""Every language says everything, with the same values in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ui.messages import PLURALS, TABLES, words

ROOT = Path(__file__).parent.parent
FORMS = {"en": {"one", "other"}, "tr": {"other"}, "az": {"other"}, "ru": {"one", "few", "other"}}
_FORM = re.compile(r"\.(one|few|other)$")


def keys(language: str) -> set[str]:
    return {_FORM.sub("", key) for key in TABLES[language]}


def values(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", TABLES)
def test_every_language_has_every_key(language: str) -> None:
    assert keys(language) == keys("en")
    counted = {_FORM.sub("", k) for k in TABLES[language] if _FORM.search(k)}
    assert counted == {_FORM.sub("", k) for k in TABLES["en"] if _FORM.search(k)}
    for key in counted:
        forms = {form for form in ("one", "few", "other") if f"{key}.{form}" in TABLES[language]}
        assert forms >= FORMS[language], key


@pytest.mark.parametrize("language", TABLES)
def test_texts_hold_the_same_values_and_no_markup(language: str) -> None:
    for key, text in TABLES[language].items():
        base = TABLES["en"].get(key, TABLES["en"].get(_FORM.sub(".other", key), ""))
        # "Ask your document" needs no number.
        assert values(text) == values(base) or _FORM.search(key), key
        assert "<" not in text and text.strip() == text and text, key


def test_numbers_and_nouns_go_together() -> None:
    assert words("en").count("documents", 1) == "1 document"
    assert words("en").count("documents", 1204) == "1,204 documents"
    assert words("tr").count("documents", 1204) == "1.204 belge"
    said = [words("ru").count("documents", n) for n in (1, 2, 5, 11, 12, 21, 22, 25, 101, 111)]
    assert [text.split()[-1] for text in said] == [
        "документ", "документа", "документов", "документов", "документов", "документ",
        "документа", "документов", "документ", "документов",
    ]  # fmt: skip
    assert words("ru").seconds(1250) == "1,2 с"
    assert words("nonsense") == words("en")
    assert set(PLURALS) == set(TABLES)


def test_every_text_that_the_code_names_exists() -> None:
    source = "\n".join(
        f.read_text(encoding="utf-8") for f in [*ROOT.glob("ui/*.py"), *ROOT.glob("ui/script/*.js")]
    )
    named = set(re.findall(r"""\b(?:words|word|_word|_labelled)\(\s*["']([a-z.]+)["']""", source))
    named |= set(re.findall(r'data-word(?:-label)?="([a-z.]+)"', source))
    assert len(named) > 60
    assert named - keys("en") == set()
