"""The paths of a reader through the chat, in Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from rag.types import FailedFile
from tests.fakes_ui import FakeAssistant, document

# Milliseconds from a click on the first marker to its source; null if the next frame has none.
CLICK_MS = """async () => {
    const started = performance.now();
    document.querySelector(".prose .chip").click();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const took = performance.now() - started;
    return document.querySelector(".sources .card.open mark") ? took : null;
}"""
CITED = "The bridge was opened to traffic in May 1887."

NOTE_STEPS = """() => {
  window.steps = [];
  new MutationObserver(() => {
    const now = document.querySelector("#live .steps .now")?.textContent;
    if (now && now !== window.steps.at(-1)) window.steps.push(now);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def ask(page: Page, question: str) -> None:
    """Ask by keyboard, and wait for the finished turn."""
    turns = page.locator("#done .turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator("#done .turn")).to_have_count(turns + 1)
    expect(page.locator("#live .turn")).to_have_count(0)


def open_source(page: Page, turn: int, marker: int):
    page.click(f".turn[data-turn='{turn}'] .prose .chip[data-source='{marker}']")
    return page.locator(".sources .card.open")


def test_ask_read_and_check(town, open_page):
    page = open_page(town)
    ask(page, "When was the bridge opened?")
    turn = page.locator(".turn.answered")
    expect(turn.locator(".quoted").first).to_contain_text(CITED)
    expect(turn.locator(".sides caption")).to_have_text("Your sources disagree on the year")
    expect(turn.locator(".sides th[scope=row]")).to_have_text(["1887", "1889"])
    assert turn.locator(".prose .chip").first.get_attribute("title").startswith(f"“{CITED}”")
    card = open_source(page, 1, 1)
    expect(card.locator("mark")).to_have_text(CITED)
    expect(card.locator("mark")).to_be_in_viewport()
    expect(card.locator(".name strong")).to_have_text("The Old Bridge: a survey")
    expect(card.locator(".where")).to_contain_text("page 2 · 2. How it came about")


def settle(page: Page) -> None:
    """Wait until the page asks its server for nothing; after an answer it renews the library."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    seen = -1
    while seen != len(asked):
        seen = len(asked)
        page.wait_for_timeout(500)


def test_a_click_shows_the_source_at_once_and_asks_the_server_nothing(town, open_page):
    page = open_page(town)
    ask(page, "When was the bridge opened?")
    settle(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    assert page.evaluate(CLICK_MS) is not None  # tests/bench/page_speed.py says how soon
    page.wait_for_timeout(500)
    assert [url for url in requests if "heartbeat" not in url] == []


def test_a_number_shows_its_sentence_under_the_pointer(town, open_page):
    page = open_page(town)
    ask(page, "When was the bridge opened?")
    page.hover(".prose .chip >> nth=0")
    expect(page.locator(".peek p")).to_have_text(CITED)
    expect(page.locator(".peek strong")).to_have_text("The Old Bridge: a survey")
    page.hover(".brand")
    expect(page.locator(".peek")).to_have_count(0)


def test_a_long_sentence_is_shown_whole_under_the_pointer(serve, open_page):
    sentence = "The walnut orchard " + "beyond the second ferry " * 15 + "was planted in 1931."
    page = open_page(serve(FakeAssistant([document("o.md", "Orchard", sentence)])))
    ask(page, "When was the walnut orchard planted?")
    page.hover(".prose .chip >> nth=0")
    expect(page.locator(".peek p")).to_have_text(sentence)


def test_followup_and_sources_of_earlier_answers(town, open_page):
    page = open_page(town)
    ask(page, "When was the bridge opened?")
    ask(page, "And who founded the public library?")
    expect(page.locator("[data-turn='2'] .understood")).to_contain_text(
        "Understood as: When was the bridge opened? And who founded"
    )
    expect(page.locator(".sources .of")).to_have_text("Answer 2")
    expect(open_source(page, 1, 2).locator("mark")).to_have_text(
        "The bridge opened in 1889, with a fair that lasted three days."
    )
    expect(page.locator(".sources .of")).to_have_text("Answer 1")


def test_the_unanswerable_is_refused_with_the_nearest_passages(town, open_page):
    page = open_page(town)
    ask(page, "What is the price of helium in the town?")
    expect(page.locator(".turn.refused .verdict")).to_have_text(
        "The documents do not answer this question."
    )
    expect(page.locator(".turn.refused .prose")).to_have_count(0)
    page.click(".turn.refused .nearest")
    expect(page.locator(".card.open .passage")).to_contain_text("The town grew at a ford")
    expect(page.locator(".card.open mark")).to_have_count(0)


def test_steps_and_sentences_stream_and_chips_work_meanwhile(serve, open_page):
    page = open_page(serve(FakeAssistant(pause=1.5)))
    # A busy machine may look at a step only when it is over: the page notes each one itself.
    page.evaluate(NOTE_STEPS)
    page.click(".suggestion >> text=When was the bridge opened?")
    expect(page.locator("#live .question")).to_have_text("When was the bridge opened?")
    expect(page.locator("#live .steps .past")).to_contain_text("Searching 36 passages")
    assert page.evaluate("window.steps")[:2] == ["Starting", "Searching 36 passages"]
    expect(page.locator("#live .took")).to_be_hidden()
    expect(page.locator("#send")).to_be_hidden()
    page.click("#live .chip")
    expect(page.locator(".card.open mark")).to_have_text(CITED)
    expect(page.locator("#done .turn.answered")).to_be_visible()
    expect(page.locator("#live .turn")).to_have_count(0)
    expect(page.locator("#send")).to_be_visible()


def test_stop(town, open_page):
    page = open_page(town)
    page.fill("#question textarea", "slowly: the bridge")
    page.click("#send")
    expect(page.locator("#live .steps .now")).to_be_visible()
    heard = []

    def later(route):
        heard.append(route)  # the server hears of it only when all is looked at

    page.route("**/gradio_api/run/predict*", later)
    page.click("#stop")
    expect(page.locator("#stop")).to_have_text("Stopping …")
    expect(page.locator("#stop")).to_be_disabled()
    expect(page.locator("#question textarea")).to_be_focused()
    for _ in range(100):  # a busy browser sends it a little later
        if heard:
            break
        page.wait_for_timeout(50)
    assert len(heard) == 1
    heard[0].continue_()
    page.unroute("**/gradio_api/run/predict*")
    expect(page.locator("#done .turn.stopped .footnote")).to_have_text("You stopped this answer.")
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#send")).to_be_visible()
    page.fill("#question textarea", "slowly: the bridge")
    page.press("#question textarea", "Enter")
    expect(page.locator("#stop")).to_have_text("Stop")
    page.click("#stop")
    expect(page.locator("#done .turn.stopped")).to_have_count(2)
    expect(page.locator("#send")).to_be_visible()
    ask(page, "Who founded the public library?")


def test_leaving_stops_the_work(serve, open_page):
    assistant = FakeAssistant()
    page = open_page(serve(assistant))
    page.fill("#question textarea", "slowly: the bridge")
    page.click("#send")
    expect(page.locator("#live .turn")).to_be_visible()
    other = page.context.new_page()
    page.close()
    for _ in range(40):
        if assistant.closed:
            break
        other.wait_for_timeout(50)
    assert assistant.closed == 1


def test_new_conversation(town, open_page):
    page = open_page(town)
    page.fill("#question textarea", "slowly: the bridge")
    page.click("#send")
    expect(page.locator("#live .steps")).to_be_visible()
    page.click("#restart")
    expect(page.locator(".welcome h2")).to_have_text("Ask your 3 documents")
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "And who founded the public library?")
    expect(page.locator("[data-turn='1'] .understood")).to_have_count(0)
    expect(page.locator("#send")).to_be_visible()


def test_keyboard(town, open_page):
    page = open_page(town)
    page.focus("#question textarea")
    page.keyboard.type("Who founded")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("the public library?")
    expect(page.locator(".turn")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#done .turn.answered")).to_be_visible()
    expect(page.locator("#question textarea")).to_have_value("")
    page.focus(".prose .chip")
    page.keyboard.press("Enter")
    expect(page.locator(".card.open")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".prose .chip").first).to_be_focused()


def test_an_empty_question_is_hinted_at(town, open_page):
    page = open_page(town)
    page.click("#send")
    expect(page.locator("#hint")).to_have_text("Type a question first.")
    expect(page.locator(".turn")).to_have_count(0)


def test_errors_are_sentences(serve, open_page):
    assistant = FakeAssistant()
    page = open_page(serve(assistant))
    ask(page, "fail at the bridge")
    expect(page.locator(".turn.failed .notice")).to_contain_text(
        "The model stopped in the middle of a sentence. Ask again"
    )
    page.fill("#question textarea", "crash at the bridge")
    page.press("#question textarea", "Enter")
    expect(page.locator("#done > * .notice").last).to_contain_text("Something went wrong")
    expect(page.locator("#send")).to_be_visible()
    assert "Traceback" not in page.content()
    ask(page, "x" * 4001)
    expect(page.locator(".turn.failed").last).to_contain_text("4,001 characters")


def test_add_ask_remove(serve, open_page):
    page = open_page(serve(FakeAssistant(failed=[FailedFile("scan.pdf", "It holds no text.")])))
    expect(page.locator(".document")).to_have_count(4)
    expect(page.locator(".document.failed")).to_contain_text("It holds no text.")
    page.set_input_files(
        "#library input[type=file]",
        [
            {"name": "orchard.md", "mimeType": "text/markdown",
             "buffer": b"Orchard\n\nThe orchard holds ninety walnut trees."},
            {"name": "tool.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
        ],
    )  # fmt: skip
    expect(page.locator("#library-status")).to_contain_text("Added orchard.md.")
    expect(page.locator("#library-status")).to_contain_text("tool.exe is of a type")
    expect(page.locator(".welcome h2")).to_have_text("Ask your 4 documents")
    ask(page, "How many walnut trees are in the orchard?")
    expect(open_source(page, 1, 1).locator("mark")).to_have_text(
        "The orchard holds ninety walnut trees."
    )
    row = page.locator(".document[data-document='orchard.md']")
    row.hover()
    row.locator("[data-remove]").click()
    row.locator("[data-keep]").click()
    expect(row.locator(".confirm")).to_be_hidden()
    row.locator("[data-remove]").click()
    row.locator("[data-removed]").click()
    expect(page.locator("#library-status")).to_contain_text("Removed orchard.md.")
    expect(row).to_have_count(0)
    ask(page, "How many walnut trees are in the orchard?")
    expect(page.locator(".turn.refused")).to_have_count(1)


def test_sync_reports(town, open_page):
    page = open_page(town)
    page.click("#sync")
    expect(page.locator("#library-status")).to_contain_text("Nothing has changed")


def test_only_chosen_documents_answer(serve, open_page):
    assistant = FakeAssistant()
    page = open_page(serve(assistant))
    expect(page.locator(".scope")).to_have_text("Asking all 3 documents")
    page.check("[data-pick='town-history.md']")
    expect(page.locator(".scope span")).to_have_text("Asking 1 of 3 documents")
    ask(page, "When was the bridge opened?")
    expect(page.locator(".turn .sides")).to_have_count(0)
    names = page.locator(".sources .card .where").all_text_contents()
    assert all(name.startswith("town-history.md") for name in names)
    page.click(".scope button")
    expect(page.locator("[data-pick='town-history.md']")).not_to_be_checked()
    ask(page, "When was the bridge opened?")
    assert [asked[2] for asked in assistant.asked] == [["town-history.md"], None]


def test_conversations_do_not_mix(town, open_page):
    first, second = open_page(town), open_page(town)
    ask(first, "Who founded the public library?")
    ask(second, "And who founded the public library?")
    expect(second.locator(".turn")).to_have_count(1)
    expect(second.locator(".understood")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_sticks_out(town, open_page, width, dark):
    page = open_page(town, width=width, height=844, dark=dark)
    ask(page, "When was the bridge opened?")
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert over <= 0
    assert page.evaluate("""() => [...document.querySelectorAll("#top button, #composer button")]
        .every((b) => !b.offsetWidth || b.getBoundingClientRect().right <= window.innerWidth)""")
    expect(open_source(page, 1, 1).locator("mark")).to_be_in_viewport()
    ground = page.evaluate("getComputedStyle(document.querySelector('#talk')).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground))) < 60 if dark else "255" in ground
    if width < 1080:
        page.click(".sources .close")
        expect(page.locator(".sources")).not_to_be_visible()
        page.click("#open-library button")
        expect(page.locator(".document").first).to_be_in_viewport()
