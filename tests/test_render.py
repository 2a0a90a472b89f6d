"""Answers as HTML: nothing active comes through, and every marker leads to its sentence."""

from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from rag.explanation import Explanation, FoundPassage, WeighedSentence
from rag.types import (
    Answer,
    Checked,
    Citation,
    Disagreement,
    Document,
    DocumentInfo,
    Evidence,
    FailedFile,
    Heading,
    Hit,
    Passage,
    Sentence,
    Stage,
    SyncProgress,
    SyncReport,
)
from ui import (
    copying,
    render,
    render_answer,
    render_library,
    render_reader,
    render_source,
    render_why,
)
from ui.messages import Words
from ui.passage import passage_html
from ui.sources import AROUND_CHARS, answer_sources, cited_source, nearest_source
from ui.told import Problem
from ui.turns import Searched, Turn

EN = Words()

TEXT = "Rivers\n\nThe Tarn is long. The Tarn has fish & eels. It floods.\n- one\n- two"
DOCUMENT = Document("rivers.md", "0", "Rivers", TEXT, "md", (), (Heading(0, 6, 1, "Rivers"),))
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</div></article><iframe src=javascript:alert(1)>",
    "<style>*{background:url(http://evil.example/x)}</style>",
    "${alert(1)} {{constructor.constructor('alert(1)')()}} `",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "<!--<template><b>",
]


class Page(HTMLParser):
    """Collects what a browser would see: elements with attributes, and text by element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in {"br", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        for tag in set(self.open):
            self.text[tag] = self.text.get(tag, "") + data


def cite(quote: str, marker: int = 1, document: Document = DOCUMENT) -> Citation:
    start = document.text.index(quote)
    return Citation(
        marker, document.doc_id, document.title, 4, start, start + len(quote), quote,
        "Rivers > Fish",
    )  # fmt: skip


def answered(*citations: Citation, **more) -> Answer:
    sentences = tuple(Sentence(c.quote, (c.marker,), quoted=True) for c in citations)
    values = {
        "question": "What fish?", "standalone_question": "What fish?", "status": "answered",
        "text": "", "sentences": sentences, "citations": citations,
    } | more  # fmt: skip
    return Answer(**values)


def turn_of(answer: Answer, document: Document | None = DOCUMENT, **more) -> Turn:
    state = "refused" if answer.status == "abstained" else "answered"
    values = {"key": "k", "sources": answer_sources(answer, lambda _: document)} | more
    return Turn(3, answer.question, state, reply=answer, **values)


def show(answer: Answer, document: Document | None = DOCUMENT, **more) -> str:
    return render.finished_turn(turn_of(answer, document, **more), EN)


def test_the_mark_is_the_quote_and_the_passage_is_the_document():
    page = Page(show(answered(cite("The Tarn has fish & eels."))))
    assert page.text["mark"] == "The Tarn has fish & eels."
    assert [e for e in page.elements if e[0] == "br"] == [("br", {}), ("br", {})]
    source = cited_source(cite("The Tarn has fish & eels."), DOCUMENT)
    assert source.before + source.quote + source.after == TEXT


@pytest.mark.parametrize("quote", ["- two", "It floods.\n- one", "Rivers", "Tarn", "1 | 2"])
def test_any_quote_is_marked_and_lines_begin_where_they_did(quote: str):
    text = "Rivers\n\nThe Tarn.\n\nMore\nIt floods.\n- one\n- two\n- three\n\na | b\n1 | 2\nEnd."
    document = Document("r.md", "0", "R", text, "md", (), (Heading(0, 6, 1, "Rivers"),))
    source = cited_source(cite(quote, document=document), document)
    page = Page(f"<main>{passage_html(source)}</main>")
    assert page.text["main"] == text
    assert page.text["mark"] == quote
    assert [tag for tag, _ in page.elements].count("br") == 5
    assert [tag for tag, _ in page.elements].count("span") == 3


def test_headings_inside_the_passage_stand_out():
    assert Page(show(answered(cite("It floods.")))).text["b"] == "Rivers"


def test_chips_point_to_cards():
    html = show(answered(cite("It floods."), cite("The Tarn is long.", 2)))
    elements = Page(html).elements
    chips = [a for _, a in elements if a.get("class") == "chip"]
    cards = [a["data-card"] for _, a in elements if "data-card" in a]
    assert [chip["data-source"] for chip in chips] == cards == ["1", "2"]
    assert chips[0]["title"] == "“It floods.” — Rivers, page 4 · Fish"
    assert chips[0]["aria-label"] == "Source 1: Rivers, page 4 · Fish"
    assert all(tag == "button" for tag, a in elements if a.get("class") == "chip")


def test_a_side_that_is_a_sentence_may_take_several_lines():
    first, second = cite("It floods."), cite("The Tarn is long.", 2)
    differ = Disagreement("answer", (("1887", first), ("The bridge was not opened", second)))
    table = show(answered(first, second, disagreements=(differ,))).partition("</table>")[0]
    assert '<th scope="row">1887</th>' in table
    assert '<th scope="row" class="long">The bridge was not opened</th>' in table


def test_quoted_and_written_sentences_differ():
    sentences = (
        Sentence("It floods.", (1,), quoted=True), Sentence("Floods occur.", (1,), quoted=False),
    )  # fmt: skip
    html = show(answered(cite("It floods."), sentences=sentences, timings_ms={"total": 1250.0}))
    assert '<p class="quoted"' in html
    assert '<p class="written">Floods occur.' in html
    assert "1 sentence quoted word for word · 1 sentence written and checked · 1.2 s" in html
    assert html.count('class="stands"') == 2
    assert ">Quoted</span>" in html
    assert ">Checked</span>" in html


def test_a_marker_without_a_source_shows_no_chip():
    sentence = Sentence("It floods.", (7,), quoted=True)
    assert "chip" not in show(answered(cite("It floods."), sentences=(sentence,)))


def test_a_followup_shows_how_it_was_understood():
    html = show(answered(cite("It floods."), standalone_question="What fish has the Tarn?"))
    assert "Understood as:</span> What fish has the Tarn?" in html
    assert "Understood" not in show(answered(cite("It floods.")))


def test_disagreement_is_a_table_above_the_prose():
    first, second = cite("It floods."), cite("The Tarn is long.", 2)
    differ = Disagreement("number", (("long", first), ("short", second)))
    told = Sentence("The sources differ: long; short.", (1, 2), quoted=False)
    sentences = (told, Sentence("It floods.", (1,), quoted=True))
    html = show(answered(first, disagreements=(differ,), sentences=sentences))
    assert "The sources differ" not in html.partition("<pre")[0]
    assert html.index("<table") < html.index('class="prose"')
    assert "Your sources disagree on the number" in html
    page = Page(html)
    assert page.text["th"] == "SaysDocumentSourcelongshort"
    assert [a["data-card"] for _, a in page.elements if "data-card" in a] == ["1", "2"]


def test_documents_of_one_title_are_told_apart_by_their_names():
    first = cite("It floods.")
    second = replace(cite("The Tarn is long.", 2), document="other/rivers.md")
    differ = Disagreement("number", (("long", first), ("short", second)))
    table = show(answered(first, second, disagreements=(differ,))).partition("</table>")[0]
    assert '<span class="where">rivers.md</span>' in table
    assert '<span class="where">other/rivers.md</span>' in table
    hits = [Hit(Passage(name, 0, 6, "Rivers", title="T"), 1.0) for name in ("a.md", "b.md")]
    refused = answered(status="abstained", text="No.", hits=tuple(hits))
    nearest = show(refused, None).partition('class="refusal"')[2].partition("</ul>")[0]
    assert nearest.count('class="where"') == 2
    refused = answered(status="abstained", text="No.", hits=(hits[0], hits[0]))
    nearest = show(refused, None).partition('class="refusal"')[2].partition("</ul>")[0]
    assert 'class="where"' not in nearest


def test_a_refusal_offers_the_nearest_passages():
    hits = [Hit(Passage("rivers.md", 0, 6, "Rivers", title="T"), 1.0)] * 5
    html = show(
        answered(status="abstained", text="The documents do not say.", hits=tuple(hits)), None
    )
    assert 'class="turn refused"' in html
    assert "The documents do not say." in html
    assert html.count('class="nearest"') == 3
    assert "<mark>" not in html


def test_a_changed_document_shows_the_quote_alone():
    source = cited_source(cite("It floods."), Document("rivers.md", "1", "Rivers", "New.", "md"))
    assert (source.before, source.quote, source.after) == ("", "It floods.", "")
    assert not source.starts_inside
    assert not source.ends_inside


def test_surroundings_are_whole_sentences():
    text = "This is a sentence. " * 100
    document = Document("a.txt", "0", "A", text, "txt")
    start = 1000
    source = cited_source(
        Citation(1, "a.txt", "A", None, start, start + 19, text[1000:1019]), document
    )
    assert source.before.startswith("This is")
    assert source.after.endswith("sentence.")
    assert 0 < len(source.before) <= AROUND_CHARS
    assert source.starts_inside
    assert source.ends_inside


def test_place_leaves_out_the_title():
    passage = Passage("a", 0, 1, "x", page=2, heading="Rivers > Fish > Eels", title="Rivers")
    assert render_source.place(nearest_source(Hit(passage, 1.0), 1), EN) == "page 2 · Fish › Eels"


def live_of(*stages: Stage) -> render.Live:
    live = render.Live(1, "What fish?")
    for stage in stages:
        live.note(stage)
    return live


def test_live_turn_shows_steps_and_sentences():
    live = render.Live(1, "What fish?")
    live.stages = [(Stage("search", "Searching"), 10.0), (Stage("read", "Reading"), 10.25)]
    html = render.live_turn(live, EN)
    assert '<li class="past">Searching<span class="took">0.2 s</span></li>' in html
    assert '<li class="now">Reading</li>' in html
    citation = cite("It floods.")
    live.checked.append(Checked(Sentence("It floods.", (1,), quoted=True), (citation,)))
    live.sources["1"] = cited_source(citation, DOCUMENT)
    page = Page(render.live_turn(live, EN))
    assert page.text["q"] == "It floods."
    assert page.text["mark"] == "It floods."


def test_steps_in_other_languages_keep_their_number():
    live = live_of(Stage("search", "Searching 1,204 passages"), Stage("read", "Looking for all x"))
    html = render.live_turn(live, Words("tr"))
    assert "1.204 bölüm aranıyor" in html
    assert "Çalışıyor" in html


def test_cards_lead_on():
    html = show(answered(cite("It floods.")))
    elements = [a for tag, a in Page(html).elements if tag == "button"]
    assert [a["data-more"] for a in elements if "data-more" in a] == ["previous", "next"]
    at = [int(a["data-at"]) for a in elements if "data-more" in a]
    assert at == [0, len(TEXT)]
    assert [a["data-read"] for a in elements if "data-read" in a] == ["text"]
    gone = show(answered(cite("It floods.")), None)
    assert "data-read" not in gone


def test_a_refusal_says_what_was_searched_and_what_could_be_asked():
    hits = (Hit(Passage("rivers.md", 0, 6, "Rivers", title="T"), 1.0),)
    html = show(
        answered(
            status="abstained", text="The documents do not answer this question.", hits=hits,
            confidence=0.312, missing=("zebras", "Utopia"),
        ),
        searched=Searched(3, 1204, 0.5), following=("When was it opened?",),
    )  # fmt: skip
    assert "Searched: 1,204 passages in 3 documents." in html
    assert "with a probability of 31%; at least 50% is asked for" in html
    assert "No passage holds: zebras, Utopia." in html
    assert 'data-ask="When was it opened?"' in html
    assert "What the documents do answer nearby" in html


def test_what_is_refused_by_a_rule_has_no_probability():
    hits = (Hit(Passage("rivers.md", 0, 6, "Rivers", title="T"), 1.0),)
    html = show(
        answered(status="abstained", text="Not said.", hits=hits, confidence=0.0),
        searched=Searched(3, 1204, 0.5),
    )
    assert "1,204 passages" in html
    assert "probability" not in html


def test_copies_have_footnotes_and_nothing_active():
    turn = turn_of(answered(cite("The Tarn has fish & eels."), question="What [fish](x)?"))
    assert copying.as_text(turn, EN) == (
        "What [fish](x)?\n\n“The Tarn has fish & eels.” [1]\n\n"
        "[1] Rivers, rivers.md, page 4 · Fish: “The Tarn has fish & eels.”"
    )
    assert copying.as_markdown(turn, EN) == (
        "## What \\[fish\\](x)?\n\n“The Tarn has fish \\& eels.” [^3-1]\n\n"
        "[^3-1]: Rivers, rivers.md, page 4 · Fish: “The Tarn has fish \\& eels.”"
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_makes_nothing_of_what_others_wrote(payload: str):
    from markdown_it import MarkdownIt

    found = MarkdownIt("commonmark").enable("table").render(copying.plain(payload))
    assert {tag for tag, _ in Page(found).elements} <= {"p"}


def test_long_documents_come_in_parts_that_make_the_whole():
    text = "A paragraph of words.\n\n" * 20_000
    document = Document("long.txt", "0", "Long", text, "txt")
    starts = [*render_reader._parts(document), len(text)]
    assert len(starts) - 1 == 8
    assert all(b - a <= render_reader.PART_CHARS * 3 // 2 for a, b in pairwise(starts))
    assert render_reader.part_of(document, part=None, at=starts[3]) == 4
    assert render_reader.part_of(document, part=99, at=0) == 8
    marked = (starts[3] + 2, starts[3] + 11)
    page = Page(render_reader.text(document, 4, EN, marked=marked))
    assert page.text["mark"] == "paragraph"
    assert "Part 4 of 8" in page.text["nav"]


def test_pages_are_told_apart_in_the_text():
    document = Document("a.pdf", "0", "A", "One.\nTwo.\nThree.", "pdf", (0, 5, 10))
    page = Page(render_reader.text(document, 1, EN, marked=(5, 9)))
    labels = [a["data-label"] for _, a in page.elements if "data-label" in a]
    assert labels == ["page 1", "page 2", "page 3"]
    assert page.text["div"] == document.text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_active_comes_through(payload: str):
    document = Document(payload, "0", payload, f"{payload} is text.", "md")
    citation = Citation(1, payload, payload, None, 0, len(payload), payload, payload)
    live = live_of(Stage("search", payload))
    live.question = payload
    answer = answered(
        citation, question=payload, standalone_question=f"{payload}?",
        disagreements=(Disagreement(payload, ((payload, citation),)),),
    )  # fmt: skip
    passage = Passage(payload, 0, len(payload), payload, heading=payload, title=payload)
    info = DocumentInfo(payload, payload, "md", None, 1, 1, "")
    html = "".join((
        show(answer, document),
        show(answered(status="abstained", text=payload, hits=(Hit(passage, 1.0),)), None,
             following=(payload,), key=payload, searched=Searched(1, 1, 0.5)),
        render.live_turn(live, EN),
        render.finished_turn(Turn(1, payload, "stopped", shown=answer.sentences), EN),
        render.finished_turn(Turn(1, payload, "failed", error=Problem(payload, payload)), EN),
        render.welcome([payload], EN, documents=1),
        render_library.documents([info], [FailedFile(payload, payload)], EN),
        render_library.progress(SyncProgress(0, 1, payload, payload), {payload: "waiting"}, EN),
        render_reader.text(document, 1, EN, marked=(0, len(payload))),
        render_reader.passage(document, 0, len(document.text)),
        render_why.why(explained(payload, passage), EN),
    ))  # fmt: skip
    page = Page(html)
    assert {tag for tag, _ in page.elements} <= {
        "article", "h2", "h3", "div", "p", "span", "ol", "ul", "li", "button", "strong", "q",
        "table", "caption", "thead", "tbody", "tr", "th", "td", "mark", "section", "label",
        "input", "details", "summary", "progress", "br", "svg", "path", "pre", "em", "nav", "b",
    }  # fmt: skip
    attributes = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in attributes if name.startswith("on") or name in {"href", "src"}}
    assert page.open == []


def explained(text: str, passage: Passage) -> Explanation:
    evidence = Evidence(passage, 0, len(text), text, 1.0, 0.5, 0.5, 1, 0.2)
    return Explanation(
        text, (text,), (FoundPassage(Hit(passage, 1.0), 1, "cited"),),
        (WeighedSentence(evidence, "weaker"),), 3, 0.4, 0.5, (("judge", text), ("write", text)),
        (("total", 12.0),),
    )  # fmt: skip


def test_why_shows_what_was_dropped_and_why():
    passage = Passage("a.md", 0, 1, "x")
    html = render_why.why(explained("x", passage), EN)
    page = Page(html)
    assert "probability of 40%; at least 50% is asked for" in page.text["p"]
    assert "dropped: others answer better" in page.text["td"]
    assert "and 3 more that score lower" in page.text["p"]
    assert page.text["pre"] == "xx"
    assert "Nothing was searched" in render_why.why(
        Explanation("Hi", (), (), (), 0, 0.0, 0.5, (), ()), EN
    )


def test_list_of_documents():
    infos = [
        DocumentInfo("a.pdf", "A", "pdf", 1, 1200, 9, ""),
        DocumentInfo("b.md", "B", "md", None, 1, 9, ""),
    ]  # fmt: skip
    html = render_library.documents(infos, [FailedFile("c.pdf", "It is encrypted.")], EN)
    assert '<span class="said" data-n="1">1 page</span>' in html
    assert '<span class="said" data-n="1200">1,200 passages</span>' in html
    assert ">1 passage<" in html
    assert "1 file could not be read" in html
    assert "It is encrypted." in html
    assert [a["data-pick"] for _, a in Page(html).elements if "data-pick" in a] == ["a.pdf", "b.md"]


def test_sync_is_told_in_a_sentence():
    report = SyncReport(("a",), ("b", "c"), ("d",), (), (FailedFile("e", "broken"),))
    assert render_library.synced(report, EN) == "Folder read: 1 added, 2 updated, 1 not readable."
    assert render_library.synced(SyncReport(), EN) == "Nothing has changed in the folder."
    other = SyncReport(others=((".jpg", 2), ("", 1)))
    expected = "Folder read: 3 of other types passed over (.jpg, no ending)."
    assert render_library.synced(other, EN) == expected


def test_a_quote_of_two_sentences_counts_as_two() -> None:
    quote = Sentence("It was opened in 1992. It stands in Ankara.", (1,), quoted=True)
    assert "2 sentences quoted word for word" in render_answer.footnote(
        [quote], {"total": 900.0}, EN
    )
