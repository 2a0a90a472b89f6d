"""A run as one HTML file with plots, and as a Markdown summary for a pull request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from jinja2 import Environment, StrictUndefined

from rag import plots
from rag.comparison import Comparison
from rag.evaluation import StoredRun
from rag.failures import EXPLAINED
from rag.results import QuestionResult
from rag.statistics import reliability, risk_coverage
from rag.summary import STAGES, Metric, Summary, interval_text, value_text

_TILES = ("right", "gold held", "refusal F1", "sentences supported", "recall@5", "latency p50")
_QUALITY = (
    "right", "gold held", "gold held, follow-ups", "recall@5", "passage recall@5",
    "citation precision", "citation precision, ALCE", "citation recall, ALCE",
    "sentences supported", "refusal precision", "refusal recall", "refusal F1",
)  # fmt: skip
_KIND_COLUMNS = (
    "right", "recall@5", "MRR", "gold held", "citation precision", "refusal recall", "latency p50",
)  # fmt: skip
_LISTED = 10
_CELL_CHARS = 160
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~])")


@dataclass(frozen=True, slots=True)
class _Plot:
    title: str
    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class _Page:
    """What the template shows; all but `_Plot.svg` is escaped there."""

    title: str
    facts: list[str]
    tiles: list[tuple[str, str, str]]
    plots: list[_Plot]
    stages: list[tuple[str, str, int]]
    failures: list[QuestionResult]
    successes: list[QuestionResult]
    measures: list[tuple[str, str, str, int]]
    kind_columns: list[str]
    kinds: list[list[str]]
    comparison: Comparison | None
    against: str


def html_report(
    run: StoredRun,
    summary: Summary,
    *,
    comparison: Comparison | None = None,
    against: str = "the run before",
) -> str:
    """One self-contained page: no script, nothing from elsewhere, light and dark.

    Args:
        summary: Of the run.
        comparison: Of this run with an earlier one, shown side by side.
        against: What to call the earlier one.
    """
    failures = _failures(run.results)
    page = _Page(
        title=f"Evaluation: {run.header.get('question_set') or run.name}",
        facts=_facts(run),
        tiles=[(m.name, value_text(m), interval_text(m)) for m in _picked(summary, _TILES)],
        plots=_plots(run.results, summary),
        stages=_stages(failures),
        failures=failures,
        successes=[r for r in run.results if not r.lost_at],
        measures=[(m.name, value_text(m), interval_text(m), m.n) for m in summary.metrics if m.n],
        kind_columns=["kind", "questions", *_KIND_COLUMNS],
        kinds=_kinds(summary),
        comparison=comparison,
        against=against,
    )
    source = resources.files("rag").joinpath("report.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(source).render(page=page)


def markdown_report(
    run: StoredRun,
    summary: Summary,
    *,
    comparison: Comparison | None = None,
    against: str = "the run before",
) -> str:
    """The measures, what changed, and the first questions that went wrong."""
    failures = _failures(run.results)
    title = _escaped(str(run.header.get("question_set") or run.name))
    blocks = [f"### Evaluation: {title}", _escaped(" · ".join(_facts(run)))]
    if comparison is not None:
        blocks += _compared(comparison, against)
    rows = [(m.name, value_text(m), interval_text(m), str(m.n)) for m in summary.metrics if m.n]
    blocks.append(_table(("", "value", "95 % interval", "n"), rows))
    if failures:
        stages = ", ".join(f"{_escaped(stage)} {n}" for stage, _, n in _stages(failures))
        blocks.append(f"**{len(failures)} of {len(run.results)} questions went wrong**: {stages}.")
        worst = [
            (r.id, r.lost_at, _cut(r.question), _cut(" | ".join(r.answers) or "a refusal"),
             _cut(r.reply or r.error))
            for r in failures[:_LISTED]
        ]  # fmt: skip
        blocks.append(_table(("question", "lost at", "asked", "expected", "said"), worst))
        if len(failures) > _LISTED:
            blocks.append(f"... and {len(failures) - _LISTED} more.")
    return "\n\n".join(blocks) + "\n"


def _failures(results: Sequence[QuestionResult]) -> list[QuestionResult]:
    """Those that went wrong, by the stage that lost them."""
    order = {stage: i for i, stage in enumerate(EXPLAINED)}
    return sorted((r for r in results if r.lost_at), key=lambda r: order.get(r.lost_at, 99))


def _stages(failures: Sequence[QuestionResult]) -> list[tuple[str, str, int]]:
    counts = Counter(result.lost_at for result in failures)
    return [(stage, EXPLAINED.get(stage, ""), n) for stage, n in counts.items()]


def _facts(run: StoredRun) -> list[str]:
    """What the run depended on."""
    header = run.header
    facts = [f"{len(run.results)} questions"]
    facts += [f"{name} {header[name]}" for name in ("date", "seed") if name in header]
    if fingerprint := header.get("fingerprint"):
        facts.append(f"settings {fingerprint}")
    if isinstance(peak := header.get("peak_memory_mb"), int | float):
        facts.append(f"peak memory {peak:,.0f} MB")
    for name in ("machine", "versions"):
        if isinstance(values := header.get(name), dict):
            facts.append(", ".join(f"{key} {value}" for key, value in values.items()))
    return facts


def _picked(summary: Summary, names: Sequence[str]) -> list[Metric]:
    return [m for name in names for m in summary.metrics if m.name == name and m.n]


def _plots(results: Sequence[QuestionResult], summary: Summary) -> list[_Plot]:
    quality = [
        plots.Estimate(m.name, m.value, m.low, m.high)
        for m in _picked(summary, _QUALITY)
        if m.value is not None and m.low is not None and m.high is not None
    ]
    found = []
    if quality:
        svg = plots.intervals(quality, title="Answer quality")
        found.append(_Plot("Answer quality", svg, "Each with its 95 % bootstrap interval."))
    if stages := _stages(_failures(results)):
        svg = plots.bars([(stage, [n]) for stage, _, n in stages], title="Where questions are lost")
        caption = "The first stage after which the answer was not there any more."
        found.append(_Plot("Where questions are lost", svg, caption))
    found += _confidence_plots([r for r in results if r.status != "failed"])
    by_name = {m.name: m.value for m in summary.metrics}
    rows = [
        (stage, [float(by_name[f"{stage} p50"] or 0), float(by_name[f"{stage} p95"] or 0)])
        for stage in STAGES
        if by_name[f"{stage} p95"] is not None
    ]
    if rows:
        svg = plots.bars(rows, title="Latency by stage", unit="s")
        found.append(_Plot("Latency by stage", svg, "Median, and paler the 95th percentile."))
    return found


def _confidence_plots(done: Sequence[QuestionResult]) -> list[_Plot]:
    if not done:
        return []
    outcomes = [(r.confidence, bool(r.gold_held)) for r in done]
    answered = [r for r in done if r.status == "answered"]
    here = None
    if answered:
        wrong = sum(not r.gold_held for r in answered) / len(answered)
        here = (len(answered) / len(done), wrong)
    points = risk_coverage(outcomes)
    risk = plots.curve(
        points, title="Risk and coverage", x_label="share of questions that is answered",
        y_label="share of these replies that is wrong", here=here,
    )  # fmt: skip
    told = (
        "What happens when only the most confident questions are answered; the dot is where the "
        "settings stand. A refused question counts as wrong where it would be answered."
    )
    bins = reliability([(r.confidence, r.is_answerable) for r in done])
    shown = plots.calibration(bins, title="Calibration of the confidence")
    caption = "Questions by confidence, with their number; on the diagonal it is a probability."
    return [
        _Plot("Refusal: risk and coverage", risk, told),
        _Plot("Calibration of the confidence", shown, caption),
    ]


def _kinds(summary: Summary) -> list[list[str]]:
    rows = []
    for kind, metrics in summary.by_kind.items():
        by_name = {metric.name: metric for metric in metrics}
        cells = [value_text(by_name[n]) if n in by_name else "-" for n in _KIND_COLUMNS]
        rows.append([kind, str(by_name["failed"].n), *cells])
    return rows


def _compared(comparison: Comparison, against: str) -> list[str]:
    rows = [
        (
            d.measure.replace("_", " "), f"{d.first:.3f}", f"{d.second:.3f}",
            f"{d.second - d.first:+.3f}", f"{d.adjusted_p:.3f}", d.verdict,
        )
        for d in comparison.differences
    ]  # fmt: skip
    header = ("", against, "this run", "difference", "p (Holm)", "this run is")
    blocks = [_table(header, rows)]
    for told, changes in (("Got worse", comparison.lost), ("Got better", comparison.won)):
        if changes:
            ids = ", ".join(_escaped(change.id) for change in changes)
            blocks.append(f"**{told}** ({len(changes)}): {ids}")
    return blocks


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    cells = [[c if c == "---" else _escaped(c) for c in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _escaped(text: str) -> str:
    """A text that stays text in Markdown, and calls nobody by name."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split())).replace("@", "@\u200b")


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _CELL_CHARS else f"{text[:_CELL_CHARS].rsplit(' ', 1)[0]} ..."
