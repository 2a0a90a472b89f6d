"""Can a model be trusted to write? Measured once per model, at `kaynak fetch`, and kept.

Each case gives the model one to three sentences and a question. It passes when its reply holds the
right word and every sentence of it would pass the check that answers go through.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rag import prompts
from rag.grounding import support
from rag.protocols import Generator
from rag.text import fold, sentence_spans

FILE = "selftest.json"
# A model writes by itself when it gets nearly all of these easy cases right.
NEEDED = 0.85

CASES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("The ferry to Ilmar leaves at 7:40 on weekdays.", "Tickets cost 12 crowns."),
     "How much is a ticket?", "12"),
    (("Dr. Selin Aydar founded the observatory in 1931.", "Its dome was rebuilt by Tomas Reik."),
     "Who rebuilt the dome?", "Reik"),
    (("The bridge was closed in March 2004 after a flood.", "It reopened in May 2006."),
     "When did the bridge reopen?", "2006"),
    (("Copper is mined in the north, tin in the south.",), "What is mined in the south?", "tin"),
    (("The committee rejected the plan because it was too costly.",),
     "Why was the plan rejected?", "cost"),
    (("Oran has 4,200 inhabitants.", "Velm, its neighbour, has 9,700."),
     "How many people live in Velm?", "9,700"),
    (("The museum keeps its coins in Halden and its maps in Brevik.",),
     "Where are the maps kept?", "Brevik"),
    (("The treaty was signed by Arland and Besk.", "Corvia refused to sign it."),
     "Which country did not sign the treaty?", "Corvia"),
    (("The pump must not run for more than six hours.", "It then needs two hours of rest."),
     "How long must the pump rest?", "two"),
    (("Mira Oksen wrote the novel; Jan Pell translated it into Danish.",),
     "Who translated the novel?", "Pell"),
    (("The red line serves the harbour.", "The green line serves the airport."),
     "Which line goes to the airport?", "green"),
    (("Exports fell by 8 % in 2015 and rose by 3 % in 2016.",),
     "By how much did exports rise in 2016?", "3"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What a model showed.

    Attributes:
        cases: How many there were.
        right: Replies with the right word in them.
        supported: Replies of which every sentence passed the check.
        passed: Both.
    """

    cases: int
    right: int
    supported: int
    passed: int

    @property
    def writes(self) -> bool:
        """Whether the model may write by itself."""
        return self.passed >= NEEDED * self.cases


def measure(generator: Generator) -> SelfTest:
    """Run all cases; about a second each for the default model on two cores.

    Raises:
        GenerationError: If the model fails.
    """
    right = supported = passed = 0
    for sentences, question, gold in CASES:
        reply = "".join(generator.write(prompts.writing(question, sentences), max_new_tokens=60))
        holds = _supported(reply, " ".join(sentences), question)
        has_gold = fold(gold) in fold(reply)
        right, supported = right + has_gold, supported + holds
        passed += has_gold and holds
    return SelfTest(len(CASES), right, supported, passed)


def save(result: SelfTest, folder: Path) -> None:
    """Keep the result in a folder of its own, beside or apart from the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(json.dumps(asdict(result), indent=1) + "\n", encoding="utf-8")


def load(folder: Path) -> SelfTest | None:
    """The result kept in a folder; None when there is none that can be read."""
    try:
        return SelfTest(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _supported(reply: str, evidence: str, question: str) -> bool:
    spans = sentence_spans(reply)
    return bool(spans) and all(
        support(reply[s.start : s.end], evidence, question=question).holds for s in spans
    )
