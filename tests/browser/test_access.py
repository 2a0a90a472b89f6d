"""WCAG 2.2 AA by axe-core, and the keyboard only."""

import pytest
from playwright.sync_api import Page, expect

from rag.types import FailedFile
from tests.browser.test_chat import ask
from tests.fakes_ui import FakeAssistant
from tests.test_reader import with_pdf

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install -e .[dev]")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def problems(page: Page, where: str) -> list[str]:
    """Serious and critical findings, with what they are about."""
    page.wait_for_timeout(250)  # transitions have their own colours
    found = axe.Axe().run(page, options=RULES).response["violations"]
    return [
        f"{where}: {v['id']}: {v['nodes'][0]['html'][:160]}"
        for v in found
        if v["impact"] in {"serious", "critical"}
    ]


@pytest.fixture(scope="module")
def library(serve) -> str:
    assistant = FakeAssistant(failed=[FailedFile("scan.pdf", "It holds no text.")])
    with_pdf(assistant)
    return serve(assistant)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_serious_issue_on_any_view(library, open_page, width: int, dark: bool):
    page = open_page(library, width=width, dark=dark)
    found = problems(page, "welcome")
    ask(page, "What is the price of helium in the town?")
    found += problems(page, "refusal")
    ask(page, "When was the bridge opened?")
    page.click("[data-turn='2'] .prose .chip")
    found += problems(page, "answer")
    page.click(".card.open [data-read=text]")
    expect(page.locator("#reader-dialog mark")).to_be_visible()
    found += problems(page, "document")
    page.click("[data-shut] >> visible=true")
    if width < 1080:
        page.click(".sources .close")
    page.click("[data-turn='2'] [data-why]")
    expect(page.locator("#reader-dialog table").first).to_be_visible()
    found += problems(page, "why")
    page.keyboard.press("Escape")
    page.click("[data-turn='2'] [data-rate=down]")
    found += problems(page, "rating")
    page.click("[data-options]")
    found += problems(page, "settings")
    page.keyboard.press("Escape")
    page.click("#open-library button" if width < 1080 else "[data-widen]")
    page.locator("[data-remove]").last.click()
    found += problems(page, "library")
    assert found == []


def test_a_drawn_page_has_no_serious_issue(library, open_page):
    page = open_page(library)
    page.check("[data-pick='b.pdf']")
    ask(page, "When was the bridge opened?")
    page.click(".prose .chip")
    page.click(".card.open [data-read=page]")
    expect(page.locator(".spot").first).to_be_visible()
    assert problems(page, "page") == []


def test_everything_by_keyboard(library, open_page):
    page = open_page(library)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type("When was the bridge opened?")
    page.keyboard.press("Enter")
    expect(page.locator("#done .turn.answered")).to_be_visible()
    page.focus(".prose .chip")
    page.keyboard.press("Enter")
    expect(page.locator(".card.open")).to_be_focused()
    for name in ("card-head", "more previous", "more next"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == name
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#reader-dialog .content")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reader-dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.read") == "text"  # back where it was
    page.keyboard.press("Escape")
    expect(page.locator(".prose .chip").first).to_be_focused()
