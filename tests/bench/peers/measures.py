"""What is measured of every system's replies, by the formulas of `rag.metrics`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.attribution import Statement, citation_support
from rag.grounding import unsupported
from rag.measuring import supports
from rag.metrics import citation_precision, gold_held, token_f1
from rag.statistics import bootstrap_interval, mean, percentile
from rag.text import sentence_spans

# Systems without a refusal of their own refuse in words. Anything kinder would count "I don't know,
# but it was 1992" as an answer, anything stricter "The context does not say" as one.
_REFUSES = re.compile(
    r"(?:do(?:es)? not|don['’]t|did not|cannot|can['’]t|could not|unable to|isn['’]t|is not|no)\b"
    r"[^.]{0,60}?\b(?:know|say|mention|provide|state|specif|contain|answer|find|found|information"
    r"|include|given|context)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        invented: Names, numbers and dates per reply that nothing it was made from holds.
        supported: Share of sentences that what is cited supports.
        refuses: Share of the unanswerable questions that are refused.
        refuses_falsely: Share of the others that are refused.
    """

    system: str
    questions: int
    gold_held: float | None
    gold_low: float | None
    gold_high: float | None
    token_f1: float | None
    invented: float | None
    supported: float | None
    cites_expected: float | None
    refuses: float | None
    refuses_falsely: float | None
    failed: int
    index_s: float
    first_s: float | None
    total_s: float | None
    peak_mb: float
    lines: int


def measured(system: str, questions: Sequence[dict], replies: Sequence[dict], whole: dict) -> Row:
    """Measure one system.

    Args:
        questions: Rows of a question set.
        replies: As `harness.run` writes them, in the order of the questions.
        whole: The last line of `harness.run`.
    """
    pairs = list(zip(questions, replies, strict=True))
    asked = [(q, r, refused(r)) for q, r in pairs]
    held = [_held(q, r, no) for q, r, no in asked if q["answers"]]
    said = [(q, r) for q, r, no in asked if not no and not r["error"]]
    interval = bootstrap_interval(held, seed=0) if held else None
    done = [r for r in replies if not r["error"]]
    return Row(
        system=system,
        questions=len(pairs),
        gold_held=_mean(held),
        gold_low=interval.low if interval else None,
        gold_high=interval.high if interval else None,
        token_f1=_mean([0.0 if no else token_f1(r["text"], q["answers"])
                        for q, r, no in asked if q["answers"]]),
        invented=_mean([len(_invented(q, r)) for q, r in said]),
        supported=_mean([s for _, r in said if (s := _supported(r)) is not None]),
        cites_expected=_mean([p for q, r in said if (p := _precision(q, r)) is not None]),
        refuses=_mean([float(no) for q, _, no in asked if not q["answers"]]),
        refuses_falsely=_mean([float(no) for q, _, no in asked if q["answers"]]),
        failed=len(replies) - len(done),
        index_s=whole["index_s"],
        first_s=_median([r["first_s"] for r in done if "first_s" in r]),
        total_s=_median([r["total_s"] for r in done]),
        peak_mb=whole["peak_mb"],
        lines=whole["lines"],
    )  # fmt: skip


def refused(reply: dict) -> bool:
    """Whether a reply refuses: by itself, or in the words of its first sentence."""
    if reply["error"]:
        return False
    spans = sentence_spans(reply["text"])
    first = reply["text"][spans[0].start : spans[0].end] if spans else ""
    return bool(reply["refused"] or not first or _REFUSES.search(first))


def table(rows: Sequence[Row]) -> str:
    """Markdown: a row for each system; times and memory also as ratios to the first."""
    header = (
        "system", "gold held [95 %]", "token F1", "invented per reply", "sentences supported",
        "cites the right document", "refuses the unanswerable", "refuses the answerable",
        "index, s", "first word, s", "whole, s", "peak, MB", "lines",
    )  # fmt: skip
    first = rows[0]
    lines = [header, ["---", *["--:"] * (len(header) - 1)]]
    for r in rows:
        bounds = "" if r.gold_low is None else f" [{r.gold_low:.2f}, {r.gold_high:.2f}]"
        lines.append([
            r.system + (f" ({r.failed} failed)" if r.failed else ""),
            _share(r.gold_held) + bounds, _share(r.token_f1), _share(r.invented),
            _share(r.supported), _share(r.cites_expected), _share(r.refuses),
            _share(r.refuses_falsely), _ratio(r.index_s, first.index_s),
            _ratio(r.first_s, first.first_s), _ratio(r.total_s, first.total_s),
            _ratio(r.peak_mb, first.peak_mb), str(r.lines),
        ])  # fmt: skip
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _held(question: dict, reply: dict, no: bool) -> float:
    return float(not no and not reply["error"] and gold_held(reply["text"], question["answers"]))


def _invented(question: dict, reply: dict) -> tuple[str, ...]:
    """Against all that the reply was made from, and the question: the kindest reading."""
    known = "\n".join([question["question"], *(c["text"] for c in reply["cited"])])
    return unsupported(reply["text"], known)


def _supported(reply: dict) -> float | None:
    quotes = tuple(c["text"] for c in reply["cited"])
    text = reply["text"]
    said = [text[s.start : s.end] for s in sentence_spans(text)]
    return citation_support([Statement(s, quotes) for s in said], supports=supports).recall


def _precision(question: dict, reply: dict) -> float | None:
    if not question["documents"]:
        return None
    return citation_precision([c["document"] for c in reply["cited"]], question["documents"])


def _mean(values: Sequence[float]) -> float | None:
    return mean(values) if values else None


def _median(values: Sequence[float]) -> float | None:
    return percentile(values, 0.5) if values else None


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _ratio(value: float | None, first: float | None) -> str:
    if value is None:
        return "-"
    shown = f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
    return f"{shown} (x {value / first:.1f})" if first else shown
