"""Checking an answer: its passage, its page, its reasons; and taking it along."""

import json
import time

from playwright.sync_api import expect

from rag.feedback import Feedback
from rag.types import FailedFile
from tests.browser.test_chat import CITED, ask, open_source
from tests.fakes_ui import HISTORY, FakeAssistant, document
from tests.test_reader import with_pdf


def test_reading_on_around_the_sentence(serve, open_page):
    text = "Start.\n\n" + " ".join(f"Filler sentence number {i} is here." for i in range(120))
    text += " The walnut orchard was planted in 1931. " + text
    page = open_page(serve(FakeAssistant([document("o.md", "Orchard", text)])))
    ask(page, "When was the walnut orchard planted?")
    card = open_source(page, 1, 1)
    before = card.locator("mark").bounding_box()
    card.locator(".more.previous").click()
    expect(card.locator(".passage.added")).to_have_count(1)
    # What is being read stays where it was.
    assert abs(card.locator("mark").bounding_box()["y"] - before["y"]) < 3
    card.locator(".more.next").click()
    expect(card.locator(".passage.added")).to_have_count(2)
    shown = "".join(card.locator(".passage").all_text_contents())
    assert shown in text
    for _ in range(12):
        if card.locator(".more.previous").is_disabled():
            break
        count = card.locator(".passage.added").count()
        card.locator(".more.previous").click()
        expect(card.locator(".passage.added")).to_have_count(count + 1)
    expect(card.locator(".more.previous")).to_have_text("The document begins here")


def test_the_whole_document_opens_at_the_sentence(town, open_page):
    page = open_page(town)
    ask(page, "When was the bridge opened?")
    open_source(page, 1, 2).locator("[data-read=text]").click()
    reader = page.locator("#reader-dialog")
    expect(reader.locator("#reader-title")).to_have_text("Notes on the history of the town")
    expect(reader.locator("mark")).to_have_text(
        "The bridge opened in 1889, with a fair that lasted three days."
    )
    expect(reader.locator("mark")).to_be_in_viewport()
    assert reader.locator(".whole").text_content() == HISTORY
    expect(reader.locator(".views")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    page.click(".document[data-document='surveys/old-bridge.pdf'] [data-whole]")
    expect(reader.locator(".leaf")).to_have_count(3)
    assert reader.locator(".leaf").first.get_attribute("data-label") == "page 1"


def test_a_page_is_drawn_with_the_sentence_marked(serve, open_page):
    assistant = FakeAssistant()
    with_pdf(assistant)
    page = open_page(serve(assistant))
    page.check("[data-pick='b.pdf']")
    ask(page, "When was the bridge opened?")
    open_source(page, 1, 1).locator("[data-read=page]").click()
    reader = page.locator("#reader-dialog")
    expect(reader.locator(".spot")).to_have_count(2)
    expect(reader.locator(".spot").first).to_be_in_viewport()
    assert page.evaluate("document.querySelector('.drawn img').naturalWidth") > 900
    expect(reader.locator(".turning span")).to_have_text("Page 2 of 2")
    reader.get_by_role("button", name="Previous page").click()
    expect(reader.locator(".turning span")).to_have_text("Page 1 of 2")
    expect(reader.locator(".spot")).to_have_count(0)
    expect(reader.get_by_role("button", name="Previous page")).to_be_disabled()
    reader.get_by_role("button", name="Text").click()
    expect(reader.locator("mark")).to_contain_text("The bridge was opened")


def test_why_this_answer(town, open_page):
    page = open_page(town)
    ask(page, "When was the bridge opened?")
    page.get_by_role("button", name="Why this answer").click()
    reader = page.locator("#reader-dialog")
    expect(reader.locator("table")).to_have_count(2)
    expect(reader.locator("tr.cited").first).to_contain_text("surveys/old-bridge.pdf, page 2")
    expect(reader.locator("tr.unread").first).to_contain_text("not read by the judge")
    expect(reader).to_contain_text("in all: 1.3 s")
    reader.locator("summary").first.click()
    expect(reader.locator("pre").first).to_contain_text("Does the text answer the question?")


def test_an_answer_is_copied_and_the_conversation_downloaded(serve, open_page, tmp_path):
    page = open_page(serve(FakeAssistant()))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator("#download")).to_be_disabled()
    ask(page, "Who founded the public library?")
    page.get_by_role("button", name="Copy text").click()
    expect(page.locator(".told")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Who founded the public library?\n\n“The public library was founded")
    assert "[1] Notes on the history of the town, town-history.md, The library: “The" in copied
    page.get_by_role("button", name="Copy Markdown").click()
    page.wait_for_function("navigator.clipboard.readText().then((t) => t.includes('[^1-1]:'))")
    ask(page, "When was the bridge opened?")
    with page.expect_download() as found:
        page.click("#download")
    assert found.value.suggested_filename.endswith(".md")
    found.value.save_as(tmp_path / "c.md")
    saved = (tmp_path / "c.md").read_text(encoding="utf-8")
    assert saved.startswith("# Kaynak\n\nAsked of Kaynak on ")
    assert saved.index("## Who founded") < saved.index("## When was the bridge opened?")
    assert "[^2-1]: The Old Bridge" in saved


def test_thumbs_and_remarks_are_kept_for_evaluation(serve, open_page):
    assistant = FakeAssistant()
    page = open_page(serve(assistant))
    ask(page, "When was the bridge opened?")
    page.click("[data-rate=down]")
    expect(page.locator("[data-rate=down]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".told")).to_have_text("Kept on this machine")
    page.get_by_label("What would be right").fill("May 1887")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".remark")).to_have_count(0)
    feedback = Feedback(assistant.config.documents.index)
    for _ in range(50):
        if feedback.rows():
            break
        time.sleep(0.1)
    (row,) = feedback.rows()
    assert (row["question"], row["answers"]) == ("When was the bridge opened?", ["May 1887"])
    ask(page, "Who founded the public library?")
    expect(page.locator("[data-turn='1'] [data-rate=down]")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator("[data-turn='2'] [data-rate=down]")).to_have_attribute(
        "aria-pressed", "false"
    )
    assert json.dumps(row)


def test_times_of_steps_are_shown_after_a_reload(serve, open_page):
    page = open_page(serve(FakeAssistant(pause=1.5)))
    page.click("[data-options]")
    page.check("[name=times]")
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector(".welcome h2")
    # Gradio may write the classes of its elements anew after the page's program has begun.
    page.evaluate("document.querySelector('#shell').classList.remove('with-times')")
    page.fill("#question textarea", "When was the bridge opened?")
    page.press("#question textarea", "Enter")
    expect(page.locator("#live .took").first).to_be_visible()


def test_settings_go_with_the_question_and_stay(serve, open_page):
    assistant = FakeAssistant()
    page = open_page(serve(assistant))
    page.click("[data-options]")
    page.select_option("[name=mode]", "quoted")
    page.select_option("[name=passages]", "12")
    page.select_option("[name=strictness]", "strict")
    page.select_option("[name=length]", "short")
    page.check("[name=times]")
    page.keyboard.press("Escape")
    ask(page, "Who founded the public library?")
    wishes = assistant.wishes[-1]
    assert (wishes.mode, wishes.passages, wishes.refuse_below, wishes.max_sentences) == (
        "quoted", 12, 0.75, 1,
    )  # fmt: skip
    page.reload()
    page.wait_for_selector("#done .turn")
    page.click("[data-options]")
    expect(page.locator("[name=passages]")).to_have_value("12")
    expect(page.locator("[name=times]")).to_be_checked()
    page.select_option("[name=theme]", "dark")
    page.wait_for_function("document.body.classList.contains('dark')")
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("#done .turn")
    page.wait_for_function("document.body.classList.contains('dark')")


def test_what_the_library_says_follows_the_language(serve, open_page):
    scanned = FailedFile("scan.pdf", "its pages are scanned images without text")
    page = open_page(serve(FakeAssistant(failed=[scanned])))
    ask(page, "Thank you")
    ask(page, "fail at the bridge")
    said = {
        "tr": ("Rica ederim.", "Model yanıt verirken hata oluştu", "metin içermiyor"),
        "az": ("Dəyməz.", "Model cavab verərkən xəta baş verdi", "skan edilmiş şəkillərdir"),
        "ru": (
            "Пожалуйста.",
            "Во время ответа в модели произошла ошибка",
            "изображения без текста",
        ),
        "en": ("You are welcome.", "The model stopped", "scanned images without text"),
    }
    for language, (thanks, failed, reason) in said.items():
        page.click("[data-options]")
        page.select_option("[name=language]", language)
        page.keyboard.press("Escape")
        expect(page.locator(".turn .prose")).to_contain_text(thanks)
        expect(page.locator(".refusal")).to_have_count(0)
        expect(page.locator(".turn.failed .notice")).to_contain_text(failed)
        expect(page.locator(".document.failed")).to_contain_text(reason)


def test_what_comes_late_is_said_in_the_language_of_the_browser(serve, open_page):
    page = open_page(serve(FakeAssistant()), locale="tr-TR")
    expect(page.locator("#library h2")).to_have_text("Belgeler")
    expect(page.locator("#find-document")).to_have_attribute("placeholder", "Belge bul")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend',"
        " '<div id=late><h2 data-word=documents>Documents</h2></div>')"
    )
    expect(page.locator("#late h2")).to_have_text("Belgeler")


def test_four_languages(serve, open_page):
    page = open_page(serve(FakeAssistant()))
    ask(page, "When was the bridge opened?")
    page.click(".prose .chip >> nth=0")
    said = {
        "tr": ("Sor", "Kaynaklarınız çelişiyor: yıl", "Önceki bölüm", "Belgeler"),
        "az": ("Soruş", "Mənbələriniz ziddiyyət təşkil edir: il", "Əvvəlki parça", "Sənədlər"),
        "ru": ("Спросить", "Ваши источники расходятся: год", "Предыдущий фрагмент", "Документы"),
        "en": ("Ask", "Your sources disagree on the year", "Previous passage", "Documents"),
    }
    for language, (send, differ, more, documents) in said.items():
        page.click("[data-options]")
        page.select_option("[name=language]", language)
        page.keyboard.press("Escape")
        expect(page.locator("#send")).to_have_text(send)
        expect(page.locator(".turn .sides caption")).to_have_text(differ)
        expect(page.locator(".sources .card .more.previous").first).to_have_text(more)
        expect(page.locator("#library h2")).to_have_text(documents)
        assert page.evaluate("document.documentElement.lang") == language
    page.click("[data-options]")
    page.select_option("[name=language]", "tr")
    page.reload()
    expect(page.locator(".turn .sides caption")).to_have_text(said["tr"][1])
    page.click("#restart")
    expect(page.locator(".welcome h2")).to_have_text("3 belgenize sorun")
    expect(page.locator("#send")).to_have_text("Sor")
    expect(page.locator("#question textarea")).to_have_attribute(
        "placeholder", "Belgeleriniz hakkında sorun"
    )
    assert CITED
