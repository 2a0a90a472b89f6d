"""What the page says once the server is gone."""

from playwright.sync_api import expect

from tests.browser.conftest import free_port
from tests.browser.test_chat import ask, open_source
from tests.fakes_ui import FakeAssistant
from ui.app import serve as serve_assistant

LOST = "This could not be loaded. Is Kaynak still running?"


def test_every_action_says_that_the_server_is_gone(open_page):
    server = serve_assistant(FakeAssistant(), host="127.0.0.1", port=free_port())
    page = open_page(server.url)
    ask(page, "When was the bridge opened?")
    card = open_source(page, 1, 1)
    server.close()
    card.locator(".more.previous").click()
    expect(card.locator(".more.previous")).to_have_text(LOST)
    thumb = page.locator("#done .thumb").first
    thumb.click()
    expect(page.locator("#done .told")).to_have_text(LOST)
    expect(thumb).to_have_attribute("aria-pressed", "false")
    content = page.locator("#reader-dialog .content")
    for button in (page.locator("[data-why]"), card.locator("[data-read=text]")):
        button.click()
        expect(content).to_have_text(LOST)
        page.keyboard.press("Escape")
