"""The pictures in docs/, made with the real models.

    python -m tests.browser.pictures

Look at each of them before it is kept.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import docx
from playwright.sync_api import Browser, Page, expect, sync_playwright
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from rag.assistant import Assistant
from rag.config import load_config
from tests import fakes_ui
from tests.browser.conftest import ARGS, free_port
from tests.browser.test_chat import ask, open_source
from ui.app import serve

DOCS = Path(__file__).parent.parent.parent / "docs"
QUESTION = "When was the bridge opened?"
IN_THE_PDF = 2
_HEADING_CHARS = 40


def main() -> None:
    expect.set_options(timeout=60_000)
    with tempfile.TemporaryDirectory() as folder:
        write_documents(Path(folder))
        config = load_config(documents=folder, index=Path(folder) / ".kaynak")
        with Assistant.open(config) as assistant:
            assistant.sync()
            assistant.answer("warm")
            server = serve(assistant, host="127.0.0.1", port=free_port())
            try:
                take(server.url)
            finally:
                server.close()


def write_documents(folder: Path) -> None:
    """The town of the tests, as files."""
    (folder / "surveys").mkdir()
    styles = getSampleStyleSheet()
    story: list[object] = []
    for block in fakes_ui.SURVEY.split("\n\n"):
        if block.startswith(("2.", "3.")):
            story.append(PageBreak())
        style = styles["Heading2" if len(block) < _HEADING_CHARS else "BodyText"]
        story.append(Paragraph(block, style))
    file = folder / "surveys" / "old-bridge.pdf"
    SimpleDocTemplate(str(file), pagesize=A4, title="The Old Bridge: a survey").build(story)
    blocks = fakes_ui.HISTORY.split("\n\n")
    marked = [f"## {b}" if len(b) < _HEADING_CHARS and b[-1] != "." else b for b in blocks]
    (folder / "town-history.md").write_text("\n\n".join(marked)[1:], encoding="utf-8")
    minutes = docx.Document()
    title, *paragraphs = fakes_ui.MINUTES.split("\n\n")
    minutes.add_heading(title, level=1)
    for paragraph in paragraphs:
        minutes.add_paragraph(paragraph)
    minutes.save(str(folder / "minutes.docx"))
    (folder / "minutes-old.docx").write_bytes(b"PK\x03\x04 cut short")


def take(url: str) -> None:
    """Use the chat, and keep what it looks like."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        wide(opened(browser, url))
        wide_dark(opened(browser, url, dark=True))
        phone(opened(browser, url, dark=True, width=390, height=844))
        browser.close()


def wide(page: Page) -> None:
    ask(page, QUESTION)
    open_source(page, 1, IN_THE_PDF)
    keep(page, "chat")
    page.locator(".card.open [data-read='page']").click()
    page.wait_for_selector("#reader-dialog img")
    keep(page, "chat-page")
    page.keyboard.press("Escape")
    page.click("[data-why]")
    page.wait_for_selector("#reader-dialog table")
    keep(page, "chat-why")


def wide_dark(page: Page) -> None:
    page.click("[data-widen]")
    keep(page, "chat-library-dark")


def phone(page: Page) -> None:
    ask(page, QUESTION)
    keep(page, "chat-phone-dark")
    open_source(page, 1, IN_THE_PDF)
    keep(page, "chat-phone-source")


def opened(
    browser: Browser, url: str, *, dark: bool = False, width: int = 1440, height: int = 900
) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": height}, locale="en-US",
        color_scheme="dark" if dark else "light",
    )  # fmt: skip
    page.goto(url)
    page.wait_for_selector(".welcome h2")
    return page


def keep(page: Page, name: str) -> None:
    page.wait_for_timeout(700)
    page.screenshot(path=str(DOCS / f"{name}.png"))
    sys.stdout.write(f"docs/{name}.png\n")


if __name__ == "__main__":
    main()
