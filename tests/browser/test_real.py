"""The chat with the real models, as a reader would use it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rag.assistant import Assistant
from rag.config import load_config
from tests.browser.conftest import PATIENCE
from tests.browser.test_chat import ask, open_source

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.models
SLOW_MS = 60_000


@pytest.fixture(scope="module")
def seeds_chat(serve, tmp_path_factory):
    """A copy of the seeds, so that a file can be added and removed."""
    documents = tmp_path_factory.mktemp("documents")
    for file in (ROOT / "seeds").glob("*.md"):
        shutil.copy(file, documents)
    config = load_config(ROOT / "config.yaml", documents=documents, index=documents / ".kaynak")
    with Assistant.open(config) as assistant:
        assistant.sync()
        assistant.answer("warm")
        yield serve(assistant)


@pytest.fixture(autouse=True)
def _patient():
    expect.set_options(timeout=SLOW_MS * PATIENCE)
    yield
    expect.set_options(timeout=5_000 * PATIENCE)


def test_ask_check_follow_up_and_be_refused(seeds_chat, open_page) -> None:
    page = open_page(seeds_chat, height=1000)
    ask(page, "When was the consulate of Azerbaijan in Istanbul opened?")
    expect(page.locator("[data-turn='1'] .prose")).to_contain_text("January 1993")
    mark = open_source(page, 1, 1).locator("mark")
    expect(mark).to_be_in_viewport()
    shown = page.locator("[data-turn='1'] .prose").inner_text()
    assert " ".join(mark.inner_text().split()).lstrip("- ") in " ".join(shown.split())
    ask(page, "And the one in Kars?")
    expect(page.locator("[data-turn='2'] .understood")).to_contain_text(
        "When was the consulate of Azerbaijan in Kars opened?"
    )
    expect(page.locator("[data-turn='2'] .prose")).to_contain_text("April 2004")
    ask(page, "What is the best recipe for sourdough bread?")
    expect(page.locator("[data-turn='3'].refused")).to_be_visible()


def test_sources_that_disagree(seeds_chat, open_page) -> None:
    page = open_page(seeds_chat)
    ask(page, "On what date was the Shusha Declaration signed?")
    sides = page.locator(".sides th[scope=row]")
    assert sorted(sides.all_inner_texts()) == ["June 15, 2021", "June 16, 2021"]


def test_add_ask_remove(seeds_chat, open_page) -> None:
    page = open_page(seeds_chat)
    orchard = b"# Orchard\n\nThe orchard of Velm holds ninety walnut trees, planted in 1931.\n"
    file = {"name": "orchard.md", "mimeType": "text/markdown", "buffer": orchard}
    page.set_input_files("#library input[type=file]", [file])
    expect(page.locator("#library-status")).to_contain_text("Added orchard.md.")
    ask(page, "How many walnut trees does the orchard of Velm hold?")
    expect(open_source(page, 1, 1).locator("mark")).to_contain_text("ninety walnut trees")
    row = page.locator(".document[data-document='orchard.md']")
    row.hover()
    row.locator("[data-remove]").click()
    row.locator("[data-removed]").click()
    expect(page.locator("#library-status")).to_contain_text("Removed orchard.md.")
    ask(page, "How many walnut trees does the orchard of Velm hold?")
    expect(page.locator("#done [data-turn='2']")).not_to_contain_text("ninety walnut trees")
