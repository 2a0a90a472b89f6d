"""What a reader may change while the chat runs; it comes from a browser and is never trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rag.config import Config
from rag.wishes import Mode, Wishes
from ui.messages import TABLES, Words, words

Strictness = Literal["lenient", "usual", "strict"]
Length = Literal["short", "usual", "long"]
MOST_PASSAGES = 20
MOST_PICKED = 10_000
# What a browser makes up at random, so that nobody can guess it.
_TAB = re.compile(r"[0-9a-f]{32}")
_REFUSE_BELOW: Mapping[Strictness, float | None] = {"lenient": 0.25, "usual": None, "strict": 0.75}
_SENTENCES: Mapping[Length, int | None] = {"short": 1, "usual": None, "long": 6}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one browser.

    Attributes:
        language: One of `ui.messages.TABLES`.
        passages: How many are searched for evidence; None as config.yaml has it.
    """

    language: str = "en"
    passages: int | None = None
    strictness: Strictness = "usual"
    mode: Mode = "auto"
    length: Length = "usual"

    @property
    def words(self) -> Words:
        """The texts of the language."""
        return words(self.language)

    def wishes(self) -> Wishes:
        """What they mean for a question."""
        return Wishes(
            passages=self.passages, refuse_below=_REFUSE_BELOW[self.strictness],
            mode=None if self.mode == "auto" else self.mode,
            max_sentences=_SENTENCES[self.length],
        )  # fmt: skip

    def refuse_below(self, config: Config) -> float:
        """The confidence that an answer needs."""
        wanted = _REFUSE_BELOW[self.strictness]
        return config.answering.refuse_below if wanted is None else wanted


@dataclass(frozen=True, slots=True)
class Client:
    """What a browser sends with everything it asks for.

    Attributes:
        picked: The only documents to ask; empty for all.
        listed: The state of the list of documents that is shown, as `ui.render_library` names it.
        tab: The page's key in `ui.tabs`; "" when it has none.
        before: The key that its tab had before it was loaded anew.
    """

    settings: Settings = Settings()
    picked: tuple[str, ...] = ()
    listed: str = ""
    tab: str = ""
    before: str = ""


def parse_client(value: object) -> Client:
    """Read what a browser sent; what makes no sense is left out."""
    if not isinstance(value, Mapping):
        return Client()
    picked = value.get("picked")
    names = picked[:MOST_PICKED] if isinstance(picked, list) else []
    listed = value.get("listed")
    return Client(
        settings=parse_settings(value.get("settings")),
        picked=tuple(name for name in names if isinstance(name, str)),
        listed=listed if isinstance(listed, str) else "",
        tab=_key(value.get("tab")),
        before=_key(value.get("before")),
    )


def _key(value: object) -> str:
    return value if isinstance(value, str) and _TAB.fullmatch(value) else ""


def parse_settings(value: object) -> Settings:
    """Read settings; what is missing or out of range has its default."""
    found = value if isinstance(value, Mapping) else {}
    language, passages = found.get("language"), found.get("passages")
    strictness, mode, length = (found.get(key) for key in ("strictness", "mode", "length"))
    is_number = isinstance(passages, int) and not isinstance(passages, bool)
    return Settings(
        language=language if isinstance(language, str) and language in TABLES else "en",
        passages=max(1, min(MOST_PASSAGES, int(passages))) if is_number and passages else None,
        strictness=strictness if strictness in ("lenient", "strict") else "usual",
        mode=mode if mode in ("quoted", "written") else "auto",
        length=length if length in ("short", "long") else "usual",
    )
