"""What the library says in English is shown in the reader's language, by its kind or code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from rag import errors
from rag.answering import NOT_SAID
from rag.courtesy import plain_reply
from rag.errors import (
    GenerationError,
    IndexCorruptError,
    IndexLockedError,
    LibraryError,
    QuestionError,
    RagError,
    ReadError,
)
from rag.feedback import Feedback
from rag.lock import WriterLock
from rag.own_words import OWN_TEXTS, Own
from rag.reasons import HINTS, REASONS, ReadCode
from rag.types import FailedFile, Sentence, SyncProgress
from rag.wording import of_own, own
from tests.fakes_ui import FakeAssistant
from ui import render, render_library, told
from ui.desk import Desk
from ui.handlers import Chat
from ui.messages import TABLES, TOLD, Words
from ui.reader import Reader
from ui.settings import Client, Settings
from ui.shelf import Shelf
from ui.turns import Conversation

ROOT = Path(__file__).parent.parent
# Commands that no chat runs have errors of their own.
SHELL_ONLY = {"ConfigError", "QuestionSetError"}


def values(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)", text))


def codes() -> set[str]:
    """Every code that an error of the library has."""
    classes = [c for c in vars(errors).values() if isinstance(c, type)]
    found = {c.code for c in classes if issubclass(c, RagError) and c is not ReadError}
    source = "\n".join(f.read_text(encoding="utf-8") for f in ROOT.glob("rag/**/*.py"))
    found |= set(re.findall(r'\bcode="(\w+)"', source))
    found |= set(re.findall(r'SQLITE_\w+: "(\w+)"', source))
    return found | set(REASONS)


@pytest.mark.parametrize("language", TABLES.keys() - {"en"})
def test_every_language_has_every_code_and_kind(language: str) -> None:
    texts = TOLD[language]
    assert {k.removeprefix("error.") for k in texts if k.startswith("error.")} == codes()
    assert {k.removeprefix("hint.") for k in texts if k.startswith("hint.")} == codes()
    assert {k.removeprefix("own.") for k in texts if k.startswith("own.")} == set(OWN_TEXTS)
    for kind, english in OWN_TEXTS.items():
        assert values(texts[f"own.{kind}"]) == values(english), kind
    for key, text in texts.items():
        assert "<" not in text and text.strip() == text and text, key
        assert (text[-1] in ".:") is not key.startswith("error."), key


def test_codes_of_reasons_and_of_errors_are_apart() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type)]
    named = {c.code for c in classes if issubclass(c, RagError) and c is not ReadError}
    assert named & set(get_args(ReadCode)) == set()


# --- why a file could not be read ----------------------------------------------------------------


@pytest.mark.parametrize("code", REASONS)
@pytest.mark.parametrize("language", TABLES)
def test_each_reason_is_said_in_the_language(language: str, code: ReadCode) -> None:
    error = ReadError.because(code, "x-1")
    said = told.reason(error.message, Words(language))
    if language == "en":
        assert said == error.message
        assert told.reason_hint(error.message, Words()) == HINTS.get(code, "")
        assert told.told(error, Words()) == (error.message, error.hint)
    else:
        assert said == f"{TOLD[language][f'error.{code}']}: x-1"
        assert REASONS[code] not in said
        assert told.told(error, Words(language))[0] == f"{said}."


def test_a_failed_file_in_turkish() -> None:
    failed = [
        FailedFile("tarama.pdf", REASONS["scanned"]),
        FailedFile("a.docx", "it is damaged: bad <zip>"),
    ]
    html = render_library.documents([], failed, Words("tr"))
    assert "Sayfaları taranmış görüntülerden oluşuyor, metin içermiyor</span>" in html
    assert "Metin tanıma (OCR) uygulayın, sonra klasörü eşitleyin.</span>" in html
    assert "Dosya bozuk: bad &lt;zip&gt;</span>" in html
    assert "2 dosya okunamadı" in html
    assert "scanned" not in html


def test_a_failed_file_in_english_is_as_before() -> None:
    html = render_library.documents([], [FailedFile("a.pdf", REASONS["protected"])], Words())
    assert "it is protected by a password</span>" in html
    assert "Save a copy without the password.</span>" in html


def test_a_reason_of_no_list_stays_as_it_is() -> None:
    assert told.reason("Broken.", Words("ru")) == "Broken."
    assert told.reason_hint("Broken.", Words("ru")) == ""


def test_a_file_of_another_type_in_russian(tmp_path) -> None:
    (tmp_path / "x.exe").write_bytes(b"MZ")
    (view,) = Shelf(FakeAssistant()).add([tmp_path / "x.exe"], Words("ru"))
    assert "Файлы такого типа не читаются: x.exe." in view.status
    assert "Сохраните его в одном из этих типов: .csv, .docx, .eml" in view.status
    assert "type that cannot" not in view.status


@pytest.mark.parametrize(
    ("action", "said"),
    [("checking", "denetleniyor"), ("unchanged", "değişmemiş"), ("reading", "okunuyor"),
     ("embedding", "gömülüyor"), ("indexed", "dizine eklendi"), ("failed", "okunamadı")],
)  # fmt: skip
def test_each_step_of_a_sync_is_said_in_the_language(action: str, said: str) -> None:
    html = render_library.progress(SyncProgress(1, 2, "a.md", action), {}, Words("tr"))
    assert f"1 / 2 · {said} a.md" in html


def test_no_step_of_a_sync_is_without_words() -> None:
    source = (ROOT / "rag" / "sync_run.py").read_text(encoding="utf-8")
    actions = set(re.findall(r'(?:_report|_finish)\([\w.]+, "(\w+)"\)', source))
    assert actions == set(render_library.ACTIONS)


# --- the program's own sentences -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        ("Привет!", "ru", "Здравствуйте. Задайте вопрос о ваших документах (фрагментов в индексе: "
         "1\u00a0234)."),
        ("Teşekkürler", "tr", "Rica ederim. Belgeleriniz hakkında bir soru sorun (dizindeki bölüm "
         "sayısı: 1.234)."),
        ("Salam", "az", "Salam. Sənədləriniz haqqında sual verin (indeksdəki parçaların sayı: "
         "1.234)."),
        ("Hi", "en", "Hello. Ask a question about your documents (passages indexed: 1,234)."),
    ],
)  # fmt: skip
def test_a_greeting_is_answered_in_the_language(question: str, language: str, said: str) -> None:
    reply = plain_reply(question, passages=1234)
    assert reply is not None
    assert told.sentence(of_own(reply), Words(language)) == said


def test_a_greeting_in_the_chat_in_russian() -> None:
    *_, last = Chat(FakeAssistant()).ask("Здравствуйте", Conversation(), Client(Settings("ru")))
    assert "Здравствуйте. Задайте вопрос о ваших документах" in last.done
    assert 'class="refusal"' not in last.done
    assert "Hello" not in last.done
    copied = last.done.partition('<pre class="as-text"')[2]
    assert "Здравствуйте. Задайте" in copied
    # What was said before is carried on in the library's own words.
    assert last.conversation.history()[0][1].startswith("Hello. Ask")


def test_own_sentences_of_an_answer() -> None:
    said = [
        told.sentence(sentence, Words("az"))
        for sentence in (
            own("part_second"), own("documents", n=1204, most=5),
            own("differ", 1, 2, said="5; {7}"),
            Sentence("The text.", (1,), quoted=True),
        )
    ]  # fmt: skip
    assert said == [
        "Sənədlər sualın ikinci hissəsinə cavab vermir.",
        "1.204 sənəd var; ilk 5 sənəddə deyilir:",
        "Mənbələr ziddiyyət təşkil edir: 5; {7}.",
        "The text.",
    ]


def test_the_english_of_own_sentences_is_the_librarys() -> None:
    assert own("documents", n=1204, most=5).text == "There are 1,204 documents; the first 5 say:"
    assert Own("refused").text == NOT_SAID
    assert own("differ", 1, 2, said="5; {7}").text == "The sources differ: 5; {7}."


# --- errors --------------------------------------------------------------------------------------


def test_a_locked_index_in_azerbaijani(tmp_path) -> None:
    assistant, lock = FakeAssistant(), tmp_path / "LOCK"

    def locked(**_: object) -> None:
        with WriterLock(lock).held(wait_s=0.0):
            raise AssertionError("the lock was free")

    assistant.sync = locked
    with WriterLock(lock).held():
        *_, last = Shelf(assistant).sync(Words("az"))
    assert "Hazırda indeksə başqa proses yazır: process " in last.status
    assert "Bitməsini gözləyin və ya həmin prosesi dayandırın" in last.status
    assert "is being written" not in last.status


def test_a_failed_question_follows_the_language() -> None:
    chat = Chat(FakeAssistant())
    *_, last = chat.ask("fail at the bridge", Conversation(), Client(Settings("tr")))
    assert "Model yanıt verirken hata oluştu: The model stopped" in last.done
    assert "Yeniden sorun; yine olursa" in last.done
    again = chat.shown(last.conversation, Settings("ru"))
    assert "Во время ответа в модели произошла ошибка" in again
    english = chat.shown(last.conversation, Settings())
    assert "<strong>The model stopped in the middle of a sentence.</strong>" in english


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (QuestionError("It is long.", code="question_long", detail="5000 > 4000"),
         ("Вопрос слишком длинный (знаков): 5000 > 4000.",
          "Задайте вопрос в одно или несколько предложений.")),
        (QuestionError("It is empty.", code="question_empty", detail=""),
         ("Вопрос пуст.", "Введите вопрос о документах.")),
        (IndexLockedError("Somebody writes.", detail="process 7"),
         ("В индекс сейчас пишет другой процесс: process 7.",
          "Дождитесь его окончания или остановите его, затем попробуйте снова.")),
        (LibraryError("Full.", code="disk_full", detail="store.db, no space"),
         ("Диск заполнен: store.db, no space.",
          "Освободите место на диске и попробуйте снова; проиндексированное сохранено.")),
        (GenerationError("The judge failed: NaN."),
         ("Во время ответа в модели произошла ошибка: The judge failed: NaN.",
          "Спросите снова; если ошибка повторится, выберите другую модель в config.yaml.")),
        (RagError("Strange."), ("Произошла ошибка: Strange.", "Попробуйте ещё раз.")),
        (RagError("Strange.", code="nobody_knows", detail="x"),
         ("Произошла ошибка: Strange.", "Попробуйте ещё раз.")),
    ],
)  # fmt: skip
def test_errors_in_russian(error: RagError, said: tuple[str, str]) -> None:
    assert told.told(error, Words("ru")) == said
    assert told.told(told.problem_of(error), Words("ru")) == said
    assert told.told(error, Words()) == (error.message, error.hint)


def test_what_is_told_is_escaped() -> None:
    error = LibraryError("x", code="no_document", detail="<b>.md")
    assert "&lt;b&gt;.md" in render.problem(error, Words("tr"))
    assert "<b>" not in render.problem(error, Words("tr"))


class Damaged(FakeAssistant):
    """An assistant whose store cannot be read."""

    def documents(self):
        raise IndexCorruptError("store.db is damaged: bad page.", detail="store.db, bad page")

    def document(self, doc_id: str):
        raise IndexCorruptError("store.db is damaged: bad page.", detail="store.db, bad page")


def test_a_page_over_a_damaged_index_says_so_in_its_language() -> None:
    assistant = Damaged()
    said = "Dizin bozuk: store.db, bad page."
    assert said in Chat(assistant).start(Client(Settings("tr"))).done
    view = Shelf(assistant).show(Words("tr"))
    assert said in view.status
    assert view.documents == ""
    # What was told already is not told twice.
    assert Shelf(assistant).show(Words("tr"), "<p>before</p>").status == "<p>before</p>"
    wanted = {"do": "text", "document": "a.md", "settings": {"language": "tr"}}
    found = Reader(assistant, Desk(Feedback(assistant.config.documents.index))).fetch(wanted)
    assert said in found["error"]
