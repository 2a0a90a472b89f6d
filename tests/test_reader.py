"""Documents, pages and reasons that a page asks for; whatever it sends, nothing else opens."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from rag.feedback import Feedback
from rag.types import Document
from tests.fakes_ui import HISTORY, FakeAssistant
from tests.test_pages import make_pdf
from ui.desk import Desk
from ui.handlers import Chat
from ui.reader import Reader
from ui.turns import Conversation


class Ratings:
    def __init__(self) -> None:
        self.rated = []

    def rate(self, rating) -> None:
        self.rated.append(rating)


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def desk() -> Desk:
    return Desk(Ratings())  # type: ignore[arg-type]


@pytest.fixture
def reader(assistant, desk) -> Reader:
    return Reader(assistant, desk)


def ask(assistant, desk, question="When was the bridge opened?") -> str:
    *_, last = Chat(assistant, desk).ask(question, Conversation())
    return last.conversation.turns[0].key


def with_pdf(assistant) -> Document:
    folder = assistant.config.documents.folder
    make_pdf(folder / "b.pdf", ["First page."], ["The bridge was opened", "in May 1887."])
    data = (folder / "b.pdf").read_bytes()
    text = "First page.\n\nThe bridge was opened\nin May 1887."
    found = Document("b.pdf", hashlib.sha256(data).hexdigest(), "B", text, "pdf", (0, 13))
    assistant._documents["b.pdf"] = found
    return found


def test_a_document_opens_at_its_sentence(reader):
    start = HISTORY.index("The bridge opened")
    wanted = {"do": "text", "document": "town-history.md", "start": start, "end": start + 17}
    found = reader.fetch([wanted])
    assert "<mark>The bridge opened</mark>" in found["html"]
    assert found["title"] == "Notes on the history of the town"
    assert found["is_paged"] == 0
    assert reader.fetch(wanted) == found


def test_reading_on_reaches_both_ends(reader):
    text = " ".join(f"Sentence number {i} says this." for i in range(200))
    reader._assistant._documents["long.txt"] = Document("long.txt", "0", "Long", text, "txt")
    at, seen = 0, ""
    while True:
        wanted = {"do": "around", "document": "long.txt", "way": "next", "at": at}
        found = reader.fetch(wanted)
        seen, at = seen + text[at : found["at"]], found["at"]
        if found["is_end"]:
            break
    assert seen == text
    back = reader.fetch({"do": "around", "document": "long.txt", "way": "previous", "at": 900})
    assert back["html"].startswith("Sentence number")
    assert 0 < back["at"] < 900


def test_a_page_is_drawn_with_the_quotation(reader, assistant):
    document = with_pdf(assistant)
    start = document.text.index("The bridge")
    wanted = {"do": "page", "document": "b.pdf", "page": 2, "start": start, "end": start + 30}
    found = reader.fetch(wanted)
    assert found["html"].count('class="spot"') == 2
    assert 'src="data:image/webp;base64,' in found["html"]
    assert "Page 2 of 2" in found["html"]
    other = reader.fetch(wanted | {"page": 1})
    assert "spot" not in other["html"]
    assert "not found on the drawing" not in other["html"]
    assert reader.fetch(wanted | {"page": 99})["page"] == 2


def test_a_page_of_a_changed_or_missing_file_is_not_shown(reader, assistant):
    document = with_pdf(assistant)
    wanted = {"do": "page", "document": "b.pdf", "page": 1}
    assistant._documents["b.pdf"] = replace(document, sha256="0" * 64)
    assert "has changed since it was read" in reader.fetch(wanted)["error"]
    (assistant.config.documents.folder / "b.pdf").unlink()
    assert "is not in the folder" in reader.fetch(wanted)["error"]


def test_a_page_that_cannot_be_drawn_is_told_in_the_language(reader, assistant):
    data = b"%PDF-1.4 no page"
    (assistant.config.documents.folder / "c.pdf").write_bytes(data)
    assistant._documents["c.pdf"] = Document(
        "c.pdf", hashlib.sha256(data).hexdigest(), "C", "Text.", "pdf", (0,)
    )
    wanted = {"do": "page", "document": "c.pdf", "page": 1}
    assert "Page 1 cannot be drawn: " in reader.fetch(wanted)["error"]
    told = reader.fetch(wanted | {"settings": {"language": "tr"}})["error"]
    assert "<strong>Sayfa 1 çizilemedi.</strong>" in told
    assert "Belgenin metnini okuyun." in told


def test_ratings_that_cannot_be_kept_are_told_in_the_language(reader, assistant, desk, tmp_path):
    key = ask(assistant, desk)
    (tmp_path / "file").write_text("no folder")
    desk._feedback = Feedback(tmp_path / "file")
    wanted = {"do": "rate", "key": key, "verdict": "up", "settings": {"language": "az"}}
    assert "Qiymətləndirmələri saxlamaq olmur: " in reader.fetch(wanted)["error"]


@pytest.mark.parametrize(
    "name", ["../secret.pdf", "/etc/passwd", "..\\secret.pdf", "a/../../secret.pdf", "x.pdf", ""]
)
@pytest.mark.parametrize("do", ["page", "text", "around"])
def test_only_indexed_documents_open(reader, assistant, name: str, do: str):
    secret = assistant.config.documents.folder.parent / "secret.pdf"
    make_pdf(secret, ["canary"])
    found = reader.fetch({"do": do, "document": name, "page": 1})
    assert "is not among the documents" in found["error"]
    # Even one that the index names, out of the folder.
    assistant._documents["../secret.pdf"] = Document(
        "../secret.pdf", hashlib.sha256(secret.read_bytes()).hexdigest(), "S", "canary", "pdf", (0,)
    )
    found = reader.fetch({"do": "page", "document": "../secret.pdf", "page": 1})
    assert "is not in the folder" in found["error"]
    secret.unlink()


def test_why_is_kept_for_those_who_know_the_key(reader, assistant, desk):
    key = ask(assistant, desk)
    found = reader.fetch({"do": "why", "key": key})
    assert "Passages found" in found["html"]
    assert found["where"] == "When was the bridge opened?"
    assert "no longer kept" in reader.fetch({"do": "why", "key": key + "x"})["error"]


def test_ratings_are_kept_with_their_question(reader, assistant, desk):
    key = ask(assistant, desk)
    found = reader.fetch({"do": "rate", "key": key, "verdict": "down", "remark": "In 1889."})
    assert found == {"said": "Kept on this machine"}
    (rating,) = desk._feedback.rated
    assert (rating.verdict, rating.remark) == ("down", "In 1889.")
    assert rating.answer.question == "When was the bridge opened?"
    for wrong in ({"key": "x"}, {"verdict": "sideways"}):
        wanted = {"do": "rate", "key": key, "verdict": "up"} | wrong
        assert "too long ago" in reader.fetch(wanted)["error"]


def test_the_desk_is_bounded(assistant):
    desk = Desk(Ratings(), most=3)  # type: ignore[arg-type]
    keys = [ask(assistant, desk) for _ in range(5)]
    assert len(desk) == 3
    assert [desk.find(key) is None for key in keys] == [True, True, False, False, False]
    assert len(set(keys)) == 5


@pytest.mark.parametrize(
    "value",
    [None, 1, "x", [], [[]], {}, {"do": "text"}, {"do": ["text"]}, {"do": "_drawn"},
     {"do": "around", "document": "minutes.docx", "at": -5, "way": 7},
     {"do": "text", "document": "minutes.docx", "start": 10**9, "end": 10**10, "part": "x"},
     {"do": "text", "document": "minutes.docx", "part": -1, "settings": "x"}],
)  # fmt: skip
def test_nonsense_breaks_nothing(reader, value: object):
    assert isinstance(reader.fetch(value), dict)
