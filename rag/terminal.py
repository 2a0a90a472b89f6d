"""Answers, reports and tables as plain text and as JSON; nothing here prints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.printable import safe_name
from rag.types import Answer, Citation, Disagreement, FailedFile, Passage, Sentence, SyncReport

if TYPE_CHECKING:
    from rag.backup import BackupReport
    from rag.comparison import Change, Comparison
    from rag.doctor import Check
    from rag.removal import Removal
    from rag.summary import Metric, Summary
    from rag.tuning import Tuning

_NEAREST = 3
_EXCERPT_CHARS = 160
_CHANGES_SHOWN = 10
_KIND_COLUMNS = (
    "recall@5", "MRR", "gold held", "citation precision", "refusal recall", "latency p50",
)  # fmt: skip


def to_json(value: object) -> str:
    """Records, mappings and sequences as indented JSON, letters unescaped."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=2)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | Set) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def sentence_text(sentence: Sentence) -> str:
    """A sentence with its markers: ``It opened in 1992. [1]``."""
    return " ".join([sentence.text, *(f"[{marker}]" for marker in sentence.markers)])


def sources_text(answer: Answer) -> str:
    """What follows an answer: sources, disagreements, or the nearest passages of a refusal."""
    blocks = []
    if answer.standalone_question != answer.question:
        blocks.append(f"Searched for: {answer.standalone_question}")
    if answer.citations:
        blocks.append("\n".join(["Sources", *map(_source, answer.citations)]))
    blocks.extend(map(_disagreement, answer.disagreements))
    if answer.status == "abstained" and not answer.citations and answer.hits:
        if answer.missing:
            blocks.append(f"No passage holds: {', '.join(answer.missing)}")
        nearest = (_excerpt(hit.passage) for hit in answer.hits[:_NEAREST])
        blocks.append("\n".join(["Nearest passages", *nearest]))
    return "\n\n".join(blocks)


def _source(citation: Citation) -> str:
    where = _place(citation.title, citation.page)
    return f"[{citation.marker}] {where}: “{_one_line(citation.quote)}”"


def _disagreement(disagreement: Disagreement) -> str:
    lines = [f"The sources differ on the {disagreement.about}"]
    lines += [f"- {value}: {_source(citation)}" for value, citation in disagreement.sides]
    return "\n".join(lines)


def _excerpt(passage: Passage) -> str:
    return f"- {_place(passage.title or passage.doc_id, passage.page)}: {_cut(passage.text)}"


def _cut(text: str) -> str:
    text = _one_line(text)
    if len(text) > _EXCERPT_CHARS:
        text = f"{text[:_EXCERPT_CHARS].rsplit(' ', 1)[0]} ..."
    return text


def _place(title: str, page: int | None) -> str:
    title = safe_name(title)
    return title if page is None else f"{title}, page {page}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def sync_text(report: SyncReport) -> str:
    """What a sync did, in one line, and a line for each file that failed."""
    counts = [
        f"{len(report.added)} added",
        f"{len(report.changed)} changed",
        f"{len(report.unchanged)} unchanged",
        f"{len(report.removed)} removed",
        f"{len(report.failed)} failed",
    ]
    lines = [", ".join(counts) + ".", *_others_lines(report), *failed_lines(report.failed)]
    return "\n".join(lines)


def _others_lines(report: SyncReport) -> list[str]:
    kinds = ", ".join(safe_name(suffix) or "no ending" for suffix, _ in report.others)
    count = sum(n for _, n in report.others)
    files = "1 file of another type" if count == 1 else f"{count} files of other types"
    return [f"Passed over: {files} ({kinds})."] if count else []


def failed_lines(failed: Sequence[FailedFile]) -> list[str]:
    """A line for each file that could not be indexed, with the reason."""
    return [f"Not indexed: {safe_name(file.doc_id)}: {safe_name(file.reason)}" for file in failed]


def status_text(status: object) -> str:
    """The fields of a status record, one a line."""
    values = _plain(status)
    if not isinstance(values, dict):
        raise TypeError(f"a status is a dataclass, not {type(status).__name__}")
    rows = [(name.replace("_", " "), _status_value(name, value)) for name, value in values.items()]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def _status_value(name: str, value: object) -> str:
    if value is None:
        return "never" if name in ("last_change", "indexed_since") else "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and name.endswith("bytes"):
        return f"{value / 1e6:,.1f} MB"
    return f"{value:,}" if isinstance(value, int) else str(value)


def checks_text(checks: Sequence[Check]) -> str:
    """A line for each thing that was checked, and below it what is wrong and what to do."""
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        verdict = "WRONG" if check.problems else "ok   "
        lines.append(f"{verdict}  {check.name:<{width}}  {check.looked_at}")
        lines += [f"       - {problem}" for problem in check.problems]
        lines += [f"       What to do: {check.advice}"] if check.problems else []
    return "\n".join(lines)


def backup_text(report: BackupReport) -> str:
    """What was copied."""
    return (
        f"{report.file} holds {report.documents:,} documents, {report.passages:,} passages,"
        f" {report.bytes / 1e6:,.1f} MB."
    )


def removal_text(removal: Removal, attic: Path) -> str:
    """What became of the files of removed documents, a line for each kind of end."""
    ends = (
        (removal.moved, f"moved to {attic}"),
        (removal.deleted, "deleted for good"),
        (removal.absent, "out of the index; there was no file of it any more"),
    )
    lines = [f"{_names(names)}: {end}." for names, end in ends if names]
    if removal.ratings:
        were = "rating was" if removal.ratings == 1 else "ratings were"
        lines.append(f"{removal.ratings} {were} deleted with it.")
    lines += [
        f"Deleted as well, for it held the same bytes: {_names([p])}." for p in removal.also_deleted
    ]
    return "\n".join(lines)


def left_lines(removal: Removal) -> list[str]:
    """Where the same content is still."""
    lines = [
        f"The text is still in {_names([path])}; delete it yourself." for path in removal.still_in
    ]
    if removal.copies:
        lines.append(f"The same bytes are still in {_names(removal.copies)}.")
    return lines


def _names(names: Iterable[str | Path]) -> str:
    return ", ".join(safe_name(str(name)) for name in names)


def summary_text(summary: Summary) -> str:
    """A table of the measures that apply, and one of the main measures by kind of question."""
    from rag.summary import interval_text, value_text

    rows = [("", "value", "95 % interval", "n")]
    rows += [(m.name, value_text(m), interval_text(m), str(m.n)) for m in summary.metrics if m.n]
    tables = [_table(rows)]
    if summary.by_kind:
        header = ("kind", "questions", *_KIND_COLUMNS)
        kinds = [_kind_row(kind, metrics) for kind, metrics in summary.by_kind.items()]
        tables.append(_table([header, *kinds]))
    return "\n\n".join(tables)


def comparison_text(comparison: Comparison) -> str:
    """A table of measures in two runs, and the questions that one of them alone gets right."""
    rows = [("", "A", "B", "B - A", "p", "p, all", "n", "B is")]
    rows += [
        (
            d.measure.replace("_", " "), f"{d.first:.3f}", f"{d.second:.3f}",
            f"{d.second - d.first:+.3f}", f"{d.p:.3f}", f"{d.adjusted_p:.3f}", str(d.n),
            d.verdict,
        )
        for d in comparison.differences
    ]  # fmt: skip
    blocks = [_table(rows), _changes("B", comparison.won), _changes("A", comparison.lost)]
    if comparison.missing:
        blocks.append(f"left out, in one run alone: {comparison.missing}")
    return "\n\n".join(blocks)


def tuning_text(tuning: Tuning) -> str:
    """What was tried on one half, and what came of the best on the other."""
    names = list(tuning.trials[0].values)
    rows = [tuple([*(n.split(".")[1].replace("_", " ") for n in names), "right"])]
    rows += [
        tuple([*(f"{trial.values[n]:g}" for n in names), f"{trial.right:.3f}"])
        for trial in tuning.trials
    ]
    blocks = [f"Tried on {tuning.chosen_on} questions:", _table(rows)]
    if tuning.comparison is None:
        return "\n\n".join([*blocks, "The present settings are the best of these."])
    found = ", ".join(f"{name}: {value:g}" for name, value in tuning.values.items())
    verdict = "better" if tuning.is_better else "not better by more than chance"
    told = f"On the other {tuning.judged_on} questions, A as set and B with {found}:"
    return "\n\n".join([*blocks, told, comparison_text(tuning.comparison), f"B is {verdict}."])


def _changes(run: str, changes: Sequence[Change]) -> str:
    ids = ", ".join(change.id for change in changes) or "-"
    lines = [f"right in {run} alone ({len(changes)}): {ids}"]
    for change in changes[:_CHANGES_SHOWN]:
        gold = " | ".join(change.answers) or "not in the documents"
        lines.append(f"  {change.id}  {_one_line(change.question)}  [{gold}]")
        lines.append(f"    A: {_cut(change.first)}")
        lines.append(f"    B: {_cut(change.second)}")
    return "\n".join(lines)


def _kind_row(kind: str, metrics: Sequence[Metric]) -> tuple[str, ...]:
    from rag.summary import value_text

    by_name = {metric.name: metric for metric in metrics}
    cells = [value_text(by_name[name]) if name in by_name else "-" for name in _KIND_COLUMNS]
    return (kind, str(by_name["failed"].n), *cells)


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width; the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
