"""The report: everything is in one file, and nothing in it is markup of the documents."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rag import report
from rag.comparison import compare
from rag.evaluation import StoredRun
from rag.failures import EXPLAINED
from rag.results import FoundPassage, QuestionResult, QuotedSource

SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(2)">'
HEADER = {
    "question_set": "mine.jsonl", "date": "2030-01-02T03:04:05+00:00", "seed": 7,
    "fingerprint": "feed", "peak_memory_mb": 1234.5, "machine": {"system": "Linux", "cores": 2},
    "versions": {"torch": "2"},
}  # fmt: skip


def result(identity: str, **more) -> QuestionResult:
    values = {
        "kind": "fact", "question": f"{identity}?", "is_answerable": True, "is_follow_up": False,
        "status": "answered", "gold_held": True, "reply": f"Reply of {identity}.",
        "answers": ("1992",), "confidence": 0.8, "elapsed_ms": 1500.0, "recall_at_5": 1.0,
        "timings_ms": {"retrieve": 20.0, "evidence": 900.0},
        "statements": 2, "statements_supported": 1,
    }  # fmt: skip
    return QuestionResult(id=identity, **(values | more))


LOST = result(
    "lost-1", gold_held=False, lost_at="not selected", confidence=0.6,
    passages=(FoundPassage("a.md", 3, 0, 9, 0.03, "In 1992 it.", True),
              FoundPassage("b.md", None, 5, 9, 0.01, "A garden.", False)),
    citations=(QuotedSource(1, "b.md", None, 5, 9, "A garden.", False, True),),
)  # fmt: skip
REFUSED = result(
    "far-1", is_answerable=False, gold_held=None, answers=(), status="abstained", confidence=0.1
)
WRONG = replace(REFUSED, id="far-2", status="answered", lost_at="wrongly answered")
RUN = StoredRun("run", (result("good-1"), WRONG, LOST, REFUSED), HEADER)


def html_report(run: StoredRun, **more) -> str:
    return report.html_report(run, run.summary(), **more)


def markdown_report(run: StoredRun, **more) -> str:
    return report.markdown_report(run, run.summary(), **more)


class Tags(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_page_stands_alone() -> None:
    page = html_report(RUN)
    parsed = Tags(page)
    assert parsed.open == []
    names = {tag for tag, _ in parsed.tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "base", "form"})
    given = {name for _, attributes in parsed.tags for name in attributes}
    assert not {name for name in given if name in ("src", "href") or name.startswith("on")}
    # The only address is the name of SVG, which nobody contacts.
    assert set(re.findall(r"https?://[^\s\"<]+", page)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page
    assert "url(" not in page
    assert "@import" not in page


def test_failures_come_first_by_stage_and_open_with_all_that_was_seen() -> None:
    page = html_report(RUN)
    text = " ".join(Tags(page).text.split())
    assert text.index("not selected lost-1") < text.index("wrongly answered far-2")
    assert text.index("far-2") < text.index("good-1")
    assert "Questions that went wrong: 2" in text
    assert f"not selected (1): {EXPLAINED['not selected']}" in text
    assert "1. a.md, page 3 · 0–9 · score 0.0300 In 1992 it." in text
    assert "[1] b.md · not an expected document A garden." in text
    assert 'class="holds"' in page
    assert page.count('class="holds"') == 1
    assert "Expected: a refusal" in text


def test_the_facts_of_the_run_are_there() -> None:
    text = Tags(html_report(RUN)).text
    for fact in ("mine.jsonl", "seed 7", "settings feed", "1,234 MB", "torch 2", "cores 2", "2030"):
        assert fact in text
    for title in (
        "Answer quality", "Where questions are lost", "risk and coverage", "Calibration",
        "Latency by stage",
    ):  # fmt: skip
        assert title in text


def _hostile() -> StoredRun:
    bad = replace(
        LOST, id=SCRIPT, kind=SCRIPT, question=SCRIPT, reply=SCRIPT, answers=(SCRIPT,),
        standalone_question=f"x{SCRIPT}", unsupported=(SCRIPT,), lost_at=SCRIPT, error=SCRIPT,
        passages=(FoundPassage(SCRIPT, 1, 0, 1, 0.1, SCRIPT, True),),
        citations=(QuotedSource(1, SCRIPT, 1, 0, 1, SCRIPT, False, False),),
    )  # fmt: skip
    header = {"question_set": SCRIPT, "date": SCRIPT, "seed": 1, "machine": {SCRIPT: SCRIPT}}
    return StoredRun(SCRIPT, (bad, replace(bad, id="2", lost_at="", kind="fact"), LOST), header)


def test_scripts_in_documents_questions_and_answers_stay_text() -> None:
    run = _hostile()
    before = StoredRun("a", tuple(replace(r, gold_held=True) for r in run.results), {})
    found = compare(before.results, run.results)
    assert found.lost
    page = html_report(run, comparison=found, against=SCRIPT)
    parsed = Tags(page)
    assert {tag for tag, _ in parsed.tags}.isdisjoint({"script", "img"})
    assert parsed.text.count("alert(1)") > 15
    assert "<script" not in page


def test_markup_in_a_markdown_summary_stays_text() -> None:
    run = _hostile()
    found = compare([replace(r, gold_held=True) for r in run.results], run.results)
    text = markdown_report(run, comparison=found, against="a | b")
    assert "<script" not in text.replace("\\<script", "")
    assert re.search(r"(?<!\\)<", text) is None
    called = replace(LOST, question="@someone [x](http://y) | `z`")
    text = markdown_report(StoredRun("run", (called,), {}))
    assert "@\u200bsomeone \\[x\\](http://y) \\| \\`z\\`" in text


def test_the_markdown_summary_fits_a_pull_request() -> None:
    text = markdown_report(RUN)
    assert text.startswith("### Evaluation: mine.jsonl\n")
    assert "| gold held | 0.500 | " in text
    assert "**2 of 4 questions went wrong**: not selected 1, wrongly answered 1." in text
    assert "| lost-1 | not selected | lost-1? | 1992 | Reply of lost-1. |" in text
    many = StoredRun("run", tuple(replace(LOST, id=str(i)) for i in range(30)), HEADER)
    assert "... and 20 more." in markdown_report(many)


@pytest.mark.parametrize("run", [RUN, StoredRun("run", (REFUSED,), {})], ids=["full", "refusals"])
def test_two_runs_side_by_side(run) -> None:
    before = tuple(
        replace(r, gold_held=r.is_answerable or None, status="answered") for r in run.results
    )
    found = compare(before, run.results)
    page, text = (
        make(run, comparison=found, against="before") for make in (html_report, markdown_report)
    )
    assert "Against before" in page
    assert f"Got better: {len(found.won)}" in Tags(page).text
    assert f"**Got better** ({len(found.won)})" in text


def test_a_run_of_failures_alone_has_a_report() -> None:
    failed = result(
        "1", status="failed", gold_held=False, lost_at="failed", error="No model.", reply=""
    )
    page = html_report(StoredRun("run", (failed,), {}))
    assert "No model." in page
    assert "Evaluation: run" in page
