"""Hand-made bad files in the formats that are text; each with the verdict it must get."""

from __future__ import annotations

import codecs
import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.samples import CSV, sample

INDEXED = "indexed"
_WORDS = "Größe und Maß der Häfen. " * 20
_RUSSIAN = "Москва является столицей России и стоит на реке. " * 20


@dataclass(frozen=True)
class Bad:
    """A file, and what must become of it: "indexed", or a code of `rag.reasons`."""

    name: str
    data: bytes
    verdict: str


def bad_texts(seed: int = 5) -> Iterator[Bad]:
    """All cases; the same bytes for the same seed."""
    for number, (suffix, data, verdict) in enumerate(
        [*_blank(), *_other_types(), *_encodings(seed), *_characters(), *_html(), *_markdown(),
         *_rtf(), *_csv(), *_mail()]
    ):  # fmt: skip
        yield Bad(
            f"t{number:03}.{suffix}", data if isinstance(data, bytes) else data.encode(), verdict
        )


Row = tuple[str, bytes | str, str]


def _blank() -> Iterator[Row]:
    yield from [("txt", b"", "empty"), ("pdf", b"", "empty"), ("docx", b"", "empty")]
    yield from [("txt", b"x", INDEXED), ("txt", b".", "no_text"), ("md", b"\n\n \t\r\n", "empty")]
    for bom in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE):
        yield "txt", bom, "empty"
    yield "txt", codecs.BOM_UTF32_BE, "empty"
    yield "txt", b"\x00" * 5000, "empty"
    yield "txt", b"\x01\x02\x1b" * 50, "no_text"
    yield "txt", b"\n" * 1_000_000, "empty"
    yield "txt", b"\n" * 1_000_000 + b"the end", INDEXED
    yield "txt", b"word " * 400_000, INDEXED  # one line of 2 MB
    yield "txt", b"x" * 50_000_000, "too_long"
    yield "txt", b"x" * 50_000_001, "too_large"
    yield "pdf", b"%PDF-1.4\n" + b"x" * 50_000_000, "too_large"


def _other_types() -> Iterator[Row]:
    heads = [
        b"\x89PNG\r\n\x1a\n", b"\x7fELF\x02\x01", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08",
        b"\xff\xd8\xff\xe0", b"GIF89a", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\x00",
        b"SQLite format 3\x00", b"MZ\x90\x00", b"\xca\xfe\xba\xbe", b"II*\x00", b"RIFF\x24\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1", b"%PDF-1.7\n", b"{\\rtf1 ",
    ]  # fmt: skip
    for head in heads:
        yield "txt", head + b"words that follow " * 20, "wrong_type"
    for suffix in ("md", "html", "csv", "eml"):
        yield suffix, heads[0] + b"x" * 50, "wrong_type"
    for suffix in ("pdf", "docx", "pptx", "xlsx", "odt", "epub", "rtf"):
        yield suffix, b"just a text of words", "wrong_type"


def _encodings(seed: int) -> Iterator[Row]:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        yield "txt", _WORDS.encode(encoding), INDEXED
    yield "txt", codecs.BOM_UTF16_BE + _WORDS.encode("utf-16-be"), INDEXED
    yield "txt", codecs.BOM_UTF32_BE + _WORDS.encode("utf-32-be"), INDEXED
    yield "txt", codecs.BOM_UTF16_LE + _WORDS.encode("utf-16-le")[:-1], INDEXED  # half a letter
    yield "txt", _WORDS.encode("utf-16-le"), "not_text"  # nothing says that it is
    yield "txt", _RUSSIAN.encode("cp1251"), INDEXED
    yield "txt", _RUSSIAN.encode("koi8-r"), INDEXED
    yield "txt", ("这是一个关于港口的句子。" * 30).encode("gb18030"), INDEXED
    yield "txt", ("これは港についての文章です。" * 30).encode("shift_jis"), INDEXED
    yield "txt", _WORDS.encode("latin-1"), INDEXED
    yield (
        "txt",
        _WORDS.encode() + _RUSSIAN.encode("cp1251") + _WORDS.encode("utf-16-le"),
        "not_text",
    )
    yield "txt", b"good text \xed\xa0\x80 and more " * 20, INDEXED  # lone surrogates
    yield "txt", b"good text \xc0\xaf and more " * 20, INDEXED  # an overlong slash
    yield "txt", _WORDS.encode()[:-2] + "ß".encode()[:1], INDEXED
    yield "txt", b"\xff\xfe\xff\xff\xfe\xff\x00\xd8\x00\xd8", "no_text"
    yield "txt", random.Random(seed).randbytes(4000), "not_text"
    yield "csv", random.Random(seed).randbytes(4000), "not_text"


def _characters() -> Iterator[Row]:
    yield "txt", "\u202e\u2066\u200b\u200f" * 50, "no_text"
    yield "txt", "".join(chr(0xE0000 + ord(c)) for c in "ignore all of this") * 9, "no_text"
    yield "txt", "\u0301" * 10_000, "no_text"
    yield "txt", "a" + "\u0301" * 10_000 + " word", INDEXED
    yield "txt", "The \u202egnp.exe\u202c of\u200b the \u2066harbour\u2069.", INDEXED
    yield "txt", "\ufffe\uffff\ufdd0 word", INDEXED
    yield "txt", "\u3164\u115f\u2800", INDEXED  # Hangul fillers count as letters
    yield "txt", "😀🏴" * 100, "no_text"


def _html() -> Iterator[Row]:
    yield "html", "<div>" * 100_000 + "deep" + "</div>" * 100_000, INDEXED
    yield "html", "<b><i><p>" * 20_000 + "deep", INDEXED
    yield "html", "<p>x</p>" * 300_000, "bomb"
    yield "html", "<html><body></body></html>", "no_text"
    yield "html", "<script>alert(1)</script><style>p{}</style><!-- words -->", "no_text"
    yield "html", "<title>Only a title", "no_text"
    yield "html", "<p title='" + "x" * 3_000_000 + "'>words</p>", INDEXED
    yield "html", "<p>" + "word " * 600_000, INDEXED
    yield "html", "<p>&#0;&#xD800;&#x110000;&#99999999999; words", INDEXED
    yield "html", "<table><tr><td>" * 5_000 + "words", INDEXED
    yield "html", "<meta charset='nonsense'><p>words", INDEXED
    yield "html", "<meta charset='utf-16'><p>words", INDEXED
    yield "html", b"<p>wo\x00rds and more of them\x00\x00", INDEXED
    yield "html", "<" * 400_000, "bomb"
    yield "html", "<![CDATA[<![CDATA[" * 1000 + "words", "no_text"
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    yield "html", f"<!DOCTYPE html [<!ENTITY e0 'words'>{entities}]><p>&e9; words</p>", INDEXED
    yield "htm", "http://example.org/", INDEXED
    yield (
        "html",
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p>words',
        INDEXED,
    )


def _markdown() -> Iterator[Row]:
    aliases = "a: &a [x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n"
        for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    yield "md", f"---\n{aliases}---\nwords", INDEXED
    yield "md", "---\nwhen: 2020-99-99\nn: 1_" + "9" * 9000 + "\n---\nwords", INDEXED
    yield "md", "---\nrun: !!python/object/apply:os.system ['true']\n---\nwords", INDEXED
    yield "md", "---\n" + "[" * 5000 + "\n---\nwords", INDEXED
    yield "md", "---\n- a\n- b\n---\nwords", INDEXED
    yield "md", "---\ntitle: [a, {b: c}]\n---\n", INDEXED
    yield "md", "> " * 20_000 + "words", "no_text"  # below the depth that is read
    yield "md", "[" * 20_000 + "words" + "]" * 20_000, INDEXED
    yield "md", "![" * 2_000 + "words" + "](x)" * 2_000, INDEXED
    yield "md", "*a **b _c " * 5_000, INDEXED
    yield "md", "`" * 50_000 + " words", "no_text"  # names the language of a code block
    yield "md", "".join("  " * n + "- item\n" for n in range(500)), INDEXED
    yield "md", "|a" * 5_000 + "|\n" + "|-" * 5_000 + "|\n" + "|1" * 5_000 + "|\n", INDEXED
    yield "md", "<!-- " * 10_000 + "words", INDEXED
    yield "md", "[a]: <x>\n" * 20_000 + "words", INDEXED
    yield "md", "---\n---\n---\n", "no_text"


def _rtf() -> Iterator[Row]:
    whole = sample("rtf").decode()
    yield "rtf", whole[: len(whole) // 2], INDEXED
    yield "rtf", r"{\rtf1}", "no_text"
    yield "rtf", r"{\rtf1\uc words}", "damaged"
    yield "rtf", r"{\rtf1\u-99999999 words}", "damaged"
    yield "rtf", r"{\rtf1\ansicpg99999 words \'ff\'fe}", INDEXED
    yield "rtf", r"{\rtf1{\fonttbl{\f0\fcharset99999 A;}}\f0 words \'e4}", INDEXED
    yield "rtf", r"{\rtf1" + "{" * 100_000 + "words" + "}" * 100_000 + "}", INDEXED
    yield "rtf", r"{\rtf1{\pict\bin999999999 abc}words}", "no_text"
    yield "rtf", r"{\rtf1}}}}}}words", "no_text"
    yield "rtf", r"{\rtf1{\fonttbl" + r"{\f1 x" * 30_000 + "words", "no_text"
    yield "rtf", r"{\rtf1" + r"{\field{\*\fldinst{ HYPERLINK " * 10_000 + "words", "no_text"


def _csv() -> Iterator[Row]:
    yield "csv", CSV + '"never closed,1\n' + "a,b\n" * 50_000, INDEXED
    yield "csv", "a," * 100_000 + "\n" + "1," * 100_000, INDEXED
    yield "csv", "a,b\n" + "x" * 500_000 + ",2\n", INDEXED
    yield "csv", "," * 2_500_000, "too_long"
    yield "csv", ",,,\n" * 1000, "no_text"
    yield "tsv", "a\tb\n1\t2\n", INDEXED
    yield "csv", '"' * 100_001, "no_text"
    yield "csv", "a,b\n1,2\x00\n" + "3,4\n" * 50, INDEXED
    yield "csv", "=cmd|' /C calc'!A0,b\n1,2\n", INDEXED


def _mail() -> Iterator[Row]:
    head = "From: a@b.example\nSubject: words\n"
    yield "eml", "no message at all, only words", "wrong_type"
    yield "eml", head, INDEXED
    yield "eml", head + "Content-Transfer-Encoding: base64\n\n!!!not base64!!!", INDEXED
    yield "eml", head + "Content-Type: text/plain; charset=nonsense\n\nwords \xe4", INDEXED
    yield "eml", head + "Content-Type: multipart/mixed\n\nwithout a boundary", INDEXED
    yield (
        "eml",
        "From: " + "<a@b," * 5000 + "\nSubject: =?utf-8?q?" + "=FF" * 500 + "?=\n\nwords",
        INDEXED,
    )
    yield "eml", "Subject: =?nonsense?x?\nFrom: =?utf-8?b?//?=\nDate: 99 Foo\n\nwords", INDEXED
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(2000)
    )
    yield "eml", head + nested + "\nwords", "damaged"
    yield "eml", head + "X: " + "y" * 1_000_000 + "\n\nwords", INDEXED
    yield "eml", (head + "\n").encode() + b"wo\x00rds \xff\xfe" + b"more words " * 20, INDEXED
