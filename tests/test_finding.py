"""What is asked of the judge."""

from rag.config import Config
from rag.finding import Finder, remembering, with_leads
from rag.run import Part
from rag.types import Document, Hit
from tests.fakes import HashEmbedder, MemorySnapshot, OverlapJudge
from tests.makers import passage
from tests.small_library import open_library


def test_the_judge_reads_nothing_twice() -> None:
    judge = OverlapJudge()
    read = []
    opinion = remembering(judge, read)
    a, b = ("A", "The harbour was closed."), ("A", "It rained.")
    first = opinion("When was the harbour closed?", [a, b, a])
    assert first[0] == first[2] != first[1]
    assert opinion("When was the harbour closed?", [b]) == [first[1]]
    assert [evidence for _, evidence in judge.asked] == [[a, b]]
    assert read == [a, b]


class TitleJudge:
    """Says no to whatever stands under a heading."""

    def judge(self, question, evidence):
        return [-3.0 if above else 1.0 for above, _ in evidence]


def found_with(judge):
    snapshot = MemorySnapshot(passage("The roof was repaired in 2019.", title="The lease"))
    finder = Finder(Config(), HashEmbedder(), judge)
    part = Part("When was the roof repaired?")
    finder.read(part, finder.search(part, snapshot, None), snapshot)
    return part


def test_a_heading_about_something_else_does_not_refuse() -> None:
    part = found_with(TitleJudge())
    assert part.evidence[0].verdict == part.reply.verdict == -3.0
    assert (part.signals.verdict, part.signals.reply_verdict) == (1.0, 1.0)
    assert [above for above, _ in part.read] == ["The lease", ""]


def test_without_a_judge_nothing_is_read() -> None:
    part = found_with(None)
    assert (part.signals.verdict, part.signals.reply_verdict) == (0.0, 0.0)
    assert part.evidence[0].verdict is None


BANK = "The European Council meets in Brussels. It appoints the board of the bank."


def led(text: str, snapshot: MemorySnapshot) -> str:
    """What is read of the passage that ends the document on the bank."""
    at = BANK.index("It appoints")
    found = Hit(passage(text, start=at, number=2), 0.03, 1, 1, 0.5)
    return with_leads([found], snapshot)[0].passage.text


def test_a_passage_is_read_with_the_sentence_that_it_leans_on() -> None:
    snapshot = MemorySnapshot(passage(BANK))
    assert led("It appoints the board of the bank.", snapshot) == BANK
    # Of a document that has changed meanwhile, or is gone, nothing is taken.
    assert led("It appoints the head of the bank.", snapshot) == "It appoints the head of the bank."
    gone = MemorySnapshot(passage(BANK, "b.md"))
    assert led("It appoints the board of the bank.", gone) == "It appoints the board of the bank."


def test_the_reply_says_who_it_is() -> None:
    at = BANK.index("It appoints")
    snapshot = MemorySnapshot(passage(BANK[:at].strip()), passage(BANK[at:], start=at, number=2))
    whole = Document("a.md", "00", "Title", BANK, "md")
    snapshot.document = lambda doc_id: whole
    finder = Finder(Config(), HashEmbedder(), None)
    part = Part("Who appoints the board of the bank?")
    finder.read(part, finder.search(part, snapshot, None), snapshot)
    assert part.reply.evidence[0].text == BANK
    assert (part.reply.evidence[0].start, part.reply.evidence[0].end) == (0, len(BANK))


def test_words_are_counted_as_the_index_counts_them(tmp_path) -> None:
    """Of "warehouse" the stem is "warehous", and of that "warehou", which no text holds."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("The lease of the warehouse ends in May.")
    with open_library(tmp_path) as library:
        library.sync()
        finder = Finder(Config(), HashEmbedder(), None)
        part = Part("Is smoking in the warehouse allowed by the lease?")
        finder.read(part, finder.search(part, library.snapshot(), None), library.snapshot())
    assert part.missing == ("smoking", "allowed")
    assert part.weights["warehous"] == part.weights["leas"] < part.weights["smoke"]


def test_other_forms_and_headings_are_not_missing(tmp_path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(
        "# Bridges of Velm\n\nChildren travel free. The ferry became slow."
    )
    with open_library(tmp_path) as library:
        library.sync()
        snapshot = library.snapshot()
        finder = Finder(Config(), HashEmbedder(), None)
        part = Part("Where in Velm do I find out if a child may become a pilot?")
        finder.read(part, finder.search(part, snapshot, None), snapshot)
    assert part.missing == ("pilot",)
