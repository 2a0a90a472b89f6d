"""Conversations and the shelf of documents, without a browser."""

import threading
from dataclasses import replace

import pytest

from rag.config import Answering, Config
from rag.config import Chat as ChatSettings
from rag.types import DocumentInfo, FailedFile
from tests.fakes_ui import FakeAssistant, document
from ui import render_library
from ui.handlers import Chat
from ui.messages import Words
from ui.settings import Client, Settings
from ui.shelf import MOST_AT_ONCE, Shelf
from ui.turns import Conversation
from ui.views import View


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def chat(assistant) -> Chat:
    return Chat(assistant)


def ask(chat: Chat, question: str, conversation: Conversation | None = None, documents=(), **more):
    client = Client(Settings(**more), tuple(documents))
    return list(chat.ask(question, conversation or Conversation(), client))


def test_an_answer_arrives_step_by_step(chat):
    views = ask(chat, "Who founded the public library?")
    assert views[0].is_taken
    assert [view.is_busy for view in views] == [True] * (len(views) - 1) + [False]
    assert "Searching 36 passages" in views[1].live
    assert "Reading" in views[2].live
    assert "Edith Crane" not in views[2].live
    assert "Edith Crane" in views[3].live
    assert views[-1].live == ""
    assert 'class="turn answered" data-turn="1"' in views[-1].done
    assert views[-1].conversation.asked == 1


def test_an_empty_question_is_a_hint(chat, assistant):
    (view,) = ask(chat, "  \n ")
    assert view.hint == "Type a question first."
    assert not view.is_taken
    assert assistant.asked == []


def test_followups_carry_the_history(chat, assistant):
    conversation = ask(chat, "When was the bridge opened?")[-1].conversation
    views = ask(chat, "And who was its engineer?", conversation)
    question, history, documents = assistant.asked[-1]
    assert question == "And who was its engineer?"
    assert [q for q, _ in history] == ["When was the bridge opened?"]
    assert "1887. [1]" in history[0][1]
    assert documents is None
    assert "Understood as:" in views[-1].done
    assert views[-1].done.count('<article class="turn') == 2


def test_only_chosen_documents_are_asked(chat, assistant):
    ask(chat, "When was the bridge opened?", documents=["minutes.docx"])
    ask(chat, "When was the bridge opened?", documents=[])
    assert [asked[2] for asked in assistant.asked] == [["minutes.docx"], None]


def test_a_refusal_is_remembered_and_offers_passages(chat):
    view = ask(chat, "What is the price of helium in the town?")[-1]
    assert 'class="turn refused"' in view.done
    assert 'data-source="n1"' in view.done
    assert len(view.conversation.history()) == 1


def test_an_error_is_a_sentence_with_a_hint(chat):
    view = ask(chat, "fail at the bridge")[-1]
    assert "The model stopped in the middle of a sentence." in view.done
    assert "Ask again" in view.done
    assert view.live == ""
    assert not view.is_busy
    assert view.conversation.history() == []
    assert view.conversation.asked == 1


def test_a_fault_is_not_swallowed_and_can_be_told(chat, assistant):
    with pytest.raises(RuntimeError):
        ask(chat, "crash at the bridge")
    assert assistant.closed == 1
    before = ask(chat, "Who founded the public library?")[-1].conversation
    view = chat.broken(before)
    assert "Edith Crane" in view.done
    assert "Something went wrong" in view.done


def test_leaving_closes_the_stream(chat, assistant):
    views = chat.ask("When was the bridge opened?", Conversation(), session="tab")
    next(views)
    next(views)
    assert assistant.closed == 0
    views.close()
    assert assistant.closed == 1
    assert chat._running == {}


def test_stop_ends_a_long_answer_and_keeps_what_was_shown(chat, assistant):
    views = chat.ask("slowly: the bridge", Conversation(), session="tab")
    seen = [next(views) for _ in range(4)]
    timer = threading.Timer(0.05, chat.stop, ["tab"])
    timer.start()
    last = [*seen, *views][-1]
    timer.join()
    assert "You stopped this answer." in last.done
    assert last.conversation.history() == []
    assert assistant.closed == 1


def test_a_new_conversation_shows_nothing_of_what_was_under_way(chat):
    views = chat.ask("slowly: the bridge", Conversation(), session="tab")
    next(views)
    next(views)
    assert chat.restart("tab").conversation == Conversation()
    assert all(view.conversation is None and view.done is None for view in views)


def test_a_question_during_an_answer_is_told_so_and_not_lost(chat, assistant):
    first = chat.ask("When was the bridge opened?", Conversation(), session="tab")
    next(first)
    (view,) = chat.ask("Who founded the public library?", Conversation(), session="tab")
    assert view == View(
        hint="The previous answer is still being written. Ask again when it is finished.",
        is_busy=None,
    )
    for again in ("", "When was the bridge opened?"):
        assert [*chat.ask(again, Conversation(), session="tab")] == [View(hint=None, is_busy=None)]
    assert 'class="turn answered"' in [*first][-1].done
    assert [asked[0] for asked in assistant.asked] == ["When was the bridge opened?"]


def test_a_page_that_has_not_the_last_answer_yet_is_not_answered(chat):
    first = chat.ask("When was the bridge opened?", Conversation(), session="tab")
    shown = next(view for view in first if view.conversation is not None)
    (view,) = chat.ask("Who founded the public library?", Conversation(), session="tab")
    assert view.is_busy is None
    first.close()
    assert next(chat.ask("Who founded it?", shown.conversation, session="tab")).is_taken


def test_an_error_in_a_conversation_that_was_left_is_not_shown(chat):
    views = chat.ask("fail at the bridge", Conversation(), session="tab")
    seen = [next(views) for _ in range(3)]
    chat.restart("tab")
    assert all(view.done is None for view in [*seen[1:], *views])


def test_a_question_is_taken_as_soon_as_the_answer_before_is_shown(chat):
    first = chat.ask("When was the bridge opened?", Conversation(), session="tab")
    shown = next(view for view in first if view.conversation is not None)
    second = chat.ask("Who founded the public library?", shown.conversation, session="tab")
    assert next(second).is_taken
    first.close()
    assert [*second][-1].conversation.asked == 2


def test_after_a_new_conversation_a_question_is_taken_at_once(chat):
    first = chat.ask("slowly: the bridge", Conversation(), session="tab")
    next(first)
    chat.restart("tab")
    assert next(chat.ask("Who founded it?", Conversation(), session="tab")).is_taken
    first.close()


def test_stopping_another_session_changes_nothing(chat):
    views = chat.ask("When was the bridge opened?", Conversation(), session="mine")
    next(views)
    chat.stop("theirs")
    assert 'class="turn answered"' in [*views][-1].done


def test_conversations_are_bounded():
    assistant = FakeAssistant(config=Config(answering=Answering(max_history_turns=2)))
    chat, conversation = Chat(assistant), Conversation()
    for _ in range(4):
        conversation = ask(chat, "Who founded the public library?", conversation)[-1].conversation
    assert (conversation.asked, len(conversation.turns)) == (4, 2)
    view = ask(chat, "Who founded the public library?", conversation)[-1]
    assert "3 earlier, no longer kept" in view.done
    assert 'data-turn="5"' in view.done


def test_a_new_conversation_offers_examples(chat):
    view = chat.start()
    assert view.conversation == Conversation()
    assert 'data-ask="When was the bridge opened?"' in view.done
    assert "Ask your 3 documents" in view.done
    assert "Add a document to begin" in Chat(FakeAssistant([])).start().done


def test_an_answer_for_programs(chat):
    found = chat.answer("Who founded the public library?")
    assert found["status"] == "answered"
    assert "Edith Crane" in found["citations"][0]["quote"]
    assert chat.answer("fail")["error"] == "The model stopped in the middle of a sentence."


def test_settings_are_wishes_of_one_question(chat, assistant):
    ask(chat, "When was the bridge opened?")
    ask(chat, "When was the bridge opened?", strictness="strict", length="short", mode="quoted")
    first, second = assistant.wishes
    assert first.applied(assistant.config) == assistant.config
    settings = second.applied(assistant.config)
    assert settings.answering.refuse_below == 0.75
    assert settings.evidence.max_sentences == 1
    assert second.writes(usually=True) is False


def test_the_page_speaks_the_readers_language(chat):
    views = ask(chat, "When was the bridge opened?", language="ru")
    assert "Поиск, фрагментов: 36" in views[1].live
    assert "Ваши источники расходятся: год" in views[-1].done
    assert "2 предложения дословно" in views[-1].done
    conversation = views[-1].conversation
    assert "İki" not in chat.shown(conversation, Settings("tr"))
    assert "Kaynaklarınız çelişiyor: yıl" in chat.shown(conversation, Settings("tr"))
    refused = ask(chat, "What is the price of helium in the town?", language="tr")[-1]
    assert "Belgeler bu soruyu yanıtlamıyor." in refused.done


def test_a_refusal_says_what_was_searched(chat):
    done = ask(chat, "What is the price of helium in the town?")[-1].done
    assert "Searched: 4 passages in 3 documents." in done
    assert "at least 45% is asked for" in done
    only = ask(chat, "What is the price of helium in the town?", documents=["town-history.md"])
    assert "in 1 document." in only[-1].done


def test_those_who_wait_see_how_many_are_before_them(assistant):
    chat = Chat(assistant)
    first = chat.ask("slowly: the bridge", Conversation(), session="first")
    next(first)
    next(first)
    second = chat.ask("Who founded the public library?", Conversation(), session="second")
    assert "Waiting: 1 question is before yours" in next(second).live
    first.close()
    views = list(second)
    assert "Waiting" not in views[0].live
    assert "Edith Crane" in views[-1].done


def test_a_full_line_sends_away_and_keeps_the_question():
    assistant = FakeAssistant(config=Config(chat=ChatSettings(queue=1)))
    chat = Chat(assistant)
    running, waiting = (
        chat.ask("slowly: the bridge", Conversation(), session=str(i)) for i in range(2)
    )
    next(running)
    next(waiting)
    (view,) = chat.ask("Who founded the public library?", Conversation(), session="third")
    assert view.hint == "Too many questions are waiting already (1). Ask again in a minute."
    assert not view.is_taken
    assert chat.answer("Who?")["error"].endswith("Ask again in a minute.")
    running.close()
    waiting.close()
    assert len(chat._line) == 0


def test_who_leaves_the_line_is_not_answered(chat, assistant):
    first = chat.ask("slowly: the bridge", Conversation(), session="first")
    next(first)
    next(first)
    second = chat.ask("Who founded the public library?", Conversation(), session="second")
    next(second)
    chat.leave("second")
    assert all(view.done is None for view in second)
    assert [asked[0] for asked in assistant.asked] == ["slowly: the bridge"]
    first.close()


# --- the shelf -----------------------------------------------------------------------------------


def test_added_files_are_indexed_and_the_uploads_deleted(assistant, tmp_path):
    for name, text in (("a.md", "Apples\n\nApples are red."), ("b.txt", "Bees\n\nBees hum.")):
        (tmp_path / name).write_text(text)
    views = list(Shelf(assistant).add([tmp_path / "a.md", tmp_path / "b.txt"]))
    assert ["1 of 2 · embedding b.txt" in (view.status or "") for view in views] == [
        False, True, False,
    ]  # fmt: skip
    assert "Added a.md, b.txt." in views[-1].status
    assert 'data-pick="a.md"' in views[-1].documents
    assert '<li class="done"><span>a.md</span><em>done</em></li>' in views[1].status
    assert '<li class="embedding"><span>b.txt</span><em>embedding</em></li>' in views[1].status
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_type_is_named(assistant, tmp_path):
    (tmp_path / "x.exe").write_bytes(b"MZ")
    (view,) = Shelf(assistant).add([tmp_path / "x.exe"])
    assert "x.exe is of a type that cannot be read." in view.status
    assert "Use .txt or .md." in view.status
    assert list(tmp_path.iterdir()) == []


def test_a_good_file_beside_a_bad_one_is_added(assistant, tmp_path):
    (tmp_path / "x.exe").write_bytes(b"MZ")
    (tmp_path / "a.md").write_text("Apples\n\nApples are red.")
    last = list(Shelf(assistant).add([tmp_path / "x.exe", tmp_path / "a.md"]))[-1]
    assert "x.exe is of a type" in last.status
    assert "Added a.md." in last.status


def test_a_file_whose_name_is_taken_is_told(assistant, tmp_path):
    text = "Notes\n\nThe ferry left at nine."
    for ferry, added in ((text, "notes.md"), (text, "notes.md"), (f"{text} Or ten.", "notes-2.md")):
        (tmp_path / "notes.md").write_text(ferry)
        last = list(Shelf(assistant).add([tmp_path / "notes.md"]))[-1]
        assert f"Added {added}." in last.status
        told = (
            "Another notes.md was here already; the new one is kept as notes-2.md." in last.status
        )
        assert told is (added == "notes-2.md")


def test_a_file_without_text_is_listed_with_its_reason(assistant, tmp_path):
    (tmp_path / "empty.txt").write_text("  ")
    last = list(Shelf(assistant).add([tmp_path / "empty.txt"]))[-1]
    assert "1 not readable" in last.status
    assert "empty.txt: It holds no text." in last.status
    assert "It holds no text." in last.documents


def test_files_that_could_not_be_read_before_spoil_no_success(tmp_path, monkeypatch):
    old = FailedFile("old.pdf", "Broken.")
    assistant = FakeAssistant(failed=[old])
    (tmp_path / "a.md").write_text("Apples\n\nApples are red.")
    sync = assistant.sync
    monkeypatch.setattr(assistant, "sync", lambda **more: replace(sync(**more), failed=(old,)))
    for last in (
        list(Shelf(assistant).add([tmp_path / "a.md"]))[-1],
        list(Shelf(assistant).reread("a.md"))[-1],
    ):
        assert 'class="notice done"' in last.status
        assert "a.md" in last.status
        assert "error" not in last.status
    assert "old.pdf: Broken." in list(Shelf(assistant).reread("old.pdf"))[-1].status


def test_removing(assistant):
    shelf = Shelf(assistant)
    view = shelf.remove("minutes.docx")
    assert "Removed minutes.docx." in view.status
    assert "minutes.docx" not in view.documents
    assert "There is no document minutes.docx." in shelf.remove("minutes.docx").status


def test_reading_again(assistant):
    last = list(Shelf(assistant).reread("minutes.docx"))[-1]
    assert "Read minutes.docx again." in last.status
    assert "There is no document x." in list(Shelf(assistant).reread("x"))[-1].status


def test_the_list_is_renewed_when_others_have_changed_the_folder(assistant):
    shelf = Shelf(assistant)
    listed = render_library.state(assistant.documents(), assistant.failed())
    assert f'data-listed="{listed}"' in shelf.show().documents
    assert shelf.renew(Words(), listed).documents is None
    assistant.remove("minutes.docx")
    assert "minutes.docx" not in shelf.renew(Words(), listed).documents


def test_too_many_files_at_once_are_refused_and_deleted(assistant, tmp_path):
    files = [tmp_path / f"{i}.txt" for i in range(MOST_AT_ONCE + 1)]
    for file in files:
        file.write_text("x")
    (view,) = Shelf(assistant).add(files)
    assert "101 files at once are too many; 100 are allowed." in view.status
    assert list(tmp_path.iterdir()) == []


def test_sync_tells_what_changed_and_what_went_wrong(assistant, monkeypatch):
    assert "Nothing has changed" in list(Shelf(assistant).sync())[-1].status
    from rag.errors import IndexLockedError

    def locked(**_):
        raise IndexLockedError("Another Kaynak is writing to this index.")

    monkeypatch.setattr(assistant, "sync", locked)
    last = list(Shelf(assistant).sync())[-1]
    assert "Another Kaynak is writing" in last.status
    assert "Wait until it has finished" in last.status
    assert last.documents is not None


def test_the_list_shows_documents_and_failures():
    assistant = FakeAssistant(
        [document("a.md", "A title", "A title\n\nText.")], failed=[FailedFile("b.pdf", "Broken.")]
    )
    assert isinstance(assistant.documents()[0], DocumentInfo)
    view = Shelf(assistant).show()
    assert "A title" in view.documents
    assert "Broken." in view.documents
