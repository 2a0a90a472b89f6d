"""Normalising, sentences and words."""

import itertools

import pytest

from rag.text import content_stems, fold, held_stems, normalise, sentence_spans, stem, words


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentence_spans(text)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b", "a b"),
        ("\ud83d\ude00", "\U0001f600"),
        ("x\ud800y", "x\ufffdy"),
        ("e\u0301", "\u00e9"),
        ("soft\u00adhyphen\u200b\u202e", "softhyphen"),
        ("a\u00a0b\tc", "a b\tc"),
        ("", ""),
    ],
)
def test_normalise(raw: str, expected: str) -> None:
    assert normalise(raw) == expected
    assert normalise(normalise(raw)) == normalise(raw)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith met J. K. Rowling. They left.", ["Dr. Smith met J. K. Rowling.", "They left."]),
        ("He moved to the U.S. The rest stayed.", ["He moved to the U.S.", "The rest stayed."]),
        ("He moved to the U.S. Senate.", ["He moved to the U.S. Senate."]),
        ("It grew by 4.5 billion. Then fell.", ["It grew by 4.5 billion.", "Then fell."]),
        ("It holds.[1] At first it did not.", ["It holds.[1]", "At first it did not."]),
        ('He said: "We will." Then he left.', ['He said: "We will."', "Then he left."]),
        ("- first\n- second item", ["- first", "- second item"]),
        ("1. Agreement (1992)\n2. Another", ["1. Agreement (1992)", "2. Another"]),
        ("Economy\nTrade grew fast.", ["Economy", "Trade grew fast."]),
        (
            "a line that was wrapped by somebody at about here\nand goes on.",
            ["a line that was wrapped by somebody at about here\nand goes on."],
        ),
        ("Head\n\nBody text. More.", ["Head", "Body text.", "More."]),
        ("| a | b |\n| c | d |", ["| a | b |", "| c | d |"]),
        ("Year | Sum\n2020 | 4.5 billion", ["Year | Sum", "2020 | 4.5 billion"]),
        ("第一句。第二句。", ["第一句。", "第二句。"]),
        ("  \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_sentences_keep_every_visible_character_once(seeds) -> None:
    for file in sorted(seeds.glob("*.md")):
        text = normalise(file.read_text(encoding="utf-8"))
        spans = sentence_spans(text)
        assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
        kept = "".join("".join(text[s.start : s.end].split()) for s in spans)
        assert kept == "".join(text.split())


def test_sentences_of_a_part_have_offsets_of_the_whole() -> None:
    text = "Zero. One. Two."
    assert [(s.start, s.end) for s in sentence_spans(text, 6)] == [(6, 10), (11, 15)]


def test_a_megabyte_without_an_end_is_one_sentence() -> None:
    text = "word " * 200_000
    assert sentences(text) == [text.strip()]


def test_words_are_folded_and_stemmed() -> None:
    assert fold("Türkiye") == "turkiye"
    assert fold("Qarabağ") == fold("QARABAĞ") == "qarabag"
    assert fold("Łódź") == "lodz"
    assert fold("Əliyev") == "aliyev"
    assert stem("agreements") == stem("Agreement")
    assert held_stems("the Turkey-Kars talks") == {"turkey-kar", "turkey", "kar", "talk"}
    assert words("Kuçuk Kainardji (1774), U.S. don't") == [
        "Kuçuk", "Kainardji", "1774", "U.S", "don't",
    ]  # fmt: skip
    assert content_stems("When was the Treaty of Ankara signed?") == ["treati", "ankara", "sign"]
