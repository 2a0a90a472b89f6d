"""Text of others never becomes active: not in answers, passages, titles, names or errors."""

import os

from playwright.sync_api import expect

from rag.types import FailedFile
from tests.browser.payloads import payloads
from tests.browser.test_chat import ask
from tests.fakes_ui import FakeAssistant, document

FULL = os.environ.get("KAYNAK_FAULTS") == "full"
PAYLOADS = payloads(112 if FULL else 10)
# Of every payload: question, answer, passage, mark, title, file name, the whole document, why, the
# list of documents, reason of a failure.
PLACES = 10


def hostile(chosen: list[str] = PAYLOADS) -> FakeAssistant:
    """Every payload in a passage, a title, a file name, a heading and a reason."""
    documents = [
        document(f"{number} {payload.replace('/', '_')}.md", f"{payload} title",
                 f"{payload}\n\nThe walnut orchard number{number} says {_in_one(payload)} today.")
        for number, payload in enumerate(chosen)
    ]  # fmt: skip
    failed = [FailedFile(f"broken {p}", f"Because of {p}.") for p in chosen]
    assistant = FakeAssistant(documents, failed=failed)
    assistant.error = " ".join(chosen)
    assistant.suggestions = lambda n=4: chosen[:n]  # type: ignore[method-assign]
    return assistant


def _in_one(payload: str) -> str:
    """As it can stand inside a sentence, which no blank line can."""
    return payload.replace("\n\n", "\n")


def assert_untouched(page) -> None:
    assert page.evaluate("window.ran") == []
    foreign = "script, iframe, svg[onload], video, audio, math, object, embed, marquee, meta, base"
    foreign += ", form[action], link[href*=elsewhere], style, image, use, animate"
    assert page.locator(f".gradio-container :is({foreign})").count() == 0
    assert (
        page.locator(".gradio-container :is(img[src*=elsewhere], a[href^=javascript])").count() == 0
    )


def test_hostile_documents_questions_and_errors(serve, open_page):
    page = open_page(serve(hostile()))
    assert_untouched(page)
    for number, payload in enumerate(PAYLOADS):
        ask(page, f"What does walnut orchard number{number} say? {payload}")
        turn = page.locator(f".turn[data-turn='{number % 10 + 1}']")
        expect(turn.locator(".question")).to_contain_text(" ".join(payload.split()))
        expect(turn).to_have_class("turn answered")
        turn.locator(".prose .chip").first.click()
        # Not the card of the question before, which is open until this one is there.
        expect(page.locator(".card.open mark")).to_contain_text(f"number{number} says")
        assert _in_one(payload) in page.locator(".card.open .passage").text_content()
        turn.locator(".prose .chip").first.hover()
        page.click(".card.open [data-read=text]")
        expect(page.locator("#reader-dialog mark")).to_contain_text(f"number{number} says")
        assert payload in page.locator("#reader-dialog .whole").text_content()
        page.keyboard.press("Escape")
        turn.locator("[data-why]").click()
        expect(page.locator("#reader-dialog td").first).to_be_visible()
        page.keyboard.press("Escape")
        if number % 10 == 9:
            assert_untouched(page)
            page.click("#restart")  # else each question would draw all before it again
            expect(page.locator(".turn")).to_have_count(0)
            expect(page.locator(".welcome h2")).to_be_visible()
    print(f"{len(PAYLOADS)} payloads in {PLACES} places: {len(PAYLOADS) * PLACES}")


def test_hostile_errors_and_suggestions(serve, open_page):
    page = open_page(serve(hostile()))
    ask(page, "fail")
    expect(page.locator(".turn.failed .notice")).to_contain_text(PAYLOADS[0])
    ask(page, PAYLOADS[1])
    page.click("#restart")
    page.click(".suggestion >> nth=1")
    expect(page.locator("#done .turn")).to_have_count(1)
    assert_untouched(page)


def test_hostile_names_can_be_picked_and_removed(serve, open_page):
    assistant = hostile()
    page = open_page(serve(assistant))
    rows = page.locator(".document:not(.failed)")
    first = rows.first
    name = first.get_attribute("data-document")
    first.locator("input").check()
    ask(page, "What does walnut orchard number0 say?")
    assert assistant.asked[-1][2] == [name]
    first.hover()
    first.locator("[data-remove]").click()
    first.locator("[data-removed]").click()
    expect(page.locator("#library-status")).to_contain_text(f"Removed {name}.")
    assert name not in {d.doc_id for d in assistant.documents()}
    assert_untouched(page)
