"""Keeping documents: finding, choosing, adding by drag and drop, and a thousand of them."""

from playwright.sync_api import Page, expect

from rag.types import FailedFile
from tests.browser.test_chat import ask
from tests.fakes_ui import FakeAssistant, document

MOST_MS = 250
DROP = """(files) => {
    const held = new DataTransfer();
    for (const [name, text] of files) held.items.add(new File([text], name));
    for (const type of ["dragenter", "drop"])
        document.querySelector("#talk").dispatchEvent(
            new DragEvent(type, { dataTransfer: held, bubbles: true, cancelable: true }));
}"""


def many(n: int) -> FakeAssistant:
    return FakeAssistant(
        [document(f"folder/{i:04} report.md", f"Report {i:04} on the {'east' if i % 2 else 'west'}",
                  f"Report\n\nThe station number{i} was built in {1000 + i}.") for i in range(n)]
    )  # fmt: skip


def shown(page: Page) -> int:
    return page.locator(".document:not([hidden])").count()


def test_finding_and_choosing(serve, open_page):
    assistant = many(30)
    page = open_page(serve(assistant))
    page.fill("#find-document", "EAST 002")
    assert shown(page) == 5
    page.click("#pick-shown")
    expect(page.locator(".scope span")).to_have_text("Asking 5 of 30 documents")
    ask(page, "When was the station number21 built?")
    assert assistant.asked[-1][2] == [f"folder/{i:04} report.md" for i in (21, 23, 25, 27, 29)]
    page.fill("#find-document", "nothing of that name")
    expect(page.locator(".nomatch")).to_be_visible()
    page.fill("#find-document", "")
    assert shown(page) == 30


def test_the_table_sorts_and_shows_reasons(serve, open_page):
    assistant = FakeAssistant(failed=[FailedFile("scan.pdf", "It holds no text.")])
    page = open_page(serve(assistant))
    page.click("[data-widen]")
    row = page.locator(".document[data-document='surveys/old-bridge.pdf']")
    assert row.locator("[role=cell]").all_inner_texts()[1:6] == [
        "The Old Bridge: a survey\nsurveys/old-bridge.pdf", "3 pages", "2 passages", "2026-01-05",
        "ready",
    ]  # fmt: skip
    expect(page.locator(".document.failed")).to_contain_text("It holds no text.")
    names = page.locator(".document strong")
    page.click("[data-sort=name]")
    expect(names).to_have_text([
        "Council minutes, spring session", "Notes on the history of the town", "scan.pdf",
        "The Old Bridge: a survey",
    ])  # fmt: skip
    page.click("[data-sort=name]")
    expect(names.first).to_have_text("The Old Bridge: a survey")
    expect(page.locator("[role=columnheader].name")).to_have_attribute("aria-sort", "descending")
    page.click("[data-widen]")
    expect(page.locator("#talk")).to_be_visible()


def test_files_are_dropped_with_their_progress(serve, open_page):
    page = open_page(serve(FakeAssistant(pause=0.4)))
    page.evaluate("""() => {
        window.seen = [];
        new MutationObserver(() => window.seen.push(
            [...document.querySelectorAll(".adding li")].map((li) => li.innerText.trim()).join("; ")
        )).observe(document.querySelector("#library-status"), { childList: true, subtree: true,
            characterData: true, attributes: true });
    }""")
    page.evaluate(DROP, [["a.md", "Apples\n\nApples are red."], ["b.txt", "Bees\n\nBees hum."],
                         ["empty.txt", " "]])  # fmt: skip
    expect(page.locator("#library-status")).to_contain_text("Added a.md, b.txt.")
    expect(page.locator("#library-status")).to_contain_text("empty.txt: It holds no text.")
    seen = [" ".join(text.split()) for text in page.evaluate("window.seen")]
    assert "a.md embedding; b.txt waiting; empty.txt waiting" in seen
    assert "a.md done; b.txt embedding; empty.txt waiting" in seen
    expect(page.locator(".document.failed")).to_contain_text("It holds no text.")
    expect(page.locator(".dropzone")).to_be_hidden()
    assert page.url.startswith("http://127.0.0.1")


def test_too_many_and_too_large_files_are_not_even_sent(serve, open_page):
    page = open_page(serve(FakeAssistant()))
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if "/upload" in r.url else None)
    page.evaluate(DROP, [[f"{i}.txt", "x"] for i in range(101)])
    expect(page.locator("#library-note")).to_have_text(
        "101 files at once are too many; 100 are allowed."
    )
    page.evaluate(DROP, [["large.txt", "x" * (51 << 20)]])
    expect(page.locator("#library-note")).to_have_text(
        "large.txt is larger than the 50 MB that are allowed."
    )
    assert sent == []


def test_what_others_add_is_listed_once_an_answer_ends(serve, open_page):
    assistant = FakeAssistant()
    page = open_page(serve(assistant))
    page.check("[data-pick='town-history.md']")
    expect(page.locator(".scope span")).to_have_text("Asking 1 of 3 documents")
    assistant._documents["new.md"] = document("new.md", "New", "New\n\nIt is new.")
    ask(page, "Who founded the public library?")
    expect(page.locator(".scope span")).to_have_text("Asking 1 of 4 documents")
    expect(page.locator("[data-pick='new.md']")).not_to_be_checked()
    expect(page.locator("[data-pick='town-history.md']")).to_be_checked()


def test_reading_a_file_again(town, open_page):
    page = open_page(town)
    row = page.locator(".document[data-document='minutes.docx']")
    row.hover()
    row.get_by_role("button", name="again").click()
    expect(page.locator("#library-status")).to_contain_text("Read minutes.docx again.")


def test_a_thousand_documents_stay_fluid(serve, open_page):
    page = open_page(serve(many(1000)))
    expect(page.locator(".document")).to_have_count(1000)
    took = page.evaluate("""async () => {
        const times = {};
        const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        async function time(name, action) {
            const started = performance.now();
            action();
            await frame();
            times[name] = performance.now() - started;
        }
        const box = document.querySelector("#find-document");
        const type = (text) => { box.value = text;
            box.dispatchEvent(new Event("input", { bubbles: true })); };
        await time("find", () => type("0999"));
        await time("all", () => type(""));
        await time("scroll", () => { document.querySelector("#library").scrollTop = 1e6; });
        await time("pick", () => document.querySelector("[data-pick]").click());
        await time("table", () => document.querySelector("[data-widen]").click());
        await time("sort", () => document.querySelector("[data-sort=passages]").click());
        return times;
    }""")
    print(took)
    assert max(took.values()) < 4 * MOST_MS  # machines that measure beside us
    assert sorted(took.values())[3] < MOST_MS
