"""What a reader may ask for beside the question: how strict, how long, from how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.config import Config

Mode = Literal["auto", "quoted", "written"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """One question's settings; None leaves a setting as config.yaml has it.

    Attributes:
        passages: As `retrieval.passages`.
        refuse_below: As `answering.refuse_below`.
        mode: As `answering.mode`.
        max_sentences: As `evidence.max_sentences`.
    """

    passages: int | None = None
    refuse_below: float | None = None
    mode: Mode | None = None
    max_sentences: int | None = None

    def applied(self, config: Config) -> Config:
        """The settings with these in their place.

        Raises:
            ValidationError: If a value is out of the range that config.yaml allows.
        """
        wanted: dict[str, dict[str, object]] = {
            "retrieval": {"passages": self.passages},
            "answering": {"refuse_below": self.refuse_below, "mode": self.mode},
            "evidence": {"max_sentences": self.max_sentences},
        }
        values = config.model_dump()
        for section, settings in wanted.items():
            values[section] |= {key: value for key, value in settings.items() if value is not None}
        return Config.model_validate(values)

    def writes(self, *, usually: bool) -> bool:
        """Whether the model writes sentences of its own.

        Args:
            usually: As its self-test allows.
        """
        return {"quoted": False, "written": True}.get(self.mode or "auto", usually)
