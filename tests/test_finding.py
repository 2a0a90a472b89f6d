"""What is asked of the judge."""

from rag.finding import remembering
from tests.fakes import OverlapJudge


def test_the_judge_reads_nothing_twice() -> None:
    judge = OverlapJudge()
    opinion = remembering(judge)
    a, b = ("A", "The harbour was closed."), ("A", "It rained.")
    first = opinion("When was the harbour closed?", [a, b, a])
    assert first[0] == first[2] != first[1]
    assert opinion("When was the harbour closed?", [b]) == [first[1]]
    assert [evidence for _, evidence in judge.asked] == [[a, b]]
