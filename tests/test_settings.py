"""What a browser sends is read with care."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from rag.config import Config
from rag.wishes import Wishes
from ui.settings import Client, Settings, parse_client, parse_settings


@pytest.mark.parametrize(
    "value",
    [None, 5, "x", [], {}, {"settings": None}, {"settings": {"language": "xx", "passages": "9"}},
     {"picked": "a.md"}, {"settings": {"mode": ["quoted"], "length": {}, "strictness": 3}},
     {"settings": {"passages": True}}],
)  # fmt: skip
def test_nonsense_gives_the_defaults(value: object) -> None:
    assert parse_client(value) == Client()


def test_values_are_taken_and_bounded() -> None:
    client = parse_client({
        "settings": {"language": "az", "passages": 900, "mode": "quoted", "length": "long",
                     "strictness": "lenient"},
        "picked": ["a.md", 3, "b.md"],
    })  # fmt: skip
    assert client.picked == ("a.md", "b.md")
    assert client.listed == ""
    assert client.settings == Settings("az", 20, "lenient", "quoted", "long")
    assert client.settings.wishes() == Wishes(20, 0.25, "quoted", 6)
    assert parse_settings({"passages": -3}).passages == 1


def test_wishes_change_only_what_they_name() -> None:
    config = Config()
    assert Wishes().applied(config) == config
    changed = Wishes(passages=3, refuse_below=0.9, max_sentences=1).applied(config)
    assert changed.retrieval.passages == 3
    assert changed.retrieval.candidates == config.retrieval.candidates
    assert changed.answering.refuse_below == 0.9
    assert changed.fingerprint() != config.fingerprint()
    with pytest.raises(ValidationError):
        Wishes(passages=10_000).applied(config)


@pytest.mark.parametrize(
    ("mode", "usually", "writes"),
    [(None, True, True), (None, False, False), ("auto", True, True), ("quoted", True, False),
     ("written", False, True)],
)  # fmt: skip
def test_who_writes(mode, usually: bool, writes: bool) -> None:
    assert Wishes(mode=mode).writes(usually=usually) is writes
