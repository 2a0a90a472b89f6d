"""Text of others never becomes active: not in answers, passages, titles, names or errors."""

from playwright.sync_api import expect

from rag.types import FailedFile
from tests.browser.test_chat import ask
from tests.fakes_ui import FakeAssistant, document

ELSEWHERE = "http://elsewhere.example"
PAYLOADS = [
    "<script>window.ran.push(1)</script>",
    f"<img src={ELSEWHERE}/a.png onerror=window.ran.push(2)>",
    '"><svg/onload=window.ran.push(3)>',
    "' autofocus onfocus='window.ran.push(4)",
    f"</div></template></article><iframe src={ELSEWHERE}/b></iframe>",
    f"<style>@import '{ELSEWHERE}/c.css'; *{{background:url({ELSEWHERE}/d)}}</style>",
    f"<link rel=stylesheet href={ELSEWHERE}/e.css><base href={ELSEWHERE}/>",
    "${window.ran.push(5)} `${window.ran.push(6)}` \\${window.ran.push(7)}",
    '{{#with "s" as |string|}}{{lookup string.sub "constructor"}}{{/with}}',
    f"![x]({ELSEWHERE}/f.png) [y](javascript:window.ran.push(8)) <a href=javascript:1>z</a>",
    "<details open ontoggle=window.ran.push(9)><math><mtext></form><form><mglyph>",
    f"<video><source onerror=window.ran.push(10) src={ELSEWHERE}/g></video>",
]


def hostile() -> FakeAssistant:
    """Every payload in a passage, a title, a file name, a heading and a reason."""
    documents = [
        document(f"{number} {payload.replace('/', '_')}.md", f"{payload} title",
                 f"{payload}\n\nThe walnut orchard number{number} says {payload} today.")
        for number, payload in enumerate(PAYLOADS)
    ]  # fmt: skip
    failed = [FailedFile(f"broken {p}", f"Because of {p}.") for p in PAYLOADS]
    assistant = FakeAssistant(documents, failed=failed)
    assistant.error = " ".join(PAYLOADS)
    assistant.suggestions = lambda n=4: PAYLOADS[:n]  # type: ignore[method-assign]
    return assistant


def assert_untouched(page) -> None:
    assert page.evaluate("window.ran") == []
    foreign = "script, iframe, svg[onload], video, math, form[action], link[href*=elsewhere]"
    assert page.locator(f".gradio-container :is({foreign})").count() == 0
    assert (
        page.locator(".gradio-container :is(img[src*=elsewhere], a[href^=javascript])").count() == 0
    )


def test_hostile_documents_questions_and_errors(serve, open_page):
    page = open_page(serve(hostile()))
    assert_untouched(page)
    for number, payload in enumerate(PAYLOADS):
        ask(page, f"What does walnut orchard number{number} say? {payload}")
        turn = page.locator(f".turn[data-turn='{number + 1}']")
        expect(turn.locator(".question")).to_contain_text(payload)
        expect(turn).to_have_class("turn answered")
        turn.locator(".prose .chip").first.click()
        mark = page.locator(".card.open mark")
        expect(mark).to_be_visible()
        assert payload in mark.text_content()
        turn.locator(".prose .chip").first.hover()
    assert_untouched(page)
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
