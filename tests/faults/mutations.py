"""Whole files damaged at random: bytes, stretches, and the parts inside archives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tests.faults.samples import archive, parts, pdf, sample

FORMATS = ("pdf", "docx", "html", "md", "txt", "xlsx", "epub", "pptx", "odt", "rtf", "eml", "csv")
_MAIN_SHARE = 0.8  # of all files in the first seven formats
_MAIN = 7
_TOKENS = (
    b"<", b">", b"&", b"\x00", b"\xff\xff\xff\xff", b"999999999999", b"-1", b"<w:p>", b"</w:p>",
    b"%s", b"]]>", b"<!--", b"endobj", b"0 R", b"[", b"](", b"```", b"\\bin", b"\\u", b"=?utf-8?b?",
    b"\xed\xa0\x80", b"\xe2\x80\xae", b'"', b"'", b"---\n", b"| ", b"xmlns", b"&#x110000;",
)  # fmt: skip


def mutated(n: int, seed: int, seeds: Path) -> Iterator[tuple[str, bytes]]:
    """So many damaged files, as format and bytes; the same for the same seed and samples.

    Args:
        seeds: A folder of Markdown files, which are damaged as well.
    """
    chance = random.Random(seed)
    sources = {format_: [sample(format_)] for format_ in FORMATS}
    sources["md"] += [file.read_bytes() for file in sorted(seeds.glob("*.md"))]
    sources["pdf"].append(pdf("One page", "", "three", image_pages=frozenset({1})))
    for _ in range(n):
        main = chance.random() < _MAIN_SHARE
        format_ = chance.choice(FORMATS[:_MAIN] if main else FORMATS[_MAIN:])
        yield format_, _mutant(chance.choice(sources[format_]), chance)


def _mutant(data: bytes, chance: random.Random) -> bytes:
    if data.startswith(b"PK") and chance.random() < 0.7:
        held = parts(data)
        name = chance.choice(sorted(held))
        return archive(*{**held, name: _damaged(held[name], chance)}.items(), level=1)
    return _damaged(data, chance)


def _damaged(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16, 64))):
        if made:
            chance.choice(_WAYS)(made, chance)
    return bytes(made)


def _stretch(made: bytearray, chance: random.Random) -> slice:
    at = chance.randrange(len(made))
    return slice(at, min(len(made), at + chance.choice((1, 4, 32, 256, 4096))))


def _flip(made: bytearray, chance: random.Random) -> None:
    made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)


def _replace(made: bytearray, chance: random.Random) -> None:
    where = _stretch(made, chance)
    made[where] = chance.randbytes(where.stop - where.start)


def _blank(made: bytearray, chance: random.Random) -> None:
    where = _stretch(made, chance)
    made[where] = bytes(where.stop - where.start)


def _delete(made: bytearray, chance: random.Random) -> None:
    del made[_stretch(made, chance)]


def _repeat(made: bytearray, chance: random.Random) -> None:
    where = _stretch(made, chance)
    made[where.start : where.start] = made[where] * chance.choice((1, 2, 50))


def _insert(made: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(made))
    made[at:at] = chance.choice(_TOKENS) * chance.choice((1, 1, 3, 200))


def _cut(made: bytearray, chance: random.Random) -> None:
    if chance.random() < 0.3:
        del made[chance.randrange(len(made)) :]


_WAYS = (_flip, _replace, _blank, _delete, _repeat, _insert, _cut)
