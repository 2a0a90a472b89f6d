"""One value changes, and everything else of the file stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.config import load_config
from rag.errors import ConfigError
from rag.settings_file import with_values, write_values

ROOT = Path(__file__).parent.parent
TEXT = """\
# Settings.
retrieval:
  passages: 8                # searched for evidence
  rrf_k: 60

answering:   # what is said
  mode: auto
  refuse_below: 0.5          # a share
"""


def test_values_change_where_they_stand() -> None:
    changed = with_values(TEXT, {"retrieval.passages": 12, "answering.refuse_below": 0.45})
    assert changed == TEXT.replace(
        "passages: 8                #", "passages: 12               #"
    ).replace("refuse_below: 0.5          #", "refuse_below: 0.45         #")


def test_a_key_that_is_not_there_is_added_to_its_section() -> None:
    changed = with_values(TEXT, {"answering.max_history_turns": 3})
    assert "answering:   # what is said\n  max_history_turns: 3\n  mode: auto\n" in changed


def test_a_section_that_is_not_there_is_added() -> None:
    assert with_values("", {"retrieval.passages": 4}) == "retrieval:\n  passages: 4\n"
    assert with_values("chat:\n  port: 1\n", {"retrieval.passages": 4}) == (
        "chat:\n  port: 1\n\nretrieval:\n  passages: 4\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "retrieval: {passages: 8}\n",
        "retrieval:\n  passages:\n    8\n",
        "text: |\n  retrieval:\n  passages: 8\nretrieval: {}\n",
        "{",
    ],
)
def test_what_cannot_be_changed_safely_is_not_changed(text) -> None:
    with pytest.raises(ConfigError, match=r"by hand: retrieval\.passages: 12"):
        with_values(text, {"retrieval.passages": 12})


def test_the_settings_that_ship_can_be_tuned(tmp_path) -> None:
    file = tmp_path / "config.yaml"
    before = (ROOT / "config.yaml").read_text("utf-8")
    file.write_text(before, "utf-8")
    write_values(file, {"retrieval.passages": 12, "retrieval.rrf_k": 20,
                        "answering.refuse_below": 0.55})  # fmt: skip
    config = load_config(file)
    assert (config.retrieval.passages, config.retrieval.rrf_k) == (12, 20)
    assert config.answering.refuse_below == 0.55
    lines = zip(before.splitlines(), file.read_text("utf-8").splitlines(), strict=True)
    assert sum(old != new for old, new in lines) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["config.yaml"]


def test_a_file_that_cannot_be_written_is_named(tmp_path) -> None:
    with pytest.raises(ConfigError, match="cannot be changed"):
        write_values(tmp_path / "none" / "config.yaml", {"retrieval.passages": 12})
