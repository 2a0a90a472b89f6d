"""What every generator promises: the fake, a tiny real model, and the one that ships."""

from __future__ import annotations

import pytest

from rag.generation import LocalGenerator
from rag.models import locate
from rag.protocols import Generator
from tests.fakes import ScriptedGenerator
from tests.tiny_models import tiny_generator

MESSAGES = [("system", "Be brief."), ("user", "When was the embassy opened?")]


@pytest.fixture(
    scope="module",
    params=["fake", "tiny", pytest.param("shipped", marks=pytest.mark.models)],
)
def any_generator(request, tmp_path_factory) -> Generator:
    if request.param == "fake":
        return ScriptedGenerator(*["The embassy was opened in August 1992 in Ankara."] * 20)
    if request.param == "tiny":
        return LocalGenerator(tiny_generator(tmp_path_factory.mktemp("tiny")), device="cpu")
    return LocalGenerator(locate("default", "generator"), device="cpu")


class TestGenerator:
    def test_has_a_name(self, any_generator):
        assert any_generator.name

    def test_writes_in_pieces(self, any_generator):
        pieces = list(any_generator.write(MESSAGES, max_new_tokens=8))

        assert pieces
        assert all(pieces)
        assert "<think>" not in "".join(pieces)

    def test_is_greedy(self, any_generator):
        first = "".join(any_generator.write(MESSAGES, max_new_tokens=6))

        assert "".join(any_generator.write(MESSAGES, max_new_tokens=6)) == first

    def test_writes_no_more_than_it_may(self, any_generator):
        assert len(list(any_generator.write(MESSAGES, max_new_tokens=1))) <= 1

    def test_stops_when_told(self, any_generator):
        assert list(any_generator.write(MESSAGES, max_new_tokens=8, stopped=lambda: True)) == []

    def test_works_on_after_being_closed(self, any_generator):
        reply = any_generator.write(MESSAGES, max_new_tokens=8)
        next(reply)
        reply.close()

        assert list(any_generator.write(MESSAGES, max_new_tokens=8))
