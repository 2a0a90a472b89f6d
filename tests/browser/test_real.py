"""The chat with the real models over the seeds, as a reader would use it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from rag.assistant import Assistant
from tests.browser.test_chat import ask, open_source

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.models
SLOW_MS = 60_000


@pytest.fixture(scope="module")
def seeds_chat(serve, tmp_path_factory):
    index = tmp_path_factory.mktemp("index")
    with Assistant.open(ROOT / "config.yaml", index=index) as assistant:
        assistant.sync()
        assistant.answer("warm")
        yield serve(assistant)


def test_ask_check_follow_up_and_be_refused(seeds_chat, open_page, tmp_path) -> None:
    expect.set_options(timeout=SLOW_MS)
    page = open_page(seeds_chat, height=1000)
    ask(page, "When was the embassy of Azerbaijan in Turkey opened?")
    expect(page.locator("[data-turn='1'] .prose")).to_contain_text("August 1992")
    card = open_source(page, 1, 1)
    quote = card.locator("mark").inner_text()
    assert quote in page.locator("[data-turn='1'] .prose").inner_text()
    ask(page, "And the consulate in Kars?")
    expect(page.locator("[data-turn='2'] .understood")).to_contain_text("When was the embassy")
    ask(page, "What is the best recipe for sourdough bread?")
    expect(page.locator("[data-turn='3'].refused")).to_be_visible()
    page.screenshot(path=tmp_path / "chat.png")


def test_sources_that_disagree(seeds_chat, open_page) -> None:
    expect.set_options(timeout=SLOW_MS)
    page = open_page(seeds_chat)
    ask(page, "On what date was the Shusha Declaration signed?")
    expect(page.locator(".sides th[scope=row]")).to_have_text(["June 15, 2021", "June 16, 2021"])
