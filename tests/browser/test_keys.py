"""The keyboard: the question box, and the list of documents."""

import time

from playwright.sync_api import expect

from tests.fakes_ui import FakeAssistant


class Lingering(FakeAssistant):
    """Ends its stream a while after the answer, as a busy machine does."""

    def follow(self, run):
        try:
            yield from super().follow(run)
        finally:
            time.sleep(2.0)


def test_enter_counts_as_soon_as_the_answer_is_shown(serve, open_page):
    # Gradio by itself drops an Enter until it has ended the last question's event.
    page = open_page(serve(Lingering()))
    for number, question in enumerate(["When was the bridge opened?", "Who was Edith Crane?"], 1):
        page.fill("#question textarea", question)
        page.press("#question textarea", "Enter")
        expect(page.locator(f"#done .turn[data-turn='{number}']")).to_be_visible()


def test_enter_during_an_answer_says_so_and_keeps_the_question(serve, open_page):
    page = open_page(serve(FakeAssistant(pause=0.6)), width=400)
    box = page.locator("#question textarea")
    for question in ("When was the bridge opened?", "Who founded the public library?"):
        box.fill(question)
        box.press("Enter")
        expect(page.locator("#live .turn")).to_be_visible()
    expect(page.locator("#hint")).to_contain_text("The previous answer is still being written.")
    assert page.evaluate("find => document.querySelector(find).getBoundingClientRect().right",
                         "#hint") <= 400  # fmt: skip
    expect(page.locator("#done .turn.answered")).to_have_count(1)
    expect(box).to_have_value("Who founded the public library?")
    box.press("Enter")
    expect(page.locator("#done .turn.answered")).to_have_count(2)


def test_a_new_conversation_after_an_enter_too_early_is_empty(serve, open_page):
    page = open_page(serve(FakeAssistant(pause=1.0)))
    for question in ("When was the bridge opened?", "Who founded the public library?"):
        page.fill("#question textarea", question)
        page.press("#question textarea", "Enter")
        expect(page.locator("#live .turn")).to_be_visible()
    expect(page.locator("#hint")).to_contain_text("The previous answer is still being written.")
    page.click("#restart")
    expect(page.locator(".welcome h2")).to_be_visible()
    page.wait_for_timeout(3_500)  # until the first question's event has ended
    expect(page.locator("#live .turn")).to_have_count(0)
    expect(page.locator(".welcome h2")).to_be_visible()
    expect(page.locator("#send")).to_be_visible()
    expect(page.locator("#stop")).to_have_count(0)


def test_a_box_shows_that_it_has_the_focus(town, open_page):
    page = open_page(town)
    page.focus("#find-document")
    box = page.locator(".document [data-pick]").first
    for _ in range(12):
        page.keyboard.press("Tab")
        if box.evaluate("box => box === document.activeElement"):
            break
    expect(box).to_be_focused()
    assert box.evaluate("box => getComputedStyle(box).outlineStyle") == "solid"


def test_removing_by_keyboard_keeps_the_place(serve, open_page):
    page = open_page(serve(FakeAssistant()))
    names = ["minutes.docx", "surveys/old-bridge.pdf", "town-history.md"]
    controls = [page.locator(f".document[data-document='{n}'] [data-remove]") for n in names]
    controls[0].focus()
    page.keyboard.press("Enter")
    expect(page.locator(".confirm")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".confirm")).to_have_count(0)
    expect(controls[0]).to_be_focused()
    for name, following in zip(names, [controls[1], controls[2], None], strict=True):
        page.keyboard.press("Enter")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#library-status")).to_contain_text(f"Removed {name}.")
        expect(following or page.locator("#find-document")).to_be_focused()
