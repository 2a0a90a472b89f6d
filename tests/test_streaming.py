"""Tokens to text, reasoning left out, guesses; without a model."""

from __future__ import annotations

import pytest

from rag.streaming import ThoughtFilter, TokenText, draft_tokens


def shown(pieces, *, inside=False):
    thoughts = ThoughtFilter(inside=inside)
    return "".join([*map(thoughts.feed, pieces), thoughts.finish()])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain.", "Plain."),
        ("<think>secret</think>Answer.", "Answer."),
        ("<think>\n\n</think>\n\nAnswer.", "Answer."),
        ("<think>a</think>One <think>b</think>two", "One two"),
        ("<think>never closed", ""),
        ("Before <think>never closed", "Before "),
        ("a < b and <thin air> and <", "a < b and <thin air> and <"),
        ("ends with <thin", "ends with <thin"),
        ("<think>a<think>b</think>c", "c"),
        ("<<think>x</think>>", "<>"),
        ("", ""),
        ("  \n spaces first", "spaces first"),
        ("<think></think>", ""),
    ],
)
def test_thoughts_are_left_out_however_the_text_is_cut(text, expected):
    for size in (1, 2, 3, 5, 8, 100):
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        assert shown(pieces) == expected, size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("secret</think>\nAnswer.", "Answer."),
        ("never closed", ""),
        ("a</thinking></think>b", "b"),
    ],
)
def test_a_block_that_the_prompt_opened(text, expected):
    for size in (1, 4, 100):
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        assert shown(pieces, inside=True) == expected, size


def test_nothing_is_held_back_without_need():
    thoughts = ThoughtFilter()

    assert [thoughts.feed(p) for p in ("One", " <", "b", " two")] == ["One", " ", "<b", " two"]


def test_characters_come_whole():
    data = "naïve 漢字 🙂!".encode()
    text = TokenText(lambda ids: bytes(ids).decode("utf-8", "replace"))
    pieces = [text.push(byte) for byte in data]

    assert "".join(pieces) == "naïve 漢字 🙂!"
    assert all("\ufffd" not in piece for piece in pieces)
    assert pieces[2:4] == ["", "ï"]
    assert text.finish() == ""


def test_half_a_character_at_the_end_is_dropped():
    text = TokenText(lambda ids: bytes(ids).decode("utf-8", "replace"))
    assert [text.push(byte) for byte in "a🙂".encode()[:3]] == ["a", "", ""]
    assert text.finish() == ""


def test_words_keep_their_spaces():
    # A decoder that, like SentencePiece, drops the space before the first word.
    words = ["▁the", "▁embas", "sy", "▁opened"]
    text = TokenText(lambda ids: "".join(words[i] for i in ids).replace("▁", " ").lstrip())

    assert [text.push(i) for i in range(4)] == ["the", " embas", "sy", " opened"]


@pytest.mark.parametrize(
    ("ids", "size", "expected"),
    [
        ([1, 2, 3, 4, 5, 1, 2, 3], 3, [4, 5, 1]),
        ([1, 2, 3, 4, 5, 1, 2, 3], 1, [4]),
        ([1, 2, 3, 4, 5, 1, 2, 3], 0, []),
        ([9, 2, 3, 4, 7, 2, 3], 2, [4, 7]),
        # The latest place wins, and three in common win over two.
        ([1, 2, 3, 8, 2, 3, 9, 1, 2, 3], 1, [8]),
        ([2, 3, 8, 2, 3, 9, 2, 3], 1, [9]),
        ([1, 2, 3], 5, []),
        ([5, 5, 5, 5], 3, [5]),
        ([], 3, []),
        ([1], 3, []),
    ],
)
def test_guesses_what_followed_before(ids, size, expected):
    assert draft_tokens(ids, size=size) == expected
