"""The keyboard in the list of documents."""

from playwright.sync_api import expect

from tests.fakes_ui import FakeAssistant


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
