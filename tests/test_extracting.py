"""Answers are read out of a text word for word."""

import pytest

from rag.causal_model import CausalModel
from rag.extracting import MOST_TOKENS, extracted
from rag.judging import LocalJudge
from rag.models import locate
from rag.protocols import Reading
from tests.tiny_models import tiny_generator

TEXT = "The ferry (built in 1931) sank near Ilmar, an island of the Halden Sea."


@pytest.mark.parametrize("seed", range(6))
def test_what_is_read_out_stands_in_the_text_and_is_made_of_whole_words(tmp_path, seed) -> None:
    import torch

    model = CausalModel.load(tiny_generator(tmp_path, seed=seed), device="cpu", dtype="auto")
    with torch.inference_mode():
        read = extracted(model, model.text_ids("Who? Yes:"), TEXT, model.text_ids("\n")[0])
    answer = read.text
    assert answer in TEXT
    assert read.log_probability < 0
    assert len(answer) <= MOST_TOKENS
    if answer:
        at = TEXT.index(answer)
        assert not f"{TEXT[at - 1 : at]} "[0].isalnum()
        assert not TEXT[at + len(answer)].isalnum()


class Scripted:
    """A model of whole words that wants to say one thing."""

    def __init__(self, wish: str) -> None:
        self.words = ["\n", *dict.fromkeys(self.cut(f" {TEXT} {wish}"))]
        self.wish = [*self.cut(f" {wish}"), "\n"]
        self.said = 0

    @staticmethod
    def cut(text: str) -> list[str]:
        import re

        return re.findall(r" ?\w+| ?[^\w\s]", text)

    def text_ids(self, text: str) -> list[int]:
        return [self.words.index(w) for w in self.cut(text) if w in self.words] or [0]

    def decode(self, ids: list[int]) -> str:
        return "".join(self.words[i] for i in ids)

    def new_cache(self) -> None:
        return None

    def next_log_probabilities(self, ids: list[int], cache: None) -> list[float]:
        wanted = self.wish[min(self.said, len(self.wish) - 1)]
        self.said += 1
        return [-0.5 if w == wanted else -9.0 for w in self.words]


@pytest.mark.parametrize("wish", ["near Ilmar", "the Halden Sea", "1931", "built in 1931", "The"])
def test_the_words_that_the_model_wants_are_read_out(wish) -> None:
    assert extracted(Scripted(wish), [0], TEXT, 0) == Reading(wish, -0.5)


@pytest.mark.models
def test_the_answer_is_read_out_of_the_sentence() -> None:
    judge = LocalJudge(locate("default", "generator"))
    asked = "In which year was the ferry to Ilmar sunk?"
    read = [("Harbours", "The ferry to Ilmar was sunk by a storm in March 1931.")]
    assert "1931" in judge.extract(asked, read)[0].text
    assert judge.extract(asked, []) == []
