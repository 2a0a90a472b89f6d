"""Conversations that outlive a reload of their tab."""

import pytest

from tests.fakes_ui import FakeAssistant
from ui.handlers import Chat
from ui.settings import Client, parse_client
from ui.tabs import Tabs
from ui.turns import Conversation

OLD, NEW, OTHER = ("0" * 31 + digit for digit in "123")


@pytest.fixture
def chat() -> Chat:
    return Chat(FakeAssistant())


def asked(chat: Chat, question: str, tab: str, conversation: Conversation) -> Conversation:
    return list(chat.ask(question, conversation, Client(tab=tab)))[-1].conversation


def test_a_reload_keeps_the_conversation(chat):
    said = asked(chat, "Who founded the public library?", OLD, chat.start().conversation)
    view = chat.start(Client(tab=NEW, before=OLD))
    assert view.conversation == said
    assert "Edith Crane" in view.done
    # The page is loaded twice without a word in between.
    assert chat.start(Client(tab=OTHER, before=NEW)).conversation == said


def test_a_duplicated_tab_goes_its_own_way(chat):
    said = asked(chat, "Who founded the public library?", OLD, Conversation())
    asked(
        chat,
        "When was the bridge opened?",
        NEW,
        chat.start(Client(tab=NEW, before=OLD)).conversation,
    )
    assert chat.start(Client(tab=OTHER, before=OLD)).conversation == said
    assert chat.start(Client(tab=OTHER, before=NEW)).conversation.asked == 2


def test_a_new_conversation_is_new_after_a_reload_as_well(chat):
    asked(chat, "Who founded the public library?", OLD, Conversation())
    chat.restart("", Client(tab=OLD))
    assert chat.start(Client(tab=NEW, before=OLD)).conversation == Conversation()


def test_a_reload_shows_nothing_of_a_document_that_was_removed(chat):
    said = asked(chat, "Who founded the public library?", OLD, Conversation())
    said = asked(chat, "When was the bridge opened?", OLD, said)
    gone = next(iter({s.document for s in said.turns[1].sources}))
    before = chat.start(Client(tab=NEW, before=OLD)).done
    assert said.turns[1].sources[0].quote in before
    chat._assistant.remove(gone)
    view = chat.start(Client(tab=OTHER, before=NEW))
    assert [t.state for t in view.conversation.turns][1] == "withheld"
    assert said.turns[1].sources[0].quote not in view.done
    assert "has been removed since" in view.done
    assert "When was the bridge opened?" in view.done
    assert all("bridge" not in answer for _, answer in view.conversation.history())


def test_what_was_only_retrieved_is_forgotten_with_its_document(chat):
    said = asked(chat, "Who founded the public library?", OLD, Conversation())
    turn = said.turns[0]
    cited = {source.document for source in turn.sources}
    retrieved = next(h.passage.doc_id for h in turn.reply.hits if h.passage.doc_id not in cited)
    chat._assistant.remove(retrieved)
    kept = chat.start(Client(tab=NEW, before=OLD)).conversation.turns[0]
    assert kept.reply == turn.reply
    assert (kept.key, kept.following) == ("", ())


def test_keys_that_nobody_made_find_nothing(chat):
    asked(chat, "Who founded the public library?", "", Conversation())
    assert chat.start(Client()).conversation == Conversation()
    assert parse_client({"tab": "1", "before": ["x"]}) == Client()
    assert parse_client({"tab": OLD, "before": NEW}) == Client(tab=OLD, before=NEW)


def test_the_latest_conversations_are_kept():
    tabs = Tabs(most=2)
    first, second, third = (Conversation(asked=n) for n in (1, 2, 3))
    tabs.keep("a", first)
    tabs.keep("b", second)
    tabs.keep("a", third)
    tabs.keep("c", first)
    assert [tabs.find(tab).asked for tab in "abc"] == [3, 0, 1]
    assert len(tabs) == 2
