"""What of the conversation is in view."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_chat import ask
from tests.fakes_ui import FakeAssistant

REFUSED = "What is the price of helium in the town?"


def scrolled(page: Page) -> int:
    return page.evaluate("document.querySelector('#scroller').scrollTop")


def above(page: Page, turn: int) -> float:
    """How far a question stands below the top of the column."""
    return page.evaluate(
        """(turn) => document.querySelector(`[data-turn='${turn}'] .question`)
            .getBoundingClientRect().top
            - document.querySelector('#scroller').getBoundingClientRect().top""",
        turn,
    )


def test_the_question_of_a_tall_reply_comes_to_the_top(town, open_page):
    page = open_page(town, height=560)
    ask(page, "Who founded the public library?")
    for turn in (2, 3):
        ask(page, REFUSED)
        page.wait_for_timeout(200)
        assert 0 <= above(page, turn) < 60


def test_a_reader_who_has_scrolled_away_is_left_there(serve, open_page):
    page = open_page(serve(FakeAssistant(pause=1.0)), height=560)
    ask(page, REFUSED)
    page.fill("#question textarea", REFUSED)
    page.press("#question textarea", "Enter")
    expect(page.locator("#live .turn")).to_be_visible()
    page.wait_for_timeout(200)
    page.evaluate("document.querySelector('#scroller').scrollTop = 0")
    expect(page.locator("#done .turn")).to_have_count(2)
    page.wait_for_timeout(200)
    assert scrolled(page) == 0


@pytest.mark.parametrize(("width", "height"), [(720, 450), (390, 420)])
def test_the_welcome_opens_at_its_top(town, open_page, width, height):
    page = open_page(town, width=width, height=height)
    expect(page.locator(".welcome .suggestion")).to_have_count(4)
    page.wait_for_timeout(200)
    assert scrolled(page) == 0
