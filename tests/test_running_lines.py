"""What stands at the edges of pages: running lines go, facts stay."""

from __future__ import annotations

import pytest

from rag.readers.running_lines import running_lines


def without_running_lines(pages: list[str]) -> list[str]:
    lines = [page.split("\n") for page in pages]
    return [
        "\n".join(line for i, line in enumerate(page) if i not in dropped)
        for page, dropped in zip(lines, running_lines(lines), strict=True)
    ]


BODY = "\n".join("one two three four five six seven eight".split())


def test_lines_that_differ_in_facts_are_kept() -> None:
    for pages in (
        [f"Revenue in {2016 + n} was {26 + n} million lira." for n in range(6)],
        [f"{2016 + n} was a good year." for n in range(6)],
        [f"Results {2019 + n}\nRevenue {119 + n} million" for n in range(4)],
        [f"Branch {town}\nIt is open.\nTotal due: {n}007 EUR" for n, town in enumerate("abcde", 1)],
        [f"Branch {town}\nIt is open.\nTotal due: {n} EUR" for n, town in enumerate("abcde", 1)],
        [
            f"Article {n}\nClause {n}{n}.\n{BODY}\nEnd {n}{n}.\nPayment of {n}00 lira is due."
            for n in range(5)
        ],
        ["Treaty of Kars\nAnkara\n1921", "2022\nText of the year.", "12\nMembers"],
        [f"{1921 + n}\nThe news of it: {word}." for n, word in enumerate("abcdef")],
    ):
        assert without_running_lines(pages) == pages


def test_no_page_is_left_empty() -> None:
    assert without_running_lines(["Closed.", "Closed.", "Closed.", "Closed."]) == ["Closed."] * 4
    assert without_running_lines(["Head\nText.", "Head\nMore.", "Head\n3", "Head\nLast."]) == [
        "Text.",
        "More.",
        "3",
        "Last.",
    ]


@pytest.mark.parametrize(
    ("foot", "first"),
    [
        ("{n}", 1), ("- {n} -", 7), ("[{n}]", 3), ("Page {n}", 1), ("Page {n} of 12", 1),
        ("Sayfa {n} / 12", 1), ("стр. {n}", 4), ("{n} / 12", 1), ("Annual report 2020 {n}", 5),
        ("{n} | The annual report", 9), ("The annual report – Page {n} of 12", 1),
        ("Report {n}/12", 1), ("Annual report 2020", 1), ("1{n}", 0),
    ],
)  # fmt: skip
def test_heads_and_feet_that_only_count_the_pages_go(foot, first) -> None:
    words = ["Gas flows.", "It rains.", "Snow falls.", "It ends."]
    pages = [f"{words[n]}\n{foot.format(n=n + first)}" for n in range(4)]
    assert without_running_lines(pages) == words
    pages = [f"{foot.format(n=n + first)}\n{words[n]}" for n in range(4)]
    assert without_running_lines(pages) == words


def test_two_pages_that_are_numbered_from_one() -> None:
    assert without_running_lines(["Gas flows.\n1", "It rains.\n2"]) == ["Gas flows.", "It rains."]
    kept = ["Gas flows.\n41", "It rains.\n42"]
    assert without_running_lines(kept) == kept


def test_long_lines_take_no_longer_than_they_are() -> None:
    pages = ["page " * 200_000 + "x", "1 " * 500_000 + "x", "- " * 500_000 + "x"]
    assert [len(page) for page in without_running_lines(pages)] == [1_000_001] * 3
