"""The page is loaded anew, or left by Back: what was said stays."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_chat import CITED, ask, open_source


def test_a_reload_keeps_the_conversation(town, open_page):
    page = open_page(town)
    ask(page, "When was the bridge opened?")
    page.reload()
    expect(page.locator("#done .turn")).to_have_count(1)
    expect(open_source(page, 1, 1).locator("mark")).to_have_text(CITED)
    ask(page, "And who founded the public library?")
    expect(page.locator("#done .turn").nth(1)).to_have_attribute("data-turn", "2")
    page.reload()
    expect(page.locator("#done .turn")).to_have_count(2)
    page.click("#restart")
    expect(page.locator(".welcome")).to_be_visible()
    page.reload()
    expect(page.locator(".welcome")).to_be_visible()


def test_two_tabs_do_not_mix(town, open_page):
    first = open_page(town)
    ask(first, "When was the bridge opened?")
    with first.context.expect_page() as opened:
        first.evaluate("window.open(location.href)")  # takes the keys along
    second = opened.value
    expect(second.locator("#done .turn")).to_have_count(1)
    ask(second, "Who founded the public library?")
    first.reload()
    expect(first.locator("#done .turn")).to_have_count(1)
    second.reload()
    expect(second.locator("#done .turn")).to_have_count(2)


def test_back_leaves_what_covers_the_page(town, open_page):
    page = open_page(town, width=390, height=844)
    ask(page, "When was the bridge opened?")
    open_source(page, 1, 1)
    page.click(".sources .card.open [data-read]")
    expect(page.locator("#reader-dialog")).to_be_visible()
    page.go_back()
    expect(page.locator("#reader-dialog")).to_be_hidden()
    expect(page.locator(".sources .card.open")).to_be_visible()
    page.go_back()
    expect(page.locator(".sources .card.open")).to_be_hidden()
    expect(page.locator("#done .turn")).to_have_count(1)


@pytest.mark.parametrize("closing", ["[data-close]", "Escape"])
def test_what_was_closed_leaves_nothing_for_back(town, open_page, closing):
    page = open_page(town, width=390, height=844)
    ask(page, "When was the bridge opened?")
    entries = page.evaluate("history.state === null ? 0 : 1"), page.url
    open_source(page, 1, 1)
    if closing == "Escape":
        page.keyboard.press(closing)
    else:
        page.click(f".sources {closing}")
    expect(page.locator(".sources .card.open")).to_be_hidden()
    page.wait_for_timeout(200)
    assert (page.evaluate("history.state === null ? 0 : 1"), page.url) == entries
    page.go_back()
    assert page.url == "about:blank"
