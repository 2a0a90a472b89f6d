"""BM25: against a reference, with hostile questions, and through its folders on disk."""

from __future__ import annotations

import json
import random
import shutil

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from rag import generations, lexical
from rag.errors import LibraryError
from rag.generations import Changes
from rag.lexical import LexicalIndex
from rag.schema import IndexState
from rag.seals import Seals
from rag.types import Passage

TEXTS = [
    "The embassy was opened in Baku in August 1992.",
    "Türkiye'nin büyükelçiliği ISPARTA ve İstanbul ile ilgili değil.",
    "The trade agreements were signed; trade grew by 2.5 percent.",
    "The city of Nagorno-Karabakh's capital is elsewhere.",
    "Version 25 of the agreement says 5.2 and not the other.",
]

PUBLISHED: list[str] = []


def passages(texts, *, doc="d{}", first=1, title="", heading="") -> list[Passage]:
    return [
        Passage(doc.format(i), 0, len(t), t, None, heading, title, passage_id=i)
        for i, t in enumerate(texts, start=first)
    ]


def state(generation=1, top=1000, deleted=0, store="s") -> IndexState:
    return IndexState(store, generation, top, deleted)


@pytest.fixture
def index() -> LexicalIndex:
    return lexical.in_memory(state(), passages(TEXTS))


def ids(hits) -> list[int]:
    return [i for i, _ in hits]


def test_scores_are_those_of_rank_bm25():
    rng = random.Random(5)
    vocabulary = [f"{a}{b}" for a in "bdfgk" for b in ("ana", "oro", "upu", "iti", "omo", "axa")]
    # Up to 40 words, where Tantivy keeps the exact length of a text.
    texts = [" ".join(rng.choices(vocabulary, k=rng.randint(4, 40))) for _ in range(300)]
    index = lexical.in_memory(state(), passages(texts))
    reference = BM25Okapi([t.split() for t in texts], k1=1.2, b=0.75)
    for word in vocabulary:  # the idf of Lucene and Tantivy, which cannot be negative
        n = sum(word in t.split() for t in texts)
        reference.idf[word] = np.log(1 + (300 - n + 0.5) / (n + 0.5))
    for _ in range(30):
        question = rng.sample(vocabulary, 3)
        scores = reference.get_scores(question)
        hits = index.search(" ".join(question), k=20)
        order = sorted(range(300), key=lambda i: (-round(scores[i], 4), i))[:20]
        assert [s for _, s in hits] == pytest.approx([scores[i] for i in order], rel=1e-4)
        assert {i for i, s in hits if s > scores[order[-1]] * 1.001} == {
            i + 1 for i in range(300) if scores[i] > scores[order[-1]] * 1.001
        }


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was the EMBASSY opened?", [1]),
        ("embassies", [1]),
        ("trade agreement", [3, 5]),
        ("isparta", [2]),
        ("ısparta", [2]),
        ("Turkiye", [2]),
        ("türkiye’nin buyukelciligi", [2]),
        ("Istanbul İSTANBUL", [2]),
        ("Karabakh", [4]),
        ("Nagorno Karabakh", [4]),
        ("capital's", [4]),
        ("zebra", []),
        ("", []),
        ("?!", []),
    ],
)
def test_words_are_folded_and_stemmed(index, question, expected):
    assert ids(index.search(question, k=10)) == expected


def test_stop_words_count_only_when_there_is_nothing_else(index):
    assert ids(index.search("the of embassy", k=10)) == [1]
    assert set(ids(index.search("of the", k=10))) == {1, 3, 4, 5}
    assert index.search("What doesn't the", k=10) == index.search("what doesn the", k=10)


@pytest.mark.parametrize(
    "question",
    [
        'embassy"',
        '"embassy" AND (',
        "embassy AND NOT OR",
        "body:embassy",
        "document:d1 embassy",
        "+embassy -embassy",
        "embassy^5 ~2 *",
        "[a TO b] {embassy}",
        "em\\bassy embassy \\",
        "embassy 🙂🙃 \u0000\u202e",
        "embassy " * 500,
        "embassy " + " ".join(f"word{i}" for i in range(450)),
        "embassy " + "x" * 4000,
        "embassy '\"; DROP TABLE passages; --",
        "<script>embassy</script>",
    ],
)
def test_a_question_is_never_query_syntax(index, question):
    assert 1 in ids(index.search(question[:4500], k=5))


def test_no_query_field_can_be_named(index):
    assert index.search("document:d1 id:1 *", k=5) == []


def test_only_chosen_documents_are_searched(index):
    everything = index.search("agreement embassy", k=10)
    assert set(ids(everything)) == {1, 3, 5}
    chosen = index.search("agreement embassy", k=10, documents=["d5", "d1", "absent"])
    assert chosen == [hit for hit in everything if hit[0] != 3]
    assert index.search("agreement", k=10, documents=[]) == []
    assert index.search("agreement", k=10, documents=["D5", "d"]) == []


def test_a_document_may_have_any_name():
    odd = "a b/ç 'x\" AND (y).txt"
    index = lexical.in_memory(state(), passages(["one word"], doc=odd))
    assert ids(index.search("word", k=1, documents=[odd])) == [1]


def test_title_and_heading_help_less_than_the_text():
    texts = passages(["nothing here of use"], title="Embassy") + passages(
        ["the embassy is here"], first=2, title="Other"
    )
    index = lexical.in_memory(state(), texts)
    assert ids(index.search("embassy", k=5)) == [2, 1]
    assert index.passage_frequencies(["embassy", "other"]) == {"embassy": 1, "other": 0}


def test_k_limits_the_hits(index):
    assert len(index.search("the trade agreement embassy", k=2)) == 2
    assert index.search("embassy", k=0) == []


def test_passage_frequencies_use_the_folding_of_the_index(index):
    assert index.passage_frequencies(
        ["agreement", "Agreements", "TRADE", "türkiye", "Turkiye'nin", "zebra", "", "'", "the"]
    ) == {
        "agreement": 2, "Agreements": 2, "TRADE": 1, "türkiye": 1, "Turkiye'nin": 1,
        "zebra": 0, "": 0, "'": 0, "the": 4,
    }  # fmt: skip
    # "2.5" and "5.2" have the same parts; only where they stand in a row do they count.
    expected = {"2.5": 1, "5.2": 1, "25": 1, "nagorno-karabakh": 1, "karabakh-nagorno": 0}
    assert index.passage_frequencies(list(expected)) == expected


def test_an_index_in_memory_changes_under_no_reader(index):
    before = index.search("agreement", k=9)
    more = lexical.in_memory(
        state(2), passages(["A new agreement."], first=6), base=index, removed=[(2, 3)]
    )
    assert set(ids(more.search("agreement", k=9))) == {5, 6}
    assert index.search("agreement", k=9) == before


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def quarantine(tmp_path):
    return tmp_path / "quarantine"


def seals():
    return Seals(None, tuple(PUBLISHED))


def publish(folder, made=None, *, texts=TEXTS, base=None, removed=(), first=1):
    changes = Changes(made or state(), passages(texts, first=first), tuple(removed))
    return generations.publish(folder, base, changes, PUBLISHED.append)


def newest(folder, at=None, *, known=None, quarantine=None):
    return generations.newest(
        folder, at or state(), seals=seals, known=known, quarantine=quarantine
    )


def test_a_published_index_is_found_again(folder, index):
    published = publish(folder)
    again = newest(folder)
    assert again.state == published.state == state()
    assert again.folder.name == "00000001.lexical"
    for question in ("trade agreement", "embassy Baku 1992", "the"):
        hits = index.search(question, k=9)
        assert again.search(question, k=9) == published.search(question, k=9) == hits
    assert newest(folder, known=again) is again


def test_a_top_up_is_another_folder(folder, quarantine):
    first = publish(folder)
    before = first.search("agreement", k=9)
    second = publish(
        folder, state(2, deleted=1), texts=["New agreement."], first=6, base=first, removed=[(2, 3)]
    )
    assert set(ids(second.search("agreement", k=9))) == {5, 6}
    assert newest(folder, state(2, deleted=1)).state == second.state
    assert first.search("agreement", k=9) == before
    third = publish(folder, state(3, deleted=1), texts=[], base=second)
    generations.prune(folder, quarantine, third.state, seals())
    assert [p.name for p in sorted(folder.iterdir())] == ["00000002.lexical", "00000003.lexical"]
    assert set(ids(third.search("agreement", k=9))) == {5, 6}


def test_an_index_of_another_store_or_of_the_future_is_set_aside(folder, quarantine):
    publish(folder, state(3, store="another"))
    assert newest(folder, state(9)) is None
    assert newest(folder, state(9), quarantine=quarantine) is None
    publish(folder, state(3))
    assert newest(folder, state(2), quarantine=quarantine) is None
    assert len(list(quarantine.iterdir())) == 2
    assert list(folder.iterdir()) == []


def damage(path, how, rng):
    """Damage one file of a publication, whichever the generator picks.

    Another file takes its place: cutting one short that a thread of Tantivy is just opening would
    end this process (SIGBUS).
    """
    target = rng.choice([f for f in sorted(path.iterdir()) if not f.name.endswith(".lock")])
    data = bytearray(target.read_bytes())
    if how == "deleted":
        target.unlink()
        return
    if how == "flipped":
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    damaged = {
        "truncated": bytes(data[: len(data) // 2]), "flipped": bytes(data),
        "zeroed": bytes(len(data)), "garbage": rng.randbytes(500),
    }[how]  # fmt: skip
    beside = path.parent / "damaged"
    beside.write_bytes(damaged)
    beside.replace(target)


@pytest.mark.parametrize("how", ["deleted", "truncated", "flipped", "zeroed", "garbage"])
@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_index_is_set_aside_and_the_one_before_it_serves(folder, quarantine, how, seed):
    first = publish(folder)
    publish(folder, state(2), texts=["More."], first=6, base=first)
    damage(folder / "00000002.lexical", how, random.Random(f"{how}{seed}"))
    served = newest(folder, state(2), quarantine=quarantine)
    damaged_stamp = served is not None and served.state == state(2)
    # A flipped bit in the stamp's white space changes nothing.
    assert damaged_stamp or served.state == state(1)
    assert damaged_stamp == (not quarantine.exists())
    assert served.search("embassy", k=5) == first.search("embassy", k=5)


def test_a_stamp_of_another_kind_is_set_aside(folder, quarantine):
    for content in ("", "[]", "{}", '{"format": 1}', '{"format": 1, "state": {}, "files": 3}'):
        published = publish(folder)
        (published.folder / "stamp.json").write_text(content)
        assert newest(folder, quarantine=quarantine) is None
    published = publish(folder)
    stamp = json.loads((published.folder / "stamp.json").read_text())
    (published.folder / "stamp.json").write_text(json.dumps(stamp | {"format": 999}))
    assert newest(folder, quarantine=quarantine) is None
    assert len(list(quarantine.iterdir())) == 6


def test_a_publication_that_was_cut_short_does_not_matter(folder):
    publish(folder)
    shutil.copytree(folder / "00000001.lexical", folder / "making.lexical.tmp")
    assert newest(folder, state(2)).state == state(1)
    publish(folder, state(2))
    assert [p.name for p in sorted(folder.iterdir())] == ["00000001.lexical", "00000002.lexical"]


def test_a_folder_that_cannot_be_written_is_named(folder):
    folder.write_text("a file in its place")
    with pytest.raises(LibraryError, match=r"00000001\.lexical cannot be written"):
        publish(folder)
